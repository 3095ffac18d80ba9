"""Integrals over numbers and sums without end, worked out but not certified.

Integrals by the trapezoidal rule after a change of variable that makes the integrand fall off doubly exponentially at
both ends (Takahasi and Mori 1974): on a finite range x = tanh(π/2 sinh t), on a half-line x = exp(t − e^{−t}) or
exp(π/2 sinh t), on the line x = sinh t. The step is halved until two widths agree; where they never do, there is
no value.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flint import arb, arb_series, ctx, fmpq

from derive.algebra.budgets import tick
from derive.checker.evaluator import UndefinedError
from derive.checker.functions import constant

Value = Any
#: Two step widths that agree to so many digits give about twice as many.
AGREEING = arb(10) ** -17
#: What such a value is taken to be uncertain by, relative to its size.
UNCERTAIN = arb(10) ** -31
#: Bits on a finite range, where the distance to an end is a difference; and how often the step is halved at most.
NEAR_ENDS, LEVELS = 340, 6
#: Terms of a sum without end that are added at most.
MOST_TERMS = 1500


@lru_cache(maxsize=32)
def _nodes(kind: str, level: int, precision: int) -> tuple[tuple[arb, arb, arb], ...]:
    """The nodes that a level adds to those before it, complements (on (0, 1) the distance to 1) and weights."""
    reach = {"finite": arb(39) / 8, "half": arb(7), "line": arb(11) / 2}[kind]
    step = arb(1) / (8 * 2**level)
    half_pi, found = arb.pi() / 2, []
    count = int((reach / step).unique_fmpz() or 0)
    for n in range(-count, count + 1):
        if level and n % 2 == 0:
            continue
        t = step * n
        if kind == "finite":  # x = 1/(1 + e^{-2u}), u = π/2 sinh t
            u = half_pi * t.sinh()
            x, rest = 1 / (1 + (-2 * u).exp()), 1 / (1 + (2 * u).exp())
            found.append((x, rest, 2 * x * rest * half_pi * t.cosh()))
        elif kind == "half":
            x = (t - (-t).exp()).exp()
            found.append((x, x, x * (1 + (-t).exp())))
        else:
            found.append((t.sinh(), t, t.cosh()))
    return tuple((x.mid(), rest.mid(), weight.mid()) for x, rest, weight in found)


def integral(f: Callable[[Value], Value], lower: Value, upper: Value) -> Value:
    """∫ f between two ends, which may be infinite (arb infinities); UndefinedError where no value is reached."""
    low, high = constant(lower), constant(upper)
    at_low, at_high = not arb(low).is_finite(), not arb(high).is_finite()
    if at_low and at_high:
        if not (low < 0 and high > 0):
            raise UndefinedError("an integral over nothing")
        return _summed(lambda x, rest: f(x), "line", 1)
    if at_high:
        return _summed(lambda x, rest: f(lower + x), "half", 1)
    if at_low:
        return _summed(lambda x, rest: f(upper - x), "half", 1)
    width = upper - lower
    if isinstance(width, fmpq) and width == 0:
        return fmpq(0)
    return _summed(lambda x, rest: f(lower + width * x if x < 0.5 else upper - width * rest), "finite", width)


def bell(f: Callable[[Value], Value]) -> Value:
    """∫ f(z) φ(z) dz over the line, φ the density of the standard normal distribution."""
    scale = 1 / (2 * arb.pi()).sqrt()
    before: Value = None
    for step in (arb(1) / 2, arb(1) / 3, arb(1) / 5, arb(1) / 9):
        reach = int(float((15 / step).mid()))
        total: Value = fmpq(0)
        for n in range(-reach, reach + 1):
            tick()
            z = step * n
            total = total + f(z) * ((-z * z / 2).exp() * scale * step)
        if before is not None and _agree(total, before):
            return _blurred(total)
        before = total
    raise UndefinedError("the integral was not worked out to enough digits")


def _summed(f: Callable[[Any, Any], Value], kind: str, factor: Value) -> Value:
    """The trapezoidal rule with half the step width at every level, until two levels agree."""
    precision = ctx.prec
    ctx.prec = max(precision, NEAR_ENDS) if kind == "finite" else precision
    try:
        total: Value = fmpq(0)
        before: Value = None
        for level in range(LEVELS):
            for x, rest, weight in _nodes(kind, level, ctx.prec):
                tick()
                value = f(x, rest)
                if not arb(constant(value)).is_finite():
                    raise UndefinedError("the integrand has no value inside its range")
                total = total + value * weight
            result = total * arb(1) / (8 * 2**level)
            if before is not None and _agree(result, before):
                return _blurred(result) * factor
            before = result
    finally:
        ctx.prec = precision
    raise UndefinedError("the integral was not worked out to enough digits")


def _agree(fine: Value, coarse: Value) -> bool:
    parts = list(zip(_coefficients(fine), _coefficients(coarse), strict=False))
    scale = max((abs(arb(a)).mid() for a, _ in parts), default=arb(0))
    return all(bool(abs(arb(a - b)) < AGREEING * (scale + arb(10) ** -20)) for a, b in parts)


def _blurred(value: Value) -> Value:
    parts = [arb(a) for a in _coefficients(value)]
    scale = max((abs(a).mid() for a in parts), default=arb(0))
    blur = arb(0, (UNCERTAIN * (scale + arb(10) ** -9)).upper())
    blurred = [a.mid() + blur for a in parts]
    return arb_series(blurred) if isinstance(value, arb_series) else blurred[0]


def _coefficients(value: Value) -> list[Any]:
    if not isinstance(value, arb_series):
        return [value]
    return [value[n] for n in range(int(ctx.cap))]


def endless(term: Callable[[int], Value], start: int) -> Value:
    """Σ_{n ≥ start} term(n), added until the terms vanish; UndefinedError where they do not."""
    total: Value = fmpq(0)
    small = arb(10) ** -42
    vanishing = 0
    for n in range(start, start + MOST_TERMS):
        tick()
        value = term(n)
        total = total + value
        size = sum((abs(arb(c)) for c in _coefficients(value)), arb(0))
        vanishing = vanishing + 1 if size < small * (1 + abs(arb(constant(total)))) else 0
        if vanishing >= 6 and n - start > 12:
            return total + arb(0, (UNCERTAIN * (1 + abs(arb(constant(total))))).upper())
    raise UndefinedError("the sum without end was not worked out")
