"""The likely slip behind a wrong step: found where one fits, and nothing said where none does."""

from __future__ import annotations

import time

import pytest
import sympy as sp
from flint import arb

from derive.algebra.context import POSITIVE, REAL, Context, array, index, scalar, size
from derive.read.slips import likely_slip

N, K = size("N"), size("K")
i, k, j = index("i"), index("k"), index("j")
T, Y = array("t", (K,), POSITIVE), array("y", (K,), POSITIVE)
A = array("a", (N, N), REAL)
X, MU, S = scalar("x", REAL), scalar("mu", REAL), scalar("s", POSITIVE)
t, y, a = T.base, Y.base, A.base
x, mu, s = X.base, MU.base, S.base
CONTEXT = Context(sizes=(N, K), variables=(T, Y, A, X, MU, S))


def total(term: sp.Expr, lower: sp.Expr = sp.S.One, upper: sp.Expr = K, over: sp.Symbol = k) -> sp.Sum:
    return sp.Sum(term, (over, lower, upper))


ENTROPY = total(t[k] * sp.log(y[k]))

TABLE: list[tuple[str, sp.Expr, sp.Expr, str]] = [
    ("the whole sign", -ENTROPY, ENTROPY, "the sign: the right side is right with the other sign"),
    ("a number's sign", -sp.log(sp.Rational(33, 100)), sp.log(sp.Rational(33, 100)), "the sign: the right side"),
    ("a lost 2", (x - mu) ** 2, (x - mu) ** 2 / 2, "a factor: the right side lacks 2"),
    ("a 2 too much", (x - mu), 2 * (x - mu), "a factor: 2 on the right side is too much"),
    ("a lost 1/2 with the sign", -((x - mu) ** 2) / 2, (x - mu) ** 2, "a factor: 2 on the right side is too much, and"),
    ("3/2", 3 * x, 2 * x, "a factor: the right side lacks 3/2"),
    ("a lost N", N * x, x, "a factor: the right side lacks N"),
    ("a lost 1/N", total(t[k]) / N, total(t[k]), "a factor: the right side lacks 1/N"),
    ("N for N-1", total(t[k]) / (N * (N + 1)), total(t[k]) / N**2 / (N + 1), "a factor: the right side lacks N"),
    ("a lost sqrt(2 pi)", sp.sqrt(2 * sp.pi) * s, s, "a factor: the right side lacks √(2π)"),
    ("base 10", sp.log(s) + x, sp.log(s) / sp.log(10) + x, "the base of the logarithm: right where the left side's"),
    ("base 10, everywhere", ENTROPY, ENTROPY / sp.log(10), "the base of the logarithm: right with log to base 10"),
    ("upside down", x / s, s / x, "upside down: the right side is one over what it should be"),
    ("a constant lost", x**2 + 1, x**2, "a constant: the right side lacks 1"),
    ("a constant too much", x**2, x**2 + sp.Rational(1, 2), "a constant: 1/2 on the right side is too much"),
    ("a term's sign", x**2 - 2 * x * mu + mu**2, x**2 + 2 * x * mu + mu**2, "the sign of the term"),
    ("the exponent's sign", sp.exp(-(x**2)) * s + x, sp.exp(x**2) * s + x, "the sign of the exponent"),
    ("it starts too late", total(t[k]), total(t[k], sp.Integer(2)), "a bound: right where the sum runs from k = 1"),
    ("it ends too early", total(k * t[k]), total(k * t[k], sp.S.One, K - 1), "a bound: right where the sum runs to K"),
    (
        "indices the other way round",
        total(a[i, j] * i, sp.S.One, N, i),
        total(a[j, i] * i, sp.S.One, N, i),
        "the order of the indices: a[i, j] for a[j, i]",
    ),
    ("a term's factor", x**2 - 2 * x * mu, x**2 - x * mu, "a factor: the term -mu x lacks 2"),
    ("an exponent", 1 / s**2 + x, 1 / s + x, "an exponent: s to the power -2"),
    ("a logarithm too much", total(t[k] * y[k]) + x, total(t[k] * sp.log(y[k])) + x, "log(y[k]) without the logarithm"),
    ("a term too much", x * mu + s, x * mu + s + x, "a term: x is too much"),
    ("a square forgotten", total(t[k] ** 2) + x, total(t[k]) + x, "an exponent: t[k] squared"),
]


@pytest.mark.parametrize(("left", "right", "told"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_slip_is_found(left: sp.Expr, right: sp.Expr, told: str) -> None:
    context = CONTEXT if not left.has(j) else CONTEXT.over_axes(a[j, j])
    found = likely_slip(left, right, context)
    assert found is not None
    assert found.startswith(told)


def test_printed_digits_are_taken_as_rounded() -> None:
    left, right = sp.log(sp.Rational(33, 100)), sp.Rational(-481486, 10**6)
    half = arb("0.0000005")
    assert likely_slip(left, right, CONTEXT, tolerance=half) == ("the base of the logarithm: right with log to base 10")
    assert likely_slip(left, right, CONTEXT) is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (sp.sin(x) + mu, sp.exp(s) * x),
        (sp.Integer(7), sp.Integer(5)),  # 7/5 is a ratio of any two numbers, and explains nothing
        (ENTROPY, total(sp.exp(t[k]) * y[k])),
        (x, sp.Integer(0)),
        (sp.Symbol("undeclared"), x),
    ],
)
def test_where_no_slip_fits_nothing_is_said(left: sp.Expr, right: sp.Expr) -> None:
    assert likely_slip(left, right, CONTEXT) is None


def test_it_ends_in_time() -> None:
    left = sum((x**n * sp.sin(n * mu) for n in range(1, 60)), sp.S.Zero)
    start = time.perf_counter()
    likely_slip(left, sp.expand(left * 2 + s * x + mu), CONTEXT)
    assert time.perf_counter() - start < 6
