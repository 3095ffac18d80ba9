"""Mistakes at one place of an expression: every kind maps a place to what a careless hand might write there."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from derive.algebra.context import Context, key
from tests.soundness.densities import OF_DENSITIES
from tests.soundness.tree import Limit, Site, exchange, free

Mutation = Callable[[Site, Context], list[sp.Basic]]


def _terms(node: Any, kind: type) -> tuple[sp.Expr, ...]:
    args: tuple[sp.Expr, ...] = node.args
    return args if isinstance(node, kind) else ()


def _without(args: tuple[sp.Expr, ...], n: int) -> tuple[sp.Expr, ...]:
    return (*args[:n], *args[n + 1 :])


def _series(node: sp.Basic) -> bool:
    return isinstance(node, (sp.Sum, sp.Product))


def sign(site: Site, context: Context) -> list[sp.Basic]:
    """A term with the other sign; at the top the whole with the other sign."""
    terms = _terms(site.node, sp.Add)
    return [sp.Add(*_without(terms, n), -t) for n, t in enumerate(terms)] or (
        [-site.node] if _is_body(site) or isinstance(site.node, sp.exp) else []
    )


def _is_body(site: Site) -> bool:
    return not site.path or _series(site.node)


def exponent_sign(site: Site, context: Context) -> list[sp.Basic]:
    """e^{−u} for e^u, u^{−n} for u^n."""
    if isinstance(site.node, sp.exp):
        return [sp.exp(-site.node.args[0])]
    return [site.node.base ** (-site.node.exp)] if isinstance(site.node, sp.Pow) else []


def lost_factor(site: Site, context: Context) -> list[sp.Basic]:
    """A factor forgotten."""
    factors = _terms(site.node, sp.Mul)
    return [sp.Mul(*_without(factors, n)) for n, f in enumerate(factors) if f != -1]


def lost_term(site: Site, context: Context) -> list[sp.Basic]:
    """A term forgotten."""
    terms = _terms(site.node, sp.Add)
    return [sp.Add(*_without(terms, n)) for n in range(len(terms))]


def double_counting(site: Site, context: Context) -> list[sp.Basic]:
    """A term taken twice, a sum taken twice, a sum over one index more than there is."""
    terms = _terms(site.node, sp.Add)
    found: list[sp.Basic] = [sp.Add(site.node, t) for t in terms]
    if isinstance(site.node, sp.Sum):
        extra = sp.Symbol("q", integer=True)
        found += [2 * site.node]
        found += [sp.Sum(site.node.function, *site.node.limits, (extra, 1, size)) for size in context.sizes]
    return found


def transposed(site: Site, context: Context) -> list[sp.Basic]:
    """t_{ki} for t_{ik}."""
    if not isinstance(site.node, sp.Indexed) or len(site.node.indices) != 2:
        return []
    first, second = site.node.indices
    return [site.node.base[second, first]] if first != second else []


def swapped_indices(site: Site, context: Context) -> list[sp.Basic]:
    """Two indices exchanged in a product or under a sum."""
    node = site.node.function if _series(site.node) else site.node
    if not isinstance(node, (sp.Mul, sp.Pow, sp.Add)):
        return []
    used = sorted(_index_symbols(node, context), key=str)
    found = []
    for n, first in enumerate(used):
        for second in used[n + 1 :]:
            new = node.xreplace({first: second, second: first})
            found.append(site.node.func(new, *site.node.limits) if _series(site.node) else new)
    return found


def _index_symbols(node: sp.Basic, context: Context) -> set[sp.Symbol]:
    entries = node.atoms(sp.Indexed, sp.KroneckerDelta)
    indices = {i for e in entries for i in (e.indices if isinstance(e, sp.Indexed) else e.args[:2])}
    return {i for i in indices if i.is_Symbol and i not in context.sizes}


def _others(index: sp.Expr, site: Site, context: Context) -> list[sp.Expr]:
    """The other indices in scope that run as far as this one may."""
    reach: dict[sp.Symbol, sp.Expr] = {r.symbol: r.upper for r in context.indices}
    reach |= {v: upper for v, _, upper in site.scope if v.is_integer}
    end = reach.get(index)
    return [s for s, upper in reach.items() if s != index and (end is None or free(upper) & free(end))]


def other_index(site: Site, context: Context) -> list[sp.Basic]:
    """Another index that is in scope, or the first entry for the general one."""
    if not isinstance(site.node, sp.Indexed):
        return []
    found = []
    for n, index in enumerate(site.node.indices):
        for other in (*_others(index, site, context), sp.S.One):
            found.append(site.node.base[(*site.node.indices[:n], other, *site.node.indices[n + 1 :])])
    return found


def index_off_by_one(site: Site, context: Context) -> list[sp.Basic]:
    """y_{k+1} for y_k."""
    if not isinstance(site.node, sp.Indexed):
        return []
    indices = site.node.indices
    return [site.node.base[(*indices[:n], i + d, *indices[n + 1 :])] for n, i in enumerate(indices) for d in (1, -1)]


def _with_limit(node: sp.Expr, n: int, limit: Limit) -> sp.Expr:
    limits = list(node.limits)
    limits[n] = limit
    return node.func(node.function, *limits)


def bound_upper(site: Site, context: Context) -> list[sp.Basic]:
    """A sum that stops one too early or too late."""
    limits = site.node.limits if isinstance(site.node, ExprWithLimits) else ()
    return [_with_limit(site.node, n, (v, a, b + d)) for n, (v, a, b) in enumerate(limits) for d in (-1, 1)]


def bound_lower(site: Site, context: Context) -> list[sp.Basic]:
    """A sum that starts one too early or too late."""
    limits = site.node.limits if isinstance(site.node, ExprWithLimits) else ()
    return [_with_limit(site.node, n, (v, a + d, b)) for n, (v, a, b) in enumerate(limits) for d in (-1, 1)]


def log_base_10(site: Site, context: Context) -> list[sp.Basic]:
    """The common logarithm."""
    return [site.node / sp.log(10)] if isinstance(site.node, sp.log) else []


def log_base_2(site: Site, context: Context) -> list[sp.Basic]:
    """The binary logarithm."""
    return [site.node / sp.log(2)] if isinstance(site.node, sp.log) else []


def log_dropped(site: Site, context: Context) -> list[sp.Basic]:
    """u for log u."""
    return [site.node.args[0]] if isinstance(site.node, sp.log) else []


def exp_dropped(site: Site, context: Context) -> list[sp.Basic]:
    """u for e^u."""
    return [site.node.args[0]] if isinstance(site.node, sp.exp) else []


def function_moved_inside(site: Site, context: Context) -> list[sp.Basic]:
    """log Σ as Σ log, e^Σ as Σ e, (Σ a)^n as Σ a^n, log(a + b) as log a + log b, log of a product as a product."""
    node = site.node
    if not isinstance(node, (sp.log, sp.exp, sp.Pow)):
        return []
    inner, n = (node.base, node.exp) if isinstance(node, sp.Pow) and not isinstance(node, sp.exp) else (node.args[0], 0)

    def outer(u: sp.Expr) -> sp.Expr:
        return u**n if n != 0 else node.func(u)

    if isinstance(inner, sp.Sum) and not free(sp.sympify(n)) & {v for v, _, _ in inner.limits}:
        return [sp.Sum(outer(inner.function), *inner.limits)]
    if isinstance(inner, sp.Add):
        return [sp.Add(*(outer(a) for a in inner.args))]
    if isinstance(node, sp.log) and isinstance(inner, (sp.Mul, sp.Product)):
        return [sp.Mul(*(outer(a) for a in inner.args)) if isinstance(inner, sp.Mul)
                else sp.Product(outer(inner.function), *inner.limits)]  # fmt: skip
    return []


def size_factor(site: Site, context: Context) -> list[sp.Basic]:
    """1/N missing, or too much of it."""
    factors = _terms(site.node, sp.Mul)
    missing = [sp.Mul(*_without(factors, n)) for n, f in enumerate(factors) if f.as_base_exp()[0] in context.sizes]
    extra = [site.node * s**d for s in context.sizes for d in (1, -1)] if _is_body(site) else []
    return [*missing, *extra]


def other_size(site: Site, context: Context) -> list[sp.Basic]:
    """K for N."""
    return [s for s in context.sizes if s != site.node] if site.node in context.sizes else []


def wrong_normaliser(site: Site, context: Context) -> list[sp.Basic]:
    """A denominator summed over the wrong index, or a size in its place."""
    node = site.node
    if not (isinstance(node, sp.Pow) and node.exp == -1 and isinstance(node.base, (sp.Sum, sp.Add))):
        return []
    found: list[sp.Basic] = [1 / s for s in context.sizes]
    if isinstance(node.base, sp.Sum):
        for entry in sorted(node.base.function.atoms(sp.Indexed), key=str):
            variable = context.variable(entry)
            for index, axis in zip(entry.indices, getattr(variable, "axes", ()), strict=False):
                if index.is_Symbol and index not in {v for v, _, _ in node.base.limits}:
                    found.append(1 / sp.Sum(node.base.function, (index, 1, axis)))
    return found


def other_array(site: Site, context: Context) -> list[sp.Basic]:
    """t for y: another array of the same shape, or another scalar."""
    declared = context.variable(site.node) if isinstance(site.node, (sp.Symbol, sp.Indexed)) else None
    if declared is None:
        return []
    everything = {v.key: v for v in (*context.variables, *(d.variable for d in context.definitions))}
    others = [v for v in everything.values() if v.axes == declared.axes and v.key != declared.key]
    return [v.base[site.node.indices] if v.axes else v.base for v in others]


def other_rank(site: Site, context: Context) -> list[sp.Basic]:
    """The array for one sample of it, or one sample for the array: y_k for y_{ik}."""
    if not isinstance(site.node, sp.Indexed):
        return []
    name, rank = key(site.node)
    others = [v for v in (*context.variables, *(d.variable for d in context.definitions)) if v.name == name]
    return [v.base[site.node.indices[-v.rank :]] for v in others if 0 < v.rank < rank]


def lost_exponent(site: Site, context: Context) -> list[sp.Basic]:
    """u for u^n."""
    return [site.node.base] if isinstance(site.node, sp.Pow) and not isinstance(site.node, sp.exp) else []


def exponent_off_by_one(site: Site, context: Context) -> list[sp.Basic]:
    """u^{n±1} for u^n, u² for u."""
    if isinstance(site.node, sp.Pow) and not isinstance(site.node, sp.exp):
        return [site.node.base ** (site.node.exp + d) for d in (1, -1)]
    return [site.node**2] if isinstance(site.node, sp.Indexed) else []


def delta_dropped(site: Site, context: Context) -> list[sp.Basic]:
    """1 for δ_{jk}."""
    return [sp.S.One, sp.S.Zero] if isinstance(site.node, sp.KroneckerDelta) else []


def delta_swapped(site: Site, context: Context) -> list[sp.Basic]:
    """δ_{jm} for δ_{jk}."""
    if not isinstance(site.node, sp.KroneckerDelta):
        return []
    first, second = site.node.args[:2]
    return [sp.KroneckerDelta(first, o) for o in _others(second, site, context) if o != first] + [
        sp.KroneckerDelta(o, second) for o in _others(first, site, context) if o != second
    ]


def product_for_sum(site: Site, context: Context) -> list[sp.Basic]:
    """Π for Σ and Σ for Π."""
    if not _series(site.node):
        return []
    other = sp.Product if isinstance(site.node, sp.Sum) else sp.Sum
    return [other(site.node.function, *site.node.limits)]


def lost_sum(site: Site, context: Context) -> list[sp.Basic]:
    """The general term, or the first one, for a whole sum."""
    if not _series(site.node) or len(site.node.limits) > 1:
        return []
    variable, lower, _ = site.node.limits[0]
    first = exchange(site.node.function, variable, lower)
    return [site.node.function, *([] if first is None else [first])]


def lost_limit(site: Site, context: Context) -> list[sp.Basic]:
    """One of two sums forgotten."""
    if not _series(site.node) or len(site.node.limits) < 2:
        return []
    limits = site.node.limits
    return [site.node.func(site.node.function, *_without(limits, n)) for n in range(len(limits))]


def captured_index(site: Site, context: Context) -> list[sp.Basic]:
    """An inner index under the name of one further out, which it then hides."""
    if not _series(site.node):
        return []
    outer = [*(v for v, _, _ in site.scope if v.is_integer), *(r.symbol for r in context.indices)]
    names = [v for v, _, _ in site.node.limits]
    pairs = [(n, o) for n in range(len(names)) for o in outer if o not in names]
    return [
        site.node.func(
            site.node.function.xreplace({names[n]: o}),
            *((o if m == n else v, a, b) for m, (v, a, b) in enumerate(site.node.limits)),
        )
        for n, o in pairs
    ]


def wrong_constant(site: Site, context: Context) -> list[sp.Basic]:
    """Another number."""
    if not site.node.is_Rational or site.part != "value" or site.node == -1:
        return []
    return [site.node + 1, site.node - 1, 2 * site.node, site.node / 2]


def reciprocal(site: Site, context: Context) -> list[sp.Basic]:
    """v/u for u/v."""
    inverted = isinstance(site.node, sp.Mul) and any(f.is_Pow and f.exp.is_negative for f in site.node.args)
    return [1 / site.node] if inverted else []


def derivative_by_another(site: Site, context: Context) -> list[sp.Basic]:
    """The derivative by another entry, or of another order."""
    if not isinstance(site.node, sp.Derivative):
        return []
    variables = list(site.node.variables)
    found = [sp.Derivative(site.node.expr, *(v for v in (*variables, variables[-1])), evaluate=False)]
    found += [sp.Derivative(site.node.expr, *variables[1:], evaluate=False)] if len(variables) > 1 else []
    for index, other in permutations(
        _index_symbols(sp.Tuple(*variables), context) | {r.symbol for r in context.indices}, 2
    ):
        new = [v.xreplace({index: other}) for v in variables]
        if new != variables:
            found.append(sp.Derivative(site.node.expr, *new, evaluate=False))
    return found


#: The kinds of mistake at one place, by name.
MUTATIONS: dict[str, Mutation] = {
    f.__name__.replace("_", " "): f
    for f in (
        sign, exponent_sign, lost_factor, lost_term, double_counting, transposed, swapped_indices, other_index,
        index_off_by_one, bound_upper, bound_lower, log_base_10, log_base_2, log_dropped, exp_dropped,
        function_moved_inside, size_factor, other_size, wrong_normaliser, other_array, other_rank, lost_exponent,
        exponent_off_by_one, delta_dropped, delta_swapped, product_for_sum, lost_sum, lost_limit, captured_index,
        wrong_constant, reciprocal, derivative_by_another,
    )
} | OF_DENSITIES  # fmt: skip
