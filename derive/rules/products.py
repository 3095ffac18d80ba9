"""Products of symbolic length: splitting, swapping, collecting powers."""

from __future__ import annotations

import sympy as sp

from derive.algebra.context import NONNEGATIVE, REAL, Context, IndexRange, array, index, size
from derive.algebra.sign import is_nonnegative
from derive.rules.everywhere import everywhere
from derive.rules.rule import Example, Rewrite, Rule

_N, _K = size("N"), size("K")
_i, _k = index("i"), index("k")
_y, _t = array("y", [_K], NONNEGATIVE), array("t", [_N, _K], NONNEGATIVE)
_z = array("z", [_K], REAL)
_a, _b = array("a", [_N], NONNEGATIVE), array("b", [_N], NONNEGATIVE)
_C = sp.Symbol("a", nonnegative=True)
_CONTEXT = Context(sizes=(_N, _K), variables=(_y, _t, _z, _a, _b), indices=(IndexRange(_k, sp.S.One, _K),))


def _split(expr: sp.Expr, _: Context) -> Rewrite | None:
    if not isinstance(expr, sp.Product) or not isinstance(expr.function, sp.Mul):
        return None
    return Rewrite(sp.Mul(*(sp.Product(f, *expr.limits) for f in expr.function.args)))


def _swap(expr: sp.Expr, _: Context) -> Rewrite | None:
    """Bring the samples inside where the base of the power does not depend on them."""
    if not isinstance(expr, sp.Product) or len(expr.limits) != 2 or not isinstance(expr.function, sp.Pow):
        return None
    inner, outer = expr.limits
    if outer[0] in expr.function.base.free_symbols or inner[0] not in expr.function.base.free_symbols:
        return None
    if {inner[0], outer[0]} & (inner[1].free_symbols | inner[2].free_symbols):
        return None
    return Rewrite(sp.Product(expr.function, outer, inner))


def _collect(expr: sp.Expr, context: Context) -> Rewrite | None:
    if not isinstance(expr, sp.Product):
        return None
    variable, lower, upper = expr.limits[0]
    base, exponent = expr.function.as_base_exp()
    within = context.inside(*expr.limits)
    if variable in base.free_symbols or not is_nonnegative(base, within) or not is_nonnegative(exponent, within):
        return None
    power = base ** sp.Sum(exponent, (variable, lower, upper))
    return Rewrite(sp.Product(power, *expr.limits[1:]) if len(expr.limits) > 1 else power)


SPLIT_PRODUCT = Rule(
    name="split_product",
    words={"en": "a product of products, {statement}", "ja": "積を因子ごとに分ける: {statement}"},
    apply=everywhere(_split),
    statement=sp.Eq(
        sp.Product(_a.base[_i] * _b.base[_i], (_i, 1, _N)),
        sp.Product(_a.base[_i], (_i, 1, _N)) * sp.Product(_b.base[_i], (_i, 1, _N)),
        evaluate=False,
    ),
    examples=(Example(sp.Product(_a.base[_i] * _b.base[_i], (_i, 1, _N)), _CONTEXT),),
    lemma="prod_mult",
)

SWAP_PRODUCTS = Rule(
    name="swap_products",
    words={"en": "the order of the factors does not matter", "ja": "積の順序を入れ替える"},
    apply=everywhere(_swap),
    examples=(Example(sp.Product(_y.base[_k] ** _t.base[_i, _k], (_k, 1, _K), (_i, 1, _N)), _CONTEXT),),
    lemma="prod_swap",
)

PRODUCT_OF_POWERS = Rule(
    name="product_of_powers",
    words={"en": "powers of the same base, {statement}", "ja": "同じ底のべき乗をまとめる: {statement}"},
    apply=everywhere(_collect),
    statement=sp.Eq(sp.Product(_C ** _b.base[_i], (_i, 1, _N)), _C ** sp.Sum(_b.base[_i], (_i, 1, _N)), evaluate=False),
    examples=(Example(sp.Product(_y.base[_k] ** _t.base[_i, _k], (_i, 1, _N)), _CONTEXT),),
    counters=(Example(sp.Product(_z.base[_k] ** _t.base[_i, _k], (_i, 1, _N)), _CONTEXT),),
    lemma="prod_pow",
)

RULES = (SPLIT_PRODUCT, SWAP_PRODUCTS, PRODUCT_OF_POWERS)
