"""Solve an equation for one unknown, or say why there is no closed form.

SymPy's `solve` returns [] for equations with unevaluated sums and can return an "answer" that still holds the unknown.
Here statistics (sums that do not hold the unknown) count as known numbers, denominators are cleared, and what is left
must be one of a few shapes, each with one root in the domain:

    A·u^p + B = 0,   A·log u + B = 0,   A·e^{qu} + B = 0,   A·u² + B·u + C = 0 with A > 0, C < 0 and u > 0.

What is returned is checked to be free of the unknown; what had to be nonzero on the way is reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from derive.algebra import rational
from derive.algebra.binding import depends_on, free_symbols
from derive.algebra.context import NONNEGATIVE, POSITIVE, REAL, Context, Variable
from derive.algebra.naming import readable
from derive.algebra.normal_form import normal
from derive.algebra.signs import NEGATIVE, is_nonnegative, is_nonzero, is_positive, sign


class NoClosedFormError(ValueError):
    """The equation has no solution in closed form that this solver knows."""


@dataclass(frozen=True)
class Solution:
    """`unknown` = `value` is the only solution of expr = 0 where `nonzero` holds.

    `cleared` is the equation after multiplication by the denominator; `nonzero` lists what was multiplied or divided
    by and is not known to be different from 0.
    """

    unknown: sp.Expr
    value: sp.Expr
    cleared: sp.Expr
    nonzero: tuple[sp.Expr, ...]


def solve(expr: sp.Expr, unknown: sp.Expr, context: Context) -> Solution:
    """The solution of expr = 0 for `unknown`; NoClosedFormError where there is none of a known shape."""
    statistics = Statistics(unknown, context)
    hidden = statistics.hide(normal(statistics.hide(expr), statistics.context))
    top, bottom = rational.fraction(hidden)
    cleared = sp.expand(top)
    stand_in = sp.Dummy("u", positive=True)
    plain = cleared.xreplace({unknown: stand_in})
    if depends_on(plain, unknown):
        raise NoClosedFormError(f"{unknown} occurs inside a sum of {sp.sstr(statistics.show(cleared))} = 0")
    terms = _by_shape(plain, stand_in)
    value, slope = _root(terms, stand_in, unknown, statistics)
    value = statistics.show(value)
    if depends_on(value, unknown) or value.has(stand_in):
        raise NoClosedFormError(f"the solution for {unknown} still holds {unknown}")
    bottom = rational.factored(bottom)
    needed = tuple(f for f in (*sp.Mul.make_args(bottom), slope) if not is_nonzero(f, statistics.context))
    shown = tuple(statistics.show(f) for f in needed)
    return Solution(unknown, value, statistics.show(cleared), shown)


class Statistics:
    """Sums and order statistics that do not hold the unknown, as opaque names with the sign that is known of them."""

    def __init__(self, unknown: sp.Expr, context: Context) -> None:
        self.unknown = unknown
        self.context = context
        self._names: dict[sp.Expr, sp.Expr] = {}

    def hide(self, expr: sp.Basic) -> sp.Basic:
        """The expression with every largest such subexpression replaced by its name."""
        if isinstance(expr, ExprWithLimits) and not depends_on(expr, self.unknown) and self._outermost(expr):
            expr = readable(expr)  # the same statistic whatever its index is called
            if expr not in self._names:
                domain = POSITIVE if is_positive(expr, self.context) else REAL
                domain = NONNEGATIVE if domain == REAL and is_nonnegative(expr, self.context) else domain
                name = sp.Dummy(f"s{len(self._names)}", **domain.assumptions())
                self._names[expr] = name
                self.context = self.context.extended(variables=[Variable(name, domain)])
            return self._names[expr]
        if not expr.args or isinstance(expr, sp.Indexed):
            return expr
        return expr.func(*(self.hide(a) for a in expr.args))

    def _outermost(self, expr: sp.Expr) -> bool:
        """A sum inside another one may read that one's index: only what reads declared indices stands alone."""
        known = {*self.context.sizes, *self.context.ranges}
        return all(s in known or self.context.variable(s) is not None for s in free_symbols(expr))

    def show(self, expr: sp.Basic) -> sp.Basic:
        """The statistics put back."""
        return expr.xreplace({name: value for value, name in self._names.items()})


