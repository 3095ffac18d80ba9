"""The sign of a sum of terms of different signs: 1 − y, N − Σ_i x_i, √(a² + b) − a.

`signs` asks here, and what is tried here asks `signs` about something simpler.
"""

from __future__ import annotations

import sympy as sp

from derive.algebra import signs
from derive.algebra.binding import substitute
from derive.algebra.bounds import Bounds
from derive.algebra.context import Context
from derive.algebra.listed import homogeneous
from derive.algebra.quadratic import quadratics
from derive.algebra.rational import fraction
from derive.algebra.sign_masks import ANY, NEGATIVE, NONNEGATIVE, NONZERO, POSITIVE, ZERO, plus, times

#: What has more terms is not looked at entry by entry.
MAX_TERMS = 8


def of_sum(expr: sp.Add, context: Context) -> int:
    """The possible signs of a sum of terms: from those of the terms where they agree, else by one way after another."""
    mask = _of_terms(expr, context)
    told = homogeneous(expr, context) if mask == ANY else None
    if told is not None:
        mask = _of_terms(told, context)
    for way in (_under_one_sum, _at_the_ends, _by_logs, _by_squares, _as_quadratic, _by_denominators, _with_bounds):
        if mask != ANY:
            return mask
        mask = way(expr, context)
    if mask == ANY and any(power.exp.is_negative or power.has(sp.exp) for power in expr.atoms(sp.Pow)):
        top, bottom = fraction(expr)
        if top != expr:
            return times(signs.sign(top, context), signs.sign(bottom, context) & NONZERO)
    return mask if mask != ANY else _as_assumed(expr, context)


def _of_terms(expr: sp.Expr, context: Context) -> int:
    numbers = [term for term in sp.Add.make_args(expr) if term.is_number and not term.has(sp.Sum, sp.Product)]
    mask = signs.sign(sp.Add(*numbers), context)  # 5 − π is one number
    for term in sp.Add.make_args(expr):
        mask = mask if term in numbers else plus(mask, signs.sign(term, context))
        if mask == ANY:
            break
    return mask


def _under_one_sum(expr: sp.Add, context: Context) -> int:
    """The sign of N − Σ_i x_i − Σ_i y_i is that of Σ_i (1 − x_i − y_i)."""
    split = [term.as_independent(sp.Sum, as_Add=False) for term in expr.args]
    series = [(c, s) for c, s in split if isinstance(s, sp.Sum) and len(s.limits) == 1]
    for factor, first in series[:1]:
        v, lower, upper = first.limits[0]
        alike = [(c / factor, s) for c, s in series if s.limits[0][1:] == (lower, upper) and (c / factor).is_Rational]
        rest = expr - sp.Add(*(ratio * factor * s for ratio, s in alike))
        share = sp.expand(rest / (factor * (upper - lower + 1)))
        if not share.has(sp.Sum) and v not in share.free_symbols and signs.is_nonnegative(upper - lower + 1, context):
            body = share + sp.Add(*(ratio * substitute(s.function, {s.limits[0][0]: v}) for ratio, s in alike))
            return times(signs.sign(factor, context), signs.sign(sp.Sum(body, first.limits[0]), context))
    return ANY


def _at_the_ends(expr: sp.Add, context: Context) -> int:
    """An expression a + b·v that is linear in an entry v of a bounded domain takes its extremes at the ends."""
    if len(expr.args) > MAX_TERMS:
        return ANY
    for v in sorted((e for e in expr.atoms(sp.Symbol, sp.Indexed)), key=str):
        domain = signs.range_of(v, context)
        if domain is None or (domain.lower == -sp.oo and domain.upper == sp.oo):
            continue
        linear = [term for term in expr.args if term.has(v)]
        b = sp.Add(*(term / v for term in linear))
        if b.has(v):
            continue
        slope = signs.sign(b, context)
        if slope not in (NEGATIVE, POSITIVE):
            continue
        a = sp.expand(sp.Add(*(term for term in expr.args if term not in linear)))
        ends = [(domain.lower, domain.lower_open), (domain.upper, domain.upper_open)]
        (low, low_open), (high, high_open) = ends if slope == POSITIVE else ends[::-1]
        if low.is_finite:
            mask = signs.sign(a + b * low, context)
            if mask & NEGATIVE == 0:
                return POSITIVE if low_open or mask == POSITIVE else NONNEGATIVE
        if high.is_finite:
            mask = signs.sign(a + b * high, context)
            if mask & POSITIVE == 0:
                return NEGATIVE if high_open or mask == NEGATIVE else NEGATIVE | ZERO
    return ANY


