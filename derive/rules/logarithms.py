"""The rules of the logarithm, each with the positivity that it needs."""

from __future__ import annotations

import sympy as sp

from derive.algebra.context import NONNEGATIVE, POSITIVE, REAL, Context, array, index, scalar, size
from derive.algebra.signs import NEGATIVE, sign
from derive.rules.places import everywhere, positivity
from derive.rules.rule import Example, Rewrite, Rule

_a, _b, _c = scalar("a", POSITIVE), scalar("b", POSITIVE), scalar("c", REAL)
_A, _B = sp.Symbol("a", positive=True), sp.Symbol("b", positive=True)
_K, _k = size("K"), index("k")
_y, _t = array("y", [_K], NONNEGATIVE), array("t", [_K], NONNEGATIVE)
_CONTEXT = Context(sizes=(_K,), variables=(_a, _b, _c, _y, _t))


def _is_denominator(factor: sp.Expr) -> bool:
    return isinstance(factor, sp.Pow) and factor.exp.could_extract_minus_sign() and factor.exp.is_number


def _log_of_quotient(expr: sp.Expr, context: Context) -> Rewrite | None:
    if not isinstance(expr, sp.log):
        return None
    top, bottom = _fraction(expr.args[0])
    if bottom == 1 or bottom.is_number or not any(_is_denominator(f) for f in sp.Mul.make_args(expr.args[0])):
        return None
    if sign(top, context) == sign(bottom, context) == NEGATIVE:
        top, bottom = -top, -bottom
    given = _all_positive([top, bottom], context)
    return None if given is None else Rewrite(sp.log(top) - sp.log(bottom), given)


def _fraction(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Numerator and denominator, with √(2π) below where SymPy writes √2/(2√π)."""
    numbers = [f for f in sp.Mul.make_args(expr) if f.is_Rational or (f.is_Pow and f.base.is_Rational)]
    square = sp.Mul(*numbers) ** 2
    if square.is_Rational and square.is_positive and any(f.is_Pow for f in numbers):
        top, bottom = sp.fraction(sp.Mul(*(f for f in sp.Mul.make_args(expr) if f not in numbers)))
        return sp.sqrt(square.p) * top, sp.sqrt(square.q) * bottom
    found: tuple[sp.Expr, sp.Expr] = sp.fraction(expr)
    return found


def _log_of_product(expr: sp.Expr, context: Context) -> Rewrite | None:
    if not isinstance(expr, sp.log):
        return None
    argument = expr.args[0]
    if isinstance(argument, sp.Product):
        given = positivity(argument.function, context.inside(*argument.limits))
        return None if given is None else Rewrite(sp.Sum(sp.log(argument.function), *argument.limits), given)
    if isinstance(argument, sp.Mul):
        given = _all_positive(list(argument.args), context)
        return None if given is None else Rewrite(sp.Add(*(sp.log(f) for f in argument.args)), given)
    return None


def _log_of_power(expr: sp.Expr, context: Context) -> Rewrite | None:
    if not isinstance(expr, sp.log) or not isinstance(expr.args[0], sp.Pow):
        return None
    base, exponent = expr.args[0].as_base_exp()
    given = positivity(base, context)
    return None if given is None else Rewrite(sp.Mul(*_factors(exponent), sp.log(base)), given)


def _factors(exponent: sp.Expr) -> tuple[sp.Expr, ...]:
    """−ν/2 − 1/2 as −1/2 times ν + 1."""
    if not exponent.is_Add:
        return (exponent,)
    number, rest = exponent.primitive()
    if all(term.could_extract_minus_sign() for term in rest.args):
        number, rest = -number, sp.Add(*(-term for term in rest.args))
    return number, rest


def _log_of_exp(expr: sp.Expr, _: Context) -> Rewrite | None:
    if isinstance(expr, sp.log) and isinstance(expr.args[0], sp.exp):
        return Rewrite(expr.args[0].args[0])
    return None


def _all_positive(factors: list[sp.Expr], context: Context) -> tuple[sp.Rel, ...] | None:
    given: dict[sp.Rel, None] = {}
    for factor in factors:
        needed = positivity(factor, context)
        if needed is None:
            return None
        given.update(dict.fromkeys(needed))
    return tuple(given)


LOG_OF_PRODUCT = Rule(
    name="log_of_product",
    words={
        "en": "the logarithm turns a product into a sum, {statement}",
        "ja": "対数の公式 {statement} により、積の対数を和に直す",
    },
    apply=everywhere(_log_of_product),
    statement=sp.Eq(sp.log(_A * _B), sp.log(_A) + sp.log(_B), evaluate=False),
    examples=(
        Example(sp.log(_A * _B), _CONTEXT),
        Example(sp.log(sp.Product(_y.base[_k] ** _t.base[_k], (_k, 1, _K))), _CONTEXT),
    ),
    counters=(Example(sp.log(_c.base * _A), _CONTEXT),),
    lemma="ln_prod",
)

LOG_OF_QUOTIENT = Rule(
    name="log_of_quotient",
    words={
        "en": "the logarithm turns a quotient into a difference, {statement}",
        "ja": "対数の公式 {statement} により、商の対数を差に直す",
    },
    apply=everywhere(_log_of_quotient),
    statement=sp.Eq(sp.log(_A / _B), sp.log(_A) - sp.log(_B), evaluate=False),
    examples=(Example(sp.log(_A / _B), _CONTEXT),),
    counters=(Example(sp.log(_A / _c.base), _CONTEXT),),
    lemma="ln_div",
)

LOG_OF_POWER = Rule(
    name="log_of_power",
    words={
        "en": "the exponent comes down in front of the logarithm, {statement}",
        "ja": "対数の公式 {statement} により、指数を前に下ろす",
    },
    apply=everywhere(_log_of_power),
    statement=sp.Eq(sp.log(_A ** sp.Symbol("b", real=True)), sp.Symbol("b", real=True) * sp.log(_A), evaluate=False),
    examples=(
        Example(sp.log(_A**_c.base), _CONTEXT),
        Example(sp.Sum(sp.log(_y.base[_k] ** _t.base[_k]), (_k, 1, _K)), _CONTEXT),
    ),
    counters=(Example(sp.log(_c.base**2), _CONTEXT),),
    lemma="ln_pow",
)

LOG_OF_EXP = Rule(
    name="log_of_exp",
    words={"en": "the logarithm undoes the exponential, {statement}", "ja": "対数は指数関数の逆関数なので {statement}"},
    apply=everywhere(_log_of_exp),
    statement=sp.Eq(
        sp.log(sp.exp(sp.Symbol("a", real=True), evaluate=False), evaluate=False),
        sp.Symbol("a", real=True),
        evaluate=False,
    ),
    examples=(Example(sp.log(sp.exp(_c.base), evaluate=False), _CONTEXT),),
    lemma="ln_exp",
)

RULES = (LOG_OF_QUOTIENT, LOG_OF_PRODUCT, LOG_OF_POWER, LOG_OF_EXP)
