"""Sums that do not end, as balls: terms until the rest is negligible."""

from __future__ import annotations

import sympy as sp
from flint import arb, fmpq

from derive.algebra.budgets import tick
from derive.checker.evaluator import Point, UndefinedError, Value, as_int, evaluate, is_exact
from derive.checker.integrand import Bound, Place

#: A rest below this share of the whole ends a sum; it enters the error.
SHARE = arb(2) ** -152
#: At most so many terms are added, at least so many looked at.
MAX_TERMS, FEWEST_TERMS = 4000, 24


def endless(e: sp.Expr, point: Point, bound: Bound) -> tuple[arb, str]:
    """Σ from a first index on, until the rest is negligible with a ratio half-way between the last one and 1."""
    *inner, (variable, lower, upper) = e.limits
    if not isinstance(e, sp.Sum) or upper != sp.oo or lower == -sp.oo:
        raise UndefinedError("only sums from a first term on have a value without end")
    body = sp.Sum(e.function, *inner) if inner else e.function
    place = Place(point, bound)
    body, constants = _constants_out(body, variable, place)
    start = as_int(evaluate(lower, point, bound))
    enough = FEWEST_TERMS + int(min(2 * place.largest, MAX_TERMS // 2))
    value, scale, last = arb(0), arb(0), arb(0)
    for n in range(start, start + MAX_TERMS):
        tick()
        term = arb(evaluate(body, point, {**bound, **constants, variable: fmpq(n)}))
        value += term
        size = arb(term.abs_upper())
        scale += size
        if n - start >= enough:
            if size == 0 and last == 0:
                return (value, "a sum without end, the rest of which seems to be 0")
            if size < last and size * (last + size) < scale * SHARE * (last - size):
                rest = size * (last + size) / (last - size)
                return (value + arb(0, rest.abs_upper()), "the rest of a sum without end is not certified")
        last = size
    raise UndefinedError(f"a sum whose terms do not fall off within {MAX_TERMS}")


def _constants_out(body: sp.Expr, variable: sp.Symbol, place: Place) -> tuple[sp.Expr, dict[sp.Symbol, Value]]:
    """The term with the parts that do not hold the index replaced by names for their values."""
    values: dict[sp.Symbol, Value] = {}

    def walk(e: sp.Expr) -> sp.Expr:
        if e.is_Integer or e == variable or isinstance(e, (sp.Sum, sp.Product, sp.Indexed, sp.Integral)):
            return e
        if variable not in e.free_symbols:
            value = evaluate(e, place.point, place.bound)
            place.number(e)
            name = sp.Dummy("c")
            values[name] = value if is_exact(value) and value.q == 1 else arb(value)
            return name
        if e.is_Add or e.is_Mul:
            free, rest = e.as_independent(variable, as_Add=e.is_Add)
            parts = rest.args if rest.func == e.func else (rest,)
            return e.func(walk(free), *map(walk, parts), evaluate=False)
        return (
            e.func(*map(walk, e.args), evaluate=False)
            if isinstance(e, (sp.Pow, sp.exp, sp.log))
            else e.func(*map(walk, e.args))
        )

    return walk(body), values
