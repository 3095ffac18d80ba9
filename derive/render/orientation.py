"""Which way round a difference is written: x - μ, the data before what it is compared with.

SymPy turns |x - μ| into |μ - x| and sin(x - μ) into -sin(μ - x); on paper the data come first.
"""

from __future__ import annotations

import sympy as sp

from derive.render import names

#: f(-x) = f(x), and f(-x) = -f(x).
EVEN = (sp.Abs, sp.cos, sp.cosh)
ODD = (sp.sin, sp.tan, sp.sinh, sp.tanh, sp.atan, sp.sign)


def is_reversed(difference: sp.Expr) -> bool:
    """Is it μ - x, a Greek letter before a Latin one?"""
    if not isinstance(difference, sp.Add) or len(difference.args) != 2:
        return False
    signs = [bool(term.could_extract_minus_sign()) for term in difference.args]
    if signs[0] == signs[1]:
        return False
    last, first = (t.as_coeff_Mul()[1] for t in sorted(difference.args, key=lambda t: t.could_extract_minus_sign()))
    return _is_greek(last) and _is_latin(first)


def reversed_difference(difference: sp.Expr) -> sp.Expr:
    """The same difference the other way round: its negative."""
    return sp.Add(*(-term for term in difference.args), evaluate=False)


def without_minus(factors: list[sp.Expr]) -> list[sp.Expr] | None:
    """The factors behind a minus with sin(μ - x) turned to sin(x - μ), which takes the minus away; None without one."""
    for place, factor in enumerate(factors):
        if isinstance(factor, ODD) and is_reversed(factor.args[0]):
            turned = factor.func(reversed_difference(factor.args[0]), evaluate=False)
            return [*factors[:place], turned, *factors[place + 1 :]]
    return None


def forward(argument: sp.Expr) -> sp.Expr:
    """The argument of a function, its difference the right way round."""
    return reversed_difference(argument) if is_reversed(argument) else argument


def exponent(expr: sp.Expr) -> sp.Expr:
    """An exponent with its differences the right way round: (μ - x)/s as -(x - μ)/s."""
    if is_reversed(expr):
        return sp.Mul(-1, reversed_difference(expr), evaluate=False)
    if isinstance(expr, sp.Mul):
        turned = [reversed_difference(f) if is_reversed(f) else f for f in expr.args]
        odd = sum(a is not b for a, b in zip(turned, expr.args, strict=True)) % 2
        if not odd:
            return sp.Mul(*turned, evaluate=False) if turned != list(expr.args) else expr
        number, rest = (turned[0], turned[1:]) if turned[0].is_Number else (sp.S.One, turned)
        return sp.Mul(-number, *rest, evaluate=False)
    if isinstance(expr, sp.Add):
        turned = [exponent(term) for term in expr.args]
        return sp.Add(*turned, evaluate=False) if turned != list(expr.args) else expr
    return expr


def _letter(term: sp.Expr) -> str:
    if isinstance(term, sp.Indexed):
        return names.parts(str(term.base.label)).base
    return names.parts(term.name).base if isinstance(term, sp.Symbol) else ""


def _is_greek(term: sp.Expr) -> bool:
    return _letter(term) in names.GREEK


def _is_latin(term: sp.Expr) -> bool:
    return len(_letter(term)) == 1
