"""Equality part by part: most steps change one place of a long expression, and only that place need be proved.

f(a) = f(b) where a = b, Σ_k a_k = Σ_k b_k where a_k = b_k for every k of the range; terms and factors that both sides
share are left out. Where the parts are not shown to be equal, the whole may still be.
"""

from __future__ import annotations

import sympy as sp

from derive.algebra.binding import apart, apart_name
from derive.algebra.context import Context
from derive.algebra.normal_form import is_zero

#: Parts below this many operations gain nothing by being taken apart further.
SMALL = 8


def congruent(left: sp.Expr, right: sp.Expr, context: Context) -> bool:
    """Whether two expressions are shown to be equal wherever both are defined, part by part."""
    if left == right:
        return True
    parts = _parts(left, right, context)
    if parts is not None:
        first, second, inner = parts
        return (first, second) != (left, right) and congruent(first, second, inner)
    return is_zero(left - right, context)


def _parts(left: sp.Expr, right: sp.Expr, context: Context) -> tuple[sp.Expr, sp.Expr, Context] | None:
    """What is left to be shown once what both sides share is taken away; None where they share nothing."""
    if (left.is_Add and right.is_Add) or (left.is_Mul and right.is_Mul):
        shared = set(left.args) & set(right.args)
        if not shared:
            return None
        rest = [left.func(*(a for a in side.args if a not in shared)) for side in (left, right)]
        return rest[0], rest[1], context
    if left.func != right.func or left.count_ops() < SMALL:
        return None
    if isinstance(left, (sp.Sum, sp.Product)):
        return _series(left, right, context)
    if isinstance(left, (sp.Pow, sp.Function)) and len(left.args) == len(right.args):
        differ = [(a, b) for a, b in zip(left.args, right.args, strict=True) if a != b]
        if len(differ) == 1 and not isinstance(left, sp.KroneckerDelta):
            return differ[0][0], differ[0][1], context
    return None


def _series(left: sp.Expr, right: sp.Expr, context: Context) -> tuple[sp.Expr, sp.Expr, Context] | None:
    if len(left.limits) != 1 or len(right.limits) != 1 or left.limits[0][1:] != right.limits[0][1:]:
        return None
    (v, lower, upper), (w, _, _) = left.limits[0], right.limits[0]
    if sp.oo in (lower, upper) or -sp.oo in (lower, upper):
        return None
    index = apart_name(context, left, right)
    inner = context.inside((index, lower, upper))
    return apart(left.function, inner, {v: index}), apart(right.function, inner, {w: index}), inner
