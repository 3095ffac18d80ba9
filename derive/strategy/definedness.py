"""What an expression needs to be defined: positive arguments of logarithms, nonzero denominators.

Steps state these conditions where the context does not already give them.
"""

from __future__ import annotations

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational

from derive.algebra.context import Context
from derive.algebra.signs import is_nonzero
from derive.rules.places import positivity


def needs(context: Context, *expressions: sp.Basic) -> tuple[Relational, ...]:
    """The conditions under which the expressions are defined, beyond what the context says."""
    found: dict[Relational, None] = {}
    for expr in expressions:
        _collect(expr, context, found)
    return tuple(found)


def _collect(expr: sp.Basic, context: Context, found: dict[Relational, None]) -> None:
    if isinstance(expr, ExprWithLimits):
        within = context.within(expr)
        _collect(expr.function, within, found)
        return
    if isinstance(expr, sp.log):
        found.update(dict.fromkeys(positivity(expr.args[0], context) or ()))
    if isinstance(expr, sp.Pow) and expr.exp.is_negative:
        found.update(dict.fromkeys(nonzero(expr.base, context)))
    if not isinstance(expr, sp.Indexed):
        for arg in expr.args:
            _collect(arg, context, found)


def nonzero(expr: sp.Expr, context: Context) -> tuple[Relational, ...]:
    """What must be assumed for expr ≠ 0: > 0 where it cannot be negative, else ≠ 0, factor by factor."""
    conditions: dict[Relational, None] = {}
    for factor in sp.Mul.make_args(expr):
        if not is_nonzero(factor, context) and not factor.is_number:
            base = factor.base if isinstance(factor, sp.Pow) else factor
            options = (positivity(base, context), positivity(-base, context), (sp.Ne(base, 0, evaluate=False),))
            conditions.update(dict.fromkeys(next(o for o in options if o is not None)))
    return tuple(conditions)
