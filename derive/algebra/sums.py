"""Sums in normal form: linearity, δ collapse, known sums, short sums written out, connected factors, canonical names.

A sum over several indices is a product of sums over groups of indices that occur together; within a group the bound
variables have canonical names (`_1` innermost), so that equal sums are equal as data.
"""

from __future__ import annotations

from itertools import permutations

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from derive.algebra import series
from derive.algebra.binding import apart, apart_name, free_symbols, named_by_depth, rebuild, rename_apart, substitute
from derive.algebra.context import Context, SumFact, key
from derive.algebra.contraction import contract
from derive.algebra.matrices import SquareMatrix, symmetric
from derive.algebra.scope import Limits, Scope
from derive.algebra.signs import is_nonnegative

#: Sums with at most this many terms are written out.
SHORT = 64
#: With more bound variables than this in one group, their order is not canonicalised.
MAX_PERMUTED = 4


def of_sum(expr: sp.Sum, scope: Scope) -> sp.Expr:
    """The normal form of a sum, its innermost index first."""
    outer = [(v, a, b) for v, a, b in expr.limits]
    scopes = [scope]
    for limit in reversed(outer):
        scopes.append(scopes[-1].inside(limit))
    scopes.reverse()  # scopes[n] is inside the limits n, n+1, …
    body = expr.function if is_short(outer[0]) else scope.visit(expr.function, scopes[0])
    for n, (v, a, b) in enumerate(outer):
        body = over(body, (v, scope.visit(a, scopes[n + 1]), scope.visit(b, scopes[n + 1])), scopes[n + 1])
    return body


def is_short(limits: Limits) -> bool:
    """Whether a range has a known, small number of values."""
    _, lower, upper = limits
    return bool(lower.is_Integer and upper.is_Integer and upper - lower < SHORT)


def values(limits: Limits) -> range:
    """The values of an index over a short range."""
    _, lower, upper = limits
    return range(int(lower), int(upper) + 1)


def over(body: sp.Expr, limits: Limits, scope: Scope) -> sp.Expr:
    """Σ over one index of a normal body, in the scope outside that sum."""
    variable, lower, upper = limits
    if is_short(limits):
        return sp.Add(
            *(scope.visit(apart(body, scope.context, {variable: sp.Integer(n)}), scope) for n in values(limits))
        )
    if lower.is_Integer and upper.is_Integer and upper < lower:
        return sp.S.Zero
    known = series.of_series(body, limits, scope) if lower.is_Integer else None
    if known is not None:
        return known
    aligned = _aligned(body, limits)
    if aligned is not None:
        body, limits = scope.visit(aligned[0], scope.inside(aligned[1])), aligned[1]
        variable, lower, upper = limits
    ends = _ends(limits)
    body = angles_apart(body, [variable])
    result = [_of_term(term, (variable, lower, ends[0]), scope) for term in sp.Add.make_args(body)]
    for sign, place in ends[1]:
        result.append(sign * scope.visit(apart(body, scope.context, {variable: place}), scope))
    return sp.Add(*result)


def angles_apart(body: sp.Expr, bound: list[sp.Symbol]) -> sp.Expr:
    """sin(μ − x_i) = sin μ cos x_i − cos μ sin x_i where that is a factor: what is free of the index comes apart."""
    terms = []
    for term in sp.Add.make_args(body):
        factors = [_angles(factor, bound) for factor in sp.Mul.make_args(term)]
        changed = any(new != old for new, old in zip(factors, sp.Mul.make_args(term), strict=True))
        terms.append(sp.expand_mul(sp.Mul(*factors)) if changed else term)
    return sp.Add(*terms)


def _angles(factor: sp.Expr, bound: list[sp.Symbol]) -> sp.Expr:
    if not isinstance(factor, (sp.sin, sp.cos)):
        return factor
    free, own = factor.args[0].as_independent(*bound, as_Add=True)
    if free == 0 or own == 0:
        return factor
    if isinstance(factor, sp.sin):
        return sp.sin(free) * sp.cos(own) + sp.cos(free) * sp.sin(own)
    return sp.cos(free) * sp.cos(own) - sp.sin(free) * sp.sin(own)


