"""Equations and values of matrices: positive definiteness, multiplication by an invertible matrix.

Source: Horn and Johnson, Matrix Analysis (2013), sections 7.1 and 7.2.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra import rational
from derive.algebra.binding import depends_on, free_symbols, fresh, substitute, unfold
from derive.algebra.context import Context
from derive.algebra.definite import is_definite_entry, squares
from derive.algebra.matrices import Det, InverseEntry, SquareMatrix, matrix
from derive.algebra.normal_form import normal
from derive.algebra.signs import NEGATIVE, POSITIVE, ZERO, sign
from derive.checker import symbolic
from derive.checker.decision import decide
from derive.checker.numeric import compare
from derive.checker.verdict import Verdict


def positive_definite(value: Relational, context: Context) -> bool:
    """Whether an equation Σ_jm = f_jm gives a symmetric, positive definite matrix.

    Shown for a sum of positive definite matrices and of squares c·Σ_i u_ij·u_im with c ≥ 0; and for squares alone where
    their determinant is not 0.
    """
    variable = context.variable(value.lhs)
    if variable is None or len(set(value.lhs.indices)) < variable.rank:
        return False
    j, m = value.lhs.indices[-2:]
    size = variable.axes[-1]
    if not (j.is_Symbol and m.is_Symbol):
        return False
    inner = context.over_axes(value.lhs)
    entries = unfold(value.rhs, context)  # a name with a definition may be declared to be what it is not
    found = [_kind(term, j, m, size, inner) for term in sp.Add.make_args(entries)]
    if "" in found:
        return False
    whole = SquareMatrix(entries, (j, sp.S.One, size), (m, sp.S.One, size))
    return "definite" in found or symbolic.sign_in_normal_form(Det(whole), context) & ZERO == 0


def _kind(term: sp.Expr, j: sp.Symbol, m: sp.Symbol, size: sp.Expr, context: Context) -> str:
    """`definite`, `square` (positive semidefinite) or "" for a term of a matrix's entries."""
    coefficient, entry = term.as_independent(j, m, as_Add=False)
    place = is_definite_entry(entry, context)
    if place is not None and set(place) == {j, m}:
        return "definite" if sign(coefficient, context) == POSITIVE else ""
    scale = squares(SquareMatrix(term, (j, sp.S.One, size), (m, sp.S.One, size)))
    return "" if scale is None or sign(scale, context) & NEGATIVE else "square"


def multiplied(expr: sp.Expr, indices: tuple[sp.Symbol, ...], context: Context) -> Iterator[sp.Expr]:
    """An array over `indices`, multiplied along each of them by one invertible matrix: nothing is lost or gained."""
    for variable in context.variables:
        if not variable.domain.definite or variable.rank != 2 or context.definition(variable.base[1, 1]) is not None:
            continue
        size = variable.axes[0]
        if any(context.ranges.get(i) != (sp.S.One, size) for i in indices):
            continue
        for inverse in (False, True):
            result = expr
            for i in indices:
                bound = fresh()
                entry = InverseEntry(matrix(variable), i, bound) if inverse else variable.base[i, bound]
                result = sp.Sum(entry * substitute(result, {i: bound}), (bound, sp.S.One, size))
            yield result


def _restricted(indices: tuple[sp.Symbol, ...], context: Context) -> bool:
    """Whether something is assumed of the indices themselves, so that an equation need not hold for all of them."""
    return any(set(indices) & free_symbols(h) for h in context.hypotheses)


def forced(equation: sp.Expr, unknown: sp.Indexed, context: Context) -> bool:
    """Whether f = 0 for all indices leaves one choice for an array: f is linear in it after multiplication."""
    indices = tuple(unknown.indices)
    if not all(i.is_Symbol and i in context.ranges for i in indices) or _restricted(indices, context):
        return False
    for product in multiplied(equation, indices, context):
        form = rational.numerator(normal(product, context))
        entry = normal(unknown, context)
        slope = form.coeff(entry, 1)
        rest = sp.expand(form - slope * entry)
        alone = not depends_on(rest, unknown) and not depends_on(slope, unknown)
        if alone and sign(slope, context) & ZERO == 0:
            return True
    return False


def same_up_to_a_matrix(
    first: Relational, second: Relational, context: Context, given: tuple[str, ...]
) -> Verdict | None:
    """The verdict where one array of equations is an invertible matrix times the other; None where it is not shown."""
    before, after = (symbolic.plain(e.lhs - e.rhs, context) for e in (first, second))
    names = free_symbols(before) & context.declared
    indices = tuple(sorted((i for i in names if i in free_symbols(after)), key=str))
    if not indices or _restricted(indices, context):
        return None
    target = normal(after, context)
    for product in (before, *multiplied(before, indices, context)):
        top, bottom = rational.fraction(normal(product, context) / target)
        if all(sign(rational.factored(part), context) & ZERO == 0 for part in (top, bottom)):
            if {i for i in indices if i in free_symbols(top / bottom)}:
                continue
            outcome = compare(product, top / bottom * (second.lhs - second.rhs), "=", context, 1)
            return decide(True, outcome, given, "one array of equations is an invertible matrix times the other")
    return None
