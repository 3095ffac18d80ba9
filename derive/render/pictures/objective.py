"""What is drawn of data: the likelihood (with a prior, the posterior) relative to its largest value, on any grid."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from derive.algebra.context import Variable
from derive.derivation import Derivation
from derive.estimation import Data, DataError, estimate
from derive.estimation.arithmetic import Array
from derive.estimation.functions import NoValueError
from derive.estimation.planning import plan
from derive.estimation.result import Estimation
from derive.render.pictures.sampled import Key, Values, number, values_along, values_of

#: With more numbers than this the data are not drawn; a curve over them would take long.
MAX_NUMBERS = 10_000
#: What stops a picture, and nothing else does: data, formulas or values that leave nothing to draw.
STOPS = (DataError, NoValueError, NotImplementedError)


#: How much a likelihood may exceed its maximum by rounding.
SLACK = 1e-6


class NotTheMaximumError(ValueError):
    """Somewhere the likelihood is larger than at the estimate: a picture would say what is not so."""


@dataclass(frozen=True)
class Objective:
    """The derived log-likelihood (or log-posterior) of data with its estimate.

    `what` is the word for it, `parameters` are declared by name; `best` is the estimate as doubles, `domains` the ends
    between which a parameter may lie, some of which may be set by the data.
    """

    derivation: Derivation
    data: Data
    what: str
    estimation: Estimation
    parameters: dict[str, Variable]
    best: dict[str, Array]
    domains: dict[str, tuple[float, float]]

    def logs(self, moving: Mapping[str, Array]) -> Array:
        """The log-likelihood on a grid: some parameters by name with one axis more, the others at the estimate."""
        work = plan(self.derivation, self.data)
        count = len(next(iter(moving.values())))
        grid: dict[Key, Array] = {}
        for name, variable in self.parameters.items():
            fixed = np.broadcast_to(self.best[name], (count, *self.best[name].shape))
            grid[name, variable.rank] = moving.get(name, fixed)
        return np.asarray(values_along(work.log_likelihood, values_of(self.data), grid))

    def relative(self, moving: Mapping[str, Array]) -> Array:
        """The likelihood divided by its value at the estimate; 0 where it vanishes or a parameter leaves its domain."""
        highest = self.logs({n: b[None] for n, b in self.best.items()})[0]
        found = np.exp(np.minimum(self.logs(moving) - highest, 50.0))
        inside = ~np.isnan(found)
        for name, values in moving.items():
            low, high = self.domains[name]
            inside &= ((values >= low) & (values <= high)).reshape(len(values), -1).all(axis=1)
        heights = np.asarray(np.where(inside, found, 0.0))
        if heights.max() > 1 + SLACK:
            raise NotTheMaximumError
        return heights


def objective_of(derivation: Derivation, data: Data) -> Objective | None:
    """The objective of a derivation on data; None where there is no finite maximum to draw around."""
    if sum(a.size for a in data.arrays.values()) > MAX_NUMBERS:
        return None
    try:
        found = estimate(derivation, data)
        declared = plan(derivation, data).parameters
    except STOPS:
        return None
    best = {name: np.asarray(value, dtype=float) for name, value in found.decimal.items()}
    what = "posterior" if "log_posterior" in derivation.results else "likelihood"
    try:
        known = values_of(data)
        domains = {n: (_end(v.domain.lower, known), _end(v.domain.upper, known)) for n, v in declared.items()}
        result = Objective(derivation, data, what, found, declared, best, domains)
        highest = result.logs({n: b[None] for n, b in best.items()})
    except STOPS:
        return None
    fits = set(best) == set(declared) and all(np.isfinite(b).all() for b in best.values())
    return result if fits and np.isfinite(highest).all() else None


def _end(end: sp.Expr, known: Values) -> float:
    """The end of a domain as a number; one that the data set is worked out on them."""
    return number(end, known) if end.is_finite is not False else math.inf * (1 if end.is_extended_positive else -1)


def exact(estimation: Estimation, name: str) -> list[Any]:
    """The values of a parameter as a list, a scalar as a list of one."""
    found = estimation.exact[name]
    return found if isinstance(found, list) else [found]