#: Terms that depend on the unknown alike: the exponent of u, and log u or e^{qu} where there is one.
Shape = tuple[sp.Expr, sp.Expr]


def _by_shape(expr: sp.Expr, u: sp.Symbol) -> dict[Shape, sp.Expr]:
    """The coefficients of an expanded expression by how its terms depend on u."""
    groups: dict[Shape, sp.Expr] = {}
    for term in sp.Add.make_args(expr):
        coefficient, exponent, other = sp.S.One, sp.S.Zero, sp.S.One
        for factor in sp.Mul.make_args(term):
            base, power = factor.as_base_exp() if not isinstance(factor, sp.exp) else (factor, sp.S.One)
            if not factor.has(u):
                coefficient *= factor
            elif base == u and not power.has(u):
                exponent += power
            elif isinstance(factor, sp.exp):
                outside, own, rest = _exponent(factor.args[0], u)
                coefficient *= outside
                exponent += own
                other *= rest
            else:
                other *= factor
        shape = (sp.expand(exponent), other)
        groups[shape] = groups.get(shape, sp.S.Zero) + coefficient
    return {shape: c for shape, c in groups.items() if c != 0}


def _exponent(expr: sp.Expr, u: sp.Symbol) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """e^{a + c·log u + r(u)} as e^a, c and e^{r(u)}."""
    free, bound = sp.expand(expr).as_independent(u, as_Add=True)
    own = bound.coeff(sp.log(u), 1)
    if own.has(u):
        own = sp.S.Zero
    return sp.exp(free), own, sp.exp(sp.expand(bound - own * sp.log(u)))


def _root(
    terms: dict[Shape, sp.Expr], u: sp.Symbol, unknown: sp.Expr, statistics: Statistics
) -> tuple[sp.Expr, sp.Expr]:
    """The root in the domain of the unknown, and the coefficient that was divided by."""
    context = statistics.context
    positive = is_nonnegative(unknown, context)
    powers = [(p, c) for (p, other), c in terms.items() if other == 1]
    if len(terms) == len(powers) == 2:
        (p, a), (q, b) = powers
        if sign(p - q, context) == NEGATIVE:
            (p, a), (q, b) = (q, b), (p, a)
        degree = sp.expand(p - q)
        ratio = _tidy(-b / a, context)
        if degree == 1:
            return ratio, a
        if positive and is_nonzero(degree, context):
            return sp.Pow(ratio, 1 / degree), a
    if len(terms) == len(powers) == 3 and positive:
        found = _quadratic(powers, context)
        if found is not None:
            return found
    if len(terms) == 2:
        (one, a), (two, b) = terms.items()
        if one[1] == 1:
            (one, a), (two, b) = (two, b), (one, a)
        if two[1] == 1 and one[0] == two[0]:
            if one[1] == sp.log(u):
                return sp.exp(_tidy(-b / a, context)), a
            rate = one[1].args[0] / u if isinstance(one[1], sp.exp) else u
            if not rate.has(u):
                return sp.log(_tidy(-b / a, context)) / rate, a
    shown = statistics.show(sp.Add(*(c * u**p * other for (p, other), c in terms.items()))).xreplace({u: unknown})
    raise NoClosedFormError(f"{sp.sstr(shown)} = 0 has none of the shapes with a root in closed form")


def _quadratic(powers: list[tuple[sp.Expr, sp.Expr]], context: Context) -> tuple[sp.Expr, sp.Expr] | None:
    """The positive root of A·u² + B·u + C where A and C have opposite signs, so that there is exactly one."""
    lowest = min((p for p, _ in powers if p.is_number), default=None)
    if lowest is None:
        return None
    by_degree = {sp.expand(p - lowest): c for p, c in powers}
    if set(by_degree) != {sp.S.Zero, sp.S.One, sp.Integer(2)}:
        return None
    a, b, c = by_degree[sp.Integer(2)], by_degree[sp.S.One], by_degree[sp.S.Zero]
    if is_positive(-a, context):
        a, b, c = -a, -b, -c
    if not (is_positive(a, context) and is_nonnegative(-c, context)):
        return None
    return (-b + sp.sqrt(b**2 - 4 * a * c)) / (2 * a), c  # for C = 0 there may be no positive root


def _tidy(expr: sp.Expr, context: Context) -> sp.Expr:
    return sp.factor_terms(normal(expr, context))
