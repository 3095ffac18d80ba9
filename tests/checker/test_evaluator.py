"""The evaluator against mpmath on scalar functions, and its conventions."""

from __future__ import annotations

import random

import mpmath
import pytest
import sympy as sp
from flint import fmpq

from derive.checker.evaluator import Point, UndefinedError, evaluate, is_exact
from derive.checker.sampler import points
from tests.expressions import CONTEXT, K, N, T, a, c, counts, i, j, k, mu, w, y, z

SCALAR = [
    (sp.exp(mu.base), mpmath.exp),
    (sp.log(mu.base), mpmath.log),
    (mu.base ** sp.Rational(5, 2), lambda v: mpmath.power(v, 2.5)),
    (sp.gamma(mu.base), mpmath.gamma),
    (sp.loggamma(mu.base), mpmath.loggamma),
    (1 / (1 + sp.exp(-mu.base)), lambda v: 1 / (1 + mpmath.exp(-v))),
    (sp.factorial(mu.base), mpmath.factorial),
    (sp.Abs(mu.base - 3), lambda v: abs(v - 3)),
    (sp.binomial(mu.base, 2), lambda v: mpmath.binomial(v, 2)),
    (sp.Derivative(sp.log(mu.base) ** 2, mu.base), lambda v: 2 * mpmath.log(v) / v),
    (sp.Derivative(sp.exp(mu.base**2), mu.base, mu.base), lambda v: (2 + 4 * v**2) * mpmath.exp(v**2)),
    (sp.Derivative(sp.loggamma(mu.base), mu.base), mpmath.digamma),
]


def at(value: fmpq) -> Point:
    point = next(points(CONTEXT))
    point.values["mu", ()] = value
    return point


@pytest.mark.parametrize(("expr", "reference"), SCALAR, ids=lambda p: str(p) if isinstance(p, sp.Basic) else "")
def test_scalar_functions_agree_with_mpmath(expr: sp.Expr, reference: object) -> None:
    rnd = random.Random(str(expr))
    with mpmath.workdps(60):
        for _ in range(20):
            p, q = rnd.randint(1, 400), rnd.randint(1, 60)
            value = evaluate(expr, at(fmpq(p, q)))
            truth = reference(mpmath.mpf(p) / q)  # type: ignore[operator]
            ours = mpmath.mpf(float(value)) if is_exact(value) else mpmath.mpf(value.str(45, radius=False))
            assert abs(ours - truth) <= mpmath.mpf(10) ** (-14 if is_exact(value) else -40) * (1 + abs(truth))


def test_conventions() -> None:
    point = at(fmpq(0))
    assert evaluate(mu.base**mu.base, point) == 1, "0⁰ = 1"
    assert evaluate(mu.base * sp.log(mu.base), point) == 0, "0·log 0 = 0"
    assert evaluate(sp.Sum(a.base[k], (k, 3, 2)), point) == 0, "an empty sum"
    assert evaluate(sp.Product(a.base[k], (k, 3, 2)), point) == 1, "an empty product"


@pytest.mark.parametrize(
    "expr",
    [
        1 / mu.base,
        sp.log(mu.base),
        sp.log(mu.base - 1),
        sp.log(mu.base) * (mu.base + 1),
        a.base[K + 1],
        a.base[0],
        sp.Sum(a.base[k], (k, 1, K + 1)),
        sp.Indexed("undeclared", k),
        sp.Sum(1, (k, 1, 10**9)),
        sp.gamma(mu.base),
        (mu.base - 2) ** sp.Rational(1, 2),
    ],
)
def test_what_has_no_value_is_undefined(expr: sp.Expr) -> None:
    with pytest.raises(UndefinedError):
        evaluate(expr, at(fmpq(0)))


def test_mixed_second_derivatives() -> None:
    point = next(points(CONTEXT))
    expr = sp.Sum(w.base[k] ** 2, (k, 1, K)) * c.base**3
    value = evaluate(sp.Derivative(expr, w.base[1], c.base), point)
    truth = 6 * evaluate(w.base[1] * c.base**2, point)
    assert (value - truth).contains(0) and (value - truth).abs_upper() < 1e-40


def test_points_satisfy_what_the_context_says() -> None:
    seen = set()
    for point in points(CONTEXT):
        n, size = point.sizes[N], point.sizes[K]
        seen.add((n, size))
        assert sum(evaluate(y.base[q], point) for q in range(1, size + 1)) == 1
        for r in range(1, n + 1):
            row = [evaluate(T.base[r, q], point) for q in range(1, size + 1)]
            assert sorted(map(int, row)) == [0] * (size - 1) + [1]
        assert evaluate(sp.Sum(counts.base[k], (k, 1, K)), point) == n
        assert 1 <= point.indices[j] <= size
    assert {(2, 2), (1, 1), (4, 5)} <= seen


def test_conditions_with_undeclared_indices_mean_all() -> None:
    from derive.checker.sampler import holds

    positive = sp.StrictGreaterThan(y.base[k], 0, evaluate=False)
    for point in points(CONTEXT.extended(hypotheses=[positive])):
        assert all(evaluate(y.base[q], point) > 0 for q in range(1, point.sizes[K] + 1))
    corner = [p for p in points(CONTEXT) if not holds(positive, p)]
    assert corner, "corners with y_k = 0 are drawn too"
    assert holds(sp.StrictGreaterThan(sp.exp(z.base[i, k]), 0, evaluate=False), corner[0])
