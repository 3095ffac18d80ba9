"""Monotone functions of one unknown: they have one zero at most, and where a score falls there is one maximum."""

from __future__ import annotations

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra import rational
from derive.algebra.binding import depends_on, substitute
from derive.algebra.context import Context, Variable, index
from derive.algebra.normal_form import TooLargeError, is_zero, normal
from derive.algebra.order import Median
from derive.algebra.signs import NEGATIVE, POSITIVE, ZERO, is_positive, sign
from derive.checker import symbolic


def any_entry(variable: Variable) -> sp.Expr:
    """A scalar itself; an array's entry at indices that no context declares, so that it speaks of every entry."""
    return variable.base[tuple(index(f"_any{n}") for n in range(variable.rank))] if variable.axes else variable.base


def interior(variable: Variable, context: Context) -> Context:
    """The context in which the unknown, or every entry of it, lies strictly between the ends of its domain."""
    entry = any_entry(variable)
    domain = variable.domain
    inside = [entry - domain.lower] if domain.lower.is_finite else []
    inside += [domain.upper - entry] if domain.upper.is_finite else []
    return context.extended(hypotheses=[sp.StrictGreaterThan(d, 0, evaluate=False) for d in inside])


def falls(expr: sp.Expr, unknown: sp.Expr, context: Context, strictly: bool = False) -> bool:
    """Whether a positive multiple of an expression falls as the unknown grows."""
    allowed = 0 if strictly else ~POSITIVE
    return any(
        not _slope(multiple, unknown, context) & ~(NEGATIVE | allowed) for multiple in positive_multiples(expr, context)
    )


def _slope(expr: sp.Expr, unknown: sp.Expr, context: Context) -> int:
    derivative = symbolic.plain(sp.Derivative(expr, unknown), context)
    mask = sign(derivative, context)
    return mask if not mask & POSITIVE else mask & symbolic.sign_in_normal_form(derivative, context)


def positive_multiples(expr: sp.Expr, context: Context) -> list[sp.Expr]:
    """The expression, and what is left of it without its denominator, where that has one sign."""
    try:
        form = normal(symbolic.plain(expr, context), context)
        top, bottom = rational.fraction(form)
    except TooLargeError:
        return [expr]
    mask = sign(bottom, context)
    if bottom == 1 or mask not in (NEGATIVE, POSITIVE):
        return [expr, form]
    return [expr, form, top if mask == POSITIVE else -top]


def is_root(expr: sp.Expr, unknown: sp.Expr, value: sp.Expr, context: Context) -> bool:
    """Whether an expression is shown to be 0 where the unknown has this value."""
    at = normal(symbolic.plain(value, context), context)
    return any(is_zero(substitute(m, {unknown: at}), context) for m in positive_multiples(expr, context)[1:])


def only_root(expr: sp.Expr, unknown: sp.Expr, value: sp.Expr, context: Context) -> bool:
    """Whether a value is shown to be the one zero of an expression that rises or falls strictly in the unknown."""
    if not unknown.is_Symbol or not is_root(expr, unknown, value, context):
        return False
    if falls(expr, unknown, context, strictly=True) or falls(-expr, unknown, context, strictly=True):
        return True
    return bool(changes_sign_once(expr, unknown, context))


def changes_sign_once(expr: sp.Expr, unknown: sp.Expr, context: Context) -> int:
    """POSITIVE or NEGATIVE where an expression goes from that sign to the other, once, as the positive unknown grows.

    Descartes' rule: a polynomial has as many positive zeros as its coefficients have changes of sign, or an even number
    fewer. One coefficient between the two signs may have any sign. 0 where this is not shown.
    """
    if not is_positive(unknown, context):
        return 0
    for multiple in positive_multiples(expr, context):
        polynomial = multiple.as_poly(unknown) if not multiple.atoms(sp.Pow) & {unknown**-1} else None
        if polynomial is None or any(depends_on(c, unknown) for c in polynomial.all_coeffs()):
            continue
        masks = [sign(c, context) for c in reversed(polynomial.all_coeffs()) if c != 0]
        for first, last in ((POSITIVE, NEGATIVE), (NEGATIVE, POSITIVE)):
            head = next((n for n, mask in enumerate(masks) if mask & ~(first | ZERO)), len(masks))
            tail = masks[head:] if head < len(masks) and not masks[head] & ~(last | ZERO) else masks[head + 1 :]
            if first in masks[:head] and last in tail and not any(mask & ~(last | ZERO) for mask in tail):
                return first
    return 0


def is_direction(objective: sp.Expr, variable: Variable, value: Relational, context: Context) -> bool:
    """Whether an objective is c · (C cos θ + S sin θ) + d, c > 0, and the value is atan2(S, C).

    With R the length of (C, S) that is c · R · cos(θ − atan2(S, C)) + d, which is nowhere larger than there.
    """
    unknown, at = variable.base, symbolic.plain(value.rhs, context)
    if not isinstance(at, sp.atan2) or depends_on(at, unknown):
        return False
    if variable.domain.integer or not symbolic.in_domain(at, variable.domain, context):
        return False
    sine, cosine = (normal(part, context) for part in at.args)
    form = sp.expand(normal(objective, context))
    by_sine, by_cosine = form.coeff(sp.sin(unknown), 1), form.coeff(sp.cos(unknown), 1)
    rest = sp.expand(form - by_sine * sp.sin(unknown) - by_cosine * sp.cos(unknown))
    if any(depends_on(part, unknown) for part in (by_sine, by_cosine, rest)):
        return False
    longer, of_it = (by_cosine, cosine) if cosine != 0 else (by_sine, sine)
    if of_it == 0:
        return False
    factor = sp.cancel(longer / of_it)
    return is_positive(factor, context) and all(
        is_zero(by - factor * part, context) for by, part in ((by_sine, sine), (by_cosine, cosine))
    )


def is_median(slope: sp.Expr, variable: Variable, value: Relational, context: Context) -> bool:
    """Whether a score is c · Σ_i sign(x_i − θ), c > 0, and the value is the median of the x_i.

    To the left of the median more x_i lie above θ than below, to the right fewer, so the score changes its sign there.
    """
    unknown = variable.base
    form = normal(slope, context)
    series = [s for s in form.atoms(sp.Sum) if isinstance(s.function, sp.sign) and depends_on(s, unknown)]
    if len(series) != 1 or len(series[0].limits) != 1:
        return False
    (total,) = series
    factor = sp.cancel(form / total)
    inside = total.function.args[0]
    direction = inside.coeff(unknown, 1)
    rest = sp.expand(inside - direction * unknown)
    if direction not in (1, -1) or depends_on(rest, unknown) or depends_on(factor, unknown):
        return False
    # sign(θ − x) counts downwards, sign(x − θ) upwards
    if not is_positive(-direction * factor, context):
        return False
    centre = Median(-direction * rest, *total.limits)
    return bool(normal(centre, context) == normal(symbolic.plain(value.rhs, context), context))
