"""Signs: what a context says about an expression being negative, zero or positive.

A sign is a set of possibilities, kept as a bit mask. The answer errs on the side of allowing more; an expression that
is undefined somewhere (1/0, log 0) is described where it is defined. Nothing here asks SymPy's assumption system about
compound expressions: only declared domains, hypotheses and the rules below count.
"""

from __future__ import annotations

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational

from derive.algebra.binding import free_symbols, substitute
from derive.algebra.bounds import Bounds
from derive.algebra.budgets import tick
from derive.algebra.context import POSITIVE_INTEGER, Context, Domain
from derive.algebra.definite import is_definite_entry, is_quadratic_form, squares
from derive.algebra.listed import homogeneous
from derive.algebra.matrices import Det, InverseEntry, is_definite
from derive.algebra.order import OrderStatistic
from derive.algebra.quadratic import quadratics
from derive.algebra.rational import fraction

#: What has more terms is not looked at entry by entry.
MAX_TERMS = 8

NEGATIVE, ZERO, POSITIVE = 1, 2, 4
NONNEGATIVE = ZERO | POSITIVE
NONZERO = NEGATIVE | POSITIVE
ANY = NEGATIVE | ZERO | POSITIVE

_VALUES = {NEGATIVE: -1, ZERO: 0, POSITIVE: 1}
_MASKS = {value: mask for mask, value in _VALUES.items()}


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
            mask &= _times(NEGATIVE, _said(hypothesis, -expr, context))
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


def of_domain(domain: Domain) -> int:
    """The signs that occur in a domain."""
    mask = ANY
    if domain.lower.is_positive:
        mask &= POSITIVE
    elif domain.lower.is_zero:
        mask &= POSITIVE if domain.lower_open else NONNEGATIVE
    if domain.upper.is_negative:
        mask &= NEGATIVE
    elif domain.upper.is_zero:
        mask &= NEGATIVE if domain.upper_open else NEGATIVE | ZERO
    return mask


def _sign(expr: sp.Expr, context: Context) -> int:
    if expr.is_number and not expr.has(sp.Sum, sp.Product):
        return _assumed(expr)
    if isinstance(expr, (sp.Indexed, InverseEntry, Det)):
        mask = _of_matrix(expr, context)
        if mask != ANY or not isinstance(expr, sp.Indexed):
            return mask
    if isinstance(expr, (sp.Symbol, sp.Indexed)):
        domain = _bounds(expr, context)
        return _assumed(expr) if domain is None else of_domain(domain)
    if isinstance(expr, sp.Mul):
        mask = POSITIVE
        for factor in expr.args:
            mask = _times(mask, sign(factor, context))
        return mask
    if isinstance(expr, sp.Add):
        return _of_sum_of_terms(expr, context)
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


def _with_bounds(expr: sp.Add, context: Context) -> int:
    """The sign once parts of it are written with the remainders of inequalities."""
    bounds = Bounds(context, is_positive, is_nonnegative)
    bounded = bounds.apply(expr)
    if bounded == expr:
        return ANY
    mask = _of_terms(bounded, bounds.context)  # the signs of its terms alone: remainders on remainders lead nowhere
    if mask != ANY or not any(power.exp.is_negative for power in bounded.atoms(sp.Pow)):
        return mask
    top, bottom = fraction(bounded)
    return _times(_of_terms(sp.expand(top), bounds.context), sign(bottom, bounds.context) & NONZERO)


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


def _times(a: int, b: int) -> int:
    products = {_VALUES[x] * _VALUES[y] for x in _VALUES if a & x for y in _VALUES if b & y}
    return sum(_MASKS[p] for p in products)


def _plus(a: int, b: int) -> int:
    if a == ZERO:
        return b
    if b == ZERO:
        return a
    if (a | b) & NEGATIVE == 0:
        return POSITIVE if POSITIVE in (a, b) else NONNEGATIVE
    if (a | b) & POSITIVE == 0:
        return NEGATIVE if NEGATIVE in (a, b) else NEGATIVE | ZERO
    return ANY


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


