"""The normal form: known equalities, known differences, and random expressions against the checker's evaluator."""

from __future__ import annotations

import random

import pytest
import sympy as sp

from derive.algebra.context import IndexRange
from derive.algebra.normal_form import TooLargeError, are_equal, normal
from derive.checker.numeric import compare
from tests.expressions import CONTEXT, K, N, T, a, c, counts, i, j, k, l, m, mu, n, random_expression, theta, w, x, y, z

ONE = sp.S.One


def total(body: sp.Expr, v: sp.Symbol, upper: sp.Expr, lower: object = 1) -> sp.Expr:
    return sp.Sum(body, (v, lower, upper))


SOFTMAX = sp.exp(z.base[n, j]) / total(sp.exp(z.base[n, l]), l, K)
SIGMOID = 1 / (1 + sp.exp(-mu.base))

EQUAL = [
    # linearity, order, names
    (total(2 * a.base[k] + 3, k, K), 2 * total(a.base[l], l, K) + 3 * K),
    (total(total(z.base[i, k], k, K), i, N), total(total(z.base[i, k], i, N), k, K)),
    (total(a.base[k], k, K) * total(x.base[i], i, N), total(total(a.base[k] * x.base[i], k, K), i, N)),
    (total(a.base[k], k, K) ** 2, total(total(a.base[k] * a.base[l], k, K), l, K)),
    # deltas
    (total(sp.KroneckerDelta(j, k) * a.base[k], k, K), a.base[j]),
    (sp.KroneckerDelta(j, m) * a.base[m], sp.KroneckerDelta(j, m) * a.base[j]),
    (sp.KroneckerDelta(j, m) ** 2, sp.KroneckerDelta(j, m)),
    (total(total(sp.KroneckerDelta(k, l) * a.base[k] * w.base[l], k, K), l, K), total(a.base[k] * w.base[k], k, K)),
    # known sums
    (total(y.base[k], k, K), ONE),
    (total(total(T.base[i, k], k, K), i, N), N),
    (total(counts.base[k], k, K), N),
    (total(T.base[n, k] * mu.base, k, K), mu.base),
    (total(sp.KroneckerDelta(k, K + 1 - j) * a.base[k], k, K), a.base[K + 1 - j]),
    # bounds: shifted, split, stopped short
    (total(y.base[k + 1], k, K - 1, 0), ONE),
    (total(a.base[k], k, K - 1) + a.base[K], total(a.base[k], k, K)),
    (total(a.base[k], k, K, 2) + a.base[1], total(a.base[k], k, K)),
    (total(a.base[k], k, sp.Integer(3)), a.base[1] + a.base[2] + a.base[3]),
    (total(ONE, i, N), N),
    # logarithms, powers, products
    (sp.log(c.base * w.base[j]), sp.log(c.base) + sp.log(w.base[j])),
    (sp.log(w.base[j] ** mu.base), mu.base * sp.log(w.base[j])),
    (sp.log(sp.Product(w.base[k] ** a.base[k], (k, 1, K))), total(a.base[k] * sp.log(w.base[k]), k, K)),
    (
        sp.Product(sp.Product(y.base[k] ** T.base[i, k], (k, 1, K)), (i, 1, N)),
        sp.Product(y.base[k] ** counts.base[k], (k, 1, K)),
    ),
    (w.base[j] ** mu.base * w.base[j], w.base[j] ** (mu.base + 1)),
    (sp.sqrt(w.base[j] * c.base), sp.sqrt(w.base[j]) * sp.sqrt(c.base)),
    (sp.log(sp.Rational(3, 4)), sp.log(3) - 2 * sp.log(2)),
    (sp.log(1 - theta.base) * 0, sp.S.Zero),
    # softmax and sigmoid
    (total(sp.exp(z.base[n, k]) / total(sp.exp(z.base[n, l]), l, K), k, K), ONE),
    (sp.log(SOFTMAX), z.base[n, j] - sp.log(total(sp.exp(z.base[n, l]), l, K))),
    (sp.log(total(sp.exp(z.base[n, l] + mu.base), l, K)), mu.base + sp.log(total(sp.exp(z.base[n, l]), l, K))),
    (1 - SIGMOID, 1 / (1 + sp.exp(mu.base))),
    (sp.log(1 - SIGMOID), -mu.base - sp.log(1 + sp.exp(-mu.base))),
    # fractions
    (1 / (1 - theta.base) ** 2, 1 / (theta.base - 1) ** 2),
    (1 / (1 - theta.base) ** 3, -1 / (theta.base - 1) ** 3),
    (1 / (1 - theta.base**2) ** 2, 1 / ((1 - theta.base) ** 2 * (1 + theta.base) ** 2)),
    (1 / (2 * c.base - 2 * mu.base) ** 2, sp.Rational(1, 4) / (mu.base - c.base) ** 2),
    (sp.exp((N * a.base[j] + a.base[j]) / (N + 1)), sp.exp(a.base[j])),
    (
        a.base[j] / theta.base - (1 - a.base[j]) / (1 - theta.base),
        (a.base[j] - theta.base) / (theta.base * (1 - theta.base)),
    ),
]

DIFFERENT = [
    (total(a.base[k], k, K), total(a.base[k], k, K - 1)),
    (total(sp.KroneckerDelta(j, k) * a.base[k], k, K - 1), a.base[j]),
    (total(total(T.base[i, k], k, K), i, N), K),
    (total(T.base[i, j], i, N), ONE),
    (sp.log(mu.base**2), 2 * sp.log(mu.base)),
    (total(a.base[k] * w.base[k], k, K), total(a.base[k], k, K) * total(w.base[k], k, K)),
    (sp.KroneckerDelta(j, m), ONE),
    (total(y.base[k], k, N), ONE),
    (1 / (1 - theta.base) ** 2, -1 / (theta.base - 1) ** 2),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal_expressions_are_shown_equal(left: sp.Expr, right: sp.Expr) -> None:
    assert are_equal(left, right, CONTEXT)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_different_expressions_are_not(left: sp.Expr, right: sp.Expr) -> None:
    assert not are_equal(left, right, CONTEXT)


def test_a_delta_collapses_only_under_a_declared_range() -> None:
    without = CONTEXT.__class__(sizes=(N, K), variables=CONTEXT.variables)
    collapsed = total(sp.KroneckerDelta(j, k) * a.base[k], k, K)
    assert not are_equal(collapsed, a.base[j], without)
    beyond = without.extended(indices=[IndexRange(j, sp.S.Zero, K)])
    assert not are_equal(collapsed, a.base[j], beyond)


def test_bound_names_do_not_matter() -> None:
    shadowed = total(a.base[k] * total(a.base[k], k, K), k, K)
    assert normal(shadowed, CONTEXT) == normal(total(a.base[l], l, K) ** 2, CONTEXT)


def test_an_expansion_that_would_fill_the_memory_is_refused() -> None:
    many = sp.Mul(*(sum(sp.Symbol(f"u{r}_{s}") for s in range(9)) for r in range(9)))
    with pytest.raises(TooLargeError):
        normal(many, CONTEXT)


@pytest.mark.parametrize("seed", range(150))
def test_the_normal_form_equals_its_input_and_is_idempotent(seed: int) -> None:
    expr = random_expression(random.Random(seed))
    form = normal(expr, CONTEXT)
    outcome = compare(expr, form, "=", CONTEXT)
    assert not outcome.refuted, (expr, form, outcome)
    assert outcome.enough, (expr, outcome.trouble)
    assert normal(form, CONTEXT) == form
