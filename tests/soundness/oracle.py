"""Numbers without the checker: a plain recursion over SymPy nodes, exact fractions and mpmath at 110 digits.

Nothing of the checker's is used: no balls, no power series, no normal form. Derivatives are central differences.
Conventions, as the project states them: an empty sum is 0, an empty product 1, 0⁰ = 1, 0·log 0 = 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from random import Random

import mpmath
import sympy as sp

from derive.algebra.context import Context, Definition, Domain, Variable, key
from derive.algebra.matrices import Det, InverseEntry
from derive.algebra.order import ORDER_STATISTICS
from tests.soundness import quadrature, special
from tests.soundness.arithmetic import (
    LogOfZeroError,
    UndefinedError,
    UnknownError,
    Value,
    add,
    as_they_are,
    floating,
    integer,
    may_be_zero,
    power,
    same,
    subtract,
    times,
    total,
)

#: The step of central differences, whose fourth-order error is then far below the tolerance.
STEP = Fraction(1, 10**20)

#: What is worked out once a point.
COSTLY = (sp.Sum, sp.Product, sp.Integral, *ORDER_STATISTICS, Det, InverseEntry)

Place = tuple[str, tuple[int, ...]]
Bound = Mapping[sp.Symbol, Value]


@dataclass
class World:
    """One admissible point: sizes, free indices, and values that are drawn when first read."""

    context: Context
    rnd: Random
    sizes: dict[sp.Symbol, int]
    corner: bool = False
    indices: dict[sp.Symbol, int] = field(default_factory=dict)
    values: dict[Place, Value] = field(default_factory=dict)
    #: What sums, integrals and definitions were found to be: for a node, its bound names' values, and the precision.
    known: dict[tuple[object, ...], Value] = field(default_factory=dict)

    #: Under an integral: the values of the parts that its variable does not move.
    fixed: dict[sp.Expr, Value] = field(default_factory=dict)

    def forget(self) -> None:
        """To be called wherever a value, a size or a free index changes."""
        self.known = {}

    def entry(self, expr: sp.Expr, indices: tuple[int, ...]) -> Value:
        """The value of a scalar or an array's entry."""
        place = (key(expr)[0], indices)
        if place in self.values:
            return self.values[place]
        variable = self.context.variable(expr)
        if variable is None:
            raise UndefinedError(f"{expr} is not declared")
        for index, axis in zip(indices, variable.axes, strict=True):
            if not 1 <= index <= integer(value(axis, self)):
                raise UndefinedError(f"{expr} has no entry {indices}")
        definition = self.context.definition(expr)
        if definition is not None:
            return self._defined(definition, place)
        self._draw(variable, indices)
        return self.values[place]

    def _defined(self, definition: Definition, place: Place) -> Value:
        told = (place, mpmath.mp.prec)
        if told not in self.known:
            bound = dict(zip(definition.indices, map(Fraction, place[1]), strict=True))
            self.known[told] = value(definition.value, self, bound)
        return self.known[told]

    @contextmanager
    def having(self, values: Mapping[Place, Value]) -> Iterator[None]:
        """For a while some places have other values; what is drawn meanwhile stays drawn."""
        saved = {p: self.values[p] for p in values if p in self.values}
        known, fixed = self.known, self.fixed
        self.known, self.fixed = {}, {}
        self.values.update(values)
        try:
            yield
        finally:
            self.known, self.fixed = known, fixed
            for place in values:
                if place in saved:
                    self.values[place] = saved[place]
                else:
                    self.values.pop(place, None)

    @contextmanager
    def at(self, indices: Mapping[sp.Symbol, int]) -> Iterator[None]:
        """For a while some free indices have other values."""
        saved, known = self.indices, self.known
        self.indices, self.known = saved | dict(indices), {}
        try:
            yield
        finally:
            self.indices, self.known = saved, known

    def _draw(self, variable: Variable, indices: tuple[int, ...]) -> None:
        if variable.domain.definite:
            self._draw_definite(variable, indices[:-2])
            return
        fact = next((f for f in self.context.facts if f.variable.key == variable.key), None)
        if fact is None:
            self.values[variable.name, indices] = self._one(variable.domain)
            return
        length = integer(value(variable.axes[fact.axis], self))
        row = self._row(variable.domain, length, value(fact.total, self))
        for n, number in enumerate(row, start=1):
            place = (*indices[: fact.axis], n, *indices[fact.axis + 1 :])
            self.values.setdefault((variable.name, place), number)

    def _draw_definite(self, variable: Variable, leading: tuple[int, ...]) -> None:
        """A whole symmetric, positive definite matrix: A Aᵀ + 1/7."""
        size = integer(value(variable.axes[-1], self))
        root = [[Fraction(self.rnd.randint(-9, 9), 5) for _ in range(size)] for _ in range(size)]
        for a in range(size):
            for b in range(size):
                product = sum((x * y for x, y in zip(root[a], root[b], strict=True)), Fraction(int(a == b), 7))
                self.values.setdefault((variable.name, (*leading, a + 1, b + 1)), product)

    def _row(self, domain: Domain, length: int, total: Value) -> list[Value]:
        """Values with a known sum; in a corner some of them are 0."""
        if domain.integer:
            counts = [0] * length
            for _ in range(integer(total)):
                counts[self.rnd.randrange(length)] += 1
            return list(map(Fraction, counts))
        weights = [self.rnd.randint(1, 997) for _ in range(length)]
        if self.corner and not domain.lower_open:
            weights = [w * self.rnd.randint(0, 1) for w in weights]
            weights[self.rnd.randrange(length)] = 1
        return [Fraction(w) * total / sum(weights) for w in weights]

    def _one(self, domain: Domain) -> Value:
        lower, upper = (value(e, self) if e.is_finite is not False else None for e in (domain.lower, domain.upper))
        if domain.integer:
            start = -3 if lower is None else int(lower)
            return Fraction(self.rnd.randint(start, start + 6 if upper is None else int(upper)))
        if self.corner and self.rnd.random() < 0.4:
            ends = [e for e, is_open in ((lower, domain.lower_open), (upper, domain.upper_open)) if not is_open]
            if ends:
                return self.rnd.choice(ends)
        if self.corner and self.rnd.random() < 0.3:
            plain = self.rnd.choice((Fraction(0), Fraction(1), Fraction(-1), Fraction(2), Fraction(1, 2)))
            if (lower is None or subtract(plain, lower) > 0) and (upper is None or subtract(upper, plain) > 0):
                return plain
        share = Fraction(self.rnd.randint(1, 330), 331)
        if lower is not None and upper is not None:
            return add(lower, times(subtract(upper, lower), share))
        if lower is not None:
            return add(lower, 3 * share)
        return subtract(upper, 3 * share) if upper is not None else (2 * share - 1) * 2


