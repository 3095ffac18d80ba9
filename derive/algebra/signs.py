"""Signs: what a context says about an expression being negative, zero or positive.

A sign is a set of possibilities, kept as a bit mask. The answer errs on the side of allowing more; an expression that
is undefined somewhere (1/0, log 0) is described where it is defined. Nothing here asks SymPy's assumption system about
compound expressions: only declared domains, hypotheses and the rules below count.
"""

from __future__ import annotations

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational

from derive.algebra import signs_of_sums
from derive.algebra.binding import free_symbols
from derive.algebra.budgets import tick
from derive.algebra.context import POSITIVE_INTEGER, Context, Domain
from derive.algebra.definite import is_definite_entry, is_quadratic_form, squares
from derive.algebra.matrices import Det, InverseEntry, is_definite
from derive.algebra.order import OrderStatistic
from derive.algebra.sign_masks import ANY, NEGATIVE, NONNEGATIVE, NONZERO, POSITIVE, ZERO, of_domain, times

__all__ = [
    "ANY",
    "NEGATIVE",
    "NONNEGATIVE",
    "NONZERO",
    "POSITIVE",
    "ZERO",
    "is_nonnegative",
    "is_nonzero",
    "is_positive",
    "range_of",
    "same_for_all_indices",
    "sign",
]


def is_positive(expr: sp.Expr, context: Context) -> bool:
    """Whether the expression is known to be > 0."""
    return sign(expr, context) == POSITIVE


def is_nonnegative(expr: sp.Expr, context: Context) -> bool:
    """Whether the expression is known to be ≥ 0."""
    return sign(expr, context) & NEGATIVE == 0


def is_nonzero(expr: sp.Expr, context: Context) -> bool:
    """Whether the expression is known not to be 0."""
    return sign(expr, context) & ZERO == 0


def sign(expr: sp.Expr, context: Context) -> int:
    """The possible signs of an expression, as a mask."""
    tick()
    if expr not in context.signs:
        context.signs[expr] = _sign_and_hypotheses(expr, context)
    return context.signs[expr]


def _sign_and_hypotheses(expr: sp.Expr, context: Context) -> int:
    mask = _sign(expr, context)
    for hypothesis in context.hypotheses:
        if mask in (NEGATIVE, ZERO, POSITIVE):
            return mask
        mask &= _said(hypothesis, expr, context)
        if expr.is_Add:
            mask &= times(NEGATIVE, _said(hypothesis, -expr, context))
    return mask


def _said(hypothesis: Relational, expr: sp.Expr, context: Context) -> int:
    """What a hypothesis (f > 0, f ≥ 0, f ≠ 0) says about the sign of an expression."""
    if hypothesis.rhs != 0 or not same_for_all_indices(hypothesis.lhs, expr, context):
        return ANY
    if isinstance(hypothesis, sp.StrictGreaterThan):
        return POSITIVE
    if isinstance(hypothesis, sp.GreaterThan):
        return NONNEGATIVE
    return NONZERO if isinstance(hypothesis, sp.Ne) else ANY


def same_for_all_indices(pattern: sp.Expr, expr: sp.Expr, context: Context) -> bool:
    """Whether an expression is an instance of a pattern whose indices, where they are not declared free, mean "all".

    `y_k > 0` with an undeclared k speaks of every entry; `t_j > 0` with a declared j speaks of that one.
    """
    wild = {s for s in free_symbols(pattern) if s.is_integer and s not in context.declared and s not in context.sizes}
    return _matches(pattern, expr, {s for s in wild if context.variable(s) is None}, {})


def _matches(pattern: sp.Basic, expr: sp.Basic, wild: set[sp.Symbol], found: dict[sp.Basic, sp.Basic]) -> bool:
    """Match with each wild index standing for one and the same index throughout, never for a bound one."""
    if pattern in wild:
        return found.setdefault(pattern, expr) == expr and not expr.has(sp.Indexed)
    if pattern == expr:
        return not wild & pattern.free_symbols or all(found.setdefault(w, w) == w for w in wild & pattern.free_symbols)
    if pattern.func != expr.func or len(pattern.args) != len(expr.args) or not pattern.args:
        return False
    bound = {v for v, _, _ in expr.limits} if isinstance(expr, ExprWithLimits) else set()
    if bound and [v for v, _, _ in pattern.limits] != [v for v, _, _ in expr.limits]:
        return False
    same = all(_matches(p, e, wild - bound, found) for p, e in zip(pattern.args, expr.args, strict=True))
    return same and not any(bound & value.free_symbols for value in found.values())