def _of_terms(expr: sp.Expr, context: Context) -> int:
    mask = ZERO
    for term in sp.Add.make_args(expr):
        mask = _plus(mask, sign(term, context))
        if mask == ANY:
            break
    return mask


def _of_sum_of_terms(expr: sp.Add, context: Context) -> int:
    mask = _of_terms(expr, context)
    if mask != ANY:
        return mask
    told = homogeneous(expr, context)
    if told is not None:
        mask = ZERO
        for term in sp.Add.make_args(told):
            mask = _plus(mask, sign(term, context))
    if mask == ANY:
        mask = _under_one_sum(expr, context)
    if mask == ANY:
        mask = _at_the_ends(expr, context)
    if mask == ANY:
        mask = _by_logs(expr, context)
    if mask == ANY:
        mask = _by_squares(expr, context)
    if mask == ANY:
        mask = _as_quadratic(expr, context)
    if mask == ANY:
        mask = _by_denominators(expr, context)
    if mask == ANY:
        mask = _with_bounds(expr, context)
    if mask == ANY and any(power.exp.is_negative or power.has(sp.exp) for power in expr.atoms(sp.Pow)):
        top, bottom = fraction(expr)
        if top != expr:
            return _times(sign(top, context), sign(bottom, context) & NONZERO)
    return mask if mask != ANY else _as_assumed(expr, context)


def _as_assumed(expr: sp.Add, context: Context) -> int:
    """N − S has the sign that is assumed of 1 − S/N: a multiple, of known sign, of what a hypothesis speaks of."""
    for hypothesis in context.hypotheses:
        if hypothesis.rhs == 0 and hypothesis.lhs.is_Add and isinstance(hypothesis, sp.StrictGreaterThan):
            if expr.atoms(sp.Sum) != hypothesis.lhs.atoms(sp.Sum):
                continue
            top, bottom = fraction(expr / hypothesis.lhs)
            if top.is_Add or bottom.is_Add:
                continue
            mask = _times(sign(top, context), sign(bottom, context) & NONZERO)
            if mask in (NEGATIVE, POSITIVE):
                return mask
    return ANY


def _by_denominators(expr: sp.Add, context: Context) -> int:
    """The sign of S/c − N/c − T/d from those of (S − N)/c and T/d: terms over the same denominator belong together."""
    groups: dict[sp.Expr, sp.Expr] = {}
    for term in expr.args:
        below = sp.Mul(*(f for f in sp.Mul.make_args(term) if f.is_Pow and f.exp.is_negative))
        groups[below] = groups.get(below, sp.S.Zero) + term / below
    if len(groups) in (1, len(expr.args)):
        return ANY
    mask = ZERO
    for below, above in groups.items():
        mask = _plus(mask, _times(sign(above, context), sign(below, context)))
    return mask


def _by_logs(expr: sp.Add, context: Context) -> int:
    """The sign of 1 − u^p or e^u − e^v, a difference of two positive terms, is that of the difference of their logs."""
    if len(expr.args) != 2:
        return ANY
    first, second = expr.args
    if is_positive(second, context):
        first, second = second, first
    terms = (first, -second)
    if not any(f.is_Pow or isinstance(f, sp.exp) for term in terms for f in sp.Mul.make_args(term)):
        return ANY  # nothing would come down from an exponent
    if not all(is_positive(f, context) for term in terms for f in sp.Mul.make_args(term)):
        return ANY
    return sign(sp.expand(_log(terms[0]) - _log(terms[1])), context)


def _by_squares(expr: sp.Add, context: Context) -> int:
    """The sign of √R + t is that of √R where R ≥ t²."""
    roots = [t for t in expr.args if any(f.is_Pow and f.exp == sp.S.Half for f in sp.Mul.make_args(t))]
    if len(roots) != 1:
        return ANY
    (root,) = roots
    mask = sign(root, context)
    if mask & NEGATIVE and mask & POSITIVE:
        return ANY
    distance = sign(sp.expand(root**2 - (expr - root) ** 2), context)
    if distance & NEGATIVE:
        return ANY
    return mask & NONZERO if distance == POSITIVE else mask | ZERO


