"""The symbolic lane: equality for all N and K by normal form, inequalities by signs. "False" means "not shown"."""

from __future__ import annotations

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra import rational
from derive.algebra.binding import unfold
from derive.algebra.context import Context, Domain
from derive.algebra.normal_form import TooLargeError, is_zero, normal
from derive.algebra.products import written_out
from derive.algebra.signs import ANY, NEGATIVE, NONNEGATIVE, POSITIVE, ZERO, sign
from derive.checker.congruence import congruent
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
        left, right = plain(before, context), plain(after, context)
        difference = left - right
        if relation == "=":
            return congruent(left, right, context) or is_zero(difference, context)
        allowed = _ALLOWED[relation]
        written = sign(before - after, context)  # as the hypotheses speak of it
        masks = (written, sign(difference, context), sign_in_normal_form(difference, context))
        return any(mask | allowed == allowed for mask in masks)
    except (TooLargeError, NotImplementedError):
        return False


def _as_assumed(form: sp.Expr, context: Context) -> int:
    """N − S has the sign that is assumed of 1 − S/N: a multiple, of known sign, of what a hypothesis speaks of."""
    mask = ANY
    for hypothesis in context.hypotheses:
        if hypothesis.rhs == 0 and hypothesis.lhs.is_Add and isinstance(hypothesis, sp.StrictGreaterThan):
            top, bottom = rational.fraction(form / hypothesis.lhs)
            signs = (sign(top, context), sign(bottom, context))
            if set(signs) <= {NEGATIVE, POSITIVE}:
                mask &= POSITIVE if signs[0] == signs[1] else NEGATIVE
    return mask


def in_domain(expr: sp.Expr, domain: Domain, context: Context) -> bool:
    """Whether a value is shown to lie between the ends of a domain."""
    if domain.definite:
        return False  # a property of all entries together: see `matrices`
    if isinstance(expr, sp.atan2):  # −π < atan2 ≤ π
        top = domain.upper - sp.pi
        return bool(
            (domain.lower + sp.pi).is_nonpositive and top.is_nonnegative and not (top == 0 and domain.upper_open)
        )
    below = [(expr - domain.lower, domain.lower_open)] if domain.lower.is_finite is not False else []
    above = [(domain.upper - expr, domain.upper_open)] if domain.upper.is_finite is not False else []
    for distance, is_open in below + above:
        allowed = POSITIVE if is_open else NONNEGATIVE
        mask = sign(distance, context)
        if mask | allowed != allowed and (mask & sign_in_normal_form(distance, context)) | allowed != allowed:
            return False
    return True


def excluded(relation: Relational, context: Context) -> bool:
    """Whether a relation is shown to hold nowhere."""
    return sign_in_normal_form(relation.lhs - relation.rhs, context) & _SIGNS[type(relation)] == 0


def same_equation(first: Relational, second: Relational) -> bool:
    """Whether two equations say the same, apart from names of bound variables, order and side."""
    nothing = Context()
    return is_zero((first.lhs - first.rhs) - (second.lhs - second.rhs), nothing)


def sign_in_normal_form(expr: sp.Expr, context: Context) -> int:
    """The signs that the normal form, as it is and factored, leaves possible."""
    try:
        form = normal(plain(expr, context), context)
        mask = sign(form, context) & sign(rational.factored(form), context)
        certain = mask in (NEGATIVE, ZERO, POSITIVE)
        return mask if certain or not form.is_Add else mask & _as_assumed(form, context)
    except (TooLargeError, NotImplementedError):
        return ANY


def plain(expr: sp.Basic, context: Context) -> sp.Basic:
    """The expression with matrices written as sums, definitions unfolded and derivatives carried out."""
    return without_derivatives(unfold(written_out(expr), context))