def _by_logs(expr: sp.Add, context: Context) -> int:
    """The sign of 1 − u^p or e^u − e^v, a difference of two positive terms, is that of the difference of their logs."""
    if len(expr.args) != 2:
        return ANY
    first, second = expr.args
    if signs.is_positive(second, context):
        first, second = second, first
    terms = (first, -second)
    if not any(f.is_Pow or isinstance(f, sp.exp) for term in terms for f in sp.Mul.make_args(term)):
        return ANY  # nothing would come down from an exponent
    if not all(signs.is_positive(f, context) for term in terms for f in sp.Mul.make_args(term)):
        return ANY
    return signs.sign(sp.expand(_log(terms[0]) - _log(terms[1])), context)


def _log(term: sp.Expr) -> sp.Expr:
    """log of a product of positive factors, with exponents in front."""
    logs = []
    for factor in sp.Mul.make_args(term):
        base, exponent = (sp.E, factor.args[0]) if isinstance(factor, sp.exp) else factor.as_base_exp()
        logs.append(exponent * sp.log(base))
    return sp.Add(*logs)


def _by_squares(expr: sp.Add, context: Context) -> int:
    """The sign of √R + t is that of √R where R ≥ t²."""
    roots = [t for t in expr.args if any(f.is_Pow and f.exp == sp.S.Half for f in sp.Mul.make_args(t))]
    if len(roots) != 1:
        return ANY
    (root,) = roots
    mask = signs.sign(root, context)
    if mask & NEGATIVE and mask & POSITIVE:
        return ANY
    distance = signs.sign(sp.expand(root**2 - (expr - root) ** 2), context)
    if distance & NEGATIVE:
        return ANY
    return mask & NONZERO if distance == POSITIVE else mask | ZERO


def _as_quadratic(expr: sp.Add, context: Context) -> int:
    """The sign of a·v² + b·v + c is that of a where 4ac > b², for every real v."""
    for leading, reach in quadratics(expr):
        mask = signs.sign(leading, context)
        if mask in (POSITIVE, NEGATIVE):
            distance = signs.sign(reach, context)
            if distance & NEGATIVE == 0:
                return mask if distance == POSITIVE else mask | ZERO
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
        mask = plus(mask, times(signs.sign(above, context), signs.sign(below, context)))
    return mask


def _with_bounds(expr: sp.Add, context: Context) -> int:
    """The sign once parts of it are written with the remainders of inequalities."""
    bounds = Bounds(context, signs.is_positive, signs.is_nonnegative)
    bounded = bounds.apply(expr)
    if bounded == expr:
        return ANY
    mask = _of_terms(bounded, bounds.context)  # the signs of its terms alone: remainders on remainders lead nowhere
    if mask != ANY or not any(power.exp.is_negative for power in bounded.atoms(sp.Pow)):
        return mask
    top, bottom = fraction(bounded)
    return times(_of_terms(sp.expand(top), bounds.context), signs.sign(bottom, bounds.context) & NONZERO)


def _as_assumed(expr: sp.Add, context: Context) -> int:
    """N − S has the sign that is assumed of 1 − S/N: a multiple, of known sign, of what a hypothesis speaks of."""
    for hypothesis in context.hypotheses:
        if hypothesis.rhs == 0 and hypothesis.lhs.is_Add and isinstance(hypothesis, sp.StrictGreaterThan):
            if expr.atoms(sp.Sum) != hypothesis.lhs.atoms(sp.Sum):
                continue
            top, bottom = fraction(expr / hypothesis.lhs)
            if top.is_Add or bottom.is_Add:
                continue
            mask = times(signs.sign(top, context), signs.sign(bottom, context) & NONZERO)
            if mask in (NEGATIVE, POSITIVE):
                return mask
    return ANY
