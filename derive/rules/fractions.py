"""Fractions: a common denominator where it makes a difference simpler."""

from __future__ import annotations

import sympy as sp

from derive.algebra.context import REAL, Context, scalar
from derive.rules.everywhere import everywhere
from derive.rules.rule import Example, Rewrite, Rule

_a, _b = sp.Symbol("a", positive=True), sp.Symbol("b", positive=True)
_z = scalar("z", REAL)
_CONTEXT = Context(variables=(_z,))


def _complement(expr: sp.Expr, _: Context) -> Rewrite | None:
    """1 − a/(a + b) = b/(a + b): a logarithm's argument becomes a quotient."""
    if not isinstance(expr, sp.log) or not expr.args[0].is_Add:
        return None
    top, bottom = sp.fraction(sp.together(expr.args[0]))
    top = sp.expand(top)
    if bottom == 1 or top.is_Add:
        return None
    return Rewrite(sp.log(top / bottom))


COMPLEMENT = Rule(
    name="complement",
    words={"en": "over a common denominator, {statement}", "ja": "通分して {statement}"},
    apply=everywhere(_complement),
    statement=sp.Eq(1 - _a / (_a + _b), _b / (_a + _b), evaluate=False),
    examples=(Example(sp.log(1 - 1 / (1 + sp.exp(-_z.base))), _CONTEXT),),
    counters=(Example(sp.log(1 + 1 / (1 + sp.exp(-_z.base))), _CONTEXT),),
    lemma="complement",
)

RULES = (COMPLEMENT,)
