"""Constants that stand together on paper: SymPy splits (2π)^a into 2^a π^a, and log(2π) into log 2 + log π."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sympy as sp
from sympy.core.numbers import NumberSymbol


def joined_constants(factors: Sequence[sp.Expr]) -> list[sp.Expr]:
    """The factors, with 2^a π^a as one power (2π)^a."""
    powers = [f for f in factors if isinstance(f, sp.Pow) and _constant(f.base) and f.exp.free_symbols]
    result = list(factors)
    for first in powers:
        same = [f for f in powers if f.exp == first.exp]
        if len(same) == 2 and same[0] is first:
            place = result.index(first)
            result = [f for f in result if f not in same]
            result.insert(place, sp.Pow(sp.Mul(*(f.base for f in same), evaluate=False), first.exp, evaluate=False))
    return result


def joined_logs(terms: Iterable[sp.Expr]) -> list[sp.Expr]:
    """The terms, with a log 2 + a log π as one term a log(2π)."""
    result = list(terms)
    found = [(t, *_coefficient(t)) for t in result]
    logs = [(t, factor, inner) for t, factor, inner in found if inner is not None]
    for term, factor, inner in logs:
        same = [(t, i) for t, f, i in logs if f == factor]
        if len(same) == 2 and same[0][0] is term and sp.pi in (inner, same[1][1]):
            place = result.index(term)
            result = [t for t in result if t not in (term, same[1][0])]
            joint = sp.log(sp.Mul(inner, same[1][1], evaluate=False), evaluate=False)
            result.insert(place, sp.Mul(*sp.Mul.make_args(factor), joint, evaluate=False) if factor != 1 else joint)
    return result


def _constant(base: sp.Expr) -> bool:
    return bool((base.is_Integer and base > 1) or (isinstance(base, NumberSymbol) and base is not sp.E))


def _coefficient(term: sp.Expr) -> tuple[sp.Expr, sp.Expr | None]:
    """a and c of a log c, where c is a constant."""
    factors = sp.Mul.make_args(term)
    logs = [f for f in factors if isinstance(f, sp.log) and _constant(f.args[0])]
    if len(logs) != 1:
        return term, None
    return sp.Mul(*(f for f in factors if f is not logs[0])), logs[0].args[0]
