"""The symbolic lane: equality for all N and K by normal form, inequalities by signs. "False" means "not shown"."""

from __future__ import annotations

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.binding import unfold
from derive.algebra.context import Context
from derive.algebra.normal import TooLargeError, is_zero, normal
from derive.algebra.sign import NEGATIVE, NONNEGATIVE, POSITIVE, ZERO, sign
from derive.checker.derivative import without_derivatives

_ALLOWED = {"≤": NEGATIVE | ZERO, "<": NEGATIVE, "≥": NONNEGATIVE, ">": POSITIVE}
_SIGNS = {
    sp.Eq: ZERO,
    sp.Ne: NEGATIVE | POSITIVE,
    sp.LessThan: NEGATIVE | ZERO,
    sp.StrictLessThan: NEGATIVE,
    sp.GreaterThan: NONNEGATIVE,
    sp.StrictGreaterThan: POSITIVE,
}


def holds(before: sp.Expr, after: sp.Expr, relation: str, context: Context) -> bool:
    """Whether `before relation after` is shown wherever both sides are defined."""
    try:
        difference = plain(before, context) - plain(after, context)
        if relation == "=":
            return is_zero(difference, context)
        allowed = _ALLOWED[relation]
        return any(sign(form, context) | allowed == allowed for form in _forms(difference, context))
    except (TooLargeError, NotImplementedError):
        return False


def excluded(relation: Relational, context: Context) -> bool:
    """Whether a relation is shown to hold nowhere."""
    difference = normal(plain(relation.lhs - relation.rhs, context), context)
    return sign(difference, context) & _SIGNS[type(relation)] == 0


def same_equation(first: Relational, second: Relational) -> bool:
    """Whether two equations say the same, apart from names of bound variables, order and side."""
    nothing = Context()
    return is_zero((first.lhs - first.rhs) - (second.lhs - second.rhs), nothing)


def _forms(expr: sp.Expr, context: Context) -> list[sp.Expr]:
    """The expression as it stands, and in normal form: either may show its sign."""
    return [expr, sp.factor_terms(expr), normal(expr, context)]


def plain(expr: sp.Basic, context: Context) -> sp.Basic:
    """The expression with definitions unfolded and derivatives carried out."""
    return without_derivatives(unfold(expr, context))
