"""Canonical forms of rational functions of atoms: sums, logarithms, powers and entries stand as one letter each."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from derive.algebra.context import index


class Exp(sp.Function):  # type: ignore[misc]
    """The exponential in normal forms: 1/Exp(u) stays what it is, where SymPy would write exp(-u)."""

    nargs = 1
    is_positive = True


class RPow(sp.Function):  # type: ignore[misc]
    """A power with an exponent that is no number, in normal forms: nothing is merged with it by itself."""

    nargs = 2
    is_positive = None
    is_real = True


def is_field(expr: sp.Basic) -> bool:
    """Whether an expression is put together by field operations from its arguments."""
    if isinstance(expr, sp.exp):
        return False
    return bool(expr.is_Add or expr.is_Mul or (isinstance(expr, sp.Pow) and expr.exp.is_Integer))


def as_root(expr: sp.Basic) -> tuple[sp.Expr, int] | None:
    """√u and n for u^(n/2), None for everything else."""
    if not isinstance(expr, sp.Pow) or isinstance(expr, sp.exp) or not expr.exp.is_Rational or expr.exp.q != 2:
        return None
    return sp.sqrt(expr.base), int(2 * expr.exp)


def atoms(expr: sp.Basic) -> list[sp.Expr]:
    """The largest parts that are no field operations, each once; numbers are none."""
    if expr.is_Rational:
        return []
    if is_field(expr):
        arguments = (expr.base,) if isinstance(expr, sp.Pow) else expr.args
        return list(dict.fromkeys(a for argument in arguments for a in atoms(argument)))
    root = as_root(expr)
    return [expr if root is None else root[0]]


@lru_cache(maxsize=4096)
def quotient(expr: sp.Expr) -> tuple[sp.Expr, tuple[tuple[sp.Expr, int], ...]]:
    """Numerator, multiplied out, and the factors of the denominator, without common factors."""
    top, bottom, back = _cancelled(expr)
    number, factors = sp.factor_list(bottom)
    return sp.expand(top / number).xreplace(back), tuple((f.xreplace(back), int(n)) for f, n in factors)


def _cancelled(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr, dict[sp.Basic, sp.Basic]]:
    found = sorted(atoms(expr), key=str)
    there = {a: sp.Symbol(f"_a{n}") for n, a in enumerate(found)}
    top, bottom = sp.fraction(sp.cancel(sp.together(_opaque(expr, there))))
    return top, bottom, {s: a for a, s in there.items()}


def _opaque(expr: sp.Expr, there: dict[sp.Basic, sp.Basic]) -> sp.Expr:
    if expr in there:
        return there[expr]
    if is_field(expr):
        if isinstance(expr, sp.Pow):
            return _opaque(expr.base, there) ** expr.exp
        return expr.func(*(_opaque(a, there) for a in expr.args))
    root = as_root(expr)
    return expr if root is None else there[root[0]] ** root[1]


def terms_of(expr: sp.Expr) -> list[list[tuple[sp.Expr, int]]]:
    """The terms of the numerator, each as its factors with exponents, those of the denominator among them."""
    top, below = quotient(expr)
    found = []
    for term in sp.Add.make_args(top):
        factors = [as_power(f) for f in sp.Mul.make_args(term)]
        found.append([*factors, *((f, -n) for f, n in below)])
    return found


def as_power(factor: sp.Expr) -> tuple[sp.Expr, int]:
    """Base and integer exponent."""
    if isinstance(factor, sp.Pow) and not isinstance(factor, sp.exp) and factor.exp.is_Integer:
        return factor.base, int(factor.exp)
    return factor, 1


@lru_cache(maxsize=4096)
def factors(expr: sp.Expr) -> tuple[tuple[sp.Expr, int], ...]:
    """An expression as a product: numbers first, then factors with integer exponents."""
    top, bottom, back = _cancelled(expr)
    number, above = sp.factor_list(top)
    under, below = sp.factor_list(bottom)
    number /= under
    found = [(f.xreplace(back), int(n)) for f, n in above] + [(f.xreplace(back), -int(n)) for f, n in below]
    if number.is_negative:
        for place, (f, n) in enumerate(found):
            if f.is_Add and n % 2:
                number, found[place] = -number, (sp.expand(-f), n)
                break
    numbers = [(sp.Integer(number.p), 1)] if number.p != 1 else []
    numbers += [(sp.Integer(number.q), -1)] if number.q != 1 else []
    return (*numbers, *found)


def product(parts: list[tuple[sp.Expr, int]]) -> sp.Expr:
    """The product of factors with exponents."""
    return sp.Mul(*(base**exponent for base, exponent in parts))


def vanishes(difference: sp.Expr) -> bool:
    """Whether a difference of normal forms is 0, roots squared."""
    top, _ = quotient(difference)
    if top == 0:
        return True
    roots = [a for a in atoms(top) if isinstance(a, sp.Pow) and a.exp == sp.Rational(1, 2)]
    return bool(roots) and bool(quotient(sp.expand(top))[0] == 0)


def with_bound_names(expr: sp.Basic, depth: int = 0) -> sp.Basic:
    """The same expression with bound indices named by how deep they are: i0, i1, …; exponentials in their own form."""
    if isinstance(expr, sp.exp):
        return Exp(with_bound_names(expr.args[0], depth))
    if isinstance(expr, sp.Pow) and not expr.exp.is_Rational:
        return RPow(*(with_bound_names(a, depth) for a in expr.args))
    if isinstance(expr, (sp.Sum, sp.Product)):
        *inner, (variable, lower, upper) = expr.limits
        body = expr.func(expr.function, *inner) if inner else expr.function
        place = sp.Dummy(integer=True)
        body = with_bound_names(body.xreplace({variable: place}), depth + 1).xreplace({place: index(f"i{depth}")})
        return expr.func(body, (index(f"i{depth}"), lower, upper))
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    new = [with_bound_names(a, depth) for a in expr.args]
    return expr.func(*new, evaluate=False) if isinstance(expr, sp.Derivative) else expr.func(*new)
