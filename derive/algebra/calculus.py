"""Derivatives of expressions with indexed sums and products.

∂y_k/∂y_j = δ_{jk}; everything else is the sum, product and chain rule, with bound variables renamed apart first, so
that the index of differentiation is never captured.
"""

from __future__ import annotations

import sympy as sp
from sympy.core.function import AppliedUndef, ArgumentIndexError

from derive.algebra.binding import rename_apart
from derive.algebra.context import key
from derive.algebra.matrices import Det, InverseEntry


class NotDifferentiableError(ValueError):
    """No derivative is known for a function that depends on the variable."""


def derivative(expr: sp.Expr, variable: sp.Expr) -> sp.Expr:
    """∂expr/∂variable for a symbol or an array's entry; sums keep their δ, which `delta_collapse` resolves."""
    if not isinstance(variable, (sp.Symbol, sp.Indexed)):
        raise NotDifferentiableError(f"{variable} is neither a symbol nor an array's entry")
    return _derivative(rename_apart(expr), variable)


def _derivative(expr: sp.Expr, x: sp.Expr) -> sp.Expr:
    if isinstance(expr, (sp.Symbol, sp.Indexed)):
        return _of_entry(expr, x)
    if not expr.args:
        return sp.S.Zero
    if isinstance(expr, sp.Add):
        return sp.Add(*(_derivative(term, x) for term in expr.args))
    if isinstance(expr, sp.Mul):
        return sp.Add(
            *(sp.Mul(*expr.args[:n], _derivative(factor, x), *expr.args[n + 1 :]) for n, factor in enumerate(expr.args))
        )
    if isinstance(expr, sp.Pow):
        return _of_power(expr, x)
    if isinstance(expr, sp.Sum):
        inner = _derivative(expr.function, x)
        return sp.S.Zero if inner == 0 else sp.Sum(inner, *expr.limits)
    if isinstance(expr, sp.Product):
        return _of_product(expr, x)
    if isinstance(expr, sp.Function):
        return _of_function(expr, x)
    if isinstance(expr, (Det, InverseEntry)):
        return _of_matrix(expr, x)
    raise NotDifferentiableError(f"no rule for the derivative of {type(expr).__name__}")


def _of_entry(expr: sp.Expr, x: sp.Expr) -> sp.Expr:
    if key(expr) != key(x):
        return sp.S.Zero
    if not isinstance(expr, sp.Indexed):
        return sp.S.One
    return sp.Mul(*(sp.KroneckerDelta(a, b) for a, b in zip(x.indices, expr.indices, strict=True)))


def _of_power(expr: sp.Pow, x: sp.Expr) -> sp.Expr:
    base, exponent = expr.as_base_exp()
    by_base = exponent * base ** (exponent - 1) * _derivative(base, x)
    by_exponent = _derivative(exponent, x)
    return by_base if by_exponent == 0 else by_base + expr * sp.log(base) * by_exponent


def _of_product(expr: sp.Product, x: sp.Expr) -> sp.Expr:
    """(Π_k f_k)′ = Π_k f_k · Σ_k f_k′/f_k, where no f_k is 0."""
    apart = rename_apart(expr)
    inner = _derivative(apart.function, x)
    return sp.S.Zero if inner == 0 else expr * sp.Sum(inner / apart.function, *apart.limits)


def _of_matrix(expr: Det | InverseEntry, x: sp.Expr) -> sp.Expr:
    """∂ det M = det M · Σ_ab (M⁻¹)_ba ∂M_ab, and ∂(M⁻¹)_pq = −Σ_ab (M⁻¹)_pa ∂M_ab (M⁻¹)_bq.

    The entries of a matrix count as independent variables, also where it is symmetric.
    """
    apart = rename_apart(expr.matrix)
    inner = _derivative(apart.function, x)
    if inner == 0:
        return sp.S.Zero
    a, b = apart.row, apart.column
    if isinstance(expr, Det):
        return expr * sp.Sum(InverseEntry(expr.matrix, b, a) * inner, *apart.limits)
    left, right = InverseEntry(expr.matrix, expr.row, a), InverseEntry(expr.matrix, b, expr.column)
    return -sp.Sum(left * inner * right, *apart.limits)


def _of_function(expr: sp.Function, x: sp.Expr) -> sp.Expr:
    terms = []
    for n, argument in enumerate(expr.args, start=1):
        inner = _derivative(argument, x)
        if inner == 0:
            continue
        if isinstance(expr, AppliedUndef):
            raise NotDifferentiableError(f"{expr} has no rule: an array is written f[k], not f(k)")
        if isinstance(expr, sp.KroneckerDelta):
            raise NotDifferentiableError(f"{expr} cannot be differentiated by its index")
        try:
            slope = expr.fdiff(n)
            if slope.has(sp.Subs, sp.Derivative):  # SymPy's way to say that it knows none
                raise ArgumentIndexError(expr, n)
            terms.append(slope * inner)
        except ArgumentIndexError:
            name = type(expr).__name__
            raise NotDifferentiableError(f"no rule for the derivative of {name} by argument {n}") from None
    return sp.Add(*terms)
