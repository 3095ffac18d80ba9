"""Σ_b M_ab (M⁻¹)_bc = δ_ac, for declared matrices and for those whose entries are formulas.

Where the entries are a sum of terms (1/N·Σ_i x_ia x_ib − …), one of them, the leading term, is rewritten and the others
stay: Σ_b lead_ab (M⁻¹)_bc = δ_ac − Σ_b rest_ab (M⁻¹)_bc. It holds wherever M has an inverse.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derive.algebra.binding import free_symbols, fresh, substitute
from derive.algebra.budgets import tick
from derive.algebra.context import Context
from derive.algebra.matrices import InverseEntry, SquareMatrix, is_symmetric
from derive.algebra.scope import Limits
from derive.algebra.signs import is_nonzero

Names = dict[sp.Basic, sp.Basic]


@dataclass(frozen=True)
class _Lead:
    """The leading term of a matrix's entries: `coefficient` times the product of `factors` summed over `limits`."""

    coefficient: sp.Expr
    factors: tuple[sp.Expr, ...]
    limits: tuple[Limits, ...]
    rest: sp.Expr


def contract(factors: list[sp.Expr], limits: list[Limits], context: Context) -> tuple[sp.Expr, list[Limits]] | None:
    """A product under sums in which a matrix meets its inverse, without them: the new body and the sums that remain."""
    for n, factor in enumerate(factors):
        if not isinstance(factor, InverseEntry):
            continue
        found, others = factor.matrix, factors[:n] + factors[n + 1 :]
        lead = _lead(found, context)
        if lead is None:
            continue
        sides = [(factor.row, factor.column, True), (factor.column, factor.row, False)]
        if is_symmetric(found, context):
            sides += [(inner, outer, not columns) for inner, outer, columns in sides]
        for inner, outer, columns in sides:
            limit = next((one for one in limits if one[0] == inner), None)
            if limit is None or tuple(limit[1:]) != (sp.S.One, found.size) or inner in free_symbols(outer):
                continue
            names = _meet(found, lead, inner, columns, others, limits)
            if names is None:
                continue
            other, gone, rest = names
            if any(gone & free_symbols(e) for e in (outer, other, *rest)):
                continue
            remaining = [one for one in limits if one[0] not in gone]
            return sp.Mul(*rest) * _identity(found, lead, other, outer, columns) / lead.coefficient, remaining
    return None


def _identity(found: SquareMatrix, lead: _Lead, other: sp.Expr, outer: sp.Expr, columns: bool) -> sp.Expr:
    """δ minus what the rest of the entries contributes."""
    delta = sp.KroneckerDelta(other, outer)
    if lead.rest == 0:
        return delta
    bound = fresh()
    names = {found.row: other, found.column: bound} if columns else {found.row: bound, found.column: other}
    entry = InverseEntry(found, bound, outer) if columns else InverseEntry(found, outer, bound)
    return delta - sp.Sum(substitute(lead.rest, names) * entry, (bound, sp.S.One, found.size))


def _lead(found: SquareMatrix, context: Context) -> _Lead | None:
    """The leading term of the entries: one that ties row to column by a single factor, and is not a multiple of δ."""
    pair = {found.row, found.column}
    terms = sorted(sp.Add.make_args(found.function), key=str)
    for term in terms:
        core = [f for f in sp.Mul.make_args(term) if pair & free_symbols(f)]
        if len(core) != 1 or not pair <= free_symbols(core[0]) or isinstance(core[0], sp.KroneckerDelta):
            continue
        coefficient = sp.Mul(*(f for f in sp.Mul.make_args(term) if f != core[0]))
        if not is_nonzero(coefficient, context):
            continue
        rest = sp.Add(*(other for other in terms if other != term))
        if not isinstance(core[0], sp.Sum):
            return _Lead(coefficient, tuple(core), (), rest)
        limits = tuple((v, lower, upper) for v, lower, upper in core[0].limits)
        if any(pair & (free_symbols(lower) | free_symbols(upper)) for _, lower, upper in limits):
            continue
        return _Lead(coefficient, sp.Mul.make_args(core[0].function), limits, rest)
    return None


def _meet(
    found: SquareMatrix, lead: _Lead, inner: sp.Symbol, columns: bool, others: list[sp.Expr], limits: list[Limits]
) -> tuple[sp.Expr, set[sp.Symbol], list[sp.Expr]] | None:
    """Find the leading term among factors: its other index, the sums that it uses up, the factors that it leaves."""
    contracted, free = (found.column, found.row) if columns else (found.row, found.column)
    ranges = {v: (lower, upper) for v, lower, upper in limits}
    wild = {free, *(v for v, _, _ in lead.limits)}

    def search(patterns: tuple[sp.Expr, ...], left: list[sp.Expr], names: Names) -> tuple[Names, list[sp.Expr]] | None:
        tick()
        if not patterns:
            return names, left
        for n, factor in enumerate(left):
            more = _unify(patterns[0], factor, wild, names)
            if more is not None:
                deeper = search(patterns[1:], left[:n] + left[n + 1 :], more)
                if deeper is not None and _sums_fit(lead, deeper[0], ranges):
                    return deeper
        return None

    answer = search(lead.factors, others, {contracted: inner})
    if answer is None:
        return None
    names, rest = answer
    return names[free], {inner, *(names[v] for v, _, _ in lead.limits)}, rest


def _sums_fit(lead: _Lead, names: Names, ranges: dict[sp.Symbol, tuple[sp.Expr, sp.Expr]]) -> bool:
    """Whether each index of the leading term stands for a sum of its own over the same range."""
    chosen = [names.get(v) for v, _, _ in lead.limits]
    same = all(ranges.get(c) == (lower, upper) for c, (_, lower, upper) in zip(chosen, lead.limits, strict=True))
    return same and len(set(chosen)) == len(chosen)


def _unify(pattern: sp.Basic, expr: sp.Basic, wild: set[sp.Symbol], names: Names) -> Names | None:
    """The names under which the pattern is the expression; None where there are none."""
    if pattern in names:
        return names if names[pattern] == expr else None
    if pattern in wild:
        return None if expr.has(sp.Indexed) else {**names, pattern: expr}
    if not pattern.args or isinstance(pattern, sp.IndexedBase):
        return names if pattern == expr else None
    if pattern.func != expr.func or len(pattern.args) != len(expr.args):
        return None
    for a, b in zip(pattern.args, expr.args, strict=True):
        more = _unify(a, b, wild, names)
        if more is None:
            return None
        names = more
    return names
