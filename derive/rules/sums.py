"""Sums of symbolic length: linearity, order, the Kronecker delta, sums that the context knows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import sympy as sp

from derive.algebra.binding import free_symbols, substitute
from derive.algebra.context import (
    BINARY,
    NONNEGATIVE,
    REAL,
    Context,
    Definition,
    IndexRange,
    SumFact,
    Variable,
    array,
    index,
    key,
    scalar,
    size,
)
from derive.algebra.matrices import InverseEntry
from derive.algebra.naming import readable
from derive.algebra.normal_form import are_equal
from derive.algebra.scope import Scope
from derive.algebra.signs import is_nonnegative
from derive.rules.places import everywhere
from derive.rules.rule import Example, Rewrite, Rule

_N, _K = size("N"), size("K")
_i, _j, _k = index("i"), index("j"), index("k")
_a, _b = array("a", [_K], REAL), array("b", [_K], REAL)
_t = array("t", [_N, _K], BINARY)
_scale = scalar("c", REAL)
_c = _scale.base
_COUNTS = Variable(sp.IndexedBase("t", nonnegative=True, integer=True), NONNEGATIVE, (_K,))
_CONTEXT = Context(
    sizes=(_N, _K),
    variables=(_a, _b, _t, _scale),
    indices=(IndexRange(_j, sp.S.One, _K),),
    facts=(SumFact(_t, 1, sp.S.One),),
)


def _linear(expr: sp.Expr, _: Context) -> Rewrite | None:
    if not isinstance(expr, sp.Sum):
        return None
    variable, lower, upper = expr.limits[0]
    body = _multiplied_out(expr.function)
    if any(isinstance(f, InverseEntry) for f in sp.Mul.make_args(expr.function)):
        body = expr.function  # a quadratic form stays together: Σ_a Σ_b (x_a − μ_a)(Σ⁻¹)_ab(x_b − μ_b)
        bound = [v for v, _, _ in expr.limits]
        if not any(f.free_symbols.isdisjoint(bound) for f in sp.Mul.make_args(body)):
            return None
    terms = []
    for term in sp.Add.make_args(body):
        outside, inside = term.as_independent(variable, as_Add=False)
        length = upper - lower + 1
        terms.append(outside * (length if inside == 1 else sp.Sum(inside, expr.limits[0])))
    if len(terms) == 1 and terms[0].is_Atom is False and terms[0] == sp.Sum(body, expr.limits[0]):
        return None
    result = sp.Add(*terms)
    return Rewrite(sp.Sum(result, *expr.limits[1:]) if len(expr.limits) > 1 else result)


def _multiplied_out(expr: sp.Expr) -> sp.Expr:
    """Products with sums, multiplied out; functions, and what stands below a fraction, stay as they are written."""
    if expr.is_Add:
        return sp.Add(*(_multiplied_out(term) for term in expr.args))
    if isinstance(expr, sp.Sum):
        return sp.Sum(_multiplied_out(expr.function), *expr.limits)
    if not expr.is_Mul or expr.has(InverseEntry):
        return expr
    inner = sp.Mul(*(_multiplied_out(f) for f in expr.args))
    after = sp.expand_mul(inner, deep=False)
    return _multiplied_out(after) if after.is_Add else after


def _separate(expr: sp.Expr, context: Context) -> Rewrite | None:
    """Linearity where it parts data from parameters: in Σ_i (x_i − μ), but not in Σ_i (x_i − μ)/(1 + x_i μ)."""
    found = _linear(expr, context)
    if found is None:
        return None
    bound = {v for v, _, _ in expr.limits}
    for series in found.after.atoms(sp.Sum):
        names = {s for s in free_symbols(series.function) if s not in bound and s not in context.sizes}
        loose = [e for e in series.function.atoms(sp.Indexed) if not free_symbols(e) & bound]
        if loose or series.function.has(sp.Sum) or any(context.variable(s) is not None for s in names):
            return None
    return found


def _collapse(expr: sp.Expr, context: Context) -> Rewrite | None:
    """Σ_k δ_{jk} f_k = f_j, also for the inner ones of several sums."""
    if not isinstance(expr, sp.Sum):
        return None
    scope = Scope(context, lambda e, _: e)
    for n, (variable, lower, upper) in enumerate(expr.limits):
        for delta in sorted(expr.function.atoms(sp.KroneckerDelta), key=str):
            if variable not in delta.args or not _is_factor(expr.function, delta):
                continue
            other = delta.args[1] if delta.args[0] == variable else delta.args[0]
            within = scope.inside(*(limit for m, limit in enumerate(expr.limits) if m != n))
            reach = within.range_of(other)
            if reach is None or not _lies_in(reach, (lower, upper), within.context):
                continue
            body = substitute(expr.function.xreplace({delta: sp.S.One}), {variable: other})
            rest = [limit for m, limit in enumerate(expr.limits) if m != n]
            return Rewrite(sp.Sum(body, *rest) if rest else body)
    return None


def _is_factor(body: sp.Expr, delta: sp.Expr) -> bool:
    """Whether δ multiplies the whole body, so that the sum has one term only."""
    return all(delta in sp.Mul.make_args(term) for term in sp.Add.make_args(body))


def _lies_in(reach: tuple[sp.Expr, sp.Expr], bounds: tuple[sp.Expr, sp.Expr], context: Context) -> bool:
    return is_nonnegative(sp.expand(reach[0] - bounds[0]), context) and is_nonnegative(
        sp.expand(bounds[1] - reach[1]), context
    )


def _use_fact(expr: sp.Expr, context: Context) -> Rewrite | None:
    """Σ_k t_{ik} = 1, also under further sums and with factors that do not depend on k."""
    if not isinstance(expr, sp.Sum):
        return None
    for fact in context.facts:
        for n, limit in enumerate(expr.limits):
            outside, inside = expr.function.as_independent(limit[0], as_Add=False)
            if not isinstance(inside, sp.Indexed) or key(inside) != fact.variable.key:
                continue
            axes = [m for m, i in enumerate(inside.indices) if limit[0] in i.free_symbols]
            if axes != [fact.axis] or inside.indices[fact.axis] != limit[0] or tuple(limit[1:]) != fact.limits:
                continue
            body = outside * fact.total
            rest = [other for m, other in enumerate(expr.limits) if m != n]
            return Rewrite(sp.Sum(body, *rest) if rest else body, (fact.equation(),))
    return None


def _count(expr: sp.Expr, _: Context) -> Rewrite | None:
    """Σ_{i=1}^{N} c = N·c."""
    if not isinstance(expr, sp.Sum) or expr.limits[0][0] in expr.function.free_symbols:
        return None
    _, lower, upper = expr.limits[0]
    body = expr.function * (upper - lower + 1)
    return Rewrite(sp.Sum(body, *expr.limits[1:]) if len(expr.limits) > 1 else body)


def _fold(expr: sp.Expr, context: Context) -> Rewrite | None:
    """Write the name for what it stands for, Σ_i t_{ik} = t_k, also for some of the factors of a product."""
    for definition in context.definitions:
        for indices in _instances(definition, expr):
            value = readable(substitute(definition.value, dict(zip(definition.indices, indices, strict=True))))
            head = definition.variable.base[indices] if indices else definition.head
            if value == readable(expr) or _same_rational(value, expr, context):
                return Rewrite(head)
            if isinstance(value, sp.exp) and isinstance(expr, sp.exp):  # e^{−2z} = λ^{−2} where λ = e^z
                times = expr.args[0] / value.args[0]
                if times.is_number:
                    return Rewrite(head**times)
            own = value.atoms(sp.Indexed)
            parts = [f for f in sp.Mul.make_args(expr) if f.atoms(sp.Indexed) & own]
            if own and 0 < len(parts) < len(sp.Mul.make_args(expr)) and _same_rational(value, sp.Mul(*parts), context):
                return Rewrite(head * sp.Mul(*(f for f in sp.Mul.make_args(expr) if f not in parts)))
            mine, whole = sp.Mul.make_args(value), sp.Mul.make_args(readable(expr))
            if len(mine) > 1 and set(mine) < set(whole):
                return Rewrite(head * sp.Mul(*(f for f in whole if f not in mine)))
    return None


def _same_rational(value: sp.Expr, expr: sp.Expr, context: Context) -> bool:
    """Whether two rational functions of exponentials agree, as e^z/(e^z + 1) and 1/(1 + e^{-z}) do."""
    if not value.has(sp.exp) or value.atoms(sp.Indexed, sp.Symbol) != expr.atoms(sp.Indexed, sp.Symbol):
        return False
    return are_equal(value, expr, context.without(*(d.variable.key for d in context.definitions)))


def _instances(definition: Definition, expr: sp.Expr) -> Iterator[tuple[sp.Expr, ...]]:
    """The choices of free indices for which an expression could hold the value of a definition."""
    if expr.func == definition.value.func or (expr.is_Mul and (definition.value.is_Pow or definition.value.is_Mul)):
        found = sorted((s for s in free_symbols(expr) if s.is_integer), key=str)
        yield from permutations(found, len(definition.indices))


def _pull_out(expr: sp.Expr, _: Context) -> Rewrite | None:
    """Σ_k c·f_k = c·Σ_k f_k, where c may be the −1 that all terms share."""
    if not isinstance(expr, sp.Sum):
        return None
    body = sp.factor_terms(expr.function, sign=True) if expr.function.is_Add else expr.function
    if body.is_Add and all(t.could_extract_minus_sign() for t in body.args):
        body = sp.Mul(-1, sp.Add(*(-t for t in body.args)), evaluate=False)
    bound = [v for v, _, _ in expr.limits]
    outside, inside = sp.Mul(*(f for f in sp.Mul.make_args(body) if not f.has(*bound))), sp.S.One
    for f in sp.Mul.make_args(body):
        inside *= f if f.has(*bound) else 1
    if outside == 1 or inside == 1:
        return None
    return Rewrite(outside * sp.Sum(inside, *expr.limits))


LINEAR = Rule(
    name="sum_is_linear",
    words={"en": "sums are linear, {statement}", "ja": "和の線形性により {statement}"},
    apply=everywhere(_linear),
    statement=sp.Eq(
        sp.Sum(_c * _a.base[_k] + _b.base[_k], (_k, 1, _K)),
        _c * sp.Sum(_a.base[_k], (_k, 1, _K)) + sp.Sum(_b.base[_k], (_k, 1, _K)),
        evaluate=False,
    ),
    examples=(Example(sp.Sum(_c * _a.base[_k] + _b.base[_k] + 2, (_k, 1, _K)), _CONTEXT),),
    lemma="sum_linear",
)

SEPARATE = Rule(
    name="separate",
    words={"en": "sums are linear: data and parameters part", "ja": "和の線形性により、データとパラメータを分ける"},
    apply=everywhere(_separate),
    examples=(Example(sp.Sum(_a.base[_k] - _c, (_k, 1, _K)), _CONTEXT),),
    counters=(Example(sp.Sum((_a.base[_k] - _c) / (1 + _c**2 * _a.base[_k] ** 2), (_k, 1, _K)), _CONTEXT),),
    lemma="sum_linear",
)

PULL_OUT = Rule(
    name="constant_factor",
    words={"en": "a common factor goes in front of the sum", "ja": "共通の因子を和の前に出す"},
    apply=everywhere(_pull_out),
    examples=(
        Example(sp.Sum(_c * _a.base[_k], (_k, 1, _K)), _CONTEXT),
        Example(sp.Sum(-_a.base[_k] - _b.base[_k], (_k, 1, _K)), _CONTEXT),
    ),
    counters=(Example(sp.Sum(_a.base[_k] * _b.base[_k], (_k, 1, _K)), _CONTEXT),),
    lemma="sum_scal",
)

COLLAPSE = Rule(
    name="delta_collapse",
    words={
        "en": "the index lies in the range of the sum, so one term is left: {statement}",
        "ja": "添字は和の範囲にあるので、一つの項だけが残る: {statement}",
    },
    apply=everywhere(_collapse),
    statement=sp.Eq(sp.Sum(sp.KroneckerDelta(_j, _k) * _a.base[_k], (_k, 1, _K)), _a.base[_j], evaluate=False),
    examples=(Example(sp.Sum(sp.KroneckerDelta(_j, _k) * _a.base[_k], (_k, 1, _K)), _CONTEXT),),
    counters=(
        Example(sp.Sum(sp.KroneckerDelta(_j, _k) * _a.base[_k], (_k, 1, _K - 1)), _CONTEXT),
        Example(sp.Sum(sp.KroneckerDelta(_j, _k) + _a.base[_k], (_k, 1, _K)), _CONTEXT),
    ),
    lemma="sum_delta",
)

SUM_FACT = Rule(
    name="known_sum",
    words={"en": "because {given}", "ja": "{given} なので"},
    apply=everywhere(_use_fact),
    examples=(Example(sp.Sum(_t.base[_i, _k], (_k, 1, _K), (_i, 1, _N)), _CONTEXT),),
    counters=(Example(sp.Sum(_t.base[_i, _k], (_k, 1, _K - 1)), _CONTEXT),),
    lemma="sum_fact",
)

COUNT_TERMS = Rule(
    name="sum_of_constant",
    words={"en": "a sum of equal terms", "ja": "同じ項の和"},
    apply=everywhere(_count),
    examples=(Example(sp.Sum(_c, (_i, 1, _N)), _CONTEXT),),
    lemma="sum_const",
)

FOLD = Rule(
    name="by_definition",
    words={"en": "by definition", "ja": "定義より"},
    apply=everywhere(_fold),
    examples=(
        Example(
            sp.Sum(_t.base[_i, _j], (_i, 1, _N)),
            _CONTEXT.extended(definitions=[Definition(_COUNTS, (_k,), sp.Sum(_t.base[_i, _k], (_i, 1, _N)))]),
        ),
    ),
)

RULES = (LINEAR, SEPARATE, PULL_OUT, COLLAPSE, SUM_FACT, COUNT_TERMS, FOLD)
