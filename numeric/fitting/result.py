"""Fit: what was found, how, how sure it is, and what must be said of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from derive.estimation import Estimation
from derive.estimation.result import deep

if TYPE_CHECKING:
    from derive.derivation import Derivation
    from derive.estimation import Data

#: Entries of an array that are shown.
SHOWN = 12


@dataclass(frozen=True, eq=False)
class Fit:
    """The maximum-likelihood estimate of a model on data (with a prior, the maximum a posteriori).

    `estimate` holds a float, or an array, by parameter; `method` is `closed form`, `boundary` or `numerical`; `count`
    is the number of samples, or their total weight. `standard_errors` come from the derived second derivatives at the
    estimate, `expected_errors` from the Fisher information where it has a closed form; where there is none, the value
    is None and `reasons` says why. `note` says what else must be known, `passes` how often the data were read.
    """

    model: str
    estimate: dict[str, Any]
    method: str
    log_likelihood: float | None
    count: float
    standard_errors: dict[str, Any]
    expected_errors: dict[str, Any]
    reasons: dict[str, str]
    note: str
    passes: int
    estimation: Estimation = field(repr=False)
    derivation: Derivation = field(repr=False)
    data: Data = field(repr=False)
    sample: Data = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """As plain data; what is infinite or not there is None."""
        return {
            "model": self.model,
            "method": self.method,
            "estimate": {n: _plain(v) for n, v in self.estimate.items()},
            "count": self.count,
            "log_likelihood": self.log_likelihood,
            "standard_errors": {n: _plain(v) for n, v in self.standard_errors.items()},
            "expected_errors": {n: _plain(v) for n, v in self.expected_errors.items()},
            "reasons": dict(self.reasons),
            "note": self.note,
            "passes": self.passes,
        }

    def __str__(self) -> str:
        count = int(self.count) if float(self.count).is_integer() else self.count
        head = f"{self.model}: {self.method}, N = {count}"
        lines = [head if self.log_likelihood is None else f"{head}, log-likelihood {self.log_likelihood:.10g}"]
        width = max(map(len, self.estimate))
        for name, value in self.estimate.items():
            lines.append(f"  {name:<{width}} = {_shown(value)}{self._sureness(name)}")
        if self.note:
            lines.append(f"  note: {self.note}")
        return "\n".join(lines)

    def _sureness(self, name: str) -> str:
        error, expected = self.standard_errors.get(name), self.expected_errors.get(name)
        parts = [f"  ± {_shown(error)}" if error is not None else "  no standard error"]
        if expected is not None:
            parts.append(f"(expected information: {_shown(expected)})")
        if name in self.reasons:
            parts.append(f"({self.reasons[name]})")
        return " ".join(parts)

    def plot(self, path: str | Path | None = None) -> Any:
        """The data with the fitted density, and the log-likelihood around the estimate, as a matplotlib figure.

        With a path (.svg, .png, .pdf) the figure is written there too. ImportError where matplotlib is missing.
        """
        from numeric.fitting.plots import figure

        return figure(self, None if path is None else Path(path))


def as_estimate(estimation: Estimation) -> dict[str, Any]:
    """The values as floats and arrays."""
    return {n: np.array(v) if isinstance(v, list) else v for n, v in estimation.decimal.items()}


def _plain(value: Any) -> Any:
    if value is None:
        return None
    listed = value.tolist() if isinstance(value, np.ndarray) else float(value)
    return deep(lambda x: x if math.isfinite(x) else None, listed)


def _shown(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return f"{value:.10g}"
    flat = value.reshape(-1)
    more = f", … ({flat.size} in all)" if flat.size > SHOWN else ""
    return f"({', '.join(f'{v:.6g}' for v in flat[:SHOWN])}{more})"
