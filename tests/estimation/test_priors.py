"""Maxima of posteriors, against the modes of the posteriors known from the books and against an optimiser."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from tests.estimation.derived import estimated


@pytest.mark.parametrize("n", [2, 7, 1000])
def test_beta_bernoulli(n: int) -> None:
    x = np.random.default_rng(n).integers(0, 2, n)
    found = estimated("beta_bernoulli", ",".join(map(str, x)), ("a=2.5", "b=3"))
    posterior = stats.beta(2.5 + x.sum(), 3 + n - x.sum())
    best = optimize.minimize_scalar(lambda p: -posterior.logpdf(p), bounds=(0, 1), method="bounded")
    assert found.decimal["theta"] == pytest.approx((1.5 + x.sum()) / (n + 3.5), rel=1e-14)
    assert posterior.logpdf(found.decimal["theta"]) >= -best.fun - 1e-10


@pytest.mark.parametrize("n", [2, 50])
def test_dirichlet_categorical(n: int) -> None:
    x = np.append(np.random.default_rng(n).integers(1, 4, n - 1), 3)
    found = estimated("dirichlet_categorical", ",".join(map(str, x)), ("alpha=2,3,1.5",))
    above = np.bincount(x, minlength=4)[1:] + np.array([1, 2, 0.5])
    np.testing.assert_allclose(found.decimal["y"], above / above.sum(), rtol=1e-14)


@pytest.mark.parametrize("n", [1, 2, 1000])
def test_normal_gaussian(n: int) -> None:
    x = np.random.default_rng(n).normal(3, 2, n)
    found = estimated("normal_gaussian", ",".join(map(repr, x.tolist())), ("sigma=2", "m=1", "tau=0.5"))

    def loss(mu: float) -> float:
        return -float(stats.norm(mu, 2).logpdf(x).sum() + stats.norm(1, 0.5).logpdf(mu))

    best = optimize.minimize_scalar(loss, bracket=(0, 3), tol=1e-12)
    assert found.decimal["mu"] == pytest.approx(best.x, rel=1e-6)
    assert loss(found.decimal["mu"]) <= best.fun + 1e-10 * (1 + abs(best.fun))
