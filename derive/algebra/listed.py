"""Arrays of a known length whose sum is known: t_1 + t_2 + t_3 = 1, so that one entry is told by the others."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from derive.algebra.context import Context, SumFact, key

#: Up to this length entries are told by the others.
MAX_LISTED = 12


def by_the_others(entry: sp.Indexed, context: Context) -> sp.Expr | None:
    """t_3 = 1 − t_1 − t_2: the last entry along an axis of known length; None for any other."""
    for fact in _facts(entry, context):
        *others, last = _along(entry, fact)
        if entry == last:
            return fact.total - sp.Add(*others)
    return None


def homogeneous(expr: sp.Expr, context: Context) -> sp.Expr | None:
    """A linear expression in such entries without its constant: 1 − t_1 − t_2/2 as t_2/2 + t_3; None for any other."""
    for entry in sorted(expr.atoms(sp.Indexed), key=str):
        for fact in _facts(entry, context):
            entries = _along(entry, fact)
            slopes = [expr.coeff(e, 1) for e in entries]
            constant = sp.expand(expr - sp.Add(*(s * e for s, e in zip(slopes, entries, strict=True))))
            if constant.is_Rational and constant != 0 and fact.total.is_Rational and fact.total != 0:
                share = constant / fact.total
                return sp.Add(*((s + share) * e for s, e in zip(slopes, entries, strict=True)))
    return None


def _facts(entry: sp.Indexed, context: Context) -> Iterator[SumFact]:
    for fact in context.facts:
        length = fact.variable.axes[fact.axis]
        if fact.variable.key == key(entry) and length.is_Integer and length <= MAX_LISTED:
            yield fact


def _along(entry: sp.Indexed, fact: SumFact) -> list[sp.Expr]:
    """All entries along the axis of the sum, with the other indices as they are."""
    before, after = entry.indices[: fact.axis], entry.indices[fact.axis + 1 :]
    return [entry.base[(*before, sp.Integer(n), *after)] for n in range(1, int(fact.variable.axes[fact.axis]) + 1)]
