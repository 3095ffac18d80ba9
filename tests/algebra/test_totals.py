"""Known totals in the normal form: values, conditions, moments, and what is left as it stands."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from derive.algebra.binding import free_symbols, rename_apart, substitute
from derive.algebra.context import COUNT, POSITIVE, REAL, Context, array, scalar, size
from derive.algebra.naming import readable
from derive.algebra.normal_form import are_equal, normal
from derive.algebra.signs import NONNEGATIVE, sign
from derive.algebra.signs import POSITIVE as ABOVE

oo, pi = sp.oo, sp.pi
a, b, m, r, count = (
    scalar("a", POSITIVE),
    scalar("b", POSITIVE),
    scalar("m", REAL),
    scalar("r", REAL),
    scalar("c", COUNT),
)
CONTEXT = Context(variables=(a, b, m, r, count))
A, B, M, R, C = (v.base for v in (a, b, m, r, count))
x, p = sp.Symbol("x", real=True), sp.Symbol("x", positive=True)
k = sp.Symbol("k", integer=True)

VALUES = {"a": 1.25, "b": 0.75, "m": -0.5, "r": 0.3, "c": 3}


def value(expr: sp.Expr) -> mpmath.mpf:
    """The value of a closed form at VALUES."""
    return mpmath.mpf(str(expr.xreplace({s: sp.Rational(str(VALUES[s.name])) for s in free_symbols(expr)}).evalf(30)))


def by_quadrature(total: sp.Integral) -> mpmath.mpf:
    """The value of an integral at VALUES by mpmath; infinite ranges through x = sinh t and x = end ± e^t."""
    variable, lower, upper = total.limits[0]
    known = {s: sp.Rational(str(VALUES[s.name])) for s in free_symbols(total)}
    f = sp.lambdify(variable, substitute(total.function, known), "mpmath")
    low, high = (mpmath.mpf(str(sp.N(end.xreplace(known), 30))) if end.is_finite else None for end in (lower, upper))
    if low is None and high is None:
        return mpmath.quad(lambda t: f(mpmath.sinh(t)) * mpmath.cosh(t), [-7, -3, 0, 3, 7])
    if high is None:
        return mpmath.quad(lambda t: f(low + mpmath.exp(t)) * mpmath.exp(t), [-60, -20, -5, 0, 3, 10, 60])
    if low is None:
        return mpmath.quad(lambda t: f(high - mpmath.exp(t)) * mpmath.exp(t), [-60, -20, -5, 0, 3, 10])
    return mpmath.quad(f, [low, (low + high) / 2, high])


INTEGRALS = [
    *(sp.Integral(x**j * sp.exp(-A * x**2 + M * x + R), (x, -oo, oo)) for j in range(5)),
    *(sp.Integral(sp.log(p) ** j * p ** (A - 1) * sp.exp(-B * p), (p, 0, oo)) for j in range(3)),
    *(sp.Integral(sp.log(p) ** j * p ** (2 * A - 1) * sp.exp(-B * p**3), (p, 0, oo)) for j in range(3)),
    *(sp.Integral(sp.log(p) ** j * p ** (-A - 1) * sp.exp(-B / p), (p, 0, oo)) for j in range(2)),
    *(
        sp.Integral(sp.log(p) ** i * sp.log(1 - p) ** j * p**A * (1 - p) ** B, (p, 0, 1))
        for i, j in [(0, 0), (1, 0), (1, 1), (0, 2), (2, 0)]
    ),
    *(sp.Integral(p ** (j - sp.Rational(3, 2)) * sp.exp(-A * p - B / p), (p, 0, oo)) for j in range(-1, 4)),
    *(sp.Integral(x**j / (1 + (x - M) ** 2 / A) ** 5, (x, -oo, oo)) for j in range(4)),
    *(sp.Integral(sp.log(p) ** j * p**A / (1 + B * p**2) ** (A + 2), (p, 0, oo)) for j in range(3)),
    sp.Integral(x**2 * sp.exp(-x) / (1 + sp.exp(-x)) ** 2, (x, -oo, oo)),
    sp.Integral(x * sp.exp(-A * x - sp.exp(-x)), (x, -oo, oo)),
    sp.Integral(p**A, (p, 0, B)),
    sp.Integral(sp.log(p) * p ** (-A - 2), (p, B, oo)),
    sp.Integral(sp.exp(A * x), (x, M, M + 1)),
    sp.Integral(x**3, (x, M, M + A)),
    sp.Integral(sp.exp(A * sp.cos(x - M)) * sp.cos(x - M) ** 2, (x, -pi, pi)),
    sp.Integral(sp.exp(A * sp.cos(x)) * sp.sin(x) ** 2, (x, -pi, pi)),
    sp.Integral(sp.exp(-(sp.log(p) ** 2) / A) * p**M, (p, 0, oo)),
    sp.Integral(sp.exp(A * x), (x, -oo, M)),
]


@pytest.mark.parametrize("total", INTEGRALS, ids=str)
def test_the_table_against_mpmath(total: sp.Integral) -> None:
    closed = normal(total, CONTEXT)
    assert not closed.has(sp.Integral)
    with mpmath.workdps(25):
        truth, ours = by_quadrature(total), value(closed)
        assert abs(truth - ours) < 1e-9 * (1 + abs(truth))


@pytest.mark.parametrize(
    ("total", "closed"),
    [
        *((sp.Sum(k**j * A**k / sp.factorial(k), (k, 0, oo)), sp.exp(A) * v) for j, v in enumerate([1, A, A + A**2])),
        (sp.Sum(k * sp.exp(-A * k), (k, 0, oo)), sp.exp(-A) / (1 - sp.exp(-A)) ** 2),
        (sp.Sum(k * sp.exp(-A * (k - 1)), (k, 1, oo)), 1 / (1 - sp.exp(-A)) ** 2),
        (sp.Sum(sp.gamma(k + B) / sp.factorial(k) * sp.exp(-A * k), (k, 0, oo)), sp.gamma(B) * (1 - sp.exp(-A)) ** -B),
        (sp.Sum(k * sp.binomial(C, k) * A**k, (k, 0, C)), C * A * (1 + A) ** (C - 1)),
    ],
    ids=str,
)
def test_series(total: sp.Sum, closed: sp.Expr) -> None:
    assert are_equal(total, closed, CONTEXT)
    assert not are_equal(total, 2 * closed, CONTEXT)


@pytest.mark.parametrize(
    "total",
    [
        sp.Integral(sp.exp(-R * p), (p, 0, oo)),  # converges for r > 0 only
        sp.Integral(p ** (R - 1) * sp.exp(-p), (p, 0, oo)),
        sp.Integral(p ** (A - 1), (p, 1, oo)),
        sp.Integral(x**2 / (1 + x**2), (x, -oo, oo)),
        sp.Integral(sp.exp(R * x**2), (x, -oo, oo)),
        sp.Integral(p**A / (1 + p**2) ** 4, (p, 0, oo)),  # converges for a < 7 only
        sp.Integral(sp.exp(M * x), (x, 0, 1)),  # m may be 0
        sp.Integral((sp.exp(-A * p) - sp.exp(-B * p)) / p, (p, 0, oo)),  # only together
        sp.Sum(A**k, (k, 0, oo)),
    ],
    ids=str,
)
def test_without_its_condition_a_total_stays(total: sp.Expr) -> None:
    assert normal(total, CONTEXT).has(sp.Integral, sp.Sum)


def test_gamma_functions_meet_across_integers() -> None:
    assert are_equal(sp.gamma(A + 3), (A + 2) * (A + 1) * A * sp.gamma(A), CONTEXT)
    assert are_equal(sp.loggamma(A + 1), sp.loggamma(A) + sp.log(A), CONTEXT)
    assert are_equal(sp.digamma(A + 2), sp.digamma(A) + 1 / A + 1 / (A + 1), CONTEXT)
    assert are_equal(sp.polygamma(1, A + 1), sp.polygamma(1, A) - 1 / A**2, CONTEXT)
    assert not are_equal(sp.gamma(A + 1), (A + 1) * sp.gamma(A), CONTEXT)
    assert are_equal(sp.factorial(C + 1), (C + 1) * sp.factorial(C), CONTEXT), "also where c may be 0"


def test_variables_of_integration_are_real_and_keep_what_their_range_says() -> None:
    apart = rename_apart(sp.Integral(sp.sqrt(p**2), (p, 0, oo)))
    variable = apart.limits[0][0]
    assert variable.is_positive
    assert not variable.is_integer
    whole = rename_apart(sp.Integral(x, (x, -oo, oo))).limits[0][0]
    assert whole.is_real
    assert whole.is_positive is None


def test_names_of_integrals_are_kept() -> None:
    total = sp.Integral(sp.exp(-(p**A)), (p, 0, oo))
    assert readable(total) == total
    assert readable(rename_apart(total)) == total
    assert readable(p.as_dummy() + total, taken=[p]).atoms(sp.Integral).pop().limits[0][0].name == "u"


def test_inside_an_integral_the_variable_is_known_and_hides_others() -> None:
    inner = CONTEXT.within(sp.Integral(p, (p, 0, oo)))
    assert sign(p, inner) == ABOVE
    shadowed = CONTEXT.extended(hypotheses=[sp.StrictGreaterThan(M, 0, evaluate=False)])
    own = sp.Symbol("m", real=True)
    assert sign(M, shadowed) == ABOVE
    assert sign(own, shadowed.within(sp.Integral(own, (own, -oo, oo)))) != ABOVE
    assert sign(sp.Integral(p * A, (p, 0, 1)), CONTEXT) == NONNEGATIVE


def test_the_normal_form_is_stable() -> None:
    for total in (sp.Integral(sp.exp(-(p**A)) * sp.cos(p), (p, 0, oo)), *INTEGRALS[:6]):
        once = normal(total, CONTEXT)
        assert normal(once, CONTEXT) == once


def test_what_hangs_on_an_inner_index_stays_inside_its_sum() -> None:
    """(x − y_k)² under a sum over k has no one centre: y_k means nothing outside that sum."""
    size_, y = size("K"), array("y", [size("K")], REAL)
    context = CONTEXT.extended(sizes=[size_], variables=[y])
    for body in (sp.exp(-((x - y.base[k]) ** 2)), sp.exp(-sp.Abs(x - y.base[k]))):
        total = sp.Integral(sp.exp(-(x**4)) * sp.Sum(body, (k, 1, size_)), (x, -oo, oo))
        assert free_symbols(normal(total, context)) <= {size_}


def test_a_slope_that_may_be_zero_is_no_centre() -> None:
    total = sp.Integral(sp.exp(-(x**4) - (R * x - M) ** 2), (x, -oo, oo))
    assert not any(e.exp.is_negative and e.base == R for e in normal(total, CONTEXT).atoms(sp.Pow))