def _aligned(body: sp.Expr, limits: Limits) -> tuple[sp.Expr, Limits] | None:
    """Shift the index so that entries are read at the bare index: Σ_{k=0}^{K-1} f_{k+1} = Σ_{k=1}^{K} f_k."""
    variable, lower, upper = limits
    indices = [i for entry in body.atoms(sp.Indexed) for i in entry.indices if variable in i.free_symbols]
    if indices and all(i.coeff(variable) == -1 for i in indices):  # counted backwards
        return substitute(body, {variable: lower + upper - variable}), limits
    offsets = {index - variable for index in indices}
    if any(not o.is_Integer for o in offsets) or not lower.is_Integer:
        return None
    shift = min(offsets) if offsets else (0 if lower in (1, 2) else 1 - lower)
    if shift == 0:
        return None
    return substitute(body, {variable: variable - shift}), (variable, lower + shift, upper + shift)


def _ends(limits: Limits) -> tuple[sp.Expr, list[tuple[int, sp.Expr]]]:
    """Complete a sum that stops one short of a size: Σ_{k=1}^{K-1} f_k = Σ_{k=1}^{K} f_k − f_K.

    Returns the new upper bound and the entries to add or take away. The size K ≥ 1 makes the completed sum proper.
    """
    _, lower, upper = limits
    offset, symbol = upper.as_coeff_Add()
    if lower == 1 and offset == -1 and symbol.is_Symbol and symbol.is_positive:
        return symbol, [(-1, symbol)]
    return upper, []


def _of_term(term: sp.Expr, limits: Limits, scope: Scope) -> sp.Expr:
    """Σ over one index of one term (a product)."""
    variable, lower, upper = limits
    inside, outside = _split(term, variable)
    if lower == 2 and upper.is_Symbol and upper.is_positive:  # Σ_{k=2}^{K} = Σ_{k=1}^{K} − the first
        first = scope.visit(apart(term, scope.context, {variable: sp.S.One}), scope)
        return _of_term(term, (variable, sp.S.One, upper), scope) - first
    if not inside:
        return sp.expand(sp.Mul(*outside) * _length(limits, scope))
    collapsed = _collapse_delta(inside, limits, scope)
    if collapsed is not None:
        return scope.visit(apart(sp.Mul(*outside) * collapsed, scope.context), scope)
    factors, all_limits = _prenex(inside, limits, scope)
    return sp.expand(sp.Mul(*outside) * _grouped(factors, all_limits, scope))


def _length(limits: Limits, scope: Scope) -> sp.Expr:
    """Σ 1: the number of terms, where that is known not to be negative."""
    length = limits[2] - limits[1] + 1
    return length if is_nonnegative(length, scope.context) else closed(sp.Sum, sp.S.One, [limits])


def _split(term: sp.Expr, variable: sp.Symbol) -> tuple[list[sp.Expr], list[sp.Expr]]:
    """The factors that depend on the index and those that do not; e^{a_k + b} counts as e^{a_k} · e^b."""
    inside, outside = [], []
    for factor in sp.Mul.make_args(term):
        if variable not in factor.free_symbols:
            outside.append(factor)
        elif isinstance(factor, sp.exp) and factor.args[0].is_Add:
            free, bound = factor.args[0].as_independent(variable, as_Add=True)
            outside.append(sp.exp(free))
            inside.append(sp.exp(bound))
        else:
            inside.append(factor)
    return inside, [f for f in outside if f != 1]


def _collapse_delta(factors: list[sp.Expr], limits: Limits, scope: Scope) -> sp.Expr | None:
    """Σ_k δ_{jk} f_k = f_j where j is known to lie in the range of k."""
    variable, lower, upper = limits
    for n, factor in enumerate(factors):
        if not isinstance(factor, sp.KroneckerDelta) or variable not in factor.args[:2]:
            continue
        other = factor.args[1] if factor.args[0] == variable else factor.args[0]
        reach = scope.range_of(other)
        if variable in other.free_symbols or reach is None:
            continue
        inner = scope.context
        if is_nonnegative(sp.expand(reach[0] - lower), inner) and is_nonnegative(sp.expand(upper - reach[1]), inner):
            return substitute(sp.Mul(*factors[:n], *factors[n + 1 :]), {variable: other})
    return None


