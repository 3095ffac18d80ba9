"""Special functions, order statistics and small matrices, by mpmath or by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache

import mpmath
import sympy as sp

from derive.algebra.order import Largest, Median, Smallest
from tests.soundness.arithmetic import (
    TINY,
    LogOfZeroError,
    UndefinedError,
    UnknownError,
    Value,
    add,
    exponential,
    floating,
    may_be_zero,
    power,
    subtract,
    times,
)

#: Functions of floating arguments.
FUNCTIONS: dict[type, Callable[..., Value]] = {
    sp.exp: exponential,
    sp.gamma: mpmath.gamma,
    sp.loggamma: mpmath.loggamma,
    sp.digamma: mpmath.digamma,
    sp.trigamma: lambda x: mpmath.polygamma(1, x),
    sp.polygamma: lambda n, x: mpmath.polygamma(int(n), x),
    sp.beta: mpmath.beta,
    sp.factorial: mpmath.factorial,
    sp.binomial: mpmath.binomial,
    sp.besseli: mpmath.besseli,
    sp.besselk: mpmath.besselk,
    sp.sin: mpmath.sin,
    sp.cos: mpmath.cos,
    sp.tan: mpmath.tan,
    sp.atan: mpmath.atan,
    sp.atan2: mpmath.atan2,
    sp.sinh: mpmath.sinh,
    sp.cosh: mpmath.cosh,
    sp.tanh: mpmath.tanh,
    sp.erf: mpmath.erf,
    sp.erfc: mpmath.erfc,
    sp.zeta: mpmath.zeta,
}


#: Functions other than e^u and log u are worked out up to so many bits before the point.
LONG = 4000


class SingularError(ArithmeticError):
    """A matrix has no inverse."""


def order_statistic(kind: type, values: list[Value]) -> Value | None:
    """The largest, the smallest or the median of some values; None where there are none."""
    if not values:
        return None
    ordered: list[Value] = []
    for v in values:
        place = next((n for n, o in enumerate(ordered) if subtract(v, o) < 0), len(ordered))
        ordered.insert(place, v)
    if kind is Largest or kind is Smallest:
        return ordered[-1 if kind is Largest else 0]
    assert kind is Median, "there are three order statistics"
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return times(Fraction(1, 2), add(low, high))


def determinant(rows: list[list[Value]]) -> Value:
    """By elimination."""
    return _determinant(tuple(map(tuple, rows)), mpmath.mp.prec)


def inverse_entry(rows: list[list[Value]], row: int, column: int) -> Value:
    """Counted from 0. SingularError where there is no inverse."""
    return _column(tuple(map(tuple, rows)), column, mpmath.mp.prec)[row]


def solution(rows: Sequence[Sequence[Value]], right: list[Value]) -> list[Value]:
    """Of a system of linear equations. SingularError where it has none or several."""
    return _eliminated(rows, right)[1]


@lru_cache(maxsize=512)
def _determinant(rows: tuple[tuple[Value, ...], ...], precision: int) -> Value:
    return _eliminated(rows, None)[0]


@lru_cache(maxsize=512)
def _column(rows: tuple[tuple[Value, ...], ...], column: int, precision: int) -> list[Value]:
    """A column of the inverse: a double sum over its entries asks for each of them many times."""
    return _eliminated(rows, [Fraction(int(n == column)) for n in range(len(rows))])[1]


def _eliminated(rows: Sequence[Sequence[Value]], right: list[Value] | None) -> tuple[Value, list[Value]]:
    """The determinant, and the solution for a right-hand side."""
    size = len(rows)
    result: Value = Fraction(1)
    table = [[*row, *([] if right is None else [right[n]])] for n, row in enumerate(rows)]
    for c in range(size):
        best = max(range(c, size), key=lambda r: abs(floating(table[r][c])))
        if table[best][c] == 0:
            if right is not None:
                raise SingularError("the matrix has no inverse")
            return Fraction(0), []
        if best != c:
            table[c], table[best], result = table[best], table[c], -result
        pivot = table[c][c]
        result = times(result, pivot)
        table[c] = [times(v, power(pivot, Fraction(-1))) for v in table[c]]
        for r in range(size):
            if r != c and table[r][c] != 0:
                table[r] = [subtract(v, times(table[r][c], w)) for v, w in zip(table[r], table[c], strict=True)]
    return result, [] if right is None else [row[-1] for row in table]


@lru_cache(maxsize=4096)
def _at(function: Callable[..., Value], args: tuple[Value, ...], precision: int) -> Value:
    """A function's value: I₀(κ) under an integral over x is asked for at every node."""
    return function(*args)


def of_arguments(e: sp.Expr, args: list[Value]) -> Value:
    """The value of a function whose arguments are known."""
    if isinstance(e, sp.log):
        if may_be_zero(args[0]):
            raise UnknownError("log of what may be 0")
        if args[0] == 0:
            raise LogOfZeroError("log 0")
        if args[0] < 0:
            raise UndefinedError("the logarithm of a negative number")
        if isinstance(args[0], Fraction) and args[0] == 1:
            return Fraction(0)
        return mpmath.log(floating(args[0]))  # the digits 1.000… may be those of e^{10⁻²⁰⁰}: not exactly 0
    if isinstance(e, sp.exp) and args[0] == 0:
        return Fraction(1)
    if isinstance(e, sp.Abs):
        return abs(args[0])
    if (isinstance(e, sp.sign) and may_be_zero(args[0])) or (
        isinstance(e, sp.atan2) and may_be_zero(args[0]) and floating(args[1]) < TINY
    ):
        raise UnknownError(f"{type(e).__name__} jumps where that is 0")  # sin π is 10⁻¹¹⁰ here, or minus that
    if isinstance(e, sp.sign):
        return Fraction((args[0] > 0) - (args[0] < 0))
    if isinstance(e, (sp.Max, sp.Min)):
        return max(args, key=floating) if isinstance(e, sp.Max) else min(args, key=floating)
    function = FUNCTIONS.get(type(e))
    if function is None:
        raise UnknownError(f"no value is known for {type(e).__name__}")
    if not isinstance(e, sp.exp) and any(a != 0 and mpmath.mag(floating(a)) > LONG for a in args):
        raise UnknownError(f"{type(e).__name__} of too large a number")
    try:
        result = _at(function, tuple(map(floating, args)), mpmath.mp.prec)
    except (ValueError, ZeroDivisionError) as error:  # a pole
        raise UndefinedError(str(error)) from error
    except OverflowError as error:
        raise UnknownError(str(error)) from error
    if not mpmath.isfinite(result) or isinstance(result, mpmath.mpc):
        raise UndefinedError(f"{type(e).__name__} has no real value")
    return result
