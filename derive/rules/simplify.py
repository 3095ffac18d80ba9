"""Simpler writing without multiplying out: common factors cancel, leading terms are positive, fractions are plain.

−(2Nμ − 2 Σ x_i)/(2σ²) becomes (Σ x_i − Nμ)/σ², Σ 2(μ − x_i) becomes −2 Σ (x_i − μ), and a fraction inside a denominator
is multiplied out of it. Of several ways to write an expression the one with the fewest operations is kept.
"""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from derive.algebra import rational
from derive.algebra.context import POSITIVE, REAL, Context, array, index, scalar, size
from derive.algebra.naming import readable, samples_outermost
from derive.algebra.normal_form import TooLargeError, normal
from derive.rules.rule import Example, Rewrite, Rule

#: Longer expressions are not brought to their normal form to see whether that is shorter.
MAX_OPERATIONS = 40
#: Longer ones are not written as one fraction.
MAX_FRACTION = 120
#: What is multiplied out for it is kept only where it is so much shorter.
MUCH = 0.75

_N, _i = size("N"), index("i")
_x, _m, _s = array("x", [_N], REAL), scalar("mu", REAL), scalar("sigma", POSITIVE)
_CONTEXT = Context(sizes=(_N,), variables=(_x, _m, _s))


def _simplify(expr: sp.Expr, context: Context) -> Rewrite | None:
    if expr.has(sp.Derivative, sp.Integral):
        return None
    here = _tidy(_multiplied(expr))
    other = min((_tidy(way) for way in _normal(expr, context)), key=cost, default=here)
    best = other if cost(other) <= MUCH * cost(here) else here
    best = readable(best, taken=context.declared)
    return Rewrite(best) if cost(best) < cost(expr) else None


def cost(expr: sp.Basic) -> int:
    """How long an expression is to read: its operations, and what stands below a fraction inside a fraction."""
    nested = sum(
        1
        for power in expr.atoms(sp.Pow)
        if power.exp.is_number and power.exp.is_negative and any(map(_denominator_of, sp.Add.make_args(power.base)))
    )
    return int(expr.count_ops()) + 2 * nested


def _multiplied(expr: sp.Expr) -> sp.Expr:
    """Products with sums multiplied out, one level deep, where then terms cancel."""
    for term in sp.Add.make_args(expr) if expr.is_Add else ():
        whole = expr - term + sp.expand_mul(term, deep=False)
        if term.is_Mul and len(sp.Add.make_args(whole)) <= len(expr.args) and cost(whole) < cost(expr):
            return _multiplied(whole)
    return expr


def _normal(expr: sp.Expr, context: Context) -> list[sp.Expr]:
    """The normal form, where it brings in nothing new: no e^{Σ…} as a product, no factorial as a gamma function."""
    if expr.count_ops() > MAX_OPERATIONS or expr.has(sp.Product) or _has_fractions_of_sums(expr):
        return []
    try:
        form = normal(_hidden(expr), context.without(*(d.variable.key for d in context.definitions)))
    except (TooLargeError, NotImplementedError):
        return []
    form = samples_outermost(_shown(form))
    if not _heads(form) <= _heads(expr):
        return []
    top, bottom = rational.fraction(form)
    return [form, rational.factored(top) / rational.factored(bottom), sp.factor_terms(form)]


def _has_fractions_of_sums(expr: sp.Expr) -> bool:
    """Whether a sum runs over fractions with several terms below: multiplied out, they fill a page."""
    return any(p.exp.is_negative and p.base.is_Add for s in expr.atoms(sp.Sum) for p in s.function.atoms(sp.Pow))


#: Logarithms that stay in one piece, and what stands for them meanwhile.
_WHOLE = {f: sp.Function(f"_log_{f.__name__}", real=True) for f in (sp.factorial, sp.binomial, sp.gamma)}


def _hidden(expr: sp.Expr) -> sp.Expr:
    """log(x!) and log C(n, x) as functions of their own."""
    logs = (e for e in expr.atoms(sp.log) if type(e.args[0]) in _WHOLE)
    return expr.xreplace({e: _WHOLE[type(e.args[0])](*e.args[0].args) for e in logs})


def _shown(expr: sp.Expr) -> sp.Expr:
    for function, name in _WHOLE.items():
        expr = expr.xreplace({e: sp.log(function(*e.args)) for e in expr.atoms(name)})
    return expr


def _heads(expr: sp.Expr) -> set[type[sp.Basic]]:
    return {type(e) for e in expr.atoms(sp.Function, sp.Sum, sp.Product, sp.KroneckerDelta)}


def _tidy(expr: sp.Expr) -> sp.Expr:
    if expr.is_Add:  # a term keeps its minus: −(N − Σ x_i)/(1 − θ)
        whole = _terms_tidied(expr)
        if whole.is_Add:
            return whole
        expr = whole
    return _oriented(*_parts(expr))


