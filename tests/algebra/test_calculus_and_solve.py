"""Derivatives and equations, with the traps that SymPy sets."""

from __future__ import annotations

import random

import pytest
import sympy as sp

from derive.algebra.binding import rename_apart
from derive.algebra.calculus import NotDifferentiableError, derivative
from derive.algebra.normal_form import are_equal
from derive.algebra.solving import NoClosedFormError, solve
from derive.checker.numeric import compare
from tests.expressions import CONTEXT, K, N, a, c, counts, i, j, k, l, m, mu, n, random_expression, theta, w, x, y, z

LOGS = sp.Sum(counts.base[k] * sp.log(w.base[k]), (k, 1, K))


def test_sympy_captures_the_index_of_differentiation_and_we_do_not() -> None:
    total = sp.Sum(a.base[k] ** 2, (k, 1, K))
    assert sp.diff(total, a.base[k]) == sp.Sum(2 * a.base[k], (k, 1, K)), "the trap is gone"
    assert are_equal(derivative(total, a.base[j]), 2 * a.base[j], CONTEXT)


DERIVATIVES = [
    (LOGS, w.base[j], counts.base[j] / w.base[j]),
    (
        sp.log(sp.Sum(sp.exp(z.base[n, l]), (l, 1, K))),
        z.base[n, j],
        sp.exp(z.base[n, j]) / sp.Sum(sp.exp(z.base[n, l]), (l, 1, K)),
    ),
    (sp.Product(w.base[k], (k, 1, K)), w.base[j], sp.Product(w.base[k], (k, 1, K)) / w.base[j]),
    (sp.Sum((x.base[i] - mu.base) ** 2, (i, 1, N)), mu.base, -2 * sp.Sum(x.base[i] - mu.base, (i, 1, N))),
    (w.base[j] ** mu.base, mu.base, sp.log(w.base[j]) * w.base[j] ** mu.base),
    (sp.Sum(sp.Sum(a.base[k] * a.base[l], (k, 1, K)), (l, 1, K)), a.base[j], 2 * sp.Sum(a.base[k], (k, 1, K))),
    (mu.base * a.base[m], a.base[j], mu.base * sp.KroneckerDelta(j, m)),
]


@pytest.mark.parametrize(("expr", "variable", "expected"), DERIVATIVES)
def test_derivatives(expr: sp.Expr, variable: sp.Expr, expected: sp.Expr) -> None:
    assert are_equal(derivative(expr, variable), expected, CONTEXT)


@pytest.mark.parametrize("seed", range(60))
def test_derivatives_agree_with_power_series(seed: int) -> None:
    """The engine's derivative against the checker's evaluator, which differentiates by series."""
    rnd = random.Random(1000 + seed)
    expr = random_expression(rnd, 3)
    variable = rnd.choice([a.base[j], w.base[m], mu.base, z.base[n, j], c.base])
    outcome = compare(sp.Derivative(rename_apart(expr), variable), derivative(expr, variable), "=", CONTEXT)
    assert outcome.enough, (expr, variable, outcome)


def test_a_delta_is_not_differentiated_by_its_index() -> None:
    with pytest.raises(NotDifferentiableError):
        derivative(sp.KroneckerDelta(mu.base, 1), mu.base)


def test_solve_reports_what_must_not_vanish() -> None:
    solution = solve(counts.base[j] / y.base[j] - mu.base, y.base[j], CONTEXT.without(("t", 1)))
    assert are_equal(solution.value, counts.base[j] / mu.base, CONTEXT)
    assert set(map(abs, solution.nonzero)) == {y.base[j], abs(mu.base)}


def test_solve_with_a_sum_that_sympy_gives_up_on() -> None:
    total = sp.Sum(x.base[i], (i, 1, N))
    solution = solve(total / theta.base - (N - total) / (1 - theta.base), theta.base, CONTEXT)
    assert are_equal(solution.value, total / N, CONTEXT)


@pytest.mark.parametrize(
    "equation", [sp.log(c.base) - c.base, sp.Sum(1 / (c.base + w.base[k]), (k, 1, K)) - 1, c.base**3 - c.base - 1]
)
def test_where_there_is_no_closed_form_solve_says_so(equation: sp.Expr) -> None:
    with pytest.raises(NoClosedFormError):
        solve(equation, c.base, CONTEXT)
