"""Which factors of a product stand above the line, which below it, and which beside the fraction."""

from __future__ import annotations

import sympy as sp

from derive.algebra.matrices import InverseEntry
from derive.algebra.products import EntryOf, Trace
from derive.render.order import BIG, flat
from derive.render.orientation import without_minus

#: Kept together above and below the line, with the rest beside: Γ(α+β)/(Γ(α) Γ(β)) θ^{α-1}…
GAMMAS = (sp.gamma, sp.factorial)


def split(expr: sp.Mul) -> tuple[bool, list[sp.Expr], list[sp.Expr]]:
    """Sign, factors above the line, factors below it."""
    negative, first_number = False, True
    over: list[sp.Expr] = []
    under: list[sp.Expr] = []
    for factor in flat(expr):
        if factor.is_Number and first_number:
            first_number = False
            negative = bool(factor.is_negative)
            factor = abs(factor)
            if factor == 1 and factor.is_Integer:
                continue
        if factor.is_Rational and factor.q != 1:
            under.append(sp.Integer(factor.q))
            if factor.p != 1:
                over.append(sp.Integer(factor.p))
        elif is_below(factor):
            base = factor.base if factor.exp == -1 else sp.Pow(factor.base, -factor.exp, evaluate=False)
            under.extend(flat(base) if isinstance(base, sp.Mul) else [base])
        else:
            over.append(factor)
    turned = without_minus(over) if negative else None
    if turned is not None:
        negative, over = False, turned
    return negative, *_rationalised(over, under)


def _rationalised(over: list[sp.Expr], under: list[sp.Expr]) -> tuple[list[sp.Expr], list[sp.Expr]]:
    """SymPy turns 1/√(2π) into √2/(2√π); turn it back."""
    for root in [f for f in over if isinstance(f, sp.Pow) and f.exp == sp.S.Half and f.base.is_Integer]:
        whole = next((n for n in under if n.is_Integer and n % root.base == 0), None)
        if whole is not None:
            over = [f for f in over if f is not root]
            under = [root, *(f for f in under if f is not whole)]
            under += [whole / root.base] if whole != root.base else []
    return over, under


def is_below(factor: sp.Expr) -> bool:
    """Is it a negative power, written below the line?"""
    return isinstance(factor, sp.Pow) and factor.exp.is_Number and bool(factor.exp.is_negative)


def is_plain(under: list[sp.Expr]) -> bool:
    """Does the denominator hold letters, numbers, their powers and sums only?"""
    return not any(f.has(sp.Function, *BIG) for f in under)


def beside(over: list[sp.Expr], under: list[sp.Expr]) -> list[sp.Expr]:
    """Which factors read better beside the fraction than on top of it: (1/N) Σ_i x_i, (N/2) log x."""
    if not under:
        return []
    gammas = [f for f in over if isinstance(f, sp.gamma) or f.has(sp.gamma)]
    if gammas and any(f.has(*GAMMAS) for f in under):
        return [f for f in over if f not in gammas and not f.is_Number]
    if not is_plain(under):
        chosen = [f for f in over if isinstance(f, sp.Product) or _tall_power(f)]
        return chosen if len(chosen) < len(over) else []
    chosen = [f for f in over if _reads_better_beside(f)]
    if chosen == over and len(over) == 1 and isinstance(over[0], sp.Add) and not all(f.is_integer for f in under):
        return []  # (N - Σ_i x_i)/(1-θ), but (1/N)(Σ_i x_i - c)
    return chosen


def _reads_better_beside(factor: sp.Expr) -> bool:
    if isinstance(factor, sp.exp) or _tall_power(factor):
        return has_quotient(factor.exp) if isinstance(factor, sp.exp) else True
    if isinstance(factor, sp.Add) and any(split(term)[2] for term in factor.args if isinstance(term, sp.Mul)):
        return True  # (1/N)(a/b - c), not a fraction of fractions
    kinds = (sp.log, sp.loggamma, sp.Derivative, InverseEntry)
    return isinstance(factor, kinds) or bool(factor.has(*BIG, EntryOf, Trace))


def _tall_power(factor: sp.Expr) -> bool:
    """Is it a power of something with a fraction in it, (x/λ)^c?"""
    return isinstance(factor, sp.Pow) and not isinstance(factor, sp.exp) and has_quotient(factor.base)


def has_quotient(expr: sp.Expr) -> bool:
    """Is there anything below a line in it?"""
    return any(is_below(p) for p in expr.atoms(sp.Pow)) or any(n.q != 1 for n in expr.atoms(sp.Rational))


def roots(factors: list[sp.Expr]) -> list[sp.Expr]:
    """The square roots among the factors."""
    return [f for f in factors if isinstance(f, sp.Pow) and f.exp == sp.S.Half]
