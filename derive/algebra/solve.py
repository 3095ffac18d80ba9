"""Solve an equation for one unknown, or say why there is no closed form.

SymPy's `solve` returns [] for equations with unevaluated sums and can return an "answer" that still holds the unknown.
Here the equation is brought to a polynomial in the unknown over opaque coefficients; what is returned is checked to be
free of the unknown, and what had to be nonzero on the way is reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derive.algebra import rational
from derive.algebra.binding import depends_on
from derive.algebra.context import Context
from derive.algebra.normal import normal
from derive.algebra.sign import is_nonzero


class NoClosedFormError(ValueError):
    """The equation has no solution in closed form that this solver knows."""


@dataclass(frozen=True)
class Solution:
    """`unknown` = `value` is the only solution of expr = 0 where `nonzero` holds.

    `cleared` is the equation after multiplication by the denominator; `nonzero` lists what was multiplied or divided
    by and is not known to be different from 0.
    """

    unknown: sp.Expr
    value: sp.Expr
    cleared: sp.Expr
    nonzero: tuple[sp.Expr, ...]


def solve(expr: sp.Expr, unknown: sp.Expr, context: Context) -> Solution:
    """The solution of expr = 0 for `unknown`; NoClosedFormError where there is none that is linear in it."""
    top, bottom = rational.fraction(normal(expr, context))
    cleared = sp.expand(top)
    stand_in = sp.Dummy("u")
    plain = cleared.xreplace({unknown: stand_in})
    if depends_on(plain, unknown):
        raise NoClosedFormError(f"{unknown} occurs inside a function or a sum of {sp.sstr(cleared)} = 0")
    if any(f.has(stand_in) for f in plain.atoms(sp.Function, sp.Sum, sp.Product)):
        raise NoClosedFormError(f"{unknown} occurs inside a function: {sp.sstr(cleared)} = 0")
    polynomial = sp.Poly(plain, stand_in)
    if polynomial.degree() != 1:
        raise NoClosedFormError(f"{sp.sstr(cleared)} = 0 is of degree {polynomial.degree()} in {unknown}")
    bottom = rational.factored(bottom)
    slope, rest = polynomial.nth(1), polynomial.nth(0)
    value = sp.factor_terms(normal(-rest / slope, context))
    if depends_on(value, unknown):
        raise NoClosedFormError(f"the solution for {unknown} still holds {unknown}")
    needed = tuple(f for f in (*sp.Mul.make_args(bottom), slope) if not is_nonzero(f, context))
    return Solution(unknown, value, cleared, needed)
