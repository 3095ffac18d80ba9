"""The log-likelihood of data as a function of free coordinates, with slope and curve, in either arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from derive.estimation.arithmetic import Arithmetic, Array, Balls, Floats
from derive.estimation.coordinates import Key, Unknown, parameter_jets
from derive.estimation.data import Data
from derive.estimation.evaluation import Evaluator
from derive.estimation.jets import Jet, Jets
from derive.estimation.streaming import StreamEvaluator


@dataclass(frozen=True)
class Closed:
    """A parameter that is closed given the others: θ_k = value, for every value of the indices."""

    name: str
    indices: tuple[sp.Symbol, ...]
    axes: tuple[int, ...]
    value: sp.Expr


@dataclass(frozen=True)
class Point:
    """The log-likelihood at a point: its value, slope and curve by the coordinates."""

    value: Any  # float, or a ball
    slope: Array
    curve: Array


def evaluator(data: Data, arithmetic: Arithmetic, order: int = 0, unknown: Iterable[Key] = ()) -> Evaluator:
    """An evaluator that knows the data."""
    sizes = {symbol.name: value for symbol, value in data.sizes.items()}
    jets = Jets(arithmetic, order)
    if data.stream is not None:
        kind = data.stream.evaluator or StreamEvaluator
        return kind(data.stream, jets, sizes, lambda name: data.values(name, arithmetic), unknown)
    weights = data.weighing(arithmetic)
    count = None if weights is None else weights.sum(keepdims=True)
    if data.total is not None:
        count = arithmetic.constant(data.total.numerator, data.total.denominator)
    return Evaluator(jets, sizes, lambda name: data.values(name, arithmetic), unknown, weights, count)


class Objective:
    """The log-likelihood with what is closed given the rest put in, as a function of the unknowns' coordinates."""

    def __init__(
        self,
        expr: sp.Expr,
        unknowns: Sequence[Unknown],
        closed: Sequence[Closed],
        data: Data,
        known: Mapping[Key, Jet] | None = None,
    ) -> None:
        self.expr, self.unknowns, self.closed, self.data = expr, tuple(unknowns), tuple(closed), data
        self.known = {
            "balls": dict(known or {}),
            "floats": {k: Jet(j.value.astype(float)) for k, j in (known or {}).items()},
        }
        self.count = sum(u.count for u in unknowns)
        self._evaluators: dict[tuple[str, int], Evaluator] = {}

    def _evaluator(self, arithmetic: Arithmetic, order: int) -> Evaluator:
        place = (arithmetic.name, order)
        if place not in self._evaluators:
            names = [(n, len(u.shape)) for u in self.unknowns for n in (u.name, f"{u.name}_hat")]
            names += [(n, len(c.axes)) for c in self.closed for n in (c.name, f"{c.name}_hat")]
            self._evaluators[place] = evaluator(self.data, arithmetic, order, names)
        return self._evaluators[place]

    def parameters(self, u: Array, arithmetic: Arithmetic, order: int = 0) -> dict[Key, Jet]:
        """All parameters at coordinates, those too that are closed given the unknowns."""
        work = self._evaluator(arithmetic, order)
        found = self.known[arithmetic.name] | parameter_jets(self.unknowns, u, work.jets)
        for c in self.closed:
            work.unknowns = found
            value = work.array(c.value, c.indices, c.axes)
            if not c.axes:
                slope, curve = (None if x is None else x[None] for x in (value.slope, value.curve))
                value = Jet(value.value[None], slope, curve)
            found = found | {(c.name, len(c.axes)): value, (f"{c.name}_hat", len(c.axes)): value}
        work.unknowns = found
        return found

    def value(self, u: Array, arithmetic: Arithmetic) -> Any:
        """The log-likelihood alone."""
        with np.errstate(all="ignore"):
            self.parameters(u, arithmetic)
            return self._evaluator(arithmetic, 0).number(self.expr).value.item()

    def at(self, u: Array, arithmetic: Arithmetic, order: int = 2) -> Point:
        """The log-likelihood with its slope and (`order` 2) its curve, zero where it does not vary."""
        n = self.count
        with np.errstate(all="ignore"):
            self.parameters(u, arithmetic, order)
            found = self._evaluator(arithmetic, order).number(self.expr)
        slope = arithmetic.zeros((n,)) if found.slope is None else found.slope.reshape(n)
        curve = arithmetic.zeros((n, n)) if found.curve is None else found.curve.reshape(n, n)
        return Point(found.value.item(), slope, curve)

    def on(self, data: Data) -> Objective:
        """The same of other data."""
        known = {k: j for k, j in self.known["balls"].items()}
        return Objective(self.expr, self.unknowns, self.closed, data, known)

    def is_settled(self) -> bool:
        """Whether all sums over the samples of a stream are statistics, in which no unknown stands."""
        work = self._evaluator(BALLS, 0)
        exprs = (self.expr, *(c.value for c in self.closed))
        return isinstance(work, StreamEvaluator) and all(work.is_settled(e) for e in exprs)

    def work(self) -> int:
        """How many numbers the longest of the sums holds that vary with the unknowns."""
        work = self._evaluator(FLOATS, 2)
        return max(work.longest(e) for e in (self.expr, *(c.value for c in self.closed)))


FLOATS, BALLS = Floats(), Balls()