def _prenex(factors: list[sp.Expr], limits: Limits, scope: Scope) -> tuple[list[sp.Expr], list[Limits]]:
    """Pull the sums among the factors out to the front: Σ_k a_k Σ_l b_{kl} = Σ_k Σ_l a_k b_{kl}."""
    pulled: list[sp.Expr] = []
    all_limits = [limits]
    for factor in factors:
        base, exponent = factor.as_base_exp()
        copies = int(exponent) if isinstance(base, sp.Sum) and exponent.is_Integer and 0 < exponent <= 4 else 1
        if not isinstance(base, sp.Sum) or (copies == 1 and factor != base):
            pulled.append(factor)
            continue
        for _ in range(copies):
            names: dict[sp.Symbol, sp.Symbol] = {}  # what is bound further in keeps its canonical names
            for v, _, _ in base.limits:
                names[v] = apart_name(scope.context, *factors, *names.values(), *(w for w, _, _ in all_limits))
            pulled.extend(sp.Mul.make_args(base.function.xreplace(names)))
            all_limits[:0] = [(names[v], a.xreplace(names), b.xreplace(names)) for v, a, b in base.limits]
    return pulled, all_limits


def _grouped(factors: list[sp.Expr], limits: list[Limits], scope: Scope) -> sp.Expr:
    """A multiple sum of a product as a product of sums, one a group of connected indices."""
    bound = {v for v, _, _ in limits}
    if any(bound & (lower.free_symbols | upper.free_symbols) for _, lower, upper in limits):
        # bounds that depend on each other keep their sums together
        return closed(sp.Sum, sp.Mul(*factors), limits, scope.context)
    for fact in scope.context.facts:
        known = _use_fact(fact, factors, limits)
        if known is not None:
            rest, remaining = known
            result = sp.Mul(*rest)
            for n, limit in enumerate(remaining):
                result = over(result, limit, scope.inside(*remaining[n + 1 :]))
            return result
    met = contract(factors, limits, scope.context)
    if met is not None:
        inside = scope.inside(*met[1])
        result = scope.visit(apart(met[0], inside.context), inside)
        for n, limit in enumerate(met[1]):
            result = over(result, limit, scope.inside(*met[1][n + 1 :]))
        return result
    groups: list[tuple[set[sp.Symbol], list[sp.Expr]]] = []
    for factor in factors:
        indices, members = factor.free_symbols & bound, [factor]
        for group in [g for g in groups if g[0] & indices]:
            groups.remove(group)
            indices, members = indices | group[0], group[1] + members
        groups.append((indices, members))
    result = sp.S.One
    used: set[sp.Symbol] = set()
    for indices, members in groups:
        used |= indices
        own = [limit for limit in limits if limit[0] in indices]
        result *= closed(sp.Sum, sp.Mul(*members), own, scope.context) if own else sp.Mul(*members)
    for v, lower, upper in limits:
        if v not in used:
            result *= _length((v, lower, upper), scope)
    return result


def _use_fact(fact: SumFact, factors: list[sp.Expr], limits: list[Limits]) -> tuple[list[sp.Expr], list[Limits]] | None:
    """Σ_k t_{ik} = 1 used on a factor t_{ik} whose k occurs nowhere else and runs over the whole axis."""
    for n, factor in enumerate(factors):
        if not isinstance(factor, sp.Indexed) or key(factor) != fact.variable.key:
            continue
        index = factor.indices[fact.axis]
        for limit in limits:
            rest = factors[:n] + factors[n + 1 :]
            others = [i for m, i in enumerate(factor.indices) if m != fact.axis]
            if (
                limit[0] == index
                and limit[1:] == fact.limits
                and not any(index in e.free_symbols for e in (*rest, *others))
            ):
                return [*rest, fact.total], [other for other in limits if other is not limit]
    return None


def of_matrix(expr: SquareMatrix, scope: Scope) -> sp.Expr:
    """A matrix with entries in normal form and canonical names for row and column."""
    limits = [(v, scope.visit(lower, scope), scope.visit(upper, scope)) for v, lower, upper in expr.limits]
    body = scope.visit(expr.function, scope.inside(*limits))
    names = dict(zip((expr.row, expr.column), _canonical_names(body, 2), strict=True))
    return SquareMatrix(
        symmetric(body.xreplace(names), scope.context), *((names[v], lower, upper) for v, lower, upper in limits)
    )


