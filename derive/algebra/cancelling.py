"""Rational functions of plain symbols over one denominator, without common factors, by python-flint's polynomials.

The polynomials are compiled code that cannot be stopped: what would have too many terms is refused beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import Any

import sympy as sp
from flint import Ordering, fmpz_mpoly_ctx

#: Polynomials with more terms than this are not made, nor divisors of longer ones looked for.
MAX_TERMS = 2000
MAX_SYMBOLS = 60
#: Polynomials with more terms, or of a higher degree, are not factored.
MAX_FACTORED, MAX_DEGREE = 200, 40
Pair = tuple[Any, Any]  # numerator and denominator, polynomials over the integers


class TooManyTermsError(ValueError):
    """A polynomial would be longer than is of use here."""


def cancelled(expr: sp.Expr, symbols: Sequence[sp.Symbol], values: Sequence[sp.Expr]) -> tuple[sp.Expr, sp.Expr]:
    """Numerator and denominator, multiplied out, with `values` in place of the symbols.

    The denominator's leading coefficient is positive in the order of the symbols. `expr` holds integers' ratios,
    sums, products and whole powers of the symbols only; TooManyTermsError where it does not or is too long.
    """
    top, bottom = _fraction(expr, symbols)
    if len(top) > 1 and bottom.is_constant():  # a number below a sum goes to its terms, as in SymPy
        return _expression(top, values, int(bottom.leading_coefficient())), sp.S.One
    return _expression(top, values), _expression(bottom, values)


def factored(expr: sp.Expr, symbols: Sequence[sp.Symbol], values: Sequence[sp.Expr]) -> sp.Expr:
    """The same as a product of irreducible factors; TooManyTermsError where that might take long."""
    top, bottom = _fraction(expr, symbols)
    if any(len(p) > MAX_FACTORED or (len(p) and p.total_degree() > MAX_DEGREE) for p in (top, bottom)):
        raise TooManyTermsError("factors of a long polynomial")
    if not len(top):
        return sp.S.Zero
    factors = []
    for polynomial, side in ((top, 1), (bottom, -1)):
        constant, found = polynomial.factor()
        factors.append(sp.Integer(int(constant)) ** side)
        for factor, exponent in found:
            positive = factor.leading_coefficient() > 0
            if not positive:
                factors.append(sp.Integer(-1) ** int(exponent))
            factors.append(_expression(factor if positive else -factor, values) ** (side * int(exponent)))
    return sp.Mul(*factors)


def _fraction(expr: sp.Expr, symbols: Sequence[sp.Symbol]) -> Pair:
    if len(symbols) > MAX_SYMBOLS:
        raise TooManyTermsError(f"{len(symbols)} symbols")
    ring = fmpz_mpoly_ctx.get(tuple(f"x{n}" for n in range(len(symbols))), Ordering.lex)
    gens = dict(zip(symbols, ring.gens(), strict=True))
    top, bottom = _pair(expr, gens, ring.constant(1))
    if len(bottom) and bottom.leading_coefficient() < 0:
        top, bottom = -top, -bottom
    return top, bottom


def _pair(expr: sp.Expr, gens: dict[sp.Symbol, Any], one: Any) -> Pair:
    if expr.is_Rational:
        return one * int(expr.p), one * int(expr.q)
    if expr.is_Symbol and expr in gens:
        return gens[expr], one
    if expr.is_Add:
        return _total([_pair(a, gens, one) for a in expr.args], one)
    if expr.is_Mul:
        top, bottom = one, one
        for a in expr.args:
            other = _pair(a, gens, one)
            top, bottom = _lowest(_times(top, other[0]), _times(bottom, other[1]))
        return top, bottom
    if expr.is_Pow and expr.exp.is_Integer:
        n = int(expr.exp)
        top, bottom = _pair(expr.base, gens, one)
        if n < 0:
            if not len(top):
                raise TooManyTermsError("a denominator that is 0")
            top, bottom = bottom, top
        return _power(top, abs(n)), _power(bottom, abs(n))
    raise TooManyTermsError("no rational function")


def _total(pairs: list[Pair], one: Any) -> Pair:
    """Fractions added up, those over the same denominator first."""
    groups: dict[str, Pair] = {}
    for top, bottom in pairs:
        name = str(bottom)
        groups[name] = (groups[name][0] + top, bottom) if name in groups else (top, bottom)
    top, bottom = one * 0, one
    for other, below in groups.values():
        shared = _divisor(bottom, below)
        left, right = below / shared, bottom / shared
        top = _times(top, left) + _times(other, right)
        bottom = _times(bottom, left)
    return _lowest(top, bottom)


def _lowest(top: Any, bottom: Any) -> Pair:
    shared = _divisor(top, bottom)
    return top / shared, bottom / shared


def _divisor(first: Any, second: Any) -> Any:
    if max(len(first), len(second)) > MAX_TERMS:
        raise TooManyTermsError("a divisor of long polynomials")
    if not len(second):
        raise TooManyTermsError("a denominator that is 0")
    return first.gcd(second)


def _times(first: Any, second: Any) -> Any:
    if len(first) * len(second) > MAX_TERMS:
        raise TooManyTermsError("a long product")
    return first * second


def _power(base: Any, n: int) -> Any:
    if len(base) > 1 and comb(len(base) + n - 1, n) > MAX_TERMS:
        raise TooManyTermsError("a long power")
    return base**n


def _expression(polynomial: Any, values: Sequence[sp.Expr], below: int = 1) -> sp.Expr:
    terms = []
    for exponents, coefficient in polynomial.to_dict().items():
        powers = [value**n for value, n in zip(values, map(int, exponents), strict=True) if n]
        terms.append(sp.Mul(sp.Rational(int(coefficient), below), *powers))
    return sp.Add(*terms)
