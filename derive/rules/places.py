"""Apply a local rewriting at every place of an expression, knowing which sums enclose each place."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational

from derive.algebra.binding import rebuild, unfold
from derive.algebra.context import Context
from derive.algebra.naming import readable
from derive.algebra.rational import fraction
from derive.algebra.signs import POSITIVE, is_nonnegative, is_positive, sign
from derive.rules.rule import Rewrite

Local = Callable[[sp.Expr, Context], Rewrite | None]


def everywhere(local: Local) -> Local:
    """The rule that rewrites every outermost place where `local` applies; None where there is none."""

    def apply(expr: sp.Expr, context: Context) -> Rewrite | None:
        given: dict[Relational, None] = {}

        def walk(e: sp.Basic, inner: Context) -> sp.Basic:
            if not e.args or isinstance(e, sp.Indexed):
                return e
            found = local(e, inner)
            if found is not None and found.after != e:
                given.update(dict.fromkeys(found.given))
                return found.after
            if isinstance(e, ExprWithLimits):
                within = inner.within(e)
                return e.func(walk(e.function, within), *e.limits)
            return rebuild(e, tuple(walk(arg, inner) for arg in e.args))

        after = walk(expr, context)
        return None if after == expr else Rewrite(after, tuple(given))

    return apply


def positivity(expr: sp.Expr, context: Context) -> tuple[Relational, ...] | None:
    """What must be assumed for expr > 0: nothing where it is known, the condition where it may be 0, else None."""
    if sign(expr, context) == POSITIVE:
        return ()
    if context.definition(expr) is not None:
        return positivity(readable(unfold(expr, context)), context)
    if not is_nonnegative(expr, context):
        return None
    if isinstance(expr, sp.Product):
        return positivity(expr.function, context.inside(*expr.limits))
    if isinstance(expr, sp.Pow) and not isinstance(expr, sp.exp):  # y^t is positive where y is
        return positivity(expr.base, context)
    factors = [f for f in sp.Mul.make_args(expr) if not f.is_number]
    if len(factors) > 1:
        parts = [positivity(f, context) for f in factors]
        return None if None in parts else tuple(dict.fromkeys(g for part in parts if part for g in part))
    part = factors[0] if factors else expr
    if isinstance(part, sp.Pow) and not isinstance(part, sp.exp):
        return positivity(part.base, context)
    top, bottom = fraction(part)
    if bottom != 1 and part.is_Add and is_positive(bottom, context):  # Σ x_i − N > 0 rather than 1 − N/Σ x_i > 0
        part = top
    return (sp.StrictGreaterThan(part, 0, evaluate=False),)