def value(e: sp.Expr, world: World, bound: Bound | None = None) -> Value:
    """The value of an expression in a world."""
    return _value(e, world, bound or {})


def _value(e: sp.Expr, world: World, bound: Bound) -> Value:
    if world.fixed and e in world.fixed:
        return world.fixed[e]
    if isinstance(e, sp.Symbol):
        if e in bound:
            return bound[e]
        known = world.sizes.get(e, world.indices.get(e))
        return world.entry(e, ()) if known is None else Fraction(known)
    if isinstance(e, sp.Rational):
        return Fraction(int(e.p), int(e.q))
    if isinstance(e, sp.Indexed):
        return world.entry(e, tuple(integer(_value(i, world, bound)) for i in e.indices))
    if isinstance(e, sp.Add):
        return total([_value(a, world, bound) for a in e.args])
    if isinstance(e, sp.Mul):
        return _product([lambda a=a: _value(a, world, bound) for a in e.args])  # type: ignore[misc]
    if isinstance(e, sp.Pow) and not isinstance(e, sp.exp):
        return power(_value(e.base, world, bound), _value(e.exp, world, bound))
    if isinstance(e, COSTLY):
        told = (e, mpmath.mp.prec, *(bound.get(s) for s in _names(e)))
        if told not in world.known:
            world.known[told] = _costly(e, world, bound)
        return world.known[told]
    if isinstance(e, sp.KroneckerDelta):
        return Fraction(int(_value(e.args[0], world, bound) == _value(e.args[1], world, bound)))
    if isinstance(e, sp.Derivative):
        return _derivative(e, world, bound)
    if isinstance(e, sp.Float):
        return Fraction(str(e))
    if e in (sp.pi, sp.E, sp.EulerGamma):
        return {sp.pi: mpmath.pi, sp.E: mpmath.e, sp.EulerGamma: mpmath.euler}[e] + mpmath.mpf(0)
    return special.of_arguments(e, [_value(a, world, bound) for a in e.args])


