"""Expressions on data that come chunk by chunk: each sum over the samples is one pass over the data.

All the rest of an expression is worked out as ever, in exact numbers or doubles; only the terms of the sums over the
samples are doubles, and their totals keep about twice as many digits. A sum in which no unknown stands is a statistic:
it is worked out once and for all, so that where the data enter by such sums alone one pass is enough. One in which
unknowns stand takes a pass for every value of theirs. Sums that stand side by side share a pass.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from derive.algebra.binding import entries
from derive.algebra.context import key
from derive.algebra.order import Largest, Median, Smallest
from derive.estimation.arithmetic import Arithmetic, Array, Balls, Floats
from derive.estimation.counting import Counts, in_the_middle
from derive.estimation.evaluation import SAMPLES, TOP, Evaluator, Key
from derive.estimation.functions import NoValueError, Scope
from derive.estimation.jets import Jet, Jets
from derive.estimation.reading import DataError
from derive.estimation.totals import Total

if TYPE_CHECKING:
    from derive.estimation.data import Data

#: Rows that are read at once: what is made of them fits into a processor's cache.
CHUNK = 1 << 16
#: Numbers that a pass may make at once.
PIECE = 4_000_000
FLOATS = Floats()

Node = tuple[sp.Expr, Scope]


@dataclass(frozen=True)
class Chunk:
    """Some samples: the arrays by name and number of indices, in doubles, and their weights."""

    rows: int
    arrays: dict[Key, Array]
    weights: Array | None = None


class Part(Protocol):
    """What one pass finds out, of some samples; parts of different samples merge."""

    def merged(self, other: Any) -> Any:
        """What both say together."""


@dataclass(frozen=True)
class Summed:
    """A sum over samples, with its slope and curve by the unknowns where it varies with them."""

    value: Total
    slope: Total | None = None
    curve: Total | None = None

    def merged(self, other: Summed) -> Summed:
        """The sum over both."""
        return Summed(
            self.value.merged(other.value), _merged(self.slope, other.slope), _merged(self.curve, other.curve)
        )

    def jet(self, arithmetic: Arithmetic) -> Jet:
        """The sum in an arithmetic: exactly as it is known, or as doubles."""
        parts = (self.value, self.slope, self.curve)
        value, slope, curve = (
            None if p is None else p.exact if isinstance(arithmetic, Balls) else p.value for p in parts
        )
        assert value is not None
        return Jet(value, slope, curve)


def _merged(a: Total | None, b: Total | None) -> Total | None:
    return b if a is None else a if b is None else a.merged(b)


@dataclass(frozen=True)
class Extreme:
    """The largest or smallest value of samples."""

    value: Array
    largest: bool

    def merged(self, other: Extreme) -> Extreme:
        """That of both."""
        choose = np.maximum if self.largest else np.minimum
        return Extreme(np.asarray(choose(self.value, other.value)), self.largest)

    def jet(self, arithmetic: Arithmetic) -> Jet:
        """The value in an arithmetic."""
        return Summed(Total(self.value, np.zeros(self.value.shape))).jet(arithmetic)


def alone(parts: list[Part] | Exception | None) -> list[Part]:
    """What the one process there is has found."""
    if isinstance(parts, Exception):
        raise parts
    assert parts is not None, "data without samples are refused before"
    return parts


@dataclass(frozen=True)
class Stream:
    """Samples that can be read again and again.

    `read` makes one pass, with at most so many rows at a time; `count` is the number of samples or their total weight,
    `sample` some of them as data in memory, to guess from; `evaluator` works expressions out where that is not done by
    passes. `merge` puts together what several processes found, each on
    samples of its own (None of a process that has none, or why its samples cannot be read).
    """

    names: frozenset[Key]
    read: Callable[[int], Iterator[Chunk]]
    count: Fraction
    sample: Data
    merge: Callable[[list[Part] | Exception | None], list[Part]] = alone
    known: dict[Any, Any] = field(default_factory=dict)
    evaluator: type[StreamEvaluator] | None = None

    def reduce(self, rows: int, each: Callable[[Chunk], list[Part]]) -> list[Part]:
        """One pass over the samples: what all chunks say together."""
        found: list[Part] | None = None
        try:
            for chunk in self.read(rows):
                parts = each(chunk)
                found = parts if found is None else [a.merged(b) for a, b in zip(found, parts, strict=True)]
        except DataError as error:
            return self.merge(error)
        return self.merge(found)


class StreamEvaluator(Evaluator):
    """An evaluator whose samples come from a stream."""

    def __init__(
        self,
        stream: Stream,
        jets: Jets,
        sizes: dict[str, int],
        arrays: Callable[[Key], Array | None],
        unknown: Iterable[Key] = (),
    ) -> None:
        count = jets.arithmetic.constant(stream.count.numerator, stream.count.denominator)
        super().__init__(jets, sizes, arrays, unknown, count=count)
        self.stream = stream
        self._ready: dict[Node, Jet] = {}

    def array(self, expr: sp.Expr, indices: tuple[sp.Symbol, ...], axes: tuple[int, ...]) -> Jet:
        """As ever; sums over the samples that stand side by side are worked out in one pass."""
        scope = TOP + tuple((i, 1, n) for i, n in zip(indices, axes, strict=True))
        self._ready = {}
        nodes = [(apart(e, self._varies), scope) for e in sums_over_samples(expr)]
        self._read([node for node in dict.fromkeys(nodes) if self.sample_axis(node[0], 0) is not None])
        return super().array(expr, indices, axes)

    def _series(self, e: sp.Expr, scope: Scope) -> Jet:
        if self.sample_axis(e, 0) is None:
            return super()._series(e, scope)
        split = apart(e, self._varies)
        if split is not e:
            return self.value(split, scope)
        if isinstance(e, Median):
            low, high = self._middle(e, scope)
            return Jet((low + high) / self.arithmetic.constant(2))
        if (e, scope) not in self._ready:
            self._read([(e, scope)])
        return self._ready[e, scope]

    def middle(self, e: Median) -> tuple[Array, Array]:
        """The two values in the middle."""
        return self._middle(e, TOP)

    def _middle(self, e: Median, scope: Scope) -> tuple[Array, Array]:
        if self._varies(e) or len(e.limits) > 1 or math.prod(_lengths(scope)) != 1:
            raise NoValueError("a median of what is not data cannot be worked out chunk by chunk")
        place = self._fingerprint(e, scope)
        if place not in self.stream.known:

            def values(chunk: Chunk) -> tuple[Array, Array | None]:
                inner = self._inner(chunk)
                terms = inner.value(e.function, (*scope, (e.limits[0][0], 1, chunk.rows))).value
                return np.broadcast_to(terms.reshape(-1), (chunk.rows,)), chunk.weights

            def counted(count: Callable[[Array, Array | None], Counts]) -> Counts:
                (found,) = self.stream.reduce(CHUNK, lambda chunk: [count(*values(chunk))])
                assert isinstance(found, Counts)
                return found

            self.stream.known[place] = in_the_middle(counted)
        shape = (1,) * len(scope)
        low, high = self.stream.known[place]
        return tuple(Extreme(np.full(shape, v), True).jet(self.arithmetic).value for v in (low, high))  # type: ignore[return-value]

    def _read(self, nodes: Sequence[Node]) -> None:
        """One pass for sums and extremes over the samples, save those that are known already."""
        places = {node: self._fingerprint(*node) for node in nodes if not isinstance(node[0], Median)}
        needed = [node for node, place in places.items() if place not in self.stream.known]
        if needed:
            rows = min(self._rows(*node) for node in needed)
            parts = self.stream.reduce(rows, lambda chunk: self._parts(chunk, needed))
            for node, part in zip(needed, parts, strict=True):
                if self._may_keep(node[0]):
                    self.stream.known[places[node]] = part
                self._ready[node] = part.jet(self.arithmetic)  # type: ignore[attr-defined]
        for node, place in places.items():
            if node not in self._ready:
                self._ready[node] = self.stream.known[place].jet(self.arithmetic)

    def is_settled(self, e: sp.Basic) -> bool:
        """Whether all sums over the samples in an expression are statistics, in which no unknown stands."""
        if isinstance(e, ExprWithLimits) and self.sample_axis(e, 0) is not None:
            split = apart(e, self._varies)
            return not self._varies(e) if split is e else self.is_settled(split)
        return all(self.is_settled(a) for a in e.args)

    def _may_keep(self, e: sp.Expr) -> bool:
        """Whether a sum does not vary, though it may depend on what is known by now."""
        used = (self.unknowns[k] for k in map(key, entries(e)) if k in self.unknowns)
        return (all(j.is_constant for j in used) and self.jets.order == 0) or not self._varies(e)

    def _fingerprint(self, e: sp.Expr, scope: Scope) -> Any:
        """What a sum depends on: its terms, and the values of the parameters in it, hats or no hats."""
        plain, values = {}, []
        for entry in entries(e):
            if key(entry) in self.unknowns:
                name, rank = key(entry)
                jet = self.unknowns[name, rank]
                values.append((name.removesuffix("_hat"), rank, jet.value.astype(float).tobytes(), jet.is_constant))
                if isinstance(entry, sp.Symbol) and name.endswith("_hat"):
                    plain[entry] = sp.Symbol(name.removesuffix("_hat"), **entry.assumptions0)
        return e.xreplace(plain), scope, tuple(sorted(set(values)))

    def _inner(self, chunk: Chunk) -> Evaluator:
        """An evaluator that has a chunk for the samples, in doubles."""
        count = np.array([float(self.stream.count)])
        inner = Evaluator(
            Jets(FLOATS, self.jets.order),
            {**self.sizes, SAMPLES: chunk.rows},
            lambda name: chunk.arrays[name] if name in chunk.arrays else _floats(self.arrays(name)),
            self.unknown,
            count=count,
        )
        inner.unknowns = {k: _jet_of_floats(j) for k, j in self.unknowns.items()}
        return inner

    def _parts(self, chunk: Chunk, nodes: Sequence[Node]) -> list[Part]:
        inner = self._inner(chunk)
        with np.errstate(all="ignore"):
            return [self._part(inner, chunk, e, scope) for e, scope in nodes]

    def _part(self, inner: Evaluator, chunk: Chunk, e: sp.Expr, scope: Scope) -> Part:
        within, mask = inner._inside(e, scope)
        if mask is not None or any(self.sample_axis(s, 0) is not None for s in e.function.atoms(ExprWithLimits)):
            raise NoValueError("a sum over the samples inside another cannot be worked out chunk by chunk")
        terms = inner.value(e.function, within)
        axes = tuple(range(len(scope), len(within)))
        if isinstance(e, (Largest, Smallest)):
            if not terms.is_constant:
                raise NoValueError(f"{type(e).__name__} of what is not data cannot be worked out")
            choose = np.max if isinstance(e, Largest) else np.min
            return Extreme(np.asarray(choose(terms.value, axis=axes)), isinstance(e, Largest))
        if chunk.weights is not None:
            axis = self.sample_axis(e, len(scope))
            shape = [chunk.rows if a == axis else 1 for a in range(len(within))]
            terms = inner.jets.multiply(terms, Jet(chunk.weights.reshape(shape)))
        lengths = _lengths(within)
        times = math.prod(lengths[a] for a in axes if terms.value.shape[a] != lengths[a])
        value, slope, curve = (
            None if x is None else Total.of(x, axes, times) for x in (terms.value, terms.slope, terms.curve)
        )
        assert value is not None
        return Summed(value, slope, curve)

    def _rows(self, e: sp.Expr, scope: Scope) -> int:
        """How many rows to read at once, so that what is made of them is not too much."""
        others = math.prod(_lengths(scope)) * self.longest(e.function)
        for _, _, upper in e.limits:
            others *= 1 if upper.name == SAMPLES else self.sizes.get(upper.name, 1) if upper.is_Symbol else int(upper)
        if self._varies(e) and self.jets.order:
            counts = (j.slope.shape[-1] for j in self.unknowns.values() if j.slope is not None)
            others *= next(counts, 1) ** self.jets.order
        else:
            others *= max((self._longest_sum(x) for x in e.function.atoms(sp.Sum)), default=1)
        return max(1, min(CHUNK, PIECE // others))

    def _longest_sum(self, e: sp.Sum) -> int:
        return math.prod(self.sizes.get(getattr(upper, "name", ""), 1) for _, _, upper in e.limits)


def over_samples(expr: sp.Basic) -> bool:
    """Whether an expression is a sum, or an order statistic, over the samples."""
    return isinstance(expr, ExprWithLimits) and Evaluator.sample_axis(expr, 0) is not None


def sums_over_samples(expr: sp.Basic) -> Iterator[sp.Expr]:
    """The sums, and order statistics, over samples that no index of another is bound around."""
    if isinstance(expr, ExprWithLimits):
        if over_samples(expr):
            yield expr
        return
    for arg in expr.args:
        yield from sums_over_samples(arg)


def apart(e: sp.Expr, varies: Callable[[sp.Expr], bool]) -> sp.Expr:
    """Σ_k c_k Σ_i f_{ik} for Σ_k Σ_i c_k f_{ik}, so that the sum over the samples does not vary with the unknowns c."""
    if not isinstance(e, sp.Sum) or len(e.limits) < 2 or not varies(e.function):
        return e
    (sampled,) = (limit for limit in e.limits if limit[2].is_Symbol and limit[2].name == SAMPLES)
    factors = sp.Mul.make_args(e.function)
    inside = [f for f in factors if f.has(sampled[0])]
    others = [limit for limit in e.limits if limit is not sampled]
    if any(varies(f) for f in inside) or any(limit[1].has(sampled[0]) or limit[2].has(sampled[0]) for limit in others):
        return e
    rest = [f for f in factors if f not in inside]
    return sp.Sum(sp.Mul(*rest) * sp.Sum(sp.Mul(*inside), sampled), *others)


def _lengths(scope: Scope) -> tuple[int, ...]:
    return tuple(upper - lower + 1 for _, lower, upper in scope)


def _floats(x: Array | None) -> Array | None:
    return None if x is None else x.astype(float)


def _jet_of_floats(j: Jet) -> Jet:
    value = j.value.astype(float)
    return Jet(value, _floats(j.slope), _floats(j.curve))
