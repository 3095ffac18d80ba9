"""Cancelling and factoring by python-flint against SymPy's, and what is refused for its length."""

from __future__ import annotations

import random

import pytest
import sympy as sp

from derive.algebra.cancelling import TooManyTermsError, cancelled, factored

SYMBOLS = sp.symbols("x0:3")


def _random(chance: random.Random, depth: int) -> sp.Expr:
    if depth == 0:
        return chance.choice([*SYMBOLS, sp.Rational(chance.randint(-4, 4), chance.randint(1, 3))])
    left, right = _random(chance, depth - 1), _random(chance, depth - 1)
    return chance.choice([left + right, left * right, left - right, left / right if right != 0 else left, left**2])


@pytest.mark.parametrize("seed", range(60))
def test_as_sympy_does_it(seed: int) -> None:
    expr = _random(random.Random(seed), 4)
    if expr.has(sp.zoo, sp.nan):
        return
    top, bottom = cancelled(expr, SYMBOLS, SYMBOLS)
    assert (top, bottom) == sp.fraction(sp.cancel(expr))
    assert sp.cancel(factored(expr, SYMBOLS, SYMBOLS) - expr) == 0


def test_common_factors_go_and_values_are_put_in() -> None:
    x, y, _ = SYMBOLS
    a, b = sp.IndexedBase("a")[1], sp.log(sp.Symbol("b"))
    assert cancelled((x**2 - y**2) / (2 * x + 2 * y), (x, y), (a, b)) == (a / 2 - b / 2, sp.S.One)
    assert factored((x**2 - y**2) / (2 * x), (x, y), (a, b)) == (a - b) * (a + b) / (2 * a)


def test_a_denominator_that_is_zero_is_refused() -> None:
    x, y, _ = SYMBOLS
    nothing = sp.Add(x * (y + 1), -x * y, -x, evaluate=False)
    with pytest.raises(TooManyTermsError):
        cancelled(sp.Pow(nothing, -1, evaluate=False), SYMBOLS, SYMBOLS)


def test_what_would_fill_the_memory_is_refused_at_once() -> None:
    many = sp.symbols("x0:20")
    with pytest.raises(TooManyTermsError, match="a long power"):
        cancelled(sp.Add(*many) ** 16, many, many)
    with pytest.raises(TooManyTermsError, match="no rational function"):
        cancelled(sp.sin(many[0]), many, many)
