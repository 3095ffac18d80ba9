"""Decimals that are certain: a value as a ball that contains it, then the one rounding that the whole ball has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq

from derive.algebra.context import Context
from derive.checker.evaluator import PRECISION, Entry, Point, evaluate, is_exact


def value(expr: sp.Expr, at: Mapping[sp.Expr, sp.Expr] | None = None, context: Context | None = None) -> Any:
    """The value of an expression, exact or as a ball; `at` gives sizes and entries their values."""
    ctx.prec = PRECISION
    context = context or Context()
    given = {key: _exact(number) for key, number in (at or {}).items()}
    sizes = {key: int(number.p) for key, number in given.items() if key in context.sizes}
    point = Point(context, sizes, _nothing_is_drawn)
    for key, number in given.items():
        if key not in sizes:
            point.values[_entry(key)] = number
    return evaluate(expr, point)


def decimal(number: Any, places: int) -> str:
    """The number rounded to so many places, with a minus as it is printed; ValueError where the ball leaves it open."""
    ctx.prec = PRECISION
    scaled = arb(number) * 10**places if not is_exact(number) else number * 10**places
    if is_exact(scaled):
        whole = _half_up(scaled)
    else:
        found = (scaled + arb(fmpq(1, 2))).floor().unique_fmpz()
        if found is None:
            raise ValueError(f"{number} is not known to {places} places")
        whole = int(found)
    digits = str(abs(whole)).rjust(places + 1, "0")
    shown = digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}"
    return f"−{shown}" if whole < 0 else shown


def _half_up(number: fmpq) -> int:
    shifted = number + fmpq(1, 2)
    return int(shifted.p) // int(shifted.q)


def _exact(number: sp.Expr) -> fmpq:
    return fmpq(int(number.p), int(number.q))


def _entry(expr: sp.Expr) -> Entry:
    if isinstance(expr, sp.Indexed):
        return expr.base.label.name, tuple(int(i) for i in expr.indices)
    return expr.name, ()


def _nothing_is_drawn(variable: object, indices: tuple[int, ...]) -> Any:
    raise ValueError(f"{variable} {indices} has no value")
