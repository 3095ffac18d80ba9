"""Products of symbolic length: splitting, swapping, collecting powers."""

from __future__ import annotations

import sympy as sp

from derive.algebra.context import NONNEGATIVE, POSITIVE, REAL, Context, IndexRange, array, index, scalar, size
from derive.algebra.signs import is_nonnegative, is_positive
from derive.rules.places import everywhere
from derive.rules.rule import Example, Rewrite, Rule

_N, _K = size("N"), size("K")
_i, _k = index("i"), index("k")
_y, _t = array("y", [_K], NONNEGATIVE), array("t", [_N, _K], NONNEGATIVE)
_z = array("z", [_K], REAL)
_a, _b = array("a", [_N], NONNEGATIVE), array("b", [_N], NONNEGATIVE)
_p, _r = array("x", [_N], POSITIVE), scalar("r", POSITIVE)
_C = sp.Symbol("a", nonnegative=True)
_P, _Q = sp.symbols("x y", positive=True)
_CONTEXT = Context(sizes=(_N, _K), variables=(_y, _t, _z, _a, _b, _p, _r), indices=(IndexRange(_k, sp.S.One, _K),))


def _split(expr: sp.Expr, _: Context) -> Rewrite | None:
    """One product a factor; the factors that are the same for every index stay together."""
    if not isinstance(expr, sp.Product) or not isinstance(expr.function, sp.Mul):
        return None
    bound = [v for v, _, _ in expr.limits]
    dependent = [f for f in expr.function.args if f.has(*bound)]
    constant = sp.Mul(*(f for f in expr.function.args if not f.has(*bound)))
    parts = dependent if constant == 1 else [constant, *dependent]
    return Rewrite(sp.Mul(*(sp.Product(f, *expr.limits) for f in parts)))


def _constant(expr: sp.Expr, _: Context) -> Rewrite | None:
    """Π_{i=1}^{N} c = c^N."""
    if not isinstance(expr, sp.Product) or expr.limits[0][0] in expr.function.free_symbols:
        return None
    _, lower, upper = expr.limits[0]
    power = expr.function ** (upper - lower + 1)
    return Rewrite(sp.Product(power, *expr.limits[1:]) if len(expr.limits) > 1 else power)


def _exponentials(expr: sp.Expr, _: Context) -> Rewrite | None:
    """Π_i e^{f_i} = e^{Σ_i f_i}."""
    if isinstance(expr, sp.Product) and isinstance(expr.function, sp.exp):
        return Rewrite(sp.exp(sp.Sum(expr.function.args[0], *expr.limits)))
    return None


def _common_exponent(expr: sp.Expr, context: Context) -> Rewrite | None:
    """Π_i x_i^c = (Π_i x_i)^c for x_i > 0."""
    if not isinstance(expr, sp.Product) or not isinstance(expr.function, sp.Pow):
        return None
    base, exponent = expr.function.as_base_exp()
    if exponent.has(*(v for v, _, _ in expr.limits)) or not base.has(*(v for v, _, _ in expr.limits)):
        return None
    if not is_positive(base, context.inside(*expr.limits)):
        return None
    return Rewrite(sp.Product(base, *expr.limits) ** exponent)


def _power_of_product(expr: sp.Expr, context: Context) -> Rewrite | None:
    """(x/λ)^c = x^c · λ^{-c} for positive x and λ."""
    if not isinstance(expr, sp.Pow) or not expr.base.is_Mul:
        return None
    if not all(is_positive(f, context) for f in expr.base.args):
        return None
    return Rewrite(sp.Mul(*(_power_of_power(f, expr.exp) for f in expr.base.args)))


def _power_of_power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    inner, power = base.as_base_exp()
    numbers = inner.args if inner.is_Mul and inner.is_number else (inner,)  # (2π)^a in one go
    return sp.Mul(*(sp.Pow(number, sp.expand(power * exponent)) for number in numbers))


