"""A positive definite matrix that is given by its Cholesky factor: Σ = L Lᵀ, L lower triangular.

What was derived for the entries of Σ leads to those of L by the chain rule: Σ_ab = Σ_c L_ac L_bc depends on L_jm in
its row j and its column j, and ∂E/∂Σ is symmetric, so ∂E/∂L_jm = 2 Σ_n ∂E/∂Σ_jn L_nm. Source: Murray, Differentiation
of the Cholesky decomposition (2016), section 4.
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from derive.algebra.binding import rename_apart, substitute, substitute_array
from derive.algebra.context import Context, index
from derive.algebra.naming import readable
from derive.model import Link
from derive.strategy.matrices import matrix_score
from derive.strategy.unknowns import FIRST


def is_cholesky(link: Link) -> bool:
    """Whether the link states Σ_de = Σ_c L_dc L_ec."""
    if not link.parameter.domain.definite or link.input.rank != 2 or not isinstance(link.inverse, sp.Sum):
        return False
    (bound, lower, upper), *more = link.inverse.limits
    row, column = link.indices
    product = link.input.base[row, bound] * link.input.base[column, bound]
    return not more and (lower, upper) == (1, link.input.axes[1]) and link.inverse.function == product


def by_factor(loss: sp.Expr, link: Link, context: Context) -> sp.Expr:
    """The derivative of a loss in terms of Σ by the entry of L at the first two free indices; Σ still stands in it."""
    _, column = FIRST
    inner = index(next(letter for letter in "npqr" if letter not in context.declared))
    by_entry = matrix_score(loss, link.parameter, context).current
    terms = []
    for term in sp.Add.make_args(by_entry):
        entry = rename_apart(term).xreplace({column: inner})
        factor = 2 * link.input.base[inner, column]
        coefficient, series = entry.as_independent(sp.Sum, as_Add=False)
        limits = ((inner, sp.S.One, link.input.axes[0]),)
        if isinstance(series, sp.Sum):
            terms.append(coefficient * sp.Sum(factor * series.function, *series.limits, *limits))
        else:
            terms.append(sp.Sum(factor * entry, *limits))
    return readable(sp.Add(*terms), taken=context.declared)


def put_in(expr: sp.Expr, links: tuple[Link, ...], constants: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """The expression with every parameter computed by its link, and the constants in a caller's terms."""
    for link in links:
        expr = substitute_array(expr, link.parameter.key, link.indices, link.inverse)
    return readable(substitute(expr, constants))
