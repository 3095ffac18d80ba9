"""Expressions that are quadratic in one entry: a·v² + b·v + c has the sign of a where 4ac > b²."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp


def quadratics(expr: sp.Add) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    """For every entry v in which a sum of products is a·v² + b·v + c: a and 4ac − b²."""
    squares = {p.base for p in expr.atoms(sp.Pow) if p.exp == 2 and isinstance(p.base, (sp.Symbol, sp.Indexed))}
    for v in sorted(squares, key=str):
        a, b = expr.coeff(v, 2), expr.coeff(v, 1)
        c = sp.expand(expr - a * v**2 - b * v)
        if a != 0 and not any(part.has(v) for part in (a, b, c)):
            yield a, sp.expand(4 * a * c - b**2)
