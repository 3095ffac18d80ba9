"""Which factors of a product stand above the line, which below it, and which beside the fraction."""

from __future__ import annotations

import sympy as sp

from derive.render.order import BIG, flat


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


def reads_better_beside(factor: sp.Expr) -> bool:
    """Does the factor read better beside a fraction than on top of it, as Σ_i x_i and log x do?"""
    if isinstance(factor, sp.exp):
        return bool(split(factor.exp)[2]) if isinstance(factor.exp, sp.Mul) else False
    return isinstance(factor, (sp.log, sp.loggamma, sp.Derivative)) or bool(factor.has(*BIG))
