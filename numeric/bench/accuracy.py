"""Digits of value and gradient against certified truth: ours, torch's own function and the naive export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from numeric.bench.naive import naive_losses
from numeric.pipeline import loss
from numeric.validation import Row, validate
from numeric.validation.report import finite
from numeric.validation.run import questions_of

Progress = Callable[[Iterable[Any], int], Iterable[Any]]

#: The families that are measured where none is named: those that are timed too.
FAMILIES = ("categorical", "bernoulli", "gaussian", "poisson")
ROWS = 24  # observations of a regime


@dataclass(frozen=True)
class AccuracyRow:
    """The worst distances of one regime in one format: of our loss and torch's function (`ours`), and of `naive`."""

    model: str
    ours: Row
    naive: Row | None

    def to_json(self) -> dict[str, Any]:
        """The row as plain data; a distance that is infinite or unknown is null."""
        row = self.ours
        return {
            "model": self.model,
            "dtype": row.dtype,
            "regime": row.regime,
            "unit": row.unit,
            "ours": {"value": finite(row.max_ulp_value), "gradient": finite(row.max_ulp_gradient)},
            "torch": {"value": finite(row.torch_ulp_value), "gradient": finite(row.torch_ulp_gradient)},
            "naive": self.naive
            and {"value": finite(self.naive.max_ulp_value), "gradient": finite(self.naive.max_ulp_gradient)},
            "tolerance": row.tolerance,
            "ok": row.ok,
        }


def measure_accuracy(
    families: Sequence[str] = FAMILIES,
    dtypes: Sequence[str] = ("float64", "float32", "bfloat16"),
    rows: int = ROWS,
    progress: Progress | None = None,
) -> tuple[AccuracyRow, ...]:
    """Measure so many observations of every regime; KeyError for an unknown family."""
    shown: Iterable[Any] = progress(families, len(families)) if progress else families
    return tuple(row for family in shown for row in _family(family, dtypes, rows))


def _family(family: str, dtypes: Sequence[str], rows: int) -> Iterable[AccuracyRow]:
    own = loss(family)
    asked = questions_of(own.model)
    plain: dict[tuple[str, str], Row] = {}
    for one in asked:
        prefix = "" if len(asked) == 1 else f"{', '.join(one.names[1:]) or 'input alone'}: "
        try:
            report = validate(naive_losses(one), family=family, dtype=dtypes, rows=rows, batch=0)
        except (KeyError, ValueError):  # a function that torch has no name for
            continue
        plain |= {(row.dtype, prefix + row.regime): row for row in report.rows}
    for row in validate(own, dtype=dtypes, rows=rows, batch=0).rows:
        yield AccuracyRow(family, row, plain.get((row.dtype, row.regime)))
