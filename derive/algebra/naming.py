"""Readable names for bound variables: i runs over samples, k over classes, then on through the alphabet."""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from derive.algebra.binding import free_symbols, rebuild, substitute
from derive.algebra.context import Domain, index

#: Which letters are used for an index that runs up to a size, in order of preference.
LETTERS = {"N": "inrs", "K": "klm", "D": "dabc"}
OTHERS = "mrspqabcd"


def readable(expr: sp.Expr, taken: Iterable[sp.Symbol] = ()) -> sp.Expr:
    """The same expression with bound variables named as people name them, avoiding `taken` and all free symbols."""
    names = {s.name for s in taken} | {s.name for s in free_symbols(expr) if not isinstance(s, sp.Dummy)}
    return _readable(expr, frozenset(names))


def _readable(expr: sp.Basic, taken: frozenset[str]) -> sp.Basic:
    if not expr.args or isinstance(expr, sp.Indexed) or not expr.has(ExprWithLimits):
        return expr
    if not isinstance(expr, ExprWithLimits):
        return rebuild(expr, tuple(_readable(arg, taken) for arg in expr.args))
    body, limits, real = expr.function, [], isinstance(expr, sp.Integral)
    for variable, lower, upper in reversed(expr.limits):  # outermost first
        new = _variable(variable, lower, upper, taken) if real else index(_letter(variable, upper, taken))
        taken = taken | {new.name}
        if new != variable:
            body = substitute(body, {variable: new})
            limits_inside = [limit for limit in expr.limits if limit[0] != variable]
            if any(variable in lo.free_symbols | up.free_symbols for _, lo, up in limits_inside):
                return expr  # bounds that depend on bound variables keep their names
        limits.append((new, lower, upper))
    return expr.func(_readable(body, taken), *reversed(limits))


def samples_outermost(expr: sp.Basic) -> sp.Basic:
    """ΣᵢΣₖ and not ΣₖΣᵢ, where the bounds do not depend on each other."""
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    expr = rebuild(expr, tuple(samples_outermost(arg) for arg in expr.args))
    if not isinstance(expr, ExprWithLimits):
        return expr
    bound = {v for v, _, _ in expr.limits}
    if any(bound & (lower.free_symbols | upper.free_symbols) for _, lower, upper in expr.limits):
        return expr
    order = sorted(expr.limits, key=lambda limit: any(s.name == "N" for s in limit[2].free_symbols))
    return expr.func(expr.function, *order)


def _variable(variable: sp.Symbol, lower: sp.Expr, upper: sp.Expr, taken: frozenset[str]) -> sp.Symbol:
    """A variable of integration keeps its name where that is free; it knows no more than its range."""
    own = [] if isinstance(variable, sp.Dummy) or variable.name.startswith("_") else [variable.name]
    name = next(c for c in (*own, *"xuvst", *(f"x{n}" for n in range(99))) if c not in taken)
    return sp.Symbol(name, **Domain("in the range", lower, upper).assumptions())


def _letter(variable: sp.Symbol, upper: sp.Expr, taken: frozenset[str]) -> str:
    """The name a bound variable has, where it is a customary one and free; else the first customary free letter."""
    sizes = [s for s in LETTERS if any(s == f.name for f in upper.free_symbols)]
    letters = (LETTERS[sizes[0]] if sizes else "") + OTHERS
    own = variable.name in letters or not (isinstance(variable, sp.Dummy) or variable.name.startswith("_"))
    if own and not isinstance(variable, sp.Dummy) and variable.name not in taken:
        return str(variable.name)
    return next(str(c) for c in (*letters, *(f"k{n}" for n in range(99))) if c not in taken)
