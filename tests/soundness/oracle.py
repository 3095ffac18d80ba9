"""Numbers without the checker: a plain recursion over SymPy nodes, exact fractions and mpmath at 110 digits.

Nothing of the checker's is used: no balls, no power series, no normal form. Derivatives are central differences.
Conventions, as the project states them: an empty sum is 0, an empty product 1, 0⁰ = 1, 0·log 0 = 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

import mpmath
import sympy as sp

from derive.algebra.context import Context, Domain, Variable, key

DIGITS = 110
mpmath.mp.dps = DIGITS
#: Values agree where they differ by no more than this part of their size; anything below TINY counts as 0.
TOLERANCE = mpmath.mpf(10) ** -20
TINY = mpmath.mpf(10) ** -35
#: Fractions with more bits than this become floating: exactness is wanted near 0 and 1 only.
MAX_BITS = 600
#: The step of central differences, whose fourth-order error is then far below the tolerance.
STEP = Fraction(1, 10**20)

Value = Any  # Fraction | mpmath.mpf
Place = tuple[str, tuple[int, ...]]
Bound = Mapping[sp.Symbol, Value]


class UndefinedError(ArithmeticError):
    """The expression has no value here."""


class LogOfZeroError(UndefinedError):
    """log 0, which 0·log 0 = 0 may still rescue."""


class UnknownError(ArithmeticError):
    """No value can be worked out here, though there may be one: a derivative at the end of a domain."""


@dataclass
class World:
    """One admissible point: sizes, free indices, and values that are drawn when first read."""

    context: Context
    rnd: Random
    sizes: dict[sp.Symbol, int]
    corner: bool = False
    indices: dict[sp.Symbol, int] = field(default_factory=dict)
    values: dict[Place, Value] = field(default_factory=dict)

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
            return value(definition.value, self, dict(zip(definition.indices, map(Fraction, indices), strict=True)))
        self._draw(variable, indices)
        return self.values[place]

    @contextmanager
    def having(self, values: Mapping[Place, Value]) -> Iterator[None]:
        """For a while some places have other values; what is drawn meanwhile stays drawn."""
        saved = {p: self.values[p] for p in values if p in self.values}
        self.values.update(values)
        try:
            yield
        finally:
            for place in values:
                if place in saved:
                    self.values[place] = saved[place]
                else:
                    self.values.pop(place, None)

    def _draw(self, variable: Variable, indices: tuple[int, ...]) -> None:
        fact = next((f for f in self.context.facts if f.variable.key == variable.key), None)
        if fact is None:
            self.values[variable.name, indices] = self._one(variable.domain)
            return
        length = integer(value(variable.axes[fact.axis], self))
        row = self._row(variable.domain, length, value(fact.total, self))
        for n, number in enumerate(row, start=1):
            place = (*indices[: fact.axis], n, *indices[fact.axis + 1 :])
            self.values.setdefault((variable.name, place), number)

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
            if (lower is None or plain > lower) and (upper is None or plain < upper):
                return plain
        share = Fraction(self.rnd.randint(1, 330), 331)
        if lower is not None and upper is not None:
            return lower + (upper - lower) * share
        if lower is not None:
            return lower + 3 * share
        return upper - 3 * share if upper is not None else (2 * share - 1) * 2


def value(e: sp.Expr, world: World, bound: Bound | None = None) -> Value:
    """The value of an expression in a world."""
    return _value(e, world, bound or {})


def integer(x: Value) -> int:
    """A value as an integer; UndefinedError where it is none."""
    if int(x) != x:
        raise UndefinedError(f"{x} is not an integer")
    return int(x)


def _value(e: sp.Expr, world: World, bound: Bound) -> Value:
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
        total: Value = Fraction(0)
        for a in e.args:
            total = add(total, _value(a, world, bound))
        return total
    if isinstance(e, sp.Mul):
        return _product([lambda a=a: _value(a, world, bound) for a in e.args])  # type: ignore[misc]
    if isinstance(e, sp.Pow) and not isinstance(e, sp.exp):
        return power(_value(e.base, world, bound), _value(e.exp, world, bound))
    if isinstance(e, (sp.Sum, sp.Product)):
        return _series(e, len(e.limits) - 1, world, bound)
    if isinstance(e, sp.KroneckerDelta):
        return Fraction(int(_value(e.args[0], world, bound) == _value(e.args[1], world, bound)))
    if isinstance(e, sp.Derivative):
        return _derivative(e, world, bound)
    if isinstance(e, sp.Float):
        return Fraction(str(e))
    if e in (sp.pi, sp.E, sp.EulerGamma):
        return {sp.pi: mpmath.pi, sp.E: mpmath.e, sp.EulerGamma: mpmath.euler}[e] + mpmath.mpf(0)
    return _function(e, [_value(a, world, bound) for a in e.args])


def floating(x: Value) -> Value:
    """A value as an mpmath number."""
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else x


def _both(x: Value, y: Value, combine: Callable[[Value, Value], Value]) -> Value:
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        result = combine(x, y)
        return result if result.denominator.bit_length() < MAX_BITS else floating(result)
    return combine(floating(x), floating(y))


def add(x: Value, y: Value) -> Value:
    """x + y."""
    return _both(x, y, lambda a, b: a + b)


def subtract(x: Value, y: Value) -> Value:
    """x − y."""
    return _both(x, y, lambda a, b: a - b)


def times(x: Value, y: Value) -> Value:
    """x · y, exactly 0 where one of them is."""
    return Fraction(0) if x == 0 or y == 0 else _both(x, y, lambda a, b: a * b)


def _product(factors: list[Callable[[], Value]]) -> Value:
    result: Value = Fraction(1)
    missing: LogOfZeroError | None = None
    for factor in factors:
        try:
            result = times(result, factor())
        except LogOfZeroError as error:
            missing = error
    if missing is not None and result != 0:
        raise UnknownError("log 0 times what may be 0") if _may_be_zero(result) else missing
    return result


def _may_be_zero(x: Value) -> bool:
    """Whether a value is so near to 0 that its digits do not tell: e^{log 3} − 3 is 10⁻¹¹⁰ here, and 0 in truth.

    Where it decides what is exactly 0 or 1 (0⁰ and 0·log 0 against 0^x and x·log 0), nothing can be said.
    """
    return not isinstance(x, Fraction) and bool(abs(x) < TINY)


def power(x: Value, n: Value) -> Value:
    """x^n with 0⁰ = 1."""
    if _may_be_zero(n) and _may_be_zero(floating(x)):
        raise UnknownError("0 to the power of what may be 0")
    if _may_be_zero(x) and n < 0:
        raise UnknownError("division by what may be 0")
    if x == 0:
        if n < 0:
            raise UndefinedError("division by 0")
        return Fraction(int(n == 0))
    if int(n) == n and abs(n) < 1000:
        result = x ** int(n)
        return floating(result) if isinstance(x, Fraction) and result.denominator.bit_length() > MAX_BITS else result
    if x < 0:
        raise UndefinedError("a fractional power of a negative number")
    return mpmath.power(floating(x), floating(n))


def _series(e: sp.Expr, n: int, world: World, bound: Bound) -> Value:
    if n < 0:
        return _value(e.function, world, bound)
    variable, lower, upper = e.limits[n]
    start, stop = (integer(_value(end, world, bound)) for end in (lower, upper))
    if stop - start > 1000:
        raise UnknownError("too long a sum")
    terms: list[Callable[[], Value]] = [
        lambda k=k: _series(e, n - 1, world, {**bound, variable: Fraction(k)})  # type: ignore[misc]
        for k in range(start, stop + 1)
    ]
    if isinstance(e, sp.Product):
        return _product(terms)
    total: Value = Fraction(0)
    for term in terms:
        total = add(total, term())
    return total


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

    for variable, indices in places:
        world.entry(variable, indices)
    _value(e.expr, world, bound)  # where this has no value, nor has the derivative
    try:
        return along(places)
    except UndefinedError as error:
        raise UnknownError(str(error)) from error


_FUNCTIONS: dict[type, Callable[..., Value]] = {
    sp.exp: mpmath.exp,
    sp.gamma: mpmath.gamma,
    sp.loggamma: mpmath.loggamma,
    sp.factorial: mpmath.factorial,
    sp.binomial: mpmath.binomial,
    sp.polygamma: mpmath.polygamma,
    sp.sin: mpmath.sin,
    sp.cos: mpmath.cos,
    sp.erf: mpmath.erf,
}


def _function(e: sp.Expr, args: list[Value]) -> Value:
    if isinstance(e, sp.log):
        if args[0] == 0:
            raise LogOfZeroError("log 0")
        if _may_be_zero(args[0]):
            raise UnknownError("log of what may be 0")
        if args[0] < 0:
            raise UndefinedError("the logarithm of a negative number")
        return Fraction(0) if args[0] == 1 else mpmath.log(floating(args[0]))
    if isinstance(e, sp.exp) and args[0] == 0:
        return Fraction(1)
    if isinstance(e, sp.Abs):
        return abs(args[0])
    if isinstance(e, sp.sign):
        return Fraction((args[0] > 0) - (args[0] < 0))
    if isinstance(e, (sp.Max, sp.Min)):
        return max(args) if isinstance(e, sp.Max) else min(args)
    function = _FUNCTIONS.get(type(e))
    if function is None:
        raise UnknownError(f"no value is known for {type(e).__name__}")
    try:
        result = function(*map(floating, args))
    except ValueError as error:  # a pole
        raise UndefinedError(str(error)) from error
    if not mpmath.isfinite(result) or isinstance(result, mpmath.mpc):
        raise UndefinedError(f"{type(e).__name__} has no real value")
    return result


def same(x: Value, y: Value) -> bool:
    """Whether two values agree to twenty digits, or exactly where both are fractions."""
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return x == y
    x, y = floating(x), floating(y)
    size = max(abs(x), abs(y))
    return bool(size < TINY or abs(x - y) <= TOLERANCE * size)
