"""Values of special functions: balls from python-flint, power series from the values of the derivatives."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import factorial
from typing import Any

import sympy as sp
from flint import arb, arb_series, ctx, fmpq

Value = Any  # fmpq | arb | arb_series
#: Orders of polygamma and of Bessel functions beyond this are refused.
MAX_ORDER = 12


def constant(x: Value) -> Value:
    """The value proper of a series: its constant term."""
    return x[0] if isinstance(x, arb_series) else x


def ball(x: Value) -> Value:
    """An exact number as a ball."""
    return arb(x) if isinstance(x, fmpq) else x


def known(e: sp.Expr, args: list[Value]) -> Value | None:
    """The value of a special function, None for one that is not known here; ValueError where it has none."""
    if isinstance(e, sp.polygamma):
        order = _order(args[0])
        return _composed(lambda n, x: _polygamma(order + n, x), args[1])
    if isinstance(e, sp.besseli):
        order = _order(args[0])
        return _composed(lambda n, x: _bessel(order, n, x), args[1])
    if isinstance(e, sp.cos):
        return fmpq(1) if _is_zero(args[0]) else ball(args[0]).cos()
    if isinstance(e, sp.sin):
        return fmpq(0) if _is_zero(args[0]) else ball(args[0]).sin()
    if isinstance(e, sp.atan2):
        return arb.atan2(ball(constant(args[0])), ball(constant(args[1])))
    if isinstance(e, sp.Abs):
        return _absolute(args[0])
    if isinstance(e, sp.sign):
        return _sign(constant(args[0]))
    if isinstance(e, (sp.Max, sp.Min)):
        return largest(args) if isinstance(e, sp.Max) else smallest(args)
    return None


def _is_zero(x: Value) -> bool:
    return isinstance(x, fmpq) and x == 0


def _order(x: Value) -> int:
    if not (isinstance(x, fmpq) and x.q == 1 and 0 <= x <= MAX_ORDER):
        raise ValueError(f"an order of {x}")
    return int(x.p)


def _composed(derivative: Callable[[int, Value], Value], x: Value) -> Value:
    """f(x) for a number; for a series Σ_n f⁽ⁿ⁾(x_0) (x − x_0)ⁿ / n!."""
    if not isinstance(x, arb_series):
        return derivative(0, ball(x))
    start, step = x[0], x - arb_series([x[0]])
    total, power = arb_series([derivative(0, start)]), arb_series([arb(1)])
    for n in range(1, int(ctx.cap)):
        power = power * step
        total = total + power * (derivative(n, start) / factorial(n))
    return total


def _polygamma(order: int, x: Value) -> Value:
    if order == 0:
        return x.digamma()
    return arb(order + 1).zeta(x) * factorial(order) * (1 if order % 2 else -1)


def _bessel(order: int, derivatives: int, x: Value) -> Value:
    """I_ν and its derivatives, from I_ν′ = (I_{ν−1} + I_{ν+1})/2; I_{−ν} = I_ν."""
    if derivatives == 0:
        return x.bessel_i(arb(order))
    below, above = (_bessel(abs(o), derivatives - 1, x) for o in (order - 1, order + 1))
    return (below + above) / 2


def _absolute(x: Value) -> Value:
    if not isinstance(x, arb_series):
        return abs(x)
    if not (x[0] > 0 or x[0] < 0):
        raise ValueError("|x| is not differentiable at 0")
    return x if x[0] > 0 else -x


def _sign(x: Value) -> Value:
    if x > 0 or x < 0:
        return fmpq(1 if x > 0 else -1)
    if _is_zero(x):
        return fmpq(0)
    raise ValueError("the sign of what may be 0")


def largest(values: list[Value]) -> Value:
    """The largest of some values: exact where they are, else a ball."""
    return _extreme(values, lambda a, b: a > b, lambda a, b: a.max(b))


def smallest(values: list[Value]) -> Value:
    """The smallest of some values."""
    return _extreme(values, lambda a, b: a < b, lambda a, b: a.min(b))


def _extreme(
    values: list[Value], wins: Callable[[Value, Value], bool], merged: Callable[[Value, Value], Value]
) -> Value:
    if not values:
        raise ValueError("an extreme of no values")
    best = values[0]
    for value in values[1:]:
        if wins(value, best):
            best = value
        elif not (wins(best, value) or (isinstance(value, fmpq) and isinstance(best, fmpq))):
            best = merged(ball(constant(value)), ball(constant(best)))
    return best


def median(values: list[Value]) -> Value:
    """The median; of an even number of values the mean of the two in the middle."""
    if not values:
        raise ValueError("a median of no values")
    ordered = sorted(values, key=lambda v: float(v.p) / float(v.q) if isinstance(v, fmpq) else float(v.mid()))
    if any(not (a <= b) for a, b in pairwise(ordered)):
        raise ValueError("values that lie too close to be told apart")
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
