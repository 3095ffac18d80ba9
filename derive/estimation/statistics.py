"""Sufficient statistics as all that is kept of the samples: estimates from sums that were added up sample by sample.

Every sum over the samples in a derivation's results is brought into its normal form, in which data and parameters part
where they can. Where all of them do, the sums that are left are statistics of fixed size, those of the derivation's
own section, and the samples need not be seen again. Squares cancel in such forms (Σx² − (Σx)²/N), so products of two
numbers are kept with what their rounding loses (Dekker, Numerische Mathematik 18, 1971), and all else is exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations, zip_longest
from typing import Any

import numpy as np
import sympy as sp

from derive.algebra.binding import entries, rebuild
from derive.algebra.context import Context, key
from derive.algebra.naming import readable
from derive.algebra.normal_form import TooLargeError, normal
from derive.algebra.order import Median, OrderStatistic
from derive.derivation import Derivation
from derive.estimation.arithmetic import Arithmetic, Array, Balls
from derive.estimation.evaluation import TOP, Evaluator, along_axes
from derive.estimation.functions import NoValueError, Scope
from derive.estimation.jets import Jet, Jets
from derive.estimation.planning import HAT
from derive.estimation.streaming import FLOATS, Chunk, Extreme, Part, StreamEvaluator, over_samples
from derive.estimation.totals import Total

#: 2²⁷ + 1, which cuts a double in two halves.
SPLITTER = 134217729.0


class NotSeparableError(NotImplementedError):
    """Data and parameters do not part: no statistic of fixed size says all there is to say."""


@dataclass(frozen=True)
class Sharp:
    """A sum of terms, and of what was lost where they were rounded: kept apart, each has digits enough to be exact."""

    totals: tuple[Total, ...]

    def merged(self, other: Sharp) -> Sharp:
        """The sum over both."""
        pairs = zip_longest(self.totals, other.totals)  # what weighs 1 throughout loses nothing
        return Sharp(tuple(a.merged(b) if a and b else a or b for a, b in pairs))

    def jet(self, arithmetic: Arithmetic) -> Jet:
        """The sum in an arithmetic."""
        parts = [t.exact if isinstance(arithmetic, Balls) else t.value for t in self.totals]
        return Jet(np.asarray(sum(parts[1:], parts[0])))

    @property
    def value(self) -> Array:
        """The sum in double precision."""
        return self.jet(FLOATS).value


@dataclass(frozen=True)
class Statistic:
    """A sum over the samples, or their largest or smallest: an expression in the data and some free indices."""

    value: sp.Expr
    indices: tuple[sp.Symbol, ...]

    def part(self, chunk: Chunk, sizes: Mapping[str, int]) -> Part:
        """What it is of some samples: an array with an axis for each index."""
        inner = Evaluator(Jets(FLOATS, 0), {**sizes, "N": chunk.rows}, chunk.arrays.get)
        scope: Scope = TOP + tuple((i, 1, self._length(i, chunk)) for i in self.indices)
        within, _ = inner._inside(self.value, scope)
        axes = tuple(range(len(scope), len(within)))
        with np.errstate(all="ignore"):
            if isinstance(self.value, OrderStatistic):
                largest = type(self.value).__name__ == "Largest"
                terms = inner.value(self.value.function, within).value
                return Extreme(np.asarray((np.max if largest else np.min)(terms, axis=axes))[0], largest)
            exact, lost = _terms(inner, self.value.function, within)
            if chunk.weights is not None:
                shape = [1] * len(within)
                shape[inner.sample_axis(self.value, len(scope)) or 0] = chunk.rows
                exact, rounded = _product(exact, chunk.weights.reshape(shape))
                lost = rounded if lost is None else rounded + lost * chunk.weights.reshape(shape)
            lengths = [upper - lower + 1 for _, lower, upper in within]
            times = math.prod(lengths[a] for a in axes if exact.shape[a] != lengths[a])
            parts = [Total.of(x, axes, times) for x in (exact, lost) if x is not None]
        return Sharp(tuple(Total(t.high[0], t.low[0]) for t in parts))

    @property
    def formula(self) -> str:
        """How it reads, with customary names for the indices that it binds."""
        return str(readable(self.value))

    def _length(self, index: sp.Symbol, chunk: Chunk) -> int:
        for e in self.value.atoms(sp.Indexed):
            if index in e.indices and key(e) in chunk.arrays:
                return int(chunk.arrays[key(e)].shape[e.indices.index(index)])
        raise NoValueError(f"no range is known for {index}")


def _terms(inner: Evaluator, e: sp.Expr, within: Scope) -> tuple[Array, Array | None]:
    """The terms of a sum; of a product of two, also what rounding it lost."""
    factors = (e.base, e.base) if isinstance(e, sp.Pow) and e.exp == 2 else e.args if isinstance(e, sp.Mul) else ()
    if len(factors) != 2:
        return inner.value(e, within).value, None
    a, b = (inner.value(f, within).value for f in factors)
    return _product(a, b)


def _product(a: Array, b: Array) -> tuple[Array, Array]:
    """a·b and what rounding it lost, exactly unless it overflows."""
    product = a * b
    (a1, a2), (b1, b2) = _halves(a), _halves(b)
    lost = ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2
    return product, np.where(np.isfinite(lost), lost, 0.0)


def _halves(a: Array) -> tuple[Array, Array]:
    spread = a * SPLITTER
    high = spread - (spread - a)
    return high, a - high


@dataclass(frozen=True)
class Separated:
    """A derivation whose results hold the samples in `statistics` alone."""

    derivation: Derivation
    statistics: tuple[Statistic, ...]


def separated(derivation: Derivation) -> Separated:
    """The derivation with data and parameters parted; NotSeparableError where they do not part."""
    hats = [d.variable.key for d in derivation.context.definitions if d.variable.name.endswith(HAT)]
    context = derivation.context.without(*hats)
    names = {name.removesuffix(HAT) for name, _ in hats}
    names |= {key(e)[0].removesuffix(HAT) for e in _estimated(derivation)}
    work = _Parting(context, names)
    results = dict(derivation.results)
    for name in ("estimate", "log_likelihood", "log_posterior", "hessian", "fisher"):
        if name in results:
            results[name] = work.part(results[name])
    for value in derivation.results.get("sufficient", sp.Tuple()).args:
        work.statistic(value)
    return Separated(replace(derivation, results=results), tuple(work.found))


def _estimated(derivation: Derivation) -> Iterator[sp.Basic]:
    for e in entries(derivation.results["estimate"]):
        if key(e)[0].endswith(HAT):
            yield e


class _Parting:
    def __init__(self, context: Context, parameters: set[str]) -> None:
        self.context, self.parameters = context, parameters
        self.found: list[Statistic] = []

    def _varies(self, e: sp.Basic) -> bool:
        return any(key(x)[0].removesuffix(HAT) in self.parameters for x in entries(e))

    def part(self, e: sp.Basic) -> sp.Basic:
        """An expression with its sums over the samples in normal form, their statistics noted."""
        if isinstance(e, sp.Derivative):
            return e  # names what a result is of, and is not worked out
        if not over_samples(e):
            return rebuild(e, tuple(self.part(a) for a in e.args)) if e.args and not isinstance(e, sp.Indexed) else e
        if isinstance(e, OrderStatistic):
            if isinstance(e, Median) or self._varies(e):
                raise NotSeparableError
            self.statistic(e)
            return e
        try:
            form = normal(e, self.context) if self._varies(e) or len(e.limits) > 1 else e
        except TooLargeError as error:
            raise NotSeparableError from error
        return self._taken_apart(form)

    def _taken_apart(self, e: sp.Basic) -> sp.Basic:
        """A normal form, its parameters outside of the sums over the samples."""
        if not over_samples(e):
            return rebuild(e, tuple(map(self._taken_apart, e.args))) if e.args and not isinstance(e, sp.Indexed) else e
        (sampled,) = (limit for limit in e.limits if getattr(limit[2], "name", "") == "N")
        others = [limit for limit in e.limits if limit is not sampled]
        factors = sp.Mul.make_args(e.function)
        inside = sp.Mul(*(f for f in factors if f.has(sampled[0])))
        rest = sp.Mul(*(f for f in factors if not f.has(sampled[0])))
        if self._varies(inside) or any(limit[1].has(sampled[0]) or limit[2].has(sampled[0]) for limit in others):
            raise NotSeparableError
        if not self._varies(rest):
            self.statistic(e)
            return e
        inner = sp.Sum(inside, sampled)
        self.statistic(inner)
        return sp.Sum(rest * inner, *others) if others else rest * inner

    def statistic(self, e: sp.Expr) -> None:
        """Note a statistic, once."""
        found = Statistic(e, free_indices(e))
        if not any(k in map(_key, self.found) for k in _keys(e, found.indices)):
            self.found.append(found)


def free_indices(e: sp.Expr) -> tuple[sp.Symbol, ...]:
    """The indices of array entries that no sum in an expression binds."""
    indices = {i for x in e.atoms(sp.Indexed) for i in x.indices if i.is_Symbol}
    return tuple(sorted(indices & e.free_symbols, key=str))


def _keys(e: sp.Expr, indices: tuple[sp.Symbol, ...]) -> Iterator[sp.Expr]:
    """The expression with canonical names for its indices, in every order of the free ones."""
    bound = {limit[0]: sp.Symbol(f"_bound{n}", integer=True) for n, limit in enumerate(e.limits)}
    for order in permutations(range(len(indices))):
        free = {i: sp.Symbol(f"_free{place}", integer=True) for i, place in zip(indices, order, strict=True)}
        yield e.xreplace({**bound, **free})


def _key(statistic: Statistic) -> sp.Expr:
    return next(_keys(statistic.value, statistic.indices))


class StatisticEvaluator(StreamEvaluator):
    """An evaluator that knows no samples but their statistics."""

    def array(self, expr: sp.Expr, indices: tuple[sp.Symbol, ...], axes: tuple[int, ...]) -> Jet:
        """As ever, without passes."""
        return Evaluator.array(self, expr, indices, axes)

    def is_settled(self, e: sp.Basic) -> bool:
        """They are all that there is."""
        return True

    def middle(self, e: Median) -> tuple[Array, Array]:
        """Never known."""
        raise NoValueError("a median is no statistic that can be added up")

    def _series(self, e: sp.Expr, scope: Scope) -> Jet:
        if self.sample_axis(e, 0) is None:
            return Evaluator._series(self, e, scope)
        indices = free_indices(e)
        for order, name in zip(permutations(range(len(indices))), _keys(e, indices), strict=True):
            if name in self.stream.known:
                part = self.stream.known[name].jet(self.arithmetic)
                placed = sorted(zip(order, indices, strict=True), key=lambda pair: pair[0])
                if not indices:
                    return Jet(np.asarray(part.value).reshape((1,) * len(scope)))
                found = along_axes(part, tuple(i for _, i in placed), scope)
                if found is not None:
                    return found
        raise NoValueError("a sum over the samples that was not added up")


def known_statistics(statistics: tuple[Statistic, ...], parts: list[Part]) -> dict[Any, Any]:
    """What a stream knows that has nothing but statistics."""
    return {_key(s): p for s, p in zip(statistics, parts, strict=True)}
