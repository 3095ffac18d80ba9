"""Fractions: a common denominator where it makes a difference simpler."""

from __future__ import annotations

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, Context, array, index, scalar, size
from derive.algebra.rational import factored, fraction
from derive.rules.places import everywhere
from derive.rules.rule import Example, Rewrite, Rule

_a, _b = sp.Symbol("a", positive=True), sp.Symbol("b", positive=True)
_z = scalar("z", REAL)
_N, _i = size("N"), index("i")
_positive = array("x", [_N], POSITIVE)
_x = _positive.base
_CONTEXT = Context(sizes=(_N,), variables=(_z, _positive))


def _complement(expr: sp.Expr, _: Context) -> Rewrite | None:
    """1 − a/(a + b) = b/(a + b): a logarithm's argument becomes a quotient."""
    if not isinstance(expr, sp.log) or not expr.args[0].is_Add:
        return None
    top, bottom = sp.fraction(sp.together(expr.args[0]))
    top = sp.expand(top)
    if bottom == 1 or top.is_Add:
        return None
    return Rewrite(sp.log(top / bottom))


def _combine(expr: sp.Expr, _: Context) -> Rewrite | None:
    """Fractions inside a sum become one, where its numerator has fewer terms."""
    if not isinstance(expr, sp.Sum) or not expr.function.is_Add:
        return None
    top, bottom = fraction(expr.function)
    if bottom == 1 or len(sp.Add.make_args(top)) >= len(expr.function.args):
        return None
    return Rewrite(sp.Sum(top / factored(bottom), *expr.limits))


COMBINE = Rule(
    name="common_denominator",
    words={"en": "over a common denominator", "ja": "通分する"},
    apply=everywhere(_combine),
    examples=(Example(sp.Sum(1 / (1 + _x[_i]) - 1 / (1 + _x[_i]) ** 2, (_i, 1, _N)), _CONTEXT),),
    counters=(Example(sp.Sum(1 / (1 + _x[_i]) - _x[_i], (_i, 1, _N)), _CONTEXT),),
    lemma="common_denominator",
)

COMPLEMENT = Rule(
    name="complement",
    words={"en": "over a common denominator, {statement}", "ja": "通分して {statement}"},
    apply=everywhere(_complement),
    statement=sp.Eq(1 - _a / (_a + _b), _b / (_a + _b), evaluate=False),
    examples=(Example(sp.log(1 - 1 / (1 + sp.exp(-_z.base))), _CONTEXT),),
    counters=(Example(sp.log(1 + 1 / (1 + sp.exp(-_z.base))), _CONTEXT),),
    lemma="complement",
)

RULES = (COMPLEMENT, COMBINE)
