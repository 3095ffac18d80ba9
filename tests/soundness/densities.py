"""Mistakes that are made with densities: Γ, integrals, parameters, order statistics, matrices."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import sympy as sp

from derive.algebra.context import Context
from derive.algebra.matrices import Det, InverseEntry
from derive.algebra.order import ORDER_STATISTICS
from tests.soundness.tree import Site, free

Mutation = Callable[[Site, Context], list[sp.Basic]]
_GAMMAS = (sp.gamma, sp.factorial, sp.binomial, sp.besseli)


def lost_gamma(site: Site, context: Context) -> list[sp.Basic]:
    """1 for Γ(α), 0 for log Γ(α), log α for ψ(α)."""
    node = site.node
    if isinstance(node, sp.log) and isinstance(node.args[0], _GAMMAS):
        return [sp.S.Zero]
    if isinstance(node, _GAMMAS):
        return [sp.S.One]
    if isinstance(node, (sp.loggamma, sp.polygamma, sp.digamma)):
        return [sp.S.Zero, *([] if isinstance(node, sp.loggamma) else [sp.log(node.args[-1])])]
    return []


def gamma_off_by_one(site: Site, context: Context) -> list[sp.Basic]:
    """Γ(α + 1) for Γ(α), α! for Γ(α), ψ′ for ψ, I₁ for I₀."""
    node = site.node
    if isinstance(node, (sp.gamma, sp.loggamma, sp.factorial, sp.digamma)):
        return [node.func(node.args[0] + d) for d in (1, -1)]
    if isinstance(node, (sp.polygamma, sp.besseli)):
        order, x = node.args
        return [node.func(order + 1, x), node.func(order, x + 1)]
    return [sp.binomial(node.args[0] + 1, node.args[1])] if isinstance(node, sp.binomial) else []


def wrong_range_of_an_integral(site: Site, context: Context) -> list[sp.Basic]:
    """Another range than the support: half of it, all of the line, the ends exchanged."""
    if not isinstance(site.node, (sp.Integral, sp.Sum)) or len(site.node.limits) != 1:
        return []
    variable, lower, upper = site.node.limits[0]
    if isinstance(site.node, sp.Sum) and upper != sp.oo:
        return []
    ends = [(lower, sp.S.Zero), (sp.S.Zero, upper), (lower, sp.S.One), (sp.S.One, upper)]
    if isinstance(site.node, sp.Integral):
        ends += [(upper, lower), (-sp.oo, upper)]
    return [site.node.func(site.node.function, (variable, *e)) for e in ends if e != (lower, upper) and e[0] != e[1]]


def lost_normaliser(site: Site, context: Context) -> list[sp.Basic]:
    """Under an integral or an infinite sum a factor forgotten that does not depend on its variable, or put outside."""
    if not isinstance(site.node, (sp.Integral, sp.Sum)) or len(site.node.limits) != 1:
        return []
    variable, lower, upper = site.node.limits[0]
    if isinstance(site.node, sp.Sum) and upper != sp.oo:
        return []
    factors = sp.Mul.make_args(site.node.function)
    constant = [f for f in factors if variable not in free(f)]
    return [site.node.func(sp.Mul(*(f for f in factors if f != c)), (variable, lower, upper)) for c in constant]


def swapped_parameters(site: Site, context: Context) -> list[sp.Basic]:
    """α for β and β for α, throughout."""
    if site.path and not isinstance(site.node, (sp.Sum, sp.Product, sp.Integral, sp.exp)):
        return []
    scalars = [v.base for v in context.variables if not v.axes and v.base in free(site.node)]
    return [site.node.xreplace({a: b, b: a}) for a, b in combinations(scalars, 2)]


def square_for_root(site: Site, context: Context) -> list[sp.Basic]:
    """σ² for σ, σ for σ², σ⁴ for σ²."""
    node = site.node
    if isinstance(node, sp.Pow) and not isinstance(node, sp.exp) and node.exp.is_number:
        return [node.base ** (node.exp / 2), node.base ** (2 * node.exp)] if context.variable(node.base) else []
    variable = context.variable(node) if isinstance(node, (sp.Symbol, sp.Indexed)) else None
    return [node**2, sp.sqrt(node)] if variable is not None and variable.domain.lower == 0 else []


def other_order_statistic(site: Site, context: Context) -> list[sp.Basic]:
    """The smallest for the largest, the mean for the median."""
    if not isinstance(site.node, ORDER_STATISTICS):
        return []
    kinds = [kind for kind in ORDER_STATISTICS if not isinstance(site.node, kind)]
    others: list[sp.Basic] = [kind(site.node.function, *site.node.limits) for kind in kinds]
    (_, lower, upper) = site.node.limits[0]
    return [*others, sp.Sum(site.node.function, *site.node.limits) / (upper - lower + 1)]


def matrix_not_inverted(site: Site, context: Context) -> list[sp.Basic]:
    """Σ_{ab} for (Σ⁻¹)_{ab}, 1/|Σ| for |Σ|."""
    if isinstance(site.node, InverseEntry):
        return [site.node.matrix.entry(site.node.row, site.node.column)]
    return [1 / site.node] if isinstance(site.node, Det) else []


def other_function(site: Site, context: Context) -> list[sp.Basic]:
    """sin for cos, x for |x|."""
    if isinstance(site.node, (sp.cos, sp.sin)):
        return [(sp.sin if isinstance(site.node, sp.cos) else sp.cos)(site.node.args[0])]
    return [site.node.args[0]] if isinstance(site.node, (sp.Abs, sp.sign)) else []


#: The kinds of mistake at one place, by name.
OF_DENSITIES: dict[str, Mutation] = {
    f.__name__.replace("_", " "): f
    for f in (
        lost_gamma, gamma_off_by_one, wrong_range_of_an_integral, lost_normaliser, swapped_parameters, square_for_root,
        other_order_statistic, matrix_not_inverted, other_function,
    )
}  # fmt: skip
