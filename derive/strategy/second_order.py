"""The sign of a second derivative or of a score: of short ones also by their normal form, of long ones not at all."""

from __future__ import annotations

import sympy as sp

from derive.algebra.context import Context
from derive.algebra.normal_form import TooLargeError, normal
from derive.algebra.rational import factored
from derive.algebra.signs import NEGATIVE, POSITIVE, sign
from derive.strategy.definedness import needs

#: Longer second derivatives are not brought to their normal form.
MAX_OPERATIONS = 60
#: Of still longer ones no sign is looked for.
MAX_LOOKED_AT = 90


def is_negative(expr: sp.Expr, context: Context) -> bool:
    """Whether an expression is known to be < 0, given what it needs to be defined."""
    inner = context.extended(hypotheses=needs(context, expr))
    if sign(expr, inner) == NEGATIVE:
        return True
    if expr.count_ops() > MAX_OPERATIONS:
        return False
    try:
        form = normal(expr, inner)
        return NEGATIVE in (sign(form, inner), sign(factored(form), inner))
    except TooLargeError:
        return False


def may_be_positive(expr: sp.Expr, context: Context) -> bool:
    """Whether a sign > 0 is not excluded, given what the expression needs to be defined."""
    if expr.count_ops() > MAX_LOOKED_AT:
        return True
    inner = context.extended(hypotheses=needs(context, expr))
    if not sign(expr, inner) & POSITIVE:
        return False
    if expr.count_ops() > MAX_OPERATIONS:
        return True
    try:
        form = normal(expr, inner)
        return bool(sign(form, inner) & POSITIVE and sign(factored(form), inner) & POSITIVE)
    except TooLargeError:
        return True


def term_by_term(expr: sp.Expr) -> sp.Expr:
    """A product with a sum, term by term."""
    return sp.expand(expr, deep=False, power_base=False, power_exp=False, log=False)
