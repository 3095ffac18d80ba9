"""Rational functions over opaque atoms: common denominators, cancellation, the zero test.

Sums, logarithms, array entries and powers with symbolic exponents are atoms; e^{a + 2b} counts as the power product
e^a · (e^b)², so that 1/(1 + e^{-z}) and e^z/(1 + e^z) meet. What is done to the atoms' polynomials is
python-flint's, in `cancelling`, or SymPy's where that might take long; either sees plain symbols only.
"""

from __future__ import annotations

from functools import lru_cache
from math import lcm

import sympy as sp

from derive.algebra import cancelling
from derive.algebra.cancelling import TooManyTermsError, cancelled

#: Fractions with more terms than this are not combined: the greatest common divisor would take too long.
MAX_TERMS = 400
#: Where powers are higher than this, nothing is cancelled or factored: compiled code that cannot be stopped does it.
MAX_DEGREE = 16
#: Longer expressions are not factored.
MAX_FACTORED = 40
#: Higher powers stay closed: multiplied out they would fill the memory.
MAX_POWER = 40


class Atoms:
    """A correspondence between opaque subexpressions and plain symbols."""

    def __init__(self) -> None:
        self._symbols: dict[sp.Expr, sp.Symbol] = {}
        self._exponents: dict[sp.Expr, int] = {}

    def symbol(self, atom: sp.Expr) -> sp.Symbol:
        """The symbol that stands for an atom."""
        if atom not in self._symbols:
            self._symbols[atom] = sp.Dummy(f"a{len(self._symbols)}")
        return self._symbols[atom]

    def encode(self, expr: sp.Expr) -> sp.Expr:
        """The expression over plain symbols."""
        self._common_exponents(expr)
        return self._encode(expr)

    def decode(self, expr: sp.Expr) -> sp.Expr:
        """The atoms put back."""
        return expr.xreplace(dict(zip(*self.table(), strict=True)))

    def table(self) -> tuple[list[sp.Symbol], list[sp.Expr]]:
        """The symbols and what each stands for."""
        values = [sp.exp(a.args[0] / self._exponents[a]) if a in self._exponents else a for a in self._symbols]
        return list(self._symbols.values()), values

    def _common_exponents(self, expr: sp.Expr) -> None:
        """For every exponent monomial the common denominator of its coefficients: e^{z/2} and e^z share e^{z/2}."""
        if isinstance(expr, sp.exp):
            for coefficient, monomial in _exponent_terms(expr):
                base = sp.exp(monomial, evaluate=False)
                self._exponents[base] = lcm(self._exponents.get(base, 1), int(coefficient.q))
        elif expr.is_Add or expr.is_Mul or (expr.is_Pow and expr.exp.is_Integer and abs(expr.exp) <= MAX_POWER):
            for arg in expr.args:
                self._common_exponents(arg)

    def _encode(self, expr: sp.Expr) -> sp.Expr:
        if expr.is_Rational:
            return expr
        if expr.is_Add or expr.is_Mul:
            return expr.func(*(self._encode(a) for a in expr.args))
        if expr.is_Pow and expr.exp.is_Integer and abs(expr.exp) <= MAX_POWER:
            return self._encode(expr.base) ** expr.exp
        if isinstance(expr, sp.exp):
            factors = []
            for coefficient, monomial in _exponent_terms(expr):
                base = sp.exp(monomial, evaluate=False)
                factors.append(self.symbol(base) ** int(coefficient * self._exponents[base]))
            return sp.Mul(*factors)
        if expr.is_Pow and expr.exp.is_Mul:  # x^{2a} = (x^a)²
            coefficient, monomial = expr.exp.as_coeff_Mul(rational=True)
            if coefficient.is_Integer and 1 < abs(coefficient) <= MAX_POWER:
                return self.symbol(sp.Pow(expr.base, monomial)) ** int(coefficient)
        if expr.is_Pow and expr.exp.is_Rational:
            return self.symbol(sp.Pow(expr.base, sp.Rational(1, expr.exp.q))) ** expr.exp.p
        return self.symbol(expr)


def _exponent_terms(expr: sp.exp) -> list[tuple[sp.Rational, sp.Expr]]:
    """The exponent as rational coefficients times monomials."""
    terms = []
    for term in sp.Add.make_args(expr.args[0]):
        coefficient, monomial = term.as_coeff_Mul(rational=True)
        terms.append((coefficient, monomial))
    return terms


@lru_cache(maxsize=4096)
def fraction(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Numerator and denominator without common factors; (expr, 1) where there is nothing to combine."""
    atoms = Atoms()
    plain = atoms.encode(expr)
    if not any(p.exp.is_negative for p in plain.atoms(sp.Pow)):
        return expr, sp.S.One
    if _terms(plain) > MAX_TERMS or _degree(plain) > MAX_DEGREE:
        numerator, denominator = sp.fraction(sp.together(plain))
    else:
        try:
            return cancelled(plain, *atoms.table())
        except TooManyTermsError:  # SymPy can be stopped when the time is up
            numerator, denominator = sp.fraction(sp.cancel(plain))
    return atoms.decode(numerator), atoms.decode(denominator)


def numerator(expr: sp.Expr) -> sp.Expr:
    """The numerator over a common denominator, expanded: zero exactly where the expression is."""
    atoms = Atoms()
    plain = atoms.encode(expr)
    top, _ = sp.fraction(sp.together(plain))
    return atoms.decode(sp.expand(top))


@lru_cache(maxsize=4096)
def factored(expr: sp.Expr) -> sp.Expr:
    """The expression as a product of factors, where it is a polynomial in its atoms."""
    atoms = Atoms()
    plain = atoms.encode(expr)
    if _terms(plain) > MAX_FACTORED or _degree(plain) > MAX_DEGREE:
        return expr
    try:
        return cancelling.factored(plain, *atoms.table())
    except TooManyTermsError:  # SymPy can be stopped when the time is up
        return atoms.decode(sp.factor(plain))


def _degree(expr: sp.Expr) -> int:
    return max((abs(int(p.exp)) for p in expr.atoms(sp.Pow) if p.exp.is_Integer), default=0)


def _terms(expr: sp.Expr) -> int:
    return sum(len(a.args) for a in expr.atoms(sp.Add)) + 1
