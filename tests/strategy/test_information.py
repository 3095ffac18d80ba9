"""Fisher information against the textbook: Lehmann and Casella, Theory of Point Estimation (1998), tables 2.5.1-2.5.2.

What is not there was worked out by numerical integration of the product of the scores, with scipy's densities.
"""

from __future__ import annotations

import math

import pytest
import sympy as sp
from scipy import integrate, stats

import derive
from derive.algebra.normal_form import are_equal

N, n = sp.symbols("N n", integer=True, positive=True)
theta = sp.Symbol("theta", nonnegative=True)
lam, sigma, b, s, alpha, beta, mu_positive, r = sp.symbols("lambda sigma b s alpha beta mu r", positive=True)

#: By family: the entries of N observations, in the order of the parameters, upper triangle.
TEXTBOOK = {
    "bernoulli": [N / (theta * (1 - theta))],
    "binomial": [N * n / (theta * (1 - theta))],
    "poisson": [N / lam],
    "exponential": [N / lam**2],
    "gaussian": [N / sigma**2, 0, 2 * N / sigma**2],
    "lognormal": [N / sigma**2, 0, 2 * N / sigma**2],
    "laplace": [N / b**2, 0, N / b**2],
    "logistic": [N / (3 * s**2), 0, N * (3 + sp.pi**2) / (9 * s**2)],
    "gamma": [N * sp.polygamma(1, alpha), -N / beta, N * alpha / beta**2],
    "beta": [
        N * (sp.polygamma(1, alpha) - sp.polygamma(1, alpha + beta)),
        -N * sp.polygamma(1, alpha + beta),
        N * (sp.polygamma(1, beta) - sp.polygamma(1, alpha + beta)),
    ],
    "inverse_gaussian": [N * lam / mu_positive**3, 0, N / (2 * lam**2)],
    "rayleigh": [4 * N / sigma**2],
    "maxwell": [6 * N / sigma**2],
    "pareto": [N / alpha**2],
}

#: By family: scipy's distribution at the values of the parameters, in their order.
NUMERICAL = {
    "laplace": (("mu", "b"), (0.4, 1.7), stats.laplace),
    "gumbel": (("mu", "beta"), (0.4, 1.7), stats.gumbel_r),
    "weibull": (("c", "lambda"), (1.8, 2.5), lambda c, lam: stats.weibull_min(c, scale=lam)),
    "von_mises": (("mu", "kappa"), (0.3, 1.9), lambda mu, kappa: stats.vonmises(kappa, mu)),
}


@pytest.mark.parametrize("name", TEXTBOOK)
def test_textbook(name: str) -> None:
    derivation = derive.load(name).derivation()
    found = derivation.results["fisher"].args
    assert len(found) == len(TEXTBOOK[name])
    names = {symbol.name: symbol for symbol in (theta, lam, sigma, b, s, alpha, beta, mu_positive, n)}
    declared = {names[v.name]: v.base for v in derivation.context.variables if v.name in names and not v.axes}
    for value, expected in zip(found, TEXTBOOK[name], strict=True):
        assert are_equal(value, sp.sympify(expected).xreplace(declared), derivation.context)


@pytest.mark.parametrize("name", NUMERICAL)
def test_numerical_integration(name: str) -> None:
    names, values, distribution = NUMERICAL[name]
    derivation = derive.load(name).derivation()
    found = derivation.results["fisher"].args
    entries = [(0, 0), (0, 1), (1, 1)]
    low, high = distribution(*values).support()
    kink = values[0] if name == "laplace" else None  # the score jumps there

    def score(x: float, place: int) -> float:
        step = 1e-6
        up, down = (distribution(*(v + h * (i == place) for i, v in enumerate(values))) for h in (step, -step))
        return float(up.logpdf(x) - down.logpdf(x)) / (2 * step)

    for (first, second), value in zip(entries, found, strict=True):
        ends = [-math.pi, math.pi] if name == "von_mises" else [max(low, -40.0), min(high, 60.0)]
        numeric = integrate.quad(
            lambda x, a=first, c=second: score(x, a) * score(x, c) * distribution(*values).pdf(x),
            *ends,
            points=[kink] if kink is not None else [1.0],
            limit=200,
        )[0]
        at = {s: v for s in value.free_symbols for k, v in zip(names, values, strict=True) if s.name == k}
        exact = float(value.xreplace(at | {s: 1 for s in value.free_symbols if s.name == "N"}).evalf())
        assert numeric == pytest.approx(exact, rel=1e-4, abs=1e-4)


def test_one_hot_rows_have_a_diagonal_one() -> None:
    derivation = derive.load("categorical").derivation()
    (found,) = derivation.results["fisher"].args
    (delta,) = found.atoms(sp.KroneckerDelta)
    (entry,) = found.atoms(sp.Indexed)
    assert found == N * delta / entry and entry.indices[0] in delta.args