def _costly(e: sp.Expr, world: World, bound: Bound) -> Value:
    if isinstance(e, sp.Integral):
        return _integral(e, world, bound)
    if isinstance(e, ORDER_STATISTICS):
        return _order_statistic(e, world, bound)
    if isinstance(e, (Det, InverseEntry)):
        return _of_matrix(e, world, bound)
    return _series(e, len(e.limits) - 1, world, bound)


@lru_cache(maxsize=4096)
def _names(e: sp.Expr) -> tuple[sp.Symbol, ...]:
    """The names that may be bound further out, in a fixed order; some that cannot do no harm."""
    return tuple(sorted(e.atoms(sp.Symbol), key=str))


def _product(factors: list[Callable[[], Value]]) -> Value:
    result: Value = Fraction(1)
    missing: LogOfZeroError | None = None
    for factor in factors:
        try:
            result = times(result, factor())
        except LogOfZeroError as error:
            missing = error
    if missing is not None and result != 0:
        raise UnknownError("log 0 times what may be 0") if may_be_zero(result) else missing
    return result


def _series(e: sp.Expr, n: int, world: World, bound: Bound) -> Value:
    if n < 0:
        return _value(e.function, world, bound)
    variable, lower, upper = e.limits[n]
    if upper == sp.oo and isinstance(e, sp.Sum):
        first = integer(_value(lower, world, bound))
        try:
            return quadrature.infinite(lambda k: _series(e, n - 1, world, {**bound, variable: Fraction(k)}), first)
        except (quadrature.UnsettledError, OverflowError) as error:
            raise UnknownError(str(error)) from error
    start, stop = (integer(_value(end, world, bound)) for end in (lower, upper))
    if stop - start > 1000:
        raise UnknownError("too long a sum")
    terms: list[Callable[[], Value]] = [
        lambda k=k: _series(e, n - 1, world, {**bound, variable: Fraction(k)})  # type: ignore[misc]
        for k in range(start, stop + 1)
    ]
    if isinstance(e, sp.Product):
        return _product(terms)
    return total([term() for term in terms])


def _integral(e: sp.Integral, world: World, bound: Bound) -> Value:
    """One variable of integration; its range may be infinite."""
    if len(e.limits) != 1 or e.function.has(sp.Integral):
        raise UnknownError("an integral over several variables")
    ((variable, lower, upper),) = e.limits
    start, stop = (_end(end, world, bound) for end in (lower, upper))

    def f(x: Value) -> Value:
        try:
            with as_they_are():
                return floating(_value(e.function, world, {**bound, variable: x}))
        except UnknownError as error:  # so far out that e^{−e^x} e^x cannot be worked out: there it has died away
            raise OverflowError(str(error)) from error

    breaks = list(_turning_points(e.function, variable, world, bound))
    with mpmath.workdps(quadrature.DIGITS):
        world.fixed = dict(_constants(e.function, variable, world, bound))
    try:
        return quadrature.integral(f, start, stop, breaks)
    except (quadrature.UnsettledError, OverflowError, ZeroDivisionError) as error:
        raise UnknownError(str(error)) from error
    finally:
        world.fixed = {}


def _constants(e: sp.Expr, variable: sp.Symbol, world: World, bound: Bound) -> Iterator[tuple[sp.Expr, Value]]:
    """The largest parts of an integrand without its variable and without names bound within, and their values."""
    if not e.args or isinstance(e, (sp.Indexed, sp.Derivative, *COSTLY)):
        return  # a leaf, or something with a memory of its own
    if variable in e.free_symbols:
        for a in e.args:
            yield from _constants(a, variable, world, bound)
        return
    try:
        yield e, _value(e, world, bound)
    except ArithmeticError:
        return  # 0·log 0 may still be rescued


