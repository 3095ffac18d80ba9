"""Two arithmetics for arrays: doubles, and exact rationals that become balls where a value is irrational.

Both offer the same operations, so that an expression is evaluated by one recursion in either. Arrays of the exact
arithmetic hold python-flint's `fmpq` and `arb`; its precision is the one in force (`precision`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, arb_mat, arb_series, ctx, fmpq, fmpq_mat

Array = np.ndarray[Any, Any]
Value = Any  # fmpq | arb

#: Exact numbers with more bits than this become balls.
MAX_BITS = 20_000
#: In a precision of this many bits, what agrees with 0 is 0.
SETTLING_BITS = 3000
#: Integer powers beyond this are taken of balls.
MAX_EXPONENT = 4096


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work with balls of this many bits inside."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def exact(x: Fraction) -> Value:
    """A fraction as an exact number of this arithmetic."""
    return fmpq(x.numerator, x.denominator)


def as_balls(x: Array) -> Array:
    """Exact numbers as balls: values that stand for others which are not rational."""
    return _each(arb, x)


def _direction(y: object, x: object) -> arb:
    """atan2 as one number: of a point on the negative axis, within its radius, it is π, the end that counts."""
    up, right = arb(y), arb(x)
    return arb.pi() if up.contains(0) and right < 0 else arb.atan2(up, right)


class Floats:
    """Double precision. Special functions are worked out in balls, each different argument once."""

    name = "floats"

    def constant(self, p: int, q: int = 1) -> Array:
        """The number p/q."""
        return np.array([p / q])

    def from_ball(self, x: Value) -> Array:
        """A number known as a ball."""
        return np.array([float(x)])

    def integers(self, x: Array) -> Array:
        """Whole numbers as values."""
        return x.astype(float)

    def zeros(self, shape: tuple[int, ...]) -> Array:
        """An array of zeros."""
        return np.zeros(shape)

    def is_zero(self, x: Array) -> Array:
        """Where a value is exactly 0."""
        return np.asarray(x == 0)

    def is_finite(self, x: Array) -> Array:
        """Where a value is a finite number."""
        return np.isfinite(x)

    def exp(self, x: Array) -> Array:
        """e to the x."""
        return np.asarray(np.exp(x))

    def log(self, x: Array) -> Array:
        """The natural logarithm."""
        return np.asarray(np.log(x))

    def cos(self, x: Array) -> Array:
        """The cosine."""
        return np.asarray(np.cos(x))

    def sin(self, x: Array) -> Array:
        """The sine."""
        return np.asarray(np.sin(x))

    def atan2(self, y: Array, x: Array) -> Array:
        """The angle of the point (x, y)."""
        return np.asarray(np.arctan2(y, x))

    def sign(self, x: Array) -> Array:
        """−1, 0 or 1."""
        return np.sign(x)

    def power(self, x: Array, n: Array) -> Array:
        """x to the n with 0⁰ = 1."""
        return np.asarray(x ** float(n.flat[0]) if n.size == 1 else np.power(x, n))

    def determinant(self, x: Array) -> Array:
        """The determinant of a matrix."""
        return np.array([np.linalg.det(x)])

    def inverse(self, x: Array) -> Array:
        """The inverse of a matrix; not a number where there is none."""
        try:
            return np.asarray(np.linalg.inv(x))
        except np.linalg.LinAlgError:
            return np.full(x.shape, math.nan)

    def special(self, name: str, x: Array, order: int = 0) -> Array:
        """A function of `SPECIAL` at each value."""
        if name == "loggamma" and bool((x > 0).all()):
            return _each(math.lgamma, x).astype(float)
        values, places = np.unique(x, return_inverse=True)
        with precision(80):
            found = np.array([_float(SPECIAL[name](arb(v), order)) if math.isfinite(v) else math.nan for v in values])
        return np.asarray(found[places].reshape(x.shape))


class Balls:
    """Exact rationals as long as values are rational, balls from there on."""

    name = "balls"

    @staticmethod
    def ball(x: Fraction) -> Value:
        """A fraction as a ball."""
        return arb(exact(x))

    def constant(self, p: int, q: int = 1) -> Array:
        """The number p/q."""
        return self.from_ball(fmpq(p, q))

    def from_ball(self, x: Value) -> Array:
        """A number that is known exactly or as a ball."""
        found = np.empty(1, dtype=object)
        found[0] = x
        return found

    def integers(self, x: Array) -> Array:
        """Whole numbers as values."""
        return _each(lambda n: fmpq(int(n)), x)

    def zeros(self, shape: tuple[int, ...]) -> Array:
        """An array of zeros."""
        found = np.empty(shape, dtype=object)
        found[...] = fmpq(0)
        return found

    def is_zero(self, x: Array) -> Array:
        """Where a value is exactly 0."""
        return _each(lambda v: isinstance(v, fmpq) and v == 0, x).astype(bool)

    def is_finite(self, x: Array) -> Array:
        """Where a value is a finite number."""
        return _each(lambda v: isinstance(v, fmpq) or bool(v.is_finite()), x).astype(bool)

    def exp(self, x: Array) -> Array:
        """e to the x."""
        return _each(lambda v: fmpq(1) if _is(v, 0) else arb(v).exp(), x)

    def log(self, x: Array) -> Array:
        """The natural logarithm."""
        return _each(_log, x)

    def cos(self, x: Array) -> Array:
        """The cosine."""
        return _each(lambda v: fmpq(1) if _is(v, 0) else arb(v).cos(), x)

    def sin(self, x: Array) -> Array:
        """The sine."""
        return _each(lambda v: fmpq(0) if _is(v, 0) else arb(v).sin(), x)

    def atan2(self, y: Array, x: Array) -> Array:
        """The angle of the point (x, y)."""
        return np.asarray(np.frompyfunc(_direction, 2, 1)(y, x))

    def sign(self, x: Array) -> Array:
        """−1, 0 or 1; of a ball that holds 0, the sign of its middle."""
        return _each(lambda v: fmpq((_middle(v) > 0) - (_middle(v) < 0)), x)

    def power(self, x: Array, n: Array) -> Array:
        """x to the n with 0⁰ = 1; roots of squares are exact."""
        return np.asarray(_POWER(x, n))

    def determinant(self, x: Array) -> Array:
        """The determinant of a matrix."""
        return self.from_ball(_matrix(x).det())

    def inverse(self, x: Array) -> Array:
        """The inverse of a matrix; ZeroDivisionError where there is none."""
        found = self.zeros((x.size,))
        found[:] = _matrix(x).inv().entries()
        return found.reshape(x.shape)

    def special(self, name: str, x: Array, order: int = 0) -> Array:
        """A function of `SPECIAL` at each value, each different one once."""
        known: dict[Any, Value] = {}

        def at(v: Value) -> Value:
            place = v if isinstance(v, fmpq) else _bits(v)
            if place not in known:
                known[place] = SPECIAL[name](arb(v), order)
            return known[place]

        return _each(at, x)


Arithmetic = Floats | Balls


def _each(function: Callable[[Any], Any], x: Array) -> Array:
    return np.asarray(np.frompyfunc(function, 1, 1)(x))


def _float(x: Value) -> float:
    return float(x) if x.is_finite() else math.nan


def _matrix(x: Array) -> Any:
    """A matrix of exact numbers where all of them are, else of balls."""
    exact = all(isinstance(v, fmpq) for v in x.flat)
    return fmpq_mat(x.tolist()) if exact else arb_mat([[arb(v) for v in row] for row in x.tolist()])


def _is(x: Value, n: int) -> bool:
    return isinstance(x, fmpq) and bool(x == n)


def _bits(x: Value) -> Any:
    """What tells a ball from others: its middle and radius."""
    if not x.is_finite():
        return str(x)
    return tuple(int(part) for y in (x.mid(), x.rad()) for part in y.man_exp())


def _middle(x: Value) -> Value:
    return x if isinstance(x, fmpq) else x.mid()


def _settled(x: Value) -> Value:
    """A ball around 0 that is this small is taken for 0, as nothing but more digits could tell."""
    zero = ctx.prec >= SETTLING_BITS and isinstance(x, arb) and x.contains(0) and x.rad() < arb(2) ** (-ctx.prec // 2)
    return fmpq(0) if zero else x


def _log(x: Value) -> Value:
    x = _settled(x)
    if _is(x, 1):
        return fmpq(0)
    return arb.neg_inf() if _is(x, 0) else arb(x).log()


def _power(x: Value, n: Value) -> Value:
    x = _settled(x)
    if isinstance(n, fmpq) and n.q == 1 and abs(n.p) <= MAX_EXPONENT:
        if isinstance(x, fmpq):
            if n == 0:
                return fmpq(1)
            if x == 0:
                return fmpq(0) if n > 0 else arb.pos_inf()
            if max(x.p.bit_length(), x.q.bit_length()) * abs(int(n.p)) > MAX_BITS:
                x = arb(x)
        return x ** int(n.p)
    if _is(x, 0):
        return fmpq(0) if n > 0 else arb.pos_inf()
    if _is(x, 1):
        return x
    if isinstance(n, fmpq) and n.q == 2 and isinstance(x, fmpq) and x > 0:
        p, q = math.isqrt(int(x.p)), math.isqrt(int(x.q))
        if p * p == x.p and q * q == x.q:
            return fmpq(p, q) ** int(n.p)
    return arb(x) ** n if isinstance(n, fmpq) else (n * arb(x).log()).exp()


_POWER = np.frompyfunc(_power, 2, 1)


def _polygamma(x: Value, order: int) -> Value:
    if order == 0:
        return x.digamma()
    return (-1) ** (order + 1) * math.factorial(order) * arb(order + 1).zeta(x)


def _zeta(x: Value, order: int) -> Value:
    """A derivative of the Riemann zeta function, from its power series."""
    before, ctx.cap = ctx.cap, order + 1
    try:
        return math.factorial(order) * arb_series([x, arb(1)]).zeta()[order]
    finally:
        ctx.cap = before


def _log_besseli(x: Value, order: int) -> Value:
    return x.bessel_i(order, scaled=True).log() + x


#: The functions beyond the elementary ones, of an argument and a whole-number order.
SPECIAL: dict[str, Callable[[Value, int], Value]] = {
    "loggamma": lambda x, _: x.lgamma(),
    "gamma": lambda x, _: x.gamma(),
    "polygamma": _polygamma,
    "zeta": _zeta,
    "besseli": lambda x, order: x.bessel_i(order),
    "log_besseli": _log_besseli,
    "besseli_ratio": lambda x, order: x.bessel_i(order + 1, scaled=True) / x.bessel_i(order, scaled=True),
}
