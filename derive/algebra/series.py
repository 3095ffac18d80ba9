"""Known sums in normal form: exponential, geometric, logarithmic, binomial and negative binomial series.

They enter with polynomial factors in the index, by factorial moments. As with integrals, the terms of a sum that does
not end are separated only where each is known to converge.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from sympy.functions.combinatorial.numbers import stirling

from derive.algebra import binding
from derive.algebra.binding import substitute
from derive.algebra.scope import Limits, Scope
from derive.algebra.signs import NEGATIVE, POSITIVE, sign

#: Powers of the index up to this one are known.
MAX_MOMENT = 8


@dataclass(frozen=True)
class Term:
    """x^power · e^{slope·x} · Π Γ(argument)^count, the Γ where they hold the index."""

    power: int
    slope: sp.Expr
    gammas: dict[sp.Expr, sp.Expr]


def of_series(body: sp.Expr, limits: Limits, scope: Scope) -> sp.Expr | None:
    """Σ over one index of a normal body, where the range does not end or binomial coefficients stand under it."""
    variable, lower, upper = limits
    endless = upper == sp.oo
    if not endless and not (lower == 0 and body.has(sp.loggamma)):
        return None
    if endless and lower != 0:  # start at 0
        moved = substitute(body, {variable: variable + lower})
        limits = (variable, sp.S.Zero, sp.oo)
        return of_series(
            scope.visit(binding.apart(moved, scope.inside(limits).context), scope.inside(limits)), limits, scope
        )
    known, unknown = [], []
    for term in sp.Add.make_args(body):
        outside, inside = apart(term, variable)
        value = _series(inside, limits, scope)
        if value is None:
            unknown.append(term)
        else:
            known.append(outside * value)
    if unknown and not endless:
        return None
    total = scope.visit(binding.apart(sp.Add(*known), scope.context), scope)
    return total + _closed(sp.Add(*unknown), limits) if unknown else total


def _closed(body: sp.Expr, limits: Limits) -> sp.Expr:
    from derive.algebra.sums import closed  # which calls this file first

    outside, inside = body.as_independent(limits[0], as_Add=False)
    return outside * closed(sp.Sum, inside, [limits])


def apart(term: sp.Expr, v: sp.Symbol) -> tuple[sp.Expr, sp.Expr]:
    """A term as what does not depend on v, e^c from a factor e^{c + …} included, times what does."""
    outside, inside = [], []
    for factor in sp.Mul.make_args(term):
        if not factor.has(v):
            outside.append(factor)
        elif isinstance(factor, sp.exp):
            constant, moving = factor.args[0].as_independent(v, as_Add=True)
            outside.append(sp.exp(constant))
            inside.append(sp.exp(moving))
        else:
            inside.append(factor)
    return sp.Mul(*outside), sp.Mul(*inside)


def _term(expr: sp.Expr, v: sp.Symbol) -> Term | None:
    power, slope, gammas = 0, sp.S.Zero, dict[sp.Expr, sp.Expr]()
    for factor in sp.Mul.make_args(expr):
        base, n = factor.as_base_exp()
        if isinstance(factor, sp.exp):
            for part in sp.Add.make_args(sp.expand(factor.args[0])):
                count, moving = part.as_independent(v, as_Add=False)
                if isinstance(moving, sp.loggamma):
                    gammas[moving.args[0]] = gammas.get(moving.args[0], sp.S.Zero) + count
                elif moving == v:
                    slope += count
                else:
                    return None
        elif base == v and n.is_Integer and 0 < n <= MAX_MOMENT:
            power += int(n)
        elif expr != 1:
            return None
    return Term(power, slope, gammas)


def _series(inside: sp.Expr, limits: Limits, scope: Scope) -> sp.Expr | None:
    """Σ from 0 on of one term; None where it is not known or need not converge."""
    v, _, upper = limits
    if upper == sp.oo:
        found = _logarithmic(inside, v, scope)
        if found is not None:
            return found
    term = _term(inside, v)
    if term is None:
        return None
    z = scope.visit(sp.exp(term.slope), scope)
    moments = [sp.Integer(stirling(term.power, j)) for j in range(term.power + 1)]  # x^n = Σ_j S(n, j) x(x−1)…(x−j+1)
    gammas = dict(term.gammas)
    over = gammas.pop(v + 1, sp.S.Zero)
    left = scope.visit(1 - z, scope)
    if upper != sp.oo:
        if over != -1 or gammas != {sp.expand(upper - v + 1): -1}:
            return None
        # ways to fall short of the end: N!/(N − j)! as a product
        values = [z**j * (1 + z) ** (upper - j) * sp.Mul(*(upper - i for i in range(j))) for j in range(term.power + 1)]
        return sp.Add(*(s * value for s, value in zip(moments, values, strict=True))) * sp.exp(-sp.loggamma(upper + 1))
    if over == -1 and not gammas:
        return sp.exp(z) * sp.Add(*(s * z**j for j, s in enumerate(moments)))
    if sign(z, scope.context) & NEGATIVE or sign(left, scope.context) != POSITIVE:
        return None
    if over == 0 and not gammas:
        return sp.Add(*(s * sp.factorial(j) * z**j / left ** (j + 1) for j, s in enumerate(moments)))
    if over == -1 and len(gammas) == 1:
        ((argument, count),) = gammas.items()
        r = sp.expand(argument - v)
        if count == 1 and not r.has(v) and sign(r, scope.context) == POSITIVE:
            terms = [s * z**j * sp.Mul(*(r + i for i in range(j))) * left ** (-r - j) for j, s in enumerate(moments)]
            return sp.gamma(r) * sp.Add(*terms)
    return None


def _logarithmic(inside: sp.Expr, v: sp.Symbol, scope: Scope) -> sp.Expr | None:
    """Σ z^x/(x + 1) = −log(1 − z)/z."""
    factors = sp.Mul.make_args(inside)
    rest = [f for f in factors if f != 1 / (v + 1)]
    if len(rest) == len(factors) or len(rest) != 1 or not isinstance(rest[0], sp.exp):
        return None
    slope = sp.expand(rest[0].args[0]).coeff(v, 1)
    z = scope.visit(sp.exp(slope), scope)
    left = scope.visit(1 - z, scope)
    if (
        sp.expand(rest[0].args[0] - slope * v) != 0
        or sign(z, scope.context) != POSITIVE
        or sign(left, scope.context) != POSITIVE
    ):
        return None
    return -sp.log(left) / z
