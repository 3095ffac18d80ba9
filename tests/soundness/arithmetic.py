"""Numbers as the oracle sees them: exact fractions, otherwise mpmath at 110 digits, of which twenty must agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from typing import Any

import mpmath

DIGITS = 110
mpmath.mp.dps = DIGITS
#: Values agree where they differ by no more than this part of their size; anything below TINY counts as 0.
TOLERANCE = mpmath.mpf(10) ** -20
TINY = mpmath.mpf(10) ** -35
#: Fractions with more bits than this become floating: exactness is wanted near 0 and 1 only.
MAX_BITS = 600
#: e^u is worked out for |u| up to HUGE: a number's exponent is as long as need be. Under an integral it is 0 below
#: −DEAD, to as many digits as anybody looks at, and has no value above DEAD.
HUGE, DEAD = 10**300, 10**6

_trusted: ContextVar[bool] = ContextVar("trusted", default=False)

Value = Any  # Fraction | mpmath.mpf


class UndefinedError(ArithmeticError):
    """The expression has no value here."""


class LogOfZeroError(UndefinedError):
    """log 0, which 0·log 0 = 0 may still rescue."""


class DivisionByZeroError(UndefinedError):
    """1/0: at a node of a quadrature this may be 1/x for an x that is nearly 0."""


class UnknownError(ArithmeticError):
    """No value can be worked out here, though there may be one: a derivative at the end of a domain."""


def integer(x: Value) -> int:
    """A value as an integer; UndefinedError where it is none."""
    if isinstance(x, Fraction) and x.denominator == 1:
        return x.numerator
    if not is_whole(x):
        raise UndefinedError(f"{x} is not an integer")
    if abs(x) > 10**9:
        raise UnknownError("too large a number for an index")
    return int(x)


def is_whole(x: Value) -> bool:
    """Whether a value is an integer, without writing it out: e^{e^{100}} has more digits than there is room for."""
    return bool(x.denominator == 1 if isinstance(x, (Fraction, int)) else mpmath.isint(x))


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
    """x · y, exactly 0 where one of them is; a number of which only the digits are known to be 0 is not."""
    if (isinstance(x, Fraction) and not x) or (isinstance(y, Fraction) and not y):
        return Fraction(0)
    return _both(x, y, lambda a, b: a * b)


def may_be_zero(x: Value) -> bool:
    """Whether a value is so near to 0 that its digits do not tell: e^{log 3} − 3 is 10⁻¹¹⁰ here, and 0 in truth.

    Where it decides what is exactly 0 or 1 (0⁰ and 0·log 0 against 0^x and x·log 0), nothing can be said.
    """
    return not isinstance(x, Fraction) and bool(abs(x) < TINY) and not _trusted.get()


@contextmanager
def as_they_are() -> Iterator[None]:
    """Within this block small numbers are what they are: the nodes of a quadrature come as near to 0 as need be."""
    token = _trusted.set(True)
    try:
        yield
    finally:
        _trusted.reset(token)


def total(terms: list[Value]) -> Value:
    """The sum of some values: what is exact is added up first, so that nothing small is lost beside what cancels."""
    exact: Value = Fraction(0)
    for t in terms:
        if isinstance(t, Fraction):
            exact = add(exact, t)
    rest = [t for t in terms if not isinstance(t, Fraction)]
    return mpmath.fsum([*rest, floating(exact)]) if rest else exact


def power(x: Value, n: Value) -> Value:
    """x^n with 0⁰ = 1."""
    if may_be_zero(n) and may_be_zero(floating(x)):
        raise UnknownError("0 to the power of what may be 0")
    if may_be_zero(x) and n < 0:
        raise UnknownError("division by what may be 0")
    if x == 0:
        if n < 0:
            raise DivisionByZeroError("division by 0")
        return Fraction(int(n == 0))
    if abs(n) < 1000 and is_whole(n):
        result = x ** int(n)
        return floating(result) if isinstance(x, Fraction) and result.denominator.bit_length() > MAX_BITS else result
    if x < 0:
        raise UndefinedError("a fractional power of a negative number")
    try:
        return _real_power(floating(x), floating(n))
    except OverflowError as error:
        raise UnknownError(str(error)) from error


def same(x: Value, y: Value) -> bool:
    """Whether two values agree to twenty digits, or exactly where both are fractions."""
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return x == y
    x, y = floating(x), floating(y)
    size = max(abs(x), abs(y))
    return bool(size < TINY or abs(x - y) <= TOLERANCE * size)


def exponential(x: Value) -> Value:
    """e^x; mpmath would work on e^{e^{e^{10}}} for ever. OverflowError where nothing is known of it."""
    dead = _trusted.get()
    if dead and x < -DEAD:
        return mpmath.mpf(0)
    if abs(x) > (DEAD if dead else HUGE):
        raise OverflowError("a number too large to work with")
    return mpmath.exp(x)


def _real_power(x: Value, n: Value) -> Value:
    """x^n for x > 0."""
    return exponential(n * mpmath.log(x)) if abs(n) > 1000 or abs(mpmath.mag(x)) > 1000 else mpmath.power(x, n)
