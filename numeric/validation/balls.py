"""Balls with derivatives: a number that is certain to a radius, and its derivatives by the entries of the inputs.

Forward mode: `slopes` has the derivative by each input entry on which the number depends; absent means 0. A slope
encloses the derivative just as the value encloses the number. Functions have their derivatives from the standard
tables (NIST Digital Library of Mathematical Functions, 5.2 for Γ, 10.29 for Bessel functions).

Conventions: 0⁰ = 1 and 0 · log 0 = 0 for data that is exactly 0; e^−∞ = 0 with derivative 0; |x| has derivative 0 at 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flint import arb

#: An entry of an input: the input's number, and the position in its array, from 1.
Place = tuple[int, tuple[int, ...]]


@dataclass(frozen=True)
class Ball:
    """A number with its derivatives by the entries of the inputs."""

    value: arb
    slopes: Mapping[Place, arb] = field(default_factory=dict)


def number(value: arb | int) -> Ball:
    """A number that depends on no input."""
    return Ball(arb(value))


ZERO, ONE = number(0), number(1)


def is_zero(value: arb) -> bool:
    """Whether the ball is 0 and nothing else."""
    return bool(value == 0)


def add(a: Ball, b: Ball) -> Ball:
    """a + b."""
    if not b.slopes:
        return Ball(a.value + b.value, a.slopes)
    slopes = dict(a.slopes)
    for place, slope in b.slopes.items():
        slopes[place] = slopes[place] + slope if place in slopes else slope
    return Ball(a.value + b.value, slopes)


def mul(a: Ball, b: Ball) -> Ball:
    """a · b; what is exactly 0 and no input stays 0, whatever stands beside it."""
    for zero in (a, b):
        if is_zero(zero.value) and not zero.slopes:
            return zero
    slopes = {place: a.value * slope for place, slope in b.slopes.items()}
    for place, slope in a.slopes.items():
        product = b.value * slope
        slopes[place] = slopes[place] + product if place in slopes else product
    return Ball(a.value * b.value, slopes)


def chained(a: Ball, value: arb, slope: Callable[[], arb]) -> Ball:
    """f(a) from f's value and derivative there; the derivative is worked out only where `a` has slopes."""
    if not a.slopes:
        return Ball(value)
    rise = slope()
    return Ball(value, {place: rise * s for place, s in a.slopes.items()})


def power(base: Ball, exponent: Ball) -> Ball:
    """base^exponent; an exponent with slopes needs a positive base."""
    if exponent.slopes:
        return exp(mul(exponent, log(base)))
    e = exponent.value
    if is_zero(e):
        return ONE
    if is_zero(base.value) and not e > 0:
        return Ball(arb.nan())
    return chained(base, base.value**e, lambda: e * base.value ** (e - 1))


def exp(a: Ball) -> Ball:
    """e^a."""
    if a.value == arb("-inf"):
        return ZERO
    value = a.value.exp()
    return chained(a, value, lambda: value)


def log(a: Ball) -> Ball:
    """log a."""
    return chained(a, a.value.log(), lambda: 1 / a.value)


def log_gamma(a: Ball) -> Ball:
    """log Γ(a) for a > 0."""
    return chained(a, a.value.lgamma(), a.value.digamma)


def digamma(a: Ball) -> Ball:
    """ψ(a), the derivative of log Γ."""
    return chained(a, a.value.digamma(), lambda: arb(2).zeta(a.value))


def trigamma(a: Ball) -> Ball:
    """ψ'(a), which is the Hurwitz zeta function ζ(2, a); its derivative is −2 ζ(3, a)."""
    return chained(a, arb(2).zeta(a.value), lambda: -2 * arb(3).zeta(a.value))


def sign(a: Ball) -> Ball:
    """1, −1, or 0 at 0; any of them where the precision does not tell."""
    if is_zero(a.value):
        return ZERO
    return number(1 if a.value > 0 else -1) if a.value > 0 or a.value < 0 else Ball(arb(0, 1))


def absolute(a: Ball) -> Ball:
    """|a|; its derivative is the sign."""
    return chained(a, abs(a.value), lambda: sign(a).value)


def cos(a: Ball) -> Ball:
    """cos a."""
    return chained(a, a.value.cos(), lambda: -a.value.sin())


def sin(a: Ball) -> Ball:
    """sin a."""
    return chained(a, a.value.sin(), a.value.cos)


def log_bessel_i(order: int, a: Ball) -> Ball:
    """log I_n(a) for a whole order n and a > 0; the exponential growth is taken out before the logarithm."""
    scaled = a.value.bessel_i(order, scaled=True)
    beside = (a.value.bessel_i(abs(order - 1), scaled=True), a.value.bessel_i(order + 1, scaled=True))
    return chained(a, scaled.log() + a.value, lambda: sum(beside, arb(0)) / (2 * scaled))


def log_determinant(rows: list[list[Ball]]) -> Ball:
    """log det of a positive definite matrix, by elimination: the sum of the logarithms of the pivots."""
    total = ZERO
    for pivot in _eliminated([list(row) for row in rows]):
        total = add(total, log(pivot))
    return total


def inverse(rows: list[list[Ball]]) -> list[list[Ball]]:
    """The inverse of a positive definite matrix: what elimination makes of the identity beside it."""
    size = len(rows)
    beside = [[*row, *(ONE if i == j else ZERO for j in range(size))] for i, row in enumerate(rows)]
    pivots = _eliminated(beside)
    for i in reversed(range(size)):
        scale = power(pivots[i], number(-1))
        beside[i] = [mul(scale, entry) for entry in beside[i]]
        for above in beside[:i]:
            _subtract(above, above[i], beside[i])
    return [row[size:] for row in beside]


def _eliminated(rows: list[list[Ball]]) -> list[Ball]:
    """The pivots; below each, the rows are made 0 in place."""
    for i, row in enumerate(rows):
        scale = power(row[i], number(-1))
        for below in rows[i + 1 :]:
            _subtract(below, mul(below[i], scale), row)
    return [row[i] for i, row in enumerate(rows)]


def _subtract(row: list[Ball], factor: Ball, other: list[Ball]) -> None:
    """row − factor · other, in place."""
    negative = mul(number(-1), factor)
    row[:] = [add(entry, mul(negative, o)) for entry, o in zip(row, other, strict=True)]