def _as_quadratic(expr: sp.Add, context: Context) -> int:
    """The sign of a·v² + b·v + c is that of a where 4ac > b², for every real v."""
    for leading, reach in quadratics(expr):
        mask = sign(leading, context)
        if mask in (POSITIVE, NEGATIVE):
            distance = sign(reach, context)
            if distance & NEGATIVE == 0:
                return mask if distance == POSITIVE else mask | ZERO
    return ANY


def _log(term: sp.Expr) -> sp.Expr:
    """log of a product of positive factors, with exponents in front."""
    logs = []
    for factor in sp.Mul.make_args(term):
        base, exponent = (sp.E, factor.args[0]) if isinstance(factor, sp.exp) else factor.as_base_exp()
        logs.append(exponent * sp.log(base))
    return sp.Add(*logs)


def _under_one_sum(expr: sp.Add, context: Context) -> int:
    """The sign of N − Σ_i x_i − Σ_i y_i is that of Σ_i (1 − x_i − y_i)."""
    split = [term.as_independent(sp.Sum, as_Add=False) for term in expr.args]
    series = [(c, s) for c, s in split if isinstance(s, sp.Sum) and len(s.limits) == 1]
    for factor, first in series[:1]:
        v, lower, upper = first.limits[0]
        alike = [(c / factor, s) for c, s in series if s.limits[0][1:] == (lower, upper) and (c / factor).is_Rational]
        rest = expr - sp.Add(*(ratio * factor * s for ratio, s in alike))
        share = sp.expand(rest / (factor * (upper - lower + 1)))
        if not share.has(sp.Sum) and v not in share.free_symbols and is_nonnegative(upper - lower + 1, context):
            body = share + sp.Add(*(ratio * substitute(s.function, {s.limits[0][0]: v}) for ratio, s in alike))
            return _times(sign(factor, context), sign(sp.Sum(body, first.limits[0]), context))
    return ANY


def _bounds(entry: sp.Expr, context: Context) -> Domain | None:
    """The interval in which an entry lies: its declared domain, N ≥ 1 for a size, its range for an index."""
    if entry in context.sizes:
        return POSITIVE_INTEGER
    if entry in context.ranges:
        lower, upper = context.ranges[entry]
        return Domain("range", lower, upper, lower_open=False, upper_open=False, integer=True)
    variable = context.variable(entry)
    return None if variable is None else variable.domain


def _at_the_ends(expr: sp.Add, context: Context) -> int:
    """An expression a + b·v that is linear in an entry v of a bounded domain takes its extremes at the ends."""
    if len(expr.args) > MAX_TERMS:
        return ANY
    for v in sorted((e for e in expr.atoms(sp.Symbol, sp.Indexed)), key=str):
        domain = _bounds(v, context)
        if domain is None or (domain.lower == -sp.oo and domain.upper == sp.oo):
            continue
        b = expr.coeff(v, 1)
        a = sp.expand(expr - b * v)
        slope = sign(b, context)
        if a.has(v) or b.has(v) or slope not in (NEGATIVE, POSITIVE):
            continue
        ends = [(domain.lower, domain.lower_open), (domain.upper, domain.upper_open)]
        (low, low_open), (high, high_open) = ends if slope == POSITIVE else ends[::-1]
        if low.is_finite:
            mask = sign(a + b * low, context)
            if mask & NEGATIVE == 0:
                return POSITIVE if low_open or mask == POSITIVE else NONNEGATIVE
        if high.is_finite:
            mask = sign(a + b * high, context)
            if mask & POSITIVE == 0:
                return NEGATIVE if high_open or mask == NEGATIVE else NEGATIVE | ZERO
    return ANY