def _canonical_names(body: sp.Expr, count: int) -> list[sp.Symbol]:
    depth = canonical_depth(body)
    return [sp.Symbol(f"_{depth + n + 1}", integer=True) for n in range(count)]


def closed(kind: type, body: sp.Expr, limits: list[Limits], context: Context | None = None) -> sp.Expr:
    """A sum or product with canonical bound names: `_1` for the innermost, counted from the deepest level."""
    names = _canonical_names(body, len(limits))
    orders = permutations(limits) if len(limits) <= MAX_PERMUTED else [tuple(limits)]
    candidates = []
    for order in orders:
        rename = {v: name for (v, _, _), name in zip(order, names, strict=True)}
        if any(set(rename) & (lo.free_symbols | up.free_symbols) for _, lo, up in order) and len(limits) > 1:
            rename = {v: name for (v, _, _), name in zip(limits, names, strict=True)}
            order = tuple(limits)  # bounds depend on bound variables: the order is fixed
        new = [(rename[v], lo.xreplace(rename), up.xreplace(rename)) for v, lo, up in order]
        renamed = body.xreplace(rename)
        candidates.append(kind(renamed if context is None else symmetric(renamed, context), *new))
    return min(candidates, key=str)


def canonical_depth(body: sp.Expr) -> int:
    """The highest number of a canonical bound name in an expression."""
    return max((int(s.name[1:]) for s in body.atoms(sp.Symbol) if _is_canonical(s)), default=0)


def _is_canonical(symbol: sp.Symbol) -> bool:
    return not isinstance(symbol, sp.Dummy) and symbol.name.startswith("_") and symbol.name[1:].isdigit()


def merge(expr: sp.Expr) -> sp.Expr:
    """Bring the sums of a linear combination that run over the same indices under one sign, over one denominator."""
    from derive.algebra.rational import numerator  # only here: most zero tests never get this far

    groups: dict[tuple[Limits, ...], list[sp.Expr]] = {}
    rest = []
    for term in sp.Add.make_args(expr):
        factors = sp.Mul.make_args(term)
        found = [f for f in factors if isinstance(f, sp.Sum)]
        series = found[0] if len(found) == 1 else None
        coefficient = sp.Mul(*(f for f in factors if f is not series))
        if series is not None and not free_symbols(coefficient) & {v for v, _, _ in series.limits}:
            groups.setdefault(tuple(tuple(limit) for limit in series.limits), []).append(coefficient * series.function)
        else:
            rest.append(term)
    for limits, bodies in groups.items():
        body = sp.Add(*bodies)
        rest.append(sp.S.Zero if numerator(body) == 0 else sp.Sum(body, *limits))
    return sp.Add(*rest)


def with_inner_sums_as_names(expr: sp.Basic) -> sp.Basic:
    """Every sum inside another sum as an entry of an unknown array: what holds for any such array holds for the sums.

    Σ_i f(Σ_d v_d x_id) becomes Σ_i f(s_i); multiplied out it would be a sum over many indices.
    """
    names: dict[sp.Basic, sp.IndexedBase] = {}

    def walk(e: sp.Basic, around: tuple[sp.Symbol, ...]) -> sp.Basic:
        if not e.args or isinstance(e, (sp.Indexed, sp.Integral)):  # under an integral a sum is more than an entry
            return e
        if isinstance(e, ExprWithLimits):  # also a matrix or an order statistic: what is inside may read its indices
            if isinstance(e, sp.Sum) and around:
                read = tuple(v for v in around if v in e.free_symbols)
                places = {v: sp.Symbol(f"_at{n}", integer=True) for n, v in enumerate(read)}
                form = named_by_depth(substitute(e, places))
                return names.setdefault(form, sp.IndexedBase(f"_s{len(names)}"))[read or (sp.S.One,)]
            inner = walk(e.function, (*around, *(v for v, _, _ in e.limits)))
            return e.func(inner, *e.limits)
        return rebuild(e, tuple(walk(a, around) for a in e.args))

    result = walk(rename_apart(expr), ())
    return result if names else expr
