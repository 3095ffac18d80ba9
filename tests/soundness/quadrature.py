"""Integrals and infinite sums to twenty digits, where they settle: double exponential quadrature, geometric tails.

Source: Takahasi and Mori, Double exponential formulas for numerical integration (1974).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import mpmath

from tests.soundness.arithmetic import DivisionByZeroError, LogOfZeroError, Value, floating

#: The digits that a function under an integral is worked out to; results have to settle to SETTLED of their size.
DIGITS = 80
SETTLED = mpmath.mpf(10) ** -23
NEGLIGIBLE = mpmath.mpf(10) ** -28
#: The trapezoidal rule starts with COARSE steps, which are halved at most LEVELS times; FAR is how many there may be.
COARSE, LEVELS, FAR = mpmath.mpf(1) / 4, 5, 36
MAX_TERMS = 1500


class UnsettledError(ArithmeticError):
    """The digits do not settle: there may be a value or not."""


def integral(f: Callable[[Value], Value], lower: Value, upper: Value, breaks: Iterable[Value]) -> Value:
    """∫ f from lower to upper, piece by piece between the points where f may have a kink or a peak."""
    if upper < lower:
        return -integral(f, upper, lower, breaks)
    inside = sorted({floating(b) for b in breaks if lower < floating(b) < upper})
    if not inside and mpmath.isinf(lower) and mpmath.isinf(upper):
        inside = [mpmath.mpf(0)]
    ends = [lower, *inside, upper]
    with mpmath.workdps(DIGITS):
        return mpmath.fsum(_piece(f, a, b) for a, b in pairwise(ends))


def _piece(f: Callable[[Value], Value], lower: Value, upper: Value) -> Value:
    """∫ f over a piece, with the nodes measured from the nearer end, so that it may be singular there."""
    half_pi = mpmath.pi / 2

    def weighted(t: Value) -> Value:
        inner, slope = half_pi * mpmath.sinh(t), half_pi * mpmath.cosh(t)
        if mpmath.isinf(upper) or mpmath.isinf(lower):
            away = mpmath.exp(inner)
            return f(lower + away if mpmath.isinf(upper) else upper - away) * away * slope
        share = 1 / (1 + mpmath.exp(2 * abs(inner)))
        at = lower + (upper - lower) * share if t < 0 else upper - (upper - lower) * share
        return f(at) * 2 * slope * share * (1 - share) * (upper - lower)

    first, last = _reach(weighted)
    before = mpmath.mpf(0)
    coarse = [weighted(t * COARSE) for t in range(first, last + 1)]
    total = mpmath.fsum(coarse)
    # where positive and negative parts cancel, digits after the point have to settle, or of what cancels if it is small
    cancelling = min(mpmath.fsum(map(abs, coarse)), mpmath.mpf(1))
    for level in range(1, LEVELS + 1):
        parts = 2**level
        odd = range(first * parts + 1, last * parts, 2)
        before, total = total / (parts // 2), total + mpmath.fsum(weighted(t * COARSE / parts) for t in odd)
        if abs(total / parts - before) <= SETTLED * max(abs(before), cancelling):
            return total / parts * COARSE
    raise UnsettledError("the integral does not settle")


def _reach(f: Callable[[Value], Value]) -> tuple[int, int]:
    """From where to where, in coarse steps, a function counts; beyond it has to have died away."""
    sizes: dict[int, Value | None] = {}
    nowhere: ArithmeticError | None = None
    for t in range(-FAR, FAR + 1):
        try:
            sizes[t] = abs(f(t * COARSE))
        except (OverflowError, ZeroDivisionError):
            sizes[t] = None  # too far out to be worked out
        except (LogOfZeroError, DivisionByZeroError) as error:
            sizes[t], nowhere = None, error  # so near to an end that log e^x is 0 for x
    if nowhere is not None and all(v is None for v in sizes.values()):
        raise nowhere
    largest = max((v for v in sizes.values() if v is not None), default=mpmath.mpf(0))
    counting = [t for t, v in sizes.items() if v is not None and v > NEGLIGIBLE * largest]
    if not counting:
        return 0, 0
    first, last = counting[0] - 1, counting[-1] + 1
    if any(sizes.get(t) is None for t in range(first, last + 1)):
        raise UnsettledError("the function does not die away where it can be worked out")
    return first, last


def infinite(term: Callable[[int], Value], start: int) -> Value:
    """Σ term(n) from start on, with the rest taken for a geometric series once the ratio of the terms settles."""
    total, before, ratio = mpmath.mpf(0), mpmath.mpf(0), mpmath.mpf(0)
    good = growing = 0
    for n in range(start, start + MAX_TERMS):
        now = floating(term(n))
        total += now
        if before != 0:
            last, ratio = ratio, now / before
            growing = growing + 1 if abs(ratio) >= 1 else 0
            rest = now * ratio / (1 - ratio) if abs(ratio) < 1 else now
            error = abs(now) * abs(ratio - last) / (1 - abs(ratio)) ** 2 if abs(ratio) < 1 else abs(now)
            good = good + 1 if error <= NEGLIGIBLE * abs(total) else 0
            if good >= 6:
                return total + rest
        elif now == 0 and n > start + 60:
            return total
        if growing > MAX_TERMS // 2:
            break
        before = now
    raise UnsettledError("the sum does not settle")