def _parts(expr: sp.Expr) -> tuple[sp.Rational, sp.Expr]:
    """A rational number and what it is multiplied by."""
    if expr.is_Rational:
        return (expr, sp.S.One) if expr != 0 else (sp.S.One, sp.S.Zero)
    if expr.is_Mul:
        pairs = [_parts(f) for f in expr.args]
        plain = _without_nested(_same_bases(sp.Mul(*(_outside(rest) for _, rest in pairs))))
        number, rest = plain.as_coeff_Mul(rational=True)
        return sp.Mul(number, *(c for c, _ in pairs)), rest
    if expr.is_Pow and expr.exp.is_Integer and expr.base.is_Add:
        number, base = _parts(expr.base)
        if expr.exp.is_even and base.is_Add and _is_turned(base):
            base = -base
        return number**expr.exp, _without_nested(base**expr.exp)
    if isinstance(expr, sp.exp):
        return sp.S.One, sp.exp(_tidy_exponent(expr.args[0]))
    if expr.is_Add:
        whole = sp.Add(*(_tidy(term) for term in expr.args))
        if not whole.is_Add:
            return _parts(whole)
        number, rest = whole.primitive()
        negative = all(t.could_extract_minus_sign() for t in rest.args)
        return (-number, sp.Add(*(-t for t in rest.args))) if negative else (number, rest)
    if isinstance(expr, sp.Sum):
        return _sum_parts(expr)
    return sp.S.One, expr


def _sum_parts(expr: sp.Sum) -> tuple[sp.Rational, sp.Expr]:
    bound = [v for v, _, _ in expr.limits]
    number, body = _parts(_one_fraction(expr.function))
    factors = sp.Mul.make_args(body)
    if body.is_Add:
        common = _common_factors(body, bound)
        factors = (common, sp.Add(*(term / common for term in body.args)))
    outside = sp.Mul(*(f for f in factors if not f.has(*bound)))
    inside = sp.Mul(*(f for f in factors if f.has(*bound)))
    if inside == 1:
        return number, outside * sp.Sum(1, *expr.limits)
    return number, outside * sp.Sum(inside, *expr.limits)


def _outside(factor: sp.Expr) -> sp.Expr:
    """μ/β² − x/β² as (μ − x)/β², inside a product."""
    if not factor.is_Add:
        return factor
    common = _common_factors(factor, [])
    return sp.Mul(common, sp.Add(*(term / common for term in factor.args)))


def _same_bases(expr: sp.Expr) -> sp.Expr:
    """λ^{−c}/λ as λ^{−c−1}."""
    exponents: dict[sp.Expr, sp.Expr] = {}
    for factor in sp.Mul.make_args(expr):
        base, exponent = factor.as_base_exp()
        exponents[base] = exponents.get(base, sp.S.Zero) + exponent
    return sp.Mul(*(sp.Pow(base, exponent) for base, exponent in exponents.items()))


def _common_factors(total: sp.Expr, bound: list[sp.Symbol]) -> sp.Expr:
    """The powers, free of the bound indices, that all terms share."""
    shared: dict[sp.Expr, sp.Expr] | None = None
    for term in total.args:
        powers = {}
        for factor in sp.Mul.make_args(term):
            base, exponent = factor.as_base_exp()
            if exponent.is_Integer and not base.is_Number and not base.has(*bound):
                powers[base] = exponent
        if shared is None:
            shared = powers
        shared = {
            base: min(e, powers[base], key=abs) for base, e in shared.items() if powers.get(base, sp.S.Zero) * e > 0
        }
    return sp.Mul(*(base**e for base, e in (shared or {}).items()))


@lru_cache(maxsize=1024)
def _one_fraction(body: sp.Expr) -> sp.Expr:
    """Fractions inside a sum as one, where that is shorter."""
    if not any(map(_denominator_of, (t for a in (body, *body.atoms(sp.Add)) for t in sp.Add.make_args(a)))):
        return body
    if int(body.count_ops()) > MAX_FRACTION:
        return body
    plain, names = _opaque(body)
    top, bottom = rational.fraction(plain)
    if bottom == 1:
        return body
    one = (rational.factored(top) / rational.factored(bottom)).xreplace(names)
    return one if cost(_terms_tidied(one)) < cost(_terms_tidied(body)) else body


def _opaque(body: sp.Expr) -> tuple[sp.Expr, dict[sp.Basic, sp.Basic]]:
    """Differences μ − x, and e^{c·u} as the power c of e^u, as names: they stay in one piece."""
    there: dict[sp.Basic, sp.Basic] = {}
    back: dict[sp.Basic, sp.Basic] = {}
    for e in sorted(body.atoms(sp.Add), key=sp.default_sort_key):
        atoms = [t if not t.could_extract_minus_sign() else -t for t in e.args]
        if len(atoms) == 2 and _flipped(e) is not None and all(t.is_Symbol or isinstance(t, sp.Indexed) for t in atoms):
            straight = -e if _is_turned(e) else e
            name = sp.Symbol(f"_{straight}", real=True)
            there[e], back[name] = name if straight == e else -name, straight
    body = body.xreplace(there)
    there.clear()
    for e in sorted(body.atoms(sp.exp), key=sp.default_sort_key):
        number, exponent = e.args[0].as_coeff_Mul(rational=True)
        if exponent.could_extract_minus_sign():
            number, exponent = -number, -exponent
        if number.is_Integer:
            name = sp.Symbol(f"_exp({exponent})", positive=True)
            there[e], back[name] = name**number, sp.exp(exponent.xreplace(back))
    return body.xreplace(there), back