def _end(end: sp.Expr, world: World, bound: Bound) -> Value:
    if end in (sp.oo, -sp.oo):
        return mpmath.inf if end == sp.oo else -mpmath.inf
    return floating(_value(end, world, bound))


def _turning_points(f: sp.Expr, variable: sp.Symbol, world: World, bound: Bound) -> Iterator[Value]:
    """Where parts of a function that are linear in the variable are 0: kinks of |x − μ|, peaks of e^{-(x − μ)²}."""
    for part in sorted((a for a in f.atoms(sp.Add) if a.has(variable)), key=str):
        try:
            low, middle, high = (_value(part, world, {**bound, variable: Fraction(n)}) for n in (1, 2, 3))
        except (UndefinedError, UnknownError):
            continue
        slope = subtract(middle, low)
        if slope != 0 and same(slope, subtract(high, middle)):
            yield subtract(Fraction(1), times(low, power(slope, Fraction(-1))))


def _order_statistic(e: sp.Expr, world: World, bound: Bound) -> Value:
    values = [_value(e.function, world, inner) for inner in _ranges(e, len(e.limits) - 1, world, bound)]
    found = special.order_statistic(type(e), values)
    if found is None:
        raise UndefinedError("an order statistic of no values")
    return found


def _ranges(e: sp.Expr, n: int, world: World, bound: Bound) -> Iterator[Bound]:
    """Every choice of values for the indices that a node binds, the outermost first."""
    if n < 0:
        yield bound
        return
    variable, lower, upper = e.limits[n]
    for k in range(integer(_value(lower, world, bound)), integer(_value(upper, world, bound)) + 1):
        yield from _ranges(e, n - 1, world, {**bound, variable: Fraction(k)})


def _of_matrix(e: Det | InverseEntry, world: World, bound: Bound) -> Value:
    matrix, size = e.matrix, integer(_value(e.matrix.size, world, bound))

    def entry(row: int, column: int) -> Value:
        inner = {**bound, matrix.row: Fraction(row), matrix.column: Fraction(column)}
        return _value(matrix.function, world, inner)

    told = (matrix, mpmath.mp.prec, size, *(bound.get(s) for s in _names(matrix)))
    if told not in world.known:
        world.known[told] = [[entry(a, b) for b in range(1, size + 1)] for a in range(1, size + 1)]
    rows = world.known[told]
    if isinstance(e, Det):
        return special.determinant(rows)
    row, column = (integer(_value(i, world, bound)) for i in (e.row, e.column))
    if not (1 <= row <= size and 1 <= column <= size):
        raise UndefinedError(f"the inverse has no entry {row}, {column}")
    try:
        return special.inverse_entry(rows, row - 1, column - 1)
    except special.SingularError as error:
        raise UndefinedError(str(error)) from error


def _derivative(e: sp.Derivative, world: World, bound: Bound) -> Value:
    """Fourth-order central differences, one variable after the other."""
    places = [(v, tuple(integer(_value(i, world, bound)) for i in getattr(v, "indices", ()))) for v in e.variables]

    def along(rest: list[tuple[sp.Expr, tuple[int, ...]]]) -> Value:
        if not rest:
            return _value(e.expr, world, bound)
        (variable, indices), place = rest[0], (key(rest[0][0])[0], rest[0][1])
        at = world.entry(variable, indices)
        total: Value = Fraction(0)
        for shift, weight in ((-2, 1), (-1, -8), (1, 8), (2, -1)):
            with world.having({place: add(at, shift * STEP)}):
                total = add(total, times(Fraction(weight), along(rest[1:])))
        return times(total, 1 / (12 * STEP))

    if any(end == sp.oo for series in e.expr.atoms(sp.Sum) for end in series.args[-1]) or e.expr.has(sp.Integral):
        raise UnknownError("twenty digits of an integral are too few for its slope")
    for variable, indices in places:
        world.entry(variable, indices)
    _value(e.expr, world, bound)  # where this has no value, nor has the derivative
    try:
        return floating(along(places))  # fractions too: the differences are near the derivative, not equal to it
    except UndefinedError as error:
        raise UnknownError(str(error)) from error