def _sign(expr: sp.Expr, context: Context) -> int:
    if expr.is_number and not expr.has(sp.Sum, sp.Product):
        return _assumed(expr)
    if isinstance(expr, (sp.Indexed, InverseEntry, Det)):
        mask = _of_matrix(expr, context)
        if mask != ANY or not isinstance(expr, sp.Indexed):
            return mask
    if isinstance(expr, (sp.Symbol, sp.Indexed)):
        domain = range_of(expr, context)
        return _assumed(expr) if domain is None else of_domain(domain)
    if isinstance(expr, sp.Mul):
        mask = POSITIVE
        for factor in expr.args:
            mask = times(mask, sign(factor, context))
        return mask
    if isinstance(expr, sp.Add):
        return signs_of_sums.of_sum(expr, context)
    if isinstance(expr, sp.exp):  # e^{t log y} stands for y^t, which is 0 where y is
        return POSITIVE if _logs_are_finite(expr.args[0], context) else NONNEGATIVE
    if isinstance(expr, sp.Pow):
        return _of_power(expr, context)
    if isinstance(expr, sp.log):
        return sign(expr.args[0] - 1, context)  # log is increasing and log 1 = 0
    if isinstance(expr, (sp.Sum, sp.Product)):
        return _of_series(expr, context)
    if isinstance(expr, sp.Integral):  # from the lower to the upper end
        return sign(expr.function, context.within(expr)) | ZERO
    if isinstance(expr, (sp.KroneckerDelta, sp.Abs)):
        return NONNEGATIVE
    if isinstance(expr, OrderStatistic):
        return sign(expr.function, context.inside(*expr.limits))
    if isinstance(expr, (sp.polygamma, sp.besseli)):
        return _of_special(expr, context)
    if isinstance(expr, sp.binomial):
        n, k = expr.args
        inside = is_nonnegative(k, context) and is_nonnegative(sp.expand(n - k), context)
        return POSITIVE if inside else ANY
    if isinstance(expr, (sp.gamma, sp.factorial)):
        argument = expr.args[0]
        return POSITIVE if is_positive(argument + int(isinstance(expr, sp.factorial)), context) else ANY
    return ANY


def _of_special(expr: sp.Expr, context: Context) -> int:
    """(−1)^{n+1} ψ⁽ⁿ⁾(u) > 0 and I_n(u) > 0 for u > 0, n ≥ 1; I_0 > 0 everywhere."""
    order, argument = expr.args
    if isinstance(expr, sp.besseli) and order == 0:
        return POSITIVE
    if not (order.is_Integer and order >= 1 and is_positive(argument, context)):
        return ANY
    return NEGATIVE if isinstance(expr, sp.polygamma) and order % 2 == 0 else POSITIVE


def _logs_are_finite(expr: sp.Basic, context: Context) -> bool:
    """Whether every logarithm in an expression is one of something known to be positive."""
    if isinstance(expr, ExprWithLimits):
        return _logs_are_finite(expr.function, context.within(expr))
    if isinstance(expr, sp.log) and not is_positive(expr.args[0], context):
        return False
    return isinstance(expr, sp.Indexed) or all(_logs_are_finite(arg, context) for arg in expr.args)


def _assumed(expr: sp.Expr) -> int:
    """What SymPy knows of a number, or of a symbol that the context does not declare."""
    if expr.is_positive:
        return POSITIVE
    if expr.is_negative:
        return NEGATIVE
    if expr.is_zero:
        return ZERO
    return NONNEGATIVE if expr.is_nonnegative else NONZERO if expr.is_nonzero else ANY


def _of_power(expr: sp.Pow, context: Context) -> int:
    base, exponent = expr.as_base_exp()
    mask = sign(base, context)
    if mask == POSITIVE:
        return POSITIVE
    if exponent.is_Integer:
        if exponent < 0:
            mask &= NONZERO
        if exponent % 2 == 0:
            return (POSITIVE if mask & NONZERO else 0) | (mask & ZERO)
        return mask
    if mask & NEGATIVE == 0:
        return POSITIVE if exponent.is_negative else NONNEGATIVE
    return ANY


def _of_matrix(expr: sp.Indexed | InverseEntry | Det, context: Context) -> int:
    """A positive definite matrix has a positive determinant and a positive diagonal, and so has its inverse."""
    if not isinstance(expr, Det):
        place = is_definite_entry(expr, context)
        return POSITIVE if place is not None and place[0] == place[1] else ANY
    if is_definite(expr.matrix, context):
        return POSITIVE
    scale = squares(expr.matrix)
    return NONNEGATIVE if scale is not None and is_nonnegative(scale, context) else ANY


def _of_series(expr: sp.Sum | sp.Product, context: Context) -> int:
    inner = context
    nonempty = True
    for variable, lower, upper in reversed(expr.limits):
        nonempty = nonempty and is_nonnegative(sp.expand(upper - lower), inner)
        inner = inner.inside((variable, lower, upper))
    body = sign(expr.function, inner)
    if isinstance(expr, sp.Product):
        if body == POSITIVE:
            return POSITIVE
        return NONNEGATIVE if body & NEGATIVE == 0 else ANY
    if body in (ZERO, NONNEGATIVE, NEGATIVE | ZERO):
        return body
    if body in (POSITIVE, NEGATIVE):
        return body if nonempty else body | ZERO
    return NONNEGATIVE if is_quadratic_form(expr, context) else ANY


def range_of(entry: sp.Expr, context: Context) -> Domain | None:
    """The interval in which an entry lies: its declared domain, N ≥ 1 for a size, its range for an index."""
    if entry in context.sizes:
        return POSITIVE_INTEGER
    if entry in context.ranges:
        lower, upper = context.ranges[entry]
        return Domain("range", lower, upper, lower_open=False, upper_open=False, integer=True)
    variable = context.variable(entry)
    return None if variable is None else variable.domain