def _same_base(expr: sp.Expr, context: Context) -> Rewrite | None:
    """λ^{1 − c} · λ^{−1} = λ^{−c} for positive λ."""
    if not expr.is_Mul:
        return None
    exponents: dict[sp.Expr, list[sp.Expr]] = {}
    for factor in expr.args:
        base, exponent = factor.as_base_exp()
        exponents.setdefault(base, []).append(exponent)
    if not any(len(found) > 1 and is_positive(base, context) for base, found in exponents.items()):
        return None
    powers = []
    for base, found in exponents.items():
        together = [sp.expand(sp.Add(*found))] if is_positive(base, context) else found
        powers += [sp.Pow(base, exponent) for exponent in together]
    return Rewrite(sp.Mul(*powers))


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

CONSTANT_PRODUCT = Rule(
    name="product_of_constant",
    words={"en": "a product of equal factors, {statement}", "ja": "同じ因子の積: {statement}"},
    apply=everywhere(_constant),
    statement=sp.Eq(sp.Product(_C, (_i, 1, _N)), _C**_N, evaluate=False),
    examples=(Example(sp.Product(_y.base[_k], (_i, 1, _N)), _CONTEXT),),
    counters=(Example(sp.Product(_a.base[_i], (_i, 1, _N)), _CONTEXT),),
    lemma="prod_const",
)

PRODUCT_OF_EXPONENTIALS = Rule(
    name="product_of_exponentials",
    words={"en": "exponents add up, {statement}", "ja": "指数法則により {statement}"},
    apply=everywhere(_exponentials),
    statement=sp.Eq(
        sp.Product(sp.exp(_a.base[_i]), (_i, 1, _N)), sp.exp(sp.Sum(_a.base[_i], (_i, 1, _N))), evaluate=False
    ),
    examples=(Example(sp.Product(sp.exp(-_a.base[_i]), (_i, 1, _N)), _CONTEXT),),
    lemma="prod_exp",
)

COMMON_EXPONENT = Rule(
    name="common_exponent",
    words={"en": "the exponent is common to all factors, {statement}", "ja": "共通の指数をまとめる: {statement}"},
    apply=everywhere(_common_exponent),
    statement=sp.Eq(
        sp.Product(_p.base[_i] ** _C, (_i, 1, _N)), sp.Product(_p.base[_i], (_i, 1, _N)) ** _C, evaluate=False
    ),
    examples=(Example(sp.Product(_p.base[_i] ** (_r.base - 1), (_i, 1, _N)), _CONTEXT),),
    counters=(Example(sp.Product(_b.base[_i] ** (_r.base - 1), (_i, 1, _N)), _CONTEXT),),
    lemma="prod_common_exponent",
)

POWER_OF_PRODUCT = Rule(
    name="power_of_product",
    words={"en": "a power of a product, {statement}", "ja": "積のべき乗: {statement}"},
    apply=everywhere(_power_of_product),
    statement=sp.Eq(sp.Pow(_P * _Q, _C, evaluate=False), sp.Mul(_P**_C, _Q**_C, evaluate=False), evaluate=False),
    examples=(Example(sp.Product((_p.base[_i] / _r.base) ** _r.base, (_i, 1, _N)), _CONTEXT),),
    counters=(Example(sp.Product((_b.base[_i] / _r.base) ** _r.base, (_i, 1, _N)), _CONTEXT),),
    lemma="pow_mult",
)

SAME_BASE = Rule(
    name="same_base",
    words={"en": "powers of the same base, {statement}", "ja": "同じ底のべき乗をまとめる: {statement}"},
    apply=everywhere(_same_base),
    statement=sp.Eq(
        sp.Mul(_P**_C, _P ** sp.Symbol("b", nonnegative=True), evaluate=False),
        _P ** (_C + sp.Symbol("b", nonnegative=True)),
        evaluate=False,
    ),
    examples=(Example(sp.Mul(_r.base ** (1 - _r.base), 1 / _r.base), _CONTEXT),),
    counters=(Example(sp.Mul(_b.base[_i] ** (1 - _r.base), _b.base[_i] ** (-2), evaluate=False), _CONTEXT),),
    lemma="pow_add",
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

RULES = (
    SPLIT_PRODUCT,
    CONSTANT_PRODUCT,
    PRODUCT_OF_EXPONENTIALS,
    COMMON_EXPONENT,
    POWER_OF_PRODUCT,
    SAME_BASE,
    SWAP_PRODUCTS,
    PRODUCT_OF_POWERS,
)
