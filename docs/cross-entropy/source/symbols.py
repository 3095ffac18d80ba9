"""The letters of the tutorial and the contexts in which its formulas hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

import sympy as sp

from derive.algebra.context import (
    BINARY,
    COUNT,
    NONNEGATIVE,
    REAL,
    Context,
    IndexRange,
    SumFact,
    Variable,
    array,
    index,
    scalar,
    size,
)

K, N = size("K"), size("N")
i, j, k, l, n, c = (index(letter) for letter in "ijklnc")  # noqa: E741 - l follows k
ROW, COLUMN = index("a"), index("b")


def equation(left: sp.Expr, right: sp.Expr | int) -> sp.Eq:
    """An equation that stays as it is written."""
    return sp.Eq(left, sp.S(right), evaluate=False)


def total(term: sp.Expr, symbol: sp.Symbol, upper: sp.Expr | int) -> sp.Sum:
    """A sum from 1 on."""
    return sp.Sum(term, (symbol, sp.S.One, sp.S(upper)))


def simplex(variable: Variable, upper: sp.Expr | int = 1, axis: int = 0) -> SumFact:
    """The entries of an array add up to a number."""
    return SumFact(variable, axis, sp.S(upper))


def array_of(name: str, axes: Iterable[sp.Expr | int], domain: object = REAL) -> Variable:
    """An array; its sizes may be numbers."""
    return array(name, [sp.S(axis) for axis in axes], domain)  # type: ignore[arg-type]


def runs(symbol: sp.Symbol, upper: sp.Expr | int) -> IndexRange:
    """A free index from 1 on."""
    return IndexRange(symbol, sp.S.One, sp.S(upper))


#: One observation of K classes: its one-hot label, its predicted probabilities, its logits.
T, Y, Z = array_of("t", [K], BINARY), array_of("y", [K], NONNEGATIVE), array_of("z", [K], REAL)
t, y, z = T.base, Y.base, Z.base
#: Two distributions.
P, Q = array_of("p", [K], NONNEGATIVE), array_of("q", [K], NONNEGATIVE)
p, q = P.base, Q.base
#: A number, and two of them.
A, B, C = scalar("a", REAL), scalar("b", REAL), scalar("c", REAL)
a, b = A.base, B.base

ONE_SAMPLE = Context((K,), (T, Y), (runs(c, K), runs(j, K)), (simplex(T), simplex(Y)))
LOGITS = Context((K,), (T, Z, A), (runs(j, K),), (simplex(T),))
DISTRIBUTIONS = Context((K,), (P, Q), (), (simplex(P), simplex(Q)))
NUMBERS = Context((), (A, B))


def unevaluated(function: type[sp.Expr], *args: sp.Expr | int) -> sp.Expr:
    """An expression that stays as it is written: 0·log 0.32, log 1."""
    return function(*(sp.S(arg) for arg in args), evaluate=False)


def written_sum(terms: Iterable[sp.Expr]) -> sp.Expr:
    """A sum with its terms as they are."""
    return unevaluated(sp.Add, *terms)


def minus(expr: sp.Expr) -> sp.Expr:
    """−(…) with the bracket kept."""
    return unevaluated(sp.Mul, -1, expr)


def named(name: str) -> sp.Expr:
    """The symbol that a text calls y_k, t_ik, E_1, N; KeyError where it is none."""
    found = re.fullmatch(r"([A-Za-z]|lambda)(?:_([a-z0-9]{1,2}))?", name)
    if found is None:
        raise KeyError(name)
    letter, below = found.groups()
    if below is None:
        return sp.Symbol(letter)
    return sp.IndexedBase(letter)[tuple(sp.Integer(s) if s.isdigit() else index(s) for s in below)]


__all__ = ["BINARY", "COUNT", "NONNEGATIVE", "REAL", "Context", "index"]