def _is_turned(difference: sp.Expr) -> bool:
    """Whether a difference that is squared would be written the other way round: x − μ, 1 − θ."""
    if _flipped(difference) is None or any(t.is_number for t in difference.args):
        return False
    turned: bool = not difference.could_extract_minus_sign()
    return turned


def _terms_tidied(expr: sp.Expr) -> sp.Expr:
    return sp.Add(*(sp.Mul(*_parts(term)) for term in sp.Add.make_args(expr)))


def _tidy_exponent(expr: sp.Expr) -> sp.Expr:
    """μ/β − x/β as (μ − x)/β."""
    if not expr.is_Add:
        return expr
    whole = sp.factor_terms(expr)
    return whole if whole.is_Mul and not isinstance(whole, sp.Sum) and cost(whole) < cost(expr) else expr


def _denominator_of(term: sp.Expr) -> bool:
    return bool(_denominator(term) != 1)


def _denominator(term: sp.Expr) -> sp.Expr:
    """What a term is divided by: powers with negative exponents, exponentials of something negative."""
    below = []
    for factor in sp.Mul.make_args(term):
        if isinstance(factor, sp.exp):
            if factor.args[0].could_extract_minus_sign():
                below.append(sp.exp(-factor.args[0]))
        elif factor.is_Pow and factor.exp.is_Integer and factor.exp.is_negative:
            below.append(1 / factor)
    return sp.Mul(*below)


def _without_nested(expr: sp.Expr) -> sp.Expr:
    """x/(1 + a/b) = b·x/(b + a), and e^{−u}/(1 + e^{−u}) = 1/(e^u + 1), where that is shorter."""
    for factor in sp.Mul.make_args(expr):
        if not (factor.is_Pow and factor.exp.is_Integer and factor.exp.is_negative and factor.base.is_Add):
            continue
        rest = sp.Mul(*(f for f in sp.Mul.make_args(expr) if f != factor))
        for multiple in _multiples(factor.base):
            base = sp.Add(*(term * multiple for term in factor.base.args))
            whole = rest * multiple ** (-factor.exp) * base**factor.exp
            if cost(whole) < cost(expr):
                return _without_nested(whole)
    return expr


def _multiples(total: sp.Expr) -> list[sp.Expr]:
    """By what a sum can be multiplied to have no denominators, or one exponential less."""
    below = [_denominator(t) for t in total.args]
    plain = sp.lcm_list([d for d in below if not d.has(sp.exp, sp.Sum)] or [sp.S.One])
    powers = [sp.exp(-e.args[0]) for t in total.args for e in sp.Mul.make_args(t) if isinstance(e, sp.exp)]
    return [m for m in (plain, *powers) if m != 1]


def _oriented(number: sp.Rational, rest: sp.Expr) -> sp.Expr:
    """number · rest; a minus goes into a difference, so that what leads is positive."""
    factors = list(sp.Mul.make_args(rest))
    for n, factor in enumerate(factors) if number.is_negative else ():
        other = _flipped(factor)
        if other is not None:
            return sp.Mul(-number, *factors[:n], other, *factors[n + 1 :])
    return sp.Mul(number, rest)


def _flipped(factor: sp.Expr) -> sp.Expr | None:
    """A difference, or a sum of differences, with the opposite sign; None for what has no such form."""
    if factor.is_Add:
        signs = {t.as_coeff_Mul()[0].is_negative for t in factor.args}
        return -factor if len(signs) == 2 else None
    if isinstance(factor, sp.Sum):
        inner = sp.Mul.make_args(factor.function)
        for n, f in enumerate(inner):
            other = _flipped(f)
            if other is not None:
                return sp.Sum(sp.Mul(*inner[:n], other, *inner[n + 1 :]), *factor.limits)
    return None


SIMPLIFY = Rule(
    name="simplify",
    words={"en": "simplify", "ja": "式を簡単にする"},
    apply=_simplify,
    examples=(
        Example(-(2 * _N * _m.base - 2 * sp.Sum(_x.base[_i], (_i, 1, _N))) / (2 * _s.base**2), _CONTEXT),
        Example(-sp.Sum(2 * _m.base - 2 * _x.base[_i], (_i, 1, _N)) / (2 * _s.base**2), _CONTEXT),
        Example(_m.base / (1 + _m.base**2 / _s.base**2), _CONTEXT),
    ),
    counters=(Example((sp.Sum(_x.base[_i], (_i, 1, _N)) - _N * _m.base) / _s.base**2, _CONTEXT),),
)

RULES = (SIMPLIFY,)
