"""Derivatives for the symbolic lane: a table of elementary derivatives and the chain rule.

Written apart from the engine's calculus, so that one does not confirm the other's mistakes. Every derivative is taken
in the form Σ over the occurrences of the variable: ∂f/∂x = Σ_u (∂f/∂u)(∂u/∂x) over the arguments u of f.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from derive.algebra.binding import rebuild, rename_apart
from derive.algebra.context import key
from derive.algebra.matrices import Det, InverseEntry

#: f ↦ f′ for functions of one argument.
TABLE: dict[type, Callable[[sp.Expr], sp.Expr]] = {
    sp.exp: sp.exp,
    sp.log: lambda u: 1 / u,
    sp.gamma: lambda u: sp.gamma(u) * sp.polygamma(0, u),
    sp.loggamma: lambda u: sp.polygamma(0, u),
    sp.Abs: sp.sign,
    sp.cos: lambda u: -sp.sin(u),
    sp.sin: sp.cos,
}
#: g_n ↦ g_n′ for functions with an order, which must not hold the variable.
ORDERED: dict[type, Callable[[sp.Expr, sp.Expr], sp.Expr]] = {
    sp.polygamma: lambda n, u: sp.polygamma(n + 1, u),
    sp.besseli: lambda n, u: (sp.besseli(abs(n - 1), u) + sp.besseli(n + 1, u)) / 2,
}


def without_derivatives(expr: sp.Basic) -> sp.Basic:
    """The expression with every derivative carried out. NotImplementedError where one is not in the table."""
    if not expr.has(sp.Derivative):
        return expr
    if isinstance(expr, sp.Derivative):
        result = without_derivatives(expr.expr)
        for variable in expr.variables:
            result = _derivative(rename_apart(result), variable)
        return result
    return rebuild(expr, tuple(without_derivatives(a) for a in expr.args))


def _derivative(f: sp.Expr, x: sp.Expr) -> sp.Expr:
    if not any(key(a) == key(x) for a in f.atoms(sp.Symbol, sp.Indexed)):
        return sp.S.Zero
    if isinstance(f, sp.Symbol):
        return sp.S.One
    if isinstance(f, sp.Indexed):  # b_i is not b
        return sp.prod(list(map(sp.KroneckerDelta, f.indices, x.indices))) if key(f) == key(x) else sp.S.Zero
    if isinstance(f, sp.Sum):
        return sp.Sum(_derivative(f.function, x), *f.limits)
    if isinstance(f, sp.Product):  # f = exp Σ log of the factors
        g = rename_apart(f)
        return f * sp.Sum(_derivative(g.function, x) / g.function, *g.limits)
    if isinstance(f, sp.Add):
        return sp.Add(*(_derivative(term, x) for term in f.args))
    if isinstance(f, sp.Mul):  # the logarithmic derivative would divide by 0: use u·v with v the other factors
        first, rest = f.args[0], sp.Mul(*f.args[1:])
        return _derivative(first, x) * rest + first * _derivative(rest, x)
    if isinstance(f, (Det, InverseEntry)):
        return _of_matrix(f, x)
    if isinstance(f, sp.exp) or not isinstance(f, sp.Pow):
        return _chain(f, x)
    u, v = f.base, f.exp
    slope = v * u ** (v - 1) * _derivative(u, x)
    return (
        slope
        if key(x) not in {key(a) for a in v.atoms(sp.Symbol, sp.Indexed)}
        else (slope + f * sp.log(u) * _derivative(v, x))
    )


def _of_matrix(f: sp.Expr, x: sp.Expr) -> sp.Expr:
    """Jacobi's formula, and the derivative of M⁻¹ from M·M⁻¹ = 1; every entry of M is a variable of its own."""
    m = rename_apart(f.args[0])
    (row, *_), (column, *_) = m.limits
    change = _derivative(m.function, x)
    if isinstance(f, Det):
        return sp.Sum(f * InverseEntry(f.args[0], column, row) * change, *m.limits)
    before, after = f.args[1:]
    product = InverseEntry(f.args[0], before, row) * change * InverseEntry(f.args[0], column, after)
    return sp.Sum(-product, *m.limits)


def _chain(f: sp.Expr, x: sp.Expr) -> sp.Expr:
    if type(f) in ORDERED and f.args[0].is_Integer:
        return ORDERED[type(f)](*f.args) * _derivative(f.args[1], x)
    outer = TABLE.get(type(f))
    if outer is None or len(f.args) != 1:
        raise NotImplementedError(f"the derivative of {type(f).__name__} is not in the table")
    return outer(f.args[0]) * _derivative(f.args[0], x)
