"""Standard errors: from the second derivatives that were derived, at the estimate.

Source: Lehmann and Casella, Theory of Point Estimation (1998), sections 2.5 and 6.5; where parameters add up to a
constant, the information counts along the directions that leave their sum alone (Silvey, Annals of Mathematical
Statistics 30, 1959).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import sympy as sp
from flint import fmpq

from derive.algebra.binding import unfold
from derive.algebra.context import Variable, key
from derive.algebra.order import Largest, Median, Smallest
from derive.derivation import Derivation
from derive.estimation.arithmetic import Array, precision
from derive.estimation.coordinates import Key
from derive.estimation.data import Data
from derive.estimation.functions import NoValueError
from derive.estimation.jets import Jet
from derive.estimation.objective import BALLS, evaluator
from derive.estimation.planning import HAT, plan
from derive.estimation.result import Estimation

#: Bits of the balls in which the information is worked out.
BITS = 170
#: Information that is this much smaller along a direction than along others is none.
SINGULAR = 1e-13

#: Why there is no standard error, by what is the matter.
REASONS = {
    "bound": "it is an end of the support: the likelihood jumps to 0 there and has no second derivative",
    "median": "the log-likelihood has a kink at every observation, so it has no second derivative at a median",
    "missing": "no second derivative by it was derived",
    "boundary": "the estimate lies at the end of the parameter's range",
    "singular": "the log-likelihood does not curve along some direction, so the information has no inverse",
    "value": "the second derivative has no value at the estimate",
}


@dataclass(frozen=True)
class Information:
    """What the log-likelihood says of an estimate: its height, and standard errors by parameter.

    `observed` come from the derived second derivatives at the estimate, `expected` from the Fisher information where it
    has a closed form; an entry is None where there is none, and `reasons` says why there is no observed one.
    """

    log_likelihood: float | None
    observed: dict[str, Any]
    expected: dict[str, Any]
    reasons: dict[str, str] = field(default_factory=dict)


def information_at(derivation: Derivation, data: Data, estimation: Estimation) -> Information:
    """The log-likelihood and the standard errors of an estimate on data."""
    return _Work(derivation, data, estimation).result()


def values_at(estimation: Estimation, parameters: Mapping[str, Variable]) -> dict[Key, Jet]:
    """The estimate as values that an evaluator knows, under their names and their hats."""
    found: dict[Key, Jet] = {}
    for name, variable in parameters.items():
        values = np.array(estimation.decimal[name], dtype=float)
        exact = np.frompyfunc(_exact, 1, 1)(np.array(estimation.exact[name], dtype=object))
        jet = Jet(np.asarray(exact, dtype=object).reshape(values.shape or (1,)))
        found[name, variable.rank] = found[name + HAT, variable.rank] = jet
    return found


def _exact(x: Any) -> Any:
    ratio = (x.numerator, x.denominator) if hasattr(x, "denominator") else None
    if ratio is None:
        if not math.isfinite(x):
            raise NoValueError("the estimate is infinite")
        ratio = x.as_integer_ratio()
    return fmpq(*ratio)


class _Work:
    def __init__(self, derivation: Derivation, data: Data, estimation: Estimation) -> None:
        self.derivation, self.data, self.estimation = derivation, data, estimation
        work = plan(derivation, data)
        # in the order in which the model states them, which is that of the second derivatives
        declared = [v.name for v in derivation.context.variables if v.name in work.parameters]
        names = list(dict.fromkeys([*declared, *work.parameters]))
        self.parameters = {n: work.parameters[n] for n in names}
        known = {*data.names, *(k for n, v in self.parameters.items() for k in ((n, v.rank), (n + HAT, v.rank)))}
        self.context = derivation.context.without(*known)
        self.closed = {c.name: c.value for c in (*work.direct, *work.given_rest)}
        self.shapes = {n: np.shape(np.array(estimation.decimal[n])) for n in names}
        self.reasons: dict[str, str] = {}

    def result(self) -> Information:
        nothing: dict[str, Any] = dict.fromkeys(self.parameters)
        try:
            self.known = values_at(self.estimation, self.parameters)
        except NoValueError:
            return Information(None, nothing, nothing, dict.fromkeys(self.parameters, REASONS["boundary"]))
        height = self._height()
        inside = self._inside()
        observed = self._errors(self._observed(), inside)
        reasons = {n: self.reasons[n] for n, v in observed.items() if n in self.reasons}
        self.reasons = {}
        pairs = self._expected()
        expected = nothing if pairs is None else self._errors(pairs, inside)
        return Information(height, observed, expected, reasons)

    def _value(self, expr: sp.Expr, indices: tuple[sp.Symbol, ...] = (), axes: tuple[int, ...] = ()) -> Array | None:
        """The value of an expression at the estimate in doubles; None where it has none."""
        with precision(BITS), np.errstate(all="ignore"):
            work = evaluator(self.data, BALLS)
            work.unknowns = self.known
            try:
                found = work.array(unfold(expr, self.context), indices, axes).value.astype(float)
            except (NotImplementedError, ZeroDivisionError):
                return None
        return found

    def _height(self) -> float | None:
        found = self._value(self.derivation.results["log_likelihood"])
        return float(found.item()) if found is not None and np.isfinite(found).all() else None

    def _inside(self) -> dict[str, Array]:
        """Which entries lie inside their range and not at an end that counts as one."""
        found = {}
        for name, variable in self.parameters.items():
            values = np.array(self.estimation.decimal[name], dtype=float)
            inside = np.isfinite(values)
            for end in (variable.domain.lower, variable.domain.upper):
                if end.is_number and end.is_finite:
                    inside &= values != float(end)
            found[name] = inside
        return found

    def _observed(self) -> dict[tuple[str, str], Array | None]:
        """Minus the second derivatives by pairs of parameters, each with the axes of both."""
        found: dict[tuple[str, str], Array | None] = {}
        for equation in self.derivation.results.get("hessian", sp.Tuple()).args:
            derivative, value = equation.args
            first, second = derivative.variables
            minus = self._block(value, first, second)
            found[key(first)[0], key(second)[0]] = None if minus is None else -minus
        return found

    def _expected(self) -> dict[tuple[str, str], Array | None] | None:
        """The Fisher information by pairs of parameters; None where not all of it is known."""
        entries = self.derivation.results.get("fisher", sp.Tuple()).args
        names = [n for n, v in self.parameters.items() if not v.domain.definite and not self._is_bound(n)]
        pairs = list(combinations_with_replacement(names, 2))
        if not entries or len(pairs) != len(entries):
            return None
        found: dict[tuple[str, str], Array | None] = {}
        for (a, b), value in zip(pairs, entries, strict=True):
            first, second = self._heads(a, b)
            found[a, b] = self._block(value, first, second)
        return found

    def _heads(self, a: str, b: str) -> tuple[sp.Expr, sp.Expr]:
        """The entries by which the derivatives were taken: those of the second derivatives where there are some."""
        for equation in self.derivation.results["hessian"].args:
            first, second = equation.args[0].variables
            if (key(first)[0], key(second)[0]) == (a, b):
                return first, second
        bases = (self.parameters[n].base for n in (a, b))
        return tuple(bases)

    def _block(self, value: sp.Expr, first: sp.Expr, second: sp.Expr) -> Array | None:
        indices = (*getattr(first, "indices", ()), *getattr(second, "indices", ()))
        shapes = self.shapes[key(first)[0]] + self.shapes[key(second)[0]]
        return self._value(value, indices, shapes)

    def _is_bound(self, name: str) -> bool:
        return isinstance(self.closed.get(name), (Largest, Smallest))

    def _errors(self, blocks: Mapping[tuple[str, str], Array | None], inside: dict[str, Array]) -> dict[str, Any]:
        """Standard errors of the parameters that have one, as floats or arrays; entries without one are not numbers."""
        taken = []
        for name in self.parameters:
            statistic = self.closed.get(name)
            if self._is_bound(name):
                self.reasons[name] = REASONS["bound"]
            elif (name, name) not in blocks:
                kind = "median" if isinstance(statistic, Median) else "missing"
                self.reasons[name] = REASONS[kind]
            elif not inside[name].any() and inside[name].size:
                self.reasons[name] = REASONS["boundary"]
            elif blocks[name, name] is None:
                self.reasons[name] = REASONS["value"]
            else:
                taken.append(name)
        errors: dict[str, Any] = dict.fromkeys(self.parameters)
        if not taken:
            return errors
        spread = self._spread(blocks, taken, inside)
        if spread is None:
            self.reasons |= dict.fromkeys(taken, REASONS["singular"])
            return errors
        start = 0
        for name in taken:
            places = inside[name].reshape(-1)
            number = int(places.sum())
            full = np.full(places.shape, np.nan)
            full[places] = np.sqrt(np.maximum(spread[start : start + number], 0.0))
            start += number
            if not places.all():
                self.reasons[name] = "where there is none, " + REASONS["boundary"]
            shape = self.shapes[name]
            errors[name] = full.reshape(shape) if shape else float(full[0])
        return errors

    def _spread(
        self, blocks: Mapping[tuple[str, str], Array | None], taken: list[str], inside: dict[str, Array]
    ) -> Array | None:
        """The diagonal of the inverse of the information along the directions that facts allow."""
        masks = {n: inside[n].reshape(-1) for n in taken}
        rows = []
        for a in taken:
            row = []
            for b in taken:
                block, turned = blocks.get((a, b)), blocks.get((b, a))
                size = masks[a].size, masks[b].size
                if block is not None:
                    table = block.reshape(size)
                elif turned is not None:
                    table = turned.reshape(size[::-1]).T
                else:
                    table = np.zeros(size)
                row.append(table[masks[a]][:, masks[b]])
            rows.append(np.hstack(row))
        matrix = np.vstack(rows)
        if not np.isfinite(matrix).all():
            return None
        basis = _free_directions(self._constraints(taken, masks), len(matrix))
        return _inverse_diagonal((matrix + matrix.T) / 2, basis)

    def _constraints(self, taken: list[str], masks: dict[str, Array]) -> Array:
        """One row for each sum that is fixed: which of the entries it adds up."""
        rows = []
        for fact in self.derivation.context.facts:
            name, total = fact.variable.name, fact.total
            if name not in taken or fact.variable.rank != self.parameters[name].rank or not total.is_number:
                continue
            shape = self.shapes[name]
            for place in np.ndindex(*(n for a, n in enumerate(shape) if a != fact.axis)):
                chosen = np.zeros(shape)
                chosen[tuple([*place[: fact.axis], slice(None), *place[fact.axis :]])] = 1.0
                parts = [chosen.reshape(-1) if n == name else np.zeros(masks[n].size) for n in taken]
                rows.append(np.concatenate([p[masks[n]] for p, n in zip(parts, taken, strict=True)]))
        return np.array(rows)


def _free_directions(constraints: Array, size: int) -> Array:
    """An orthonormal basis of the directions along which constraints do not change, one a column."""
    if not constraints.size:
        return np.eye(size)
    _, values, vectors = np.linalg.svd(constraints, full_matrices=True)
    rank = int((values > 1e-12 * values.max(initial=1.0)).sum())
    return np.asarray(vectors[rank:].T)


def _inverse_diagonal(matrix: Array, basis: Array) -> Array | None:
    """The diagonal of Z(ZᵀJZ)⁻¹Zᵀ; None where the matrix does not curve along some direction of the basis."""
    scale = np.sqrt(np.abs(np.diag(matrix)))
    if (scale == 0).any():
        return None
    if basis.shape[0] == basis.shape[1]:  # no constraint: entries of different size must not spoil each other
        values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
        turned = vectors / scale[:, None]
    else:
        values, vectors = np.linalg.eigh(basis.T @ matrix @ basis)
        turned = basis @ vectors
    if not len(values):
        return np.zeros(len(matrix))
    if values.min() <= SINGULAR * values.max():
        return None
    return np.asarray((turned * turned / values).sum(axis=1))
