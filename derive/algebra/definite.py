"""What is known of matrices: positive definite by declaration, positive semidefinite as a sum of squares.

Source: Horn and Johnson, Matrix Analysis (2013), sections 7.1 and 7.2.
"""

from __future__ import annotations

import sympy as sp

from derive.algebra.binding import free_symbols, named_by_depth, substitute
from derive.algebra.context import Context
from derive.algebra.matrices import InverseEntry, SquareMatrix, is_definite

Limits = tuple[sp.Symbol, sp.Expr, sp.Expr]


def is_definite_entry(expr: sp.Expr, context: Context) -> tuple[sp.Expr, sp.Expr] | None:
    """Row and column of an entry of a positive definite matrix: of a declared one, or of the inverse of one."""
    if isinstance(expr, InverseEntry) and is_definite(expr.matrix, context):
        return expr.row, expr.column
    variable = context.variable(expr) if isinstance(expr, sp.Indexed) else None
    return tuple(expr.indices[-2:]) if variable is not None and variable.domain.definite else None


def squares(found: SquareMatrix) -> sp.Expr | None:
    """c where the entries are c·Σ_i u_ia·u_ib: the matrix is then c times a positive semidefinite one; else None."""
    a, b = found.row, found.column
    if found.limits[0][1:] != found.limits[1][1:]:
        return None
    outside = [f for f in sp.Mul.make_args(found.function) if not {a, b} & free_symbols(f)]
    inside = [f for f in sp.Mul.make_args(found.function) if f not in outside]
    body = sp.Mul(*inside)
    if len(inside) == 1 and isinstance(inside[0], sp.Sum):
        limits, body = inside[0].limits, inside[0].function
        if any({a, b} & (lower.free_symbols | upper.free_symbols) for _, lower, upper in limits):
            return None
        weights = [f for f in sp.Mul.make_args(body) if not {a, b} & free_symbols(f)]
        if weights:  # a weight that changes from term to term may be negative
            return None
    return sp.Mul(*outside) if _is_square(sp.Mul.make_args(body), a, b) else None


def _is_square(factors: tuple[sp.Expr, ...], a: sp.Symbol, b: sp.Symbol) -> bool:
    """Whether a product is u(a)·u(b)."""
    left = [f for f in factors if a in free_symbols(f)]
    right = [f for f in factors if b in free_symbols(f)]
    if len(left) + len(right) != len(factors) or set(left) & set(right):
        return False
    first, second = substitute(sp.Mul(*left), {a: b}), sp.Mul(*right)
    return bool(left) and named_by_depth(first) == named_by_depth(second)  # bound names may differ


def is_quadratic_form(expr: sp.Sum, context: Context) -> bool:
    """Whether a sum is Σ_a Σ_b u_a M_ab u_b with a positive definite M, perhaps summed further: then it is ≥ 0."""
    factors = sp.Mul.make_args(expr.function)
    ranges = {v: (lower, upper) for v, lower, upper in expr.limits}
    for n, factor in enumerate(factors):
        place = is_definite_entry(factor, context)
        if place is None or place[0] == place[1] or not all(p in ranges for p in place):
            continue
        a, b = place
        rest = factors[:n] + factors[n + 1 :]
        apart = not any({a, b} & free_symbols(end) for pair in ranges.values() for end in pair)
        alone = not isinstance(factor, sp.Indexed) or not any({a, b} & free_symbols(i) for i in factor.indices[:-2])
        alone = alone and not (isinstance(factor, InverseEntry) and {a, b} & free_symbols(factor.matrix))
        if apart and alone and ranges[a] == ranges[b] and _is_square(rest, a, b):
            return True
    return False
