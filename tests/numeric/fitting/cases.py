"""Samples of every family, drawn from a seed, with the constants that its model takes as known."""

from __future__ import annotations

from typing import Any

import numpy as np

Case = tuple[np.ndarray[Any, Any], dict[str, Any]]


def cases(size: int = 200, seed: int = 1) -> dict[str, Case]:
    """Data by family."""
    rng = np.random.default_rng(seed)
    inputs = np.column_stack([np.ones(size), rng.normal(size=(size, 2))])
    line = inputs @ np.array([0.3, -1.0, 0.5])
    plain: dict[str, Any] = {
        "bernoulli": rng.integers(0, 2, size),
        "binomial": (rng.binomial(7, 0.3, size), {"n": 7}),
        "categorical": rng.integers(1, 6, size),
        "multinomial": rng.multinomial(9, [0.2, 0.3, 0.5], size),
        "geometric": rng.geometric(0.3, size),
        "negative_binomial": rng.negative_binomial(3.5, 0.4, size),
        "poisson": rng.poisson(3, size),
        "gaussian": rng.normal(2, 3, size),
        "laplace": rng.laplace(1, 2, size),
        "student_t": (rng.standard_t(3, size) * 2 + 1, {"nu": 3}),
        "logistic": rng.logistic(1, 2, size),
        "gumbel": rng.gumbel(1, 2, size),
        "exponential": rng.exponential(2, size),
        "gamma": rng.gamma(2.5, 2, size),
        "weibull": rng.weibull(1.7, size) * 3,
        "rayleigh": rng.rayleigh(2, size),
        "maxwell": np.sqrt((rng.normal(size=(3, size)) ** 2).sum(0)) * 2,
        "lognormal": rng.lognormal(1, 0.5, size),
        "inverse_gaussian": rng.wald(2, 3, size),
        "pareto": rng.pareto(3, size) * 2 + 2,
        "uniform": rng.uniform(0, 4, size),
        "beta": rng.beta(2, 3, size),
        "von_mises": rng.vonmises(1, 2, size),
        "dirichlet": rng.dirichlet([2, 3, 4], size),
        "multivariate_gaussian": rng.multivariate_normal([1, 2], [[2, 0.5], [0.5, 1]], size),
        "linear_regression": np.column_stack([inputs, line + rng.normal(size=size)]),
        "logistic_regression": np.column_stack([inputs, (rng.random(size) < 1 / (1 + np.exp(-line))).astype(float)]),
        "softmax_regression": np.column_stack([inputs, rng.integers(1, 4, size)]),
        "poisson_regression": np.column_stack([inputs, rng.poisson(np.exp(line))]),
        "beta_bernoulli": (rng.integers(0, 2, size), {"a": 2, "b": 3}),
        "dirichlet_categorical": (rng.integers(1, 4, size), {"alpha": [2, 3, 4]}),
        "normal_gaussian": (rng.normal(2, 3, size), {"sigma": 3, "m": 0, "tau": 2}),
    }
    return {name: case if isinstance(case, tuple) else (case, {}) for name, case in plain.items()}
