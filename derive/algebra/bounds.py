"""Inequalities as substitutions by a remainder: what is known beyond the signs of the parts.

A sum of terms that no rule decides may be decided once a part is written with a positive (or nonnegative) remainder p:

    ψ(u) = log u − p,  ψ′(u) = 1/u + p                     for u > 0
    I_1(u)² = I_0(u)² − I_0(u) I_1(u)/u − p                for u > 0: I_1/I_0 increases
    (Σ f)² = Σ g · Σ h − p                                 where f² = g·h with g, h ≥ 0: Cauchy and Schwarz
    κ (Σ v_m)² ψ′(Σ a_m) − κ Σ v_m² ψ′(a_m) = −p           for a_m > 0, κ ≥ 0: 1/ψ′ is superadditive

Sources: NIST Digital Library of Mathematical Functions, 5.7 and 5.11; Amos, Mathematics of Computation 28 (1974);
for the last, log Γ(Σ a_m) − Σ log Γ(a_m) is concave, as minus the log-normaliser of the Dirichlet family: Wainwright
and Jordan, Graphical Models, Exponential Families, and Variational Inference (2008), proposition 3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sympy as sp

from derive.algebra.binding import named_by_depth, substitute
from derive.algebra.context import NONNEGATIVE, POSITIVE, Context, Domain, Variable

Positive = Callable[[sp.Expr, Context], bool]
#: Expressions with more terms are left alone.
MAX_TERMS = 40


class Bounds:
    """Remainders put into one expression; `context` comes to know them."""

    def __init__(self, context: Context, is_positive: Positive, is_nonnegative: Positive) -> None:
        self.context = context
        self._is_positive = is_positive
        self._is_nonnegative = is_nonnegative

    def apply(self, expr: sp.Expr) -> sp.Expr:
        """The expression with the remainders that apply, expanded; itself where none does."""
        if len(sp.Add.make_args(expr)) > MAX_TERMS or not expr.has(sp.polygamma, sp.besseli, sp.Sum):
            return expr
        result = self._schwarz(expr) if expr.has(sp.Sum) else expr
        if result.has(sp.polygamma):
            result = self._superadditive(sp.expand(result))
        if result.has(sp.polygamma, sp.besseli):
            result = sp.expand(result.xreplace(dict(self._special(result))))
            result = result.xreplace(dict(self._special(result))) if result.has(sp.besseli) else result
        return expr if result == expr else sp.expand(result)

    def _remainder(self, domain: Domain) -> sp.Expr:
        name = sp.Dummy("p", **domain.assumptions())
        self.context = self.context.extended(variables=[Variable(name, domain)])
        return name

    def _special(self, expr: sp.Expr) -> Iterator[tuple[sp.Expr, sp.Expr]]:
        for found in sorted(expr.atoms(sp.polygamma, sp.besseli), key=str):
            order, u = found.args
            if not order.is_Integer or order > 2 or not self._is_positive(u, self.context):
                continue
            if isinstance(found, sp.polygamma) and order == 0:
                yield found, sp.log(u) - self._remainder(POSITIVE)
            elif isinstance(found, sp.polygamma) and order == 1:
                yield found, 1 / u + self._remainder(POSITIVE)
            elif isinstance(found, sp.besseli) and order == 2:
                yield found, sp.besseli(0, u) - 2 * sp.besseli(1, u) / u
            elif isinstance(found, sp.besseli) and order == 1:
                least, first = sp.besseli(0, u), sp.besseli(1, u)
                yield first**2, least**2 - least * first / u - self._remainder(POSITIVE)

    def _schwarz(self, expr: sp.Expr) -> sp.Expr:
        series = [s for s in expr.atoms(sp.Sum) if len(s.limits) == 1]
        for square in sorted(expr.atoms(sp.Pow), key=str):
            middle = square.base
            if square.exp != 2 or not isinstance(middle, sp.Sum) or len(middle.limits) != 1:
                continue
            outer = self._outer(middle, [s for s in series if s != middle])
            if outer is not None:
                expr = expr.xreplace({square: outer - self._remainder(NONNEGATIVE)})
        return expr

    def _outer(self, middle: sp.Sum, series: list[sp.Sum]) -> sp.Expr | None:
        """Σg · Σh for the f of Σf, from the sums that are there; Σ1 is the number of terms."""
        variable, lower, upper = middle.limits[0]
        inner = self.context.inside(middle.limits[0])
        length = upper - lower + 1
        candidates = [
            (s, substitute(s.function, {s.limits[0][0]: variable}))
            for s in series
            if s.limits[0][1:] == middle.limits[0][1:]
        ]
        candidates = [(s, body) for s, body in candidates if self._is_nonnegative(body, inner)]
        for n, (first, g) in enumerate(candidates):
            if _same(middle.function**2, g) and self._is_positive(length, self.context):
                return first * length
            for second, h in candidates[n:]:
                if _same(middle.function**2, g * h):
                    return first * second
        return None

    def _superadditive(self, expr: sp.Expr) -> sp.Expr:
        for found in sorted(expr.atoms(sp.polygamma), key=str):
            order, total = found.args
            if order != 1:
                continue
            weight = expr.coeff(found, 1)
            parts = self._over_sum(expr, total) if isinstance(total, sp.Sum) else self._over_terms(expr, total)
            if parts is None or expr.has(found**2):
                continue
            scale, along, rest = parts
            if scale.is_zero or sp.expand(weight - scale * along**2) != 0:
                continue
            if self._is_nonnegative(scale, self.context):
                expr = expr - weight * found - rest - self._remainder(NONNEGATIVE)
        return expr

    def _over_terms(self, expr: sp.Expr, total: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr] | None:
        """For ψ′(a + b): −κv² and −κu², the coefficients of ψ′(a) and ψ′(b); gives κ, v + u and the terms."""
        if not total.is_Add or not all(self._is_positive(a, self.context) for a in total.args):
            return None
        coefficients = [expr.coeff(sp.polygamma(1, a), 1) for a in total.args]
        common = _common_factor(coefficients)
        if common is None:
            return None
        roots = [_root_of_square(sp.cancel(c / common)) for c in coefficients]
        if None in roots:
            return None
        rest = sp.Add(*(c * sp.polygamma(1, a) for c, a in zip(coefficients, total.args, strict=True)))
        return -common, sp.Add(*roots), rest

    def _over_sum(self, expr: sp.Expr, total: sp.Sum) -> tuple[sp.Expr, sp.Expr, sp.Expr] | None:
        """For ψ′(Σ_k a_k): the term −κ Σ_k ψ′(a_k) v_k²; gives κ, Σ_k v_k and the term."""
        (variable, lower, upper), a = total.limits[0], total.function
        if len(total.limits) != 1 or not self._is_positive(a, self.context.inside(total.limits[0])):
            return None
        for term in sp.Add.make_args(expr):
            coefficient, series = term.as_independent(sp.Sum, as_Add=False)
            if not isinstance(series, sp.Sum) or len(series.limits) != 1 or series.limits[0][1:] != (lower, upper):
                continue
            body = substitute(series.function, {series.limits[0][0]: variable})
            square = sp.cancel(body / sp.polygamma(1, a))
            if square.is_Pow and square.exp == 2:
                return -coefficient, sp.Sum(square.base, total.limits[0]), term
        return None


def _same(left: sp.Expr, right: sp.Expr) -> bool:
    """Whether two expressions agree once their bound variables have the same names."""
    return bool(sp.expand(named_by_depth(left)) == sp.expand(named_by_depth(right)))


def _root_of_square(expr: sp.Expr) -> sp.Expr | None:
    return expr.base if expr.is_Pow and expr.exp == 2 else None


def _common_factor(coefficients: list[sp.Expr]) -> sp.Expr | None:
    """The factor, with its sign, that all coefficients share: what is left of each is a square."""
    if any(c == 0 for c in coefficients):
        return None
    shared = [f for f in sp.Mul.make_args(coefficients[0]) if all(f in sp.Mul.make_args(c) for c in coefficients[1:])]
    return sp.Mul(*shared)
