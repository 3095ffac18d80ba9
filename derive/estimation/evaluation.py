"""The value of an expression on data, with derivatives by the unknowns: one recursion over whole arrays.

An index that a sum binds becomes an axis of the arrays inside the sum; what does not depend on the index has length 1
along it and is worked out once. What does not depend on the unknowns is worked out once and for all. Nothing is ever
compiled or evaluated as text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import reduce

import numpy as np
import sympy as sp
from flint import arb

from derive.algebra.binding import entries
from derive.algebra.context import key
from derive.algebra.order import Largest, Median, OrderStatistic
from derive.estimation.arithmetic import Array
from derive.estimation.functions import Functions, NoValueError, Scope
from derive.estimation.jets import Jet, Jets

Key = tuple[str, int]
#: Axis 0 has length 1, so that arrays are never without axes.
TOP: Scope = ((sp.Dummy("top"), 1, 1),)
#: The size that counts the samples: sums up to it are weighted, and its value is the total weight.
SAMPLES = "N"
#: Sums over more terms than this, times the unknowns and the other axes, are worked out piece by piece.
PIECE = 4_000_000

#: Numbers that are no rationals.
CONSTANTS: dict[sp.Expr, Callable[[], arb]] = {
    sp.pi: arb.pi,
    sp.E: lambda: arb(1).exp(),
    sp.EulerGamma: arb.const_euler,
}


class Evaluator(Functions):
    """Evaluates expressions with `sizes` (N, K, …) and `arrays` known, `jets` saying how.

    Arrays hold the data by name and number of indices; what is `unknown` gets its values, jets with the same axes, in
    `unknowns`, and those may change. With `weights`, one for each sample, sums over the samples are weighted;
    `count`, an array with one entry, is then the value of N, while the size N stays the number of samples at hand.
    """

    def __init__(
        self,
        jets: Jets,
        sizes: Mapping[str, int],
        arrays: Callable[[Key], Array | None],
        unknown: Iterable[Key] = (),
        weights: Array | None = None,
        count: Array | None = None,
    ) -> None:
        self.jets = jets
        self.arithmetic = jets.arithmetic
        self.sizes = sizes
        self.arrays = arrays
        self.weights, self.count = weights, count
        self.unknown = frozenset(unknown)
        self.unknowns: Mapping[Key, Jet] = {}
        self._constants: dict[tuple[sp.Expr, Scope], Jet] = {}
        self._varying: dict[sp.Expr, bool] = {}

    def array(self, expr: sp.Expr, indices: tuple[sp.Symbol, ...], axes: tuple[int, ...]) -> Jet:
        """The values of an expression for each value of some indices, as an array with these axes."""
        scope = TOP + tuple((i, 1, n) for i, n in zip(indices, axes, strict=True))
        found = self.value(expr, scope)
        shape = (1, *axes)

        def spread(x: Array | None, extra: int) -> Array | None:
            if x is None:
                return None
            tail = x.shape[len(x.shape) - extra :] if extra else ()
            return np.array(np.broadcast_to(x, shape + tail)[0])

        value = spread(found.value, 0)
        assert value is not None
        return Jet(value, spread(found.slope, 1), spread(found.curve, 2))

    def number(self, expr: sp.Expr) -> Jet:
        """The value of an expression without free indices, as arrays with one entry (no axes but the unknowns')."""
        return self.array(expr, (), ())

    def value(self, e: sp.Expr, scope: Scope) -> Jet:
        """The value in a scope: an array with one axis for each index in it."""
        if not e.args or self._varies(e):
            return self._value(e, scope)
        place = (e, scope)
        found = self._constants.get(place)
        if found is None:
            found = self._constants[place] = self._value(e, scope)
        return found

    def _varies(self, e: sp.Expr) -> bool:
        found = self._varying.get(e)
        if found is None:
            found = self._varying[e] = any(key(x) in self.unknown for x in entries(e))
        return found

    def _value(self, e: sp.Expr, scope: Scope) -> Jet:
        jets = self.jets
        if isinstance(e, sp.Rational):
            return self._shaped(self.arithmetic.constant(int(e.p), int(e.q)), scope)
        if isinstance(e, sp.Symbol):
            return self._symbol(e, scope)
        if isinstance(e, sp.Indexed):
            return self._entry(e, scope)
        if isinstance(e, sp.Add):
            return self._fold(jets.add, e.args, scope)
        if isinstance(e, sp.Mul):
            return self._fold(jets.multiply, _roots_joined(e), scope)
        if isinstance(e, sp.exp):
            return jets.exp(self.value(e.args[0], scope))
        if isinstance(e, sp.Pow):
            return jets.power(self.value(e.base, scope), self.value(e.exp, scope))
        if isinstance(e, sp.log):
            return self._log(e.args[0], scope)
        if isinstance(e, (sp.Sum, sp.Product, OrderStatistic)):
            return self._series(e, scope)
        if isinstance(e, sp.KroneckerDelta):
            a, b = (self._index(x, scope) for x in e.args)
            return Jet(np.where(a == b, self.arithmetic.constant(1), self.arithmetic.constant(0)))
        if e in CONSTANTS:
            return self._shaped(self.arithmetic.from_ball(CONSTANTS[e]()), scope)
        return self._function(e, scope)

    def _fold(self, operation: Callable[[Jet, Jet], Jet], args: tuple[sp.Expr, ...], scope: Scope) -> Jet:
        """What is constant is put together first."""
        ordered = sorted(args, key=self._varies)
        result = self.value(ordered[0], scope)
        for arg in ordered[1:]:
            result = operation(result, self.value(arg, scope))
        return result

    def _shaped(self, x: Array, scope: Scope) -> Jet:
        return Jet(x.reshape((1,) * len(scope)))

    def _symbol(self, e: sp.Symbol, scope: Scope) -> Jet:
        for place in range(len(scope) - 1, -1, -1):
            symbol, lower, upper = scope[place]
            if symbol == e:
                return Jet(self._integers(lower, upper, place, len(scope), exact=False))
        if key(e) in self.unknowns:
            known = self.unknowns[key(e)]
            shape = (1,) * len(scope)
            return Jet(
                known.value.reshape(shape),
                None if known.slope is None else known.slope.reshape(shape + known.slope.shape[-1:]),
                None if known.curve is None else known.curve.reshape(shape + known.curve.shape[-2:]),
            )
        if e.name == SAMPLES and self.count is not None:
            return self._shaped(self.count, scope)
        if e.name in self.sizes:
            return self._shaped(self.arithmetic.constant(self.sizes[e.name]), scope)
        return self._shaped(self._data(e), scope)

    def _data(self, e: sp.Expr) -> Array:
        found = self.arrays(key(e))
        if found is None:
            raise NoValueError(f"no value is known for {e}")
        return found

    def _integers(self, lower: int, upper: int, place: int, depth: int, *, exact: bool) -> Array:
        numbers = np.arange(lower, upper + 1)
        shape = [1] * depth
        shape[place] = len(numbers)
        if exact:
            return numbers.reshape(shape)
        return self.arithmetic.integers(numbers).reshape(shape)

    def _index(self, e: sp.Expr, scope: Scope) -> Array:
        """An index expression as whole numbers."""
        if isinstance(e, sp.Integer):
            return np.full((1,) * len(scope), int(e))
        if isinstance(e, sp.Symbol):
            for place in range(len(scope) - 1, -1, -1):
                if scope[place][0] == e:
                    return self._integers(*scope[place][1:], place, len(scope), exact=True)
            if e.name in self.sizes:
                return np.full((1,) * len(scope), self.sizes[e.name])
        if isinstance(e, (sp.Add, sp.Mul)):
            parts = [self._index(x, scope) for x in e.args]
            return reduce(np.add if isinstance(e, sp.Add) else np.multiply, parts)
        return np.asarray(np.rint(self.value(e, scope).value.astype(float)).astype(int))

    def _entry(self, e: sp.Indexed, scope: Scope) -> Jet:
        known = self.unknowns.get(key(e)) or Jet(self._data(e))
        whole = along_axes(known, e.indices, scope) if known.is_constant else None
        if whole is not None:
            return whole
        places = tuple(self._index(i, scope) - 1 for i in e.indices)
        for place, length in zip(places, known.value.shape, strict=True):
            if place.size and (place.min() < 0 or place.max() >= length):
                raise NoValueError(f"an index of {e} lies outside its range")
        places = np.broadcast_arrays(*places)
        return Jet(
            known.value[tuple(places)],
            None if known.slope is None else known.slope[tuple(places)],
            None if known.curve is None else known.curve[tuple(places)],
        )

    def _inside(self, e: sp.Expr, scope: Scope) -> tuple[Scope, Array | None]:
        """The scope inside a sum, the outermost limit (the last) becoming the first new axis, and which terms count."""
        inner = scope
        masks: list[Array] = []
        for variable, lower, upper in reversed(e.limits):
            low, high = self._index(lower, inner), self._index(upper, inner)
            first, last = int(low.min()), int(high.max())
            inner = (*inner, (variable, first, max(last, first - 1)))
            if low.size > 1 or high.size > 1:
                numbers = self._integers(first, last, len(inner) - 1, len(inner), exact=True)
                masks.append((numbers >= low[..., None]) & (numbers <= high[..., None]))
        depth = len(inner)
        mask = None
        for m in masks:
            m = m.reshape(m.shape + (1,) * (depth - m.ndim))
            mask = m if mask is None else mask & m
        return inner, mask

    def _series(self, e: sp.Expr, scope: Scope) -> Jet:
        """A sum, product or order statistic."""
        inner, mask = self._inside(e, scope)
        depth = len(inner)
        if isinstance(e, sp.Sum) and mask is None:
            return self._sum(e, inner, len(scope))
        terms = self._weighted(e, self.value(e.function, inner), inner, len(scope))
        for axis in range(depth - 1, len(scope) - 1, -1):
            terms = self._reduced(e, terms, axis, inner, mask)
            mask = None
        return self._dropped(terms, len(scope), depth)

    def _sum(self, e: sp.Sum, inner: Scope, outer: int) -> Jet:
        """A sum, worked out piece by piece along its longest axis where it is long and depends on the unknowns."""
        lengths = [upper - lower + 1 for _, lower, upper in inner]
        axis = max(range(outer, len(inner)), key=lambda a: lengths[a])
        symbol, lower, upper = inner[axis]
        piece = max(1, lengths[axis])
        if self._varies(e.function) and self.jets.order:
            rest = max(1, math.prod(lengths) // max(1, lengths[axis])) * self.longest(e.function)
            count = next((j.slope.shape[-1] for j in self.unknowns.values() if j.slope is not None), 1)
            piece = max(1, PIECE // (count * max(rest, count)))
        total: Jet | None = None
        for start in range(lower, max(upper, lower) + 1, piece):
            part = (*inner[:axis], (symbol, start, min(upper, start + piece - 1)), *inner[axis + 1 :])
            terms = self._weighted(e, self.value(e.function, part), part, outer)
            for a in range(len(inner) - 1, outer - 1, -1):
                terms = self._reduced(e, terms, a, part, None)
            total = terms if total is None else self.jets.add(total, terms)
        assert total is not None
        return self._dropped(total, outer, len(inner))

    def _weighted(self, e: sp.Expr, terms: Jet, inner: Scope, outer: int) -> Jet:
        """The terms of a sum over the samples times the samples' weights."""
        axis = self.sample_axis(e, outer)
        if self.weights is None or axis is None or isinstance(e, OrderStatistic):
            return terms
        if not isinstance(e, sp.Sum):
            raise NoValueError(f"{type(e).__name__} over weighted samples cannot be worked out")
        _, first, last = inner[axis]
        shape = [1] * len(inner)
        shape[axis] = last - first + 1
        return self.jets.multiply(terms, Jet(self.weights[first - 1 : last].reshape(shape)))

    @staticmethod
    def sample_axis(e: sp.Expr, outer: int) -> int | None:
        """The axis that runs over the samples inside a sum, or None where there is none."""
        for a, (_, _, upper) in enumerate(reversed(e.limits)):
            if upper.is_Symbol and upper.name == SAMPLES:
                return outer + a
        return None

    def longest(self, e: sp.Basic) -> int:
        """How many terms the sums that vary with the unknowns have, those inside them counted in."""
        if isinstance(e, sp.Indexed) or not self._varies(e):
            return 1
        own = 1
        if isinstance(e, (sp.Sum, sp.Product)):
            own = math.prod(self.sizes.get(getattr(upper, "name", ""), 1) for _, _, upper in e.limits)
        return own * max((self.longest(a) for a in e.args), default=1)

    def _reduced(self, e: sp.Expr, terms: Jet, axis: int, scope: Scope, mask: Array | None) -> Jet:
        length = scope[axis][2] - scope[axis][1] + 1
        if isinstance(e, sp.Sum):
            return self.jets.total(terms, axis, length, mask)
        if mask is not None:
            raise NoValueError(f"{type(e).__name__} over a range that varies cannot be worked out on data")
        if isinstance(e, sp.Product):
            return self._product(terms, axis, length)
        if not terms.is_constant:
            raise NoValueError(f"{type(e).__name__} of what is not data cannot be worked out")
        if isinstance(e, Median):
            weighted = axis == self.sample_axis(e, axis - len(e.limits) + 1)
            low, high = middle(terms.value, axis, self.weights if weighted else None)
            return Jet((low + high) / self.arithmetic.constant(2))
        statistic = np.max if isinstance(e, Largest) else np.min
        return Jet(np.asarray(statistic(terms.value, axis=axis, keepdims=True)))

    def middle(self, e: Median) -> tuple[Array, Array]:
        """The two values between which every one is a median over one index; equal where there is only one."""
        inner, _ = self._inside(e, TOP)
        values = self.value(e.function, inner).value
        return middle(values, 1, None if self.sample_axis(e, 1) is None else self.weights)

    def _product(self, terms: Jet, axis: int, length: int) -> Jet:
        """A product term by term."""
        result = Jet(self.arithmetic.constant(1).reshape((1,) * terms.value.ndim))
        for n in range(length):
            at = n if terms.value.shape[axis] > 1 else 0
            cut = (slice(None),) * axis + (slice(at, at + 1),)
            result = self.jets.multiply(
                result,
                Jet(
                    terms.value[cut],
                    None if terms.slope is None else terms.slope[cut],
                    None if terms.curve is None else terms.curve[cut],
                ),
            )
        return result

    def _dropped(self, terms: Jet, outer: int, depth: int) -> Jet:
        """Without the axes of the indices that were bound, which have length 1 now."""
        axes = tuple(range(outer, depth))
        return Jet(
            terms.value.squeeze(axes),
            None if terms.slope is None else terms.slope.squeeze(axes),
            None if terms.curve is None else terms.curve.squeeze(axes),
        )


def along_axes(known: Jet, indices: tuple[sp.Expr, ...], scope: Scope) -> Jet | None:
    """The entries of an array whose indices are different ones in scope, without copying; None for other indices."""
    places = {symbol: place for place, (symbol, _, _) in enumerate(scope)}  # the innermost of that name counts
    found = [places.get(i) for i in indices]
    if None in found or len(set(found)) < len(found):
        return None
    axes = [place for place in found if place is not None]
    ranges = [scope[place][1:] for place in axes]
    if any(lower < 1 or upper > n for (lower, upper), n in zip(ranges, known.value.shape, strict=True)):
        return None
    part = known.value[tuple(slice(lower - 1, upper) for lower, upper in ranges)]
    shape = [1] * len(scope)
    for place, length in zip(axes, part.shape, strict=True):
        shape[place] = length
    return Jet(part.transpose(np.argsort(axes)).reshape(shape))


def middle(values: Array, axis: int, weights: Array | None) -> tuple[Array, Array]:
    """The two values in the middle along an axis, kept with length 1: half of the weight lies on either side."""
    n = values.shape[axis]
    if weights is None or n == 1:
        ordered = np.sort(values, axis=axis)
        low, high = np.array([(n - 1) // 2]), np.array([n // 2])
        return ordered.take(low, axis=axis), ordered.take(high, axis=axis)
    values = np.moveaxis(values, axis, 0)
    order = np.argsort(values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, order, axis=0)
    twice = 2 * np.cumsum(weights[order], axis=0)
    total = weights.sum()
    at = (np.asarray(twice < total).astype(bool), np.asarray(twice <= total).astype(bool))
    low, high = (np.take_along_axis(ordered, a.sum(axis=0)[None], axis=0) for a in at)
    return np.moveaxis(low, 0, axis), np.moveaxis(high, 0, axis)


def _roots_joined(e: sp.Mul) -> tuple[sp.Expr, ...]:
    """The factors with square roots under one root, so that √2/√8 is found to be rational."""
    roots = [f for f in e.args if isinstance(f, sp.Pow) and f.exp in (sp.S.Half, -sp.S.Half)]
    if len(roots) < 2:
        return tuple(e.args)
    inside = sp.Mul(*(f.base if f.exp > 0 else sp.Pow(f.base, -1, evaluate=False) for f in roots), evaluate=False)
    return (*(f for f in e.args if f not in roots), sp.Pow(inside, sp.S.Half, evaluate=False))
