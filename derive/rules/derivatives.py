"""Differentiation, and the tidying up that follows it."""

from __future__ import annotations

import sympy as sp

from derive.algebra.calculus import derivative
from derive.algebra.context import NONNEGATIVE, REAL, Context, IndexRange, array, index, size
from derive.algebra.naming import readable, samples_outermost
from derive.algebra.normal_form import normal
from derive.rules.places import everywhere
from derive.rules.rule import Example, Rewrite, Rule

_K = size("K")
_j, _k = index("j"), index("k")
_y, _t, _z = array("y", [_K], NONNEGATIVE), array("t", [_K], NONNEGATIVE), array("z", [_K], REAL)
_CONTEXT = Context(sizes=(_K,), variables=(_y, _t, _z), indices=(IndexRange(_j, sp.S.One, _K),))


def _differentiate(expr: sp.Expr, _: Context) -> Rewrite | None:
    if not isinstance(expr, sp.Derivative):
        return None
    result = expr.expr
    for variable in expr.variables:
        result = derivative(result, variable)
    return Rewrite(readable(result))


def _tidy(expr: sp.Expr, context: Context) -> Rewrite | None:
    """The normal form, factored and with readable indices."""
    result = readable(samples_outermost(sp.factor_terms(normal(expr, context))))
    return None if result == expr else Rewrite(result)


DIFFERENTIATE = Rule(
    name="differentiate",
    words={"en": "differentiate term by term", "ja": "項ごとに微分する"},
    apply=everywhere(_differentiate),
    examples=(
        Example(sp.Derivative(sp.Sum(_t.base[_k] * sp.log(_y.base[_k]), (_k, 1, _K)), _y.base[_j]), _CONTEXT),
        Example(sp.Derivative(sp.log(sp.Sum(sp.exp(_z.base[_k]), (_k, 1, _K))), _z.base[_j]), _CONTEXT),
    ),
    lemma="derive_sum",
)

TIDY = Rule(
    name="collect",
    words={"en": "collect terms", "ja": "整理する"},
    apply=_tidy,
    examples=(Example(sp.Sum(_z.base[_k] + 2, (_k, 1, _K)) / _K, _CONTEXT),),
)

RULES = (DIFFERENTIATE, TIDY)
