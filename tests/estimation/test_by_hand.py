"""Estimation on derivations written by hand: closed forms, score equations, own parameters, no engine in between."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp

from derive.algebra.binding import free_symbols
from derive.algebra.context import POSITIVE, REAL, Context, Variable, array, index, scalar, size
from derive.algebra.order import Largest, Median, Smallest
from derive.derivation import Derivation
from derive.estimation import Estimation, estimate, observe
from derive.estimation.arithmetic import Balls, Floats, precision
from derive.estimation.evaluation import Evaluator
from derive.estimation.jets import Jet, Jets
from derive.model import Model

N, D = size("N"), size("D")
i, d, e = index("i"), index("d"), index("e")
x = sp.IndexedBase("x", real=True)
total = sp.Sum(x[i], (i, 1, N))


def model(*parameters: Variable) -> Model:
    return Model("mine", density=sp.S.One, data=scalar("x", REAL), parameters=parameters)


def derived(log_likelihood: sp.Expr, *equations: sp.Eq, parameters: tuple[Variable, ...]) -> Derivation:
    context = Context(sizes=(N, D), variables=(array("x", [N], REAL), *parameters))
    return Derivation("mine", context, (), {"estimate": sp.Tuple(*equations), "log_likelihood": log_likelihood})


def on(derivation: Derivation, values: str, *parameters: Variable) -> Estimation:
    return estimate(derivation, observe(model(*parameters), values=values))


def test_gamma_by_its_profile() -> None:
    alpha, beta = scalar("alpha", POSITIVE), scalar("beta", POSITIVE)
    a, b = sp.Symbol("alpha_hat", positive=True), sp.Symbol("beta_hat", positive=True)
    logs = (
        N * alpha.base * sp.log(beta.base)
        - N * sp.log(sp.gamma(alpha.base))
        + (alpha.base - 1) * sp.Sum(sp.log(x[i]), (i, 1, N))
        - beta.base * total
    )
    score = N * sp.log(a) - N * sp.polygamma(0, a) - N * sp.log(total / N) + sp.Sum(sp.log(x[i]), (i, 1, N))
    derivation = derived(logs, sp.Eq(b, N * a / total), sp.Eq(score, 0, evaluate=False), parameters=(alpha, beta))
    found = on(derivation, "1,2,4", alpha, beta)
    assert found.method == "numerical" and found.note == ""
    with mpmath.workdps(40):
        gap = mpmath.log(mpmath.mpf(7) / 3) - mpmath.log(8) / 3
        root = mpmath.findroot(lambda v: mpmath.log(v) - mpmath.digamma(v) - gap, 3)
    assert found.decimal["alpha"] == float(root)
    assert found.decimal["beta"] == float(root * 3 / 7)


def test_closed_forms_are_exact_where_they_are_rational() -> None:
    mu, sigma = scalar("mu", REAL), scalar("sigma", POSITIVE)
    m, s = sp.Symbol("mu_hat", real=True), sp.Symbol("sigma_hat", positive=True)
    spread = sp.sqrt(sp.Sum((x[i] - m) ** 2, (i, 1, N))) / sp.sqrt(N)
    derivation = derived(sp.S.Zero, sp.Eq(s, spread), sp.Eq(m, total / N), parameters=(mu, sigma))
    found = on(derivation, "1/3,1,5/3,1", mu, sigma)
    assert found.exact["mu"] == 1
    assert found.decimal["sigma"] == pytest.approx(math.sqrt(2) / 3, rel=1e-15)
    assert on(derivation, "1,3,1,3", mu, sigma).exact == {"mu": Fraction(2), "sigma": Fraction(1)}
    assert found.method == "closed form"


def test_order_statistics() -> None:
    low, high, mid = (scalar(n, REAL) for n in ("low", "high", "mid"))
    heads = [sp.Symbol(f"{v.name}_hat", real=True) for v in (low, high, mid)]
    nodes = [Smallest(x[i], (i, 1, N)), Largest(x[i], (i, 1, N)), Median(x[i] ** 2, (i, 1, N))]
    equations = [sp.Eq(h, v, evaluate=False) for h, v in zip(heads, nodes, strict=True)]
    found = on(derived(sp.S.Zero, *equations, parameters=(low, high, mid)), "3,-1,2", low, high, mid)
    assert found.method == "boundary"
    assert found.exact == {"low": Fraction(-1), "high": Fraction(3), "mid": Fraction(4)}


def test_an_unknown_in_an_interval() -> None:
    """The von Mises-like log(1 + c cos x) with |c| < 1 has its maximum inside."""
    from derive.algebra.context import Domain

    c = scalar("c", Domain("in (-1, 1)", sp.S.NegativeOne, sp.S.One))
    logs = sp.Sum(sp.log(1 + c.base * sp.cos(x[i])), (i, 1, N))
    hat = sp.Symbol("c_hat", real=True)
    score = sp.Sum(sp.cos(x[i]) / (1 + hat * sp.cos(x[i])), (i, 1, N))
    found = on(derived(logs, sp.Eq(score, 0, evaluate=False), parameters=(c,)), "0.1,0.2,3,2.5,-0.3", c)
    value = found.decimal["c"]
    points = np.cos(np.array([0.1, 0.2, 3, 2.5, -0.3]))
    assert abs((points / (1 + value * points)).sum()) < 1e-12


JETS = [
    (lambda a: sp.exp(a**2), 0.7),
    (lambda a: sp.log(1 + sp.exp(5 * a)), 0.3),
    (lambda a: a**a, 1.3),
    (lambda a: sp.sqrt(a) / (1 + a) ** 3, 0.4),
    (lambda a: sp.log(sp.gamma(a)) + sp.gamma(a / 2) + sp.polygamma(1, a), 2.2),
    (lambda a: sp.besseli(0, a) * sp.besseli(2, a), 1.4),
    (lambda a: sp.log(sp.besseli(1, a)), 2.4),
    (lambda a: sp.cos(a) * sp.sin(2 * a), 0.9),
    (lambda a: sp.zeta(a) * a, 2.5),
    (lambda a: sp.log(sp.binomial(7, a)), 2.5),
]


def differences(expr: sp.Expr, a: sp.Symbol, at: float) -> list[float]:
    """The value and its first two derivatives, by differences to 70 digits."""
    h = sp.Rational(1, 10**12)
    middle = sp.Rational(*at.as_integer_ratio())
    low, here, high = (expr.subs(a, sp.Float(middle + n * h, 80)).evalf(70) for n in (-1, 0, 1))
    return [float(here), float((high - low) / (2 * h)), float((high - 2 * here + low) / h**2)]


@pytest.mark.parametrize("arithmetic", [Floats(), Balls()], ids=["floats", "balls"])
@pytest.mark.parametrize(("function", "at"), JETS, ids=range(len(JETS)))
def test_slope_and_curve_are_those_of_differences(function: object, at: float, arithmetic: Floats | Balls) -> None:
    a = sp.Symbol("a", positive=True)
    expr = function(a)  # type: ignore[operator]
    work = Evaluator(Jets(arithmetic, 2), {}, lambda _: None, [("a", 0)])
    point = arithmetic.constant(*at.as_integer_ratio())
    one, none = arithmetic.constant(1), arithmetic.constant(0)
    work.unknowns = {("a", 0): Jet(point, one.reshape(1, 1), none.reshape(1, 1, 1))}
    with precision(150):
        found = work.number(expr)
    assert found.slope is not None and found.curve is not None
    values = [found.value.item(), found.slope.item(), found.curve.item()]
    assert [float(v) for v in values] == pytest.approx(differences(expr, a, at), rel=1e-11)


def test_nothing_overflows_on_the_way_to_a_logarithm() -> None:
    a = sp.Symbol("a", real=True)
    work = Evaluator(Jets(Floats(), 1), {"N": 3}, lambda _: np.array([1.0, 2.0, 1000.0]), [("a", 0)])
    work.unknowns = {("a", 0): Jet(np.array([2.0]), np.array([[1.0]]))}
    inside = sp.Sum(sp.exp(a * x[i]), (i, 1, N))
    assert free_symbols(inside) == {a, N}
    assert work.number(sp.log(inside)).value == pytest.approx(2000.0)
    assert work.number(sp.log(1 + sp.exp(1000 * a))).value == pytest.approx(2000.0)
    assert work.number(sp.log(sp.gamma(500 * a))).value == pytest.approx(math.lgamma(1000.0))


def test_zero_times_log_zero_is_zero() -> None:
    work = Evaluator(Jets(Balls(), 0), {}, lambda _: Balls().constant(0).reshape(()), [])
    t, y = sp.Symbol("t"), sp.Symbol("y")
    assert work.number(t * sp.log(y)).value.item() == 0
    assert work.number(y**t).value.item() == 1
