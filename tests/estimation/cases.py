"""For each family: how to sample it, its log-density by scipy, its score written by hand, where to start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special, stats

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Case:
    """A family with its parameters as one vector, in the order of `names`.

    `score` is the sum over the samples of the slope of the log-density; None where the maximum is no root of it, then
    `exact` gives the estimate. `positive` says which parameters an optimiser takes by their logarithm.
    """

    names: tuple[str, ...]
    sample: Callable[[np.random.Generator, int], Array]
    log_density: Callable[[Array, Array], Array]
    start: Callable[[Array], Array]
    score: Callable[[Array, Array], Array] | None = None
    exact: Callable[[Array], Array] | None = None
    positive: tuple[bool, ...] = ()
    known: tuple[str, ...] = ()
    smallest: int = 2
    exists: Callable[[Array], bool] = lambda x: len(np.unique(x, axis=0)) > 1


D = 3


def inputs(rng: np.random.Generator, n: int) -> Array:
    x = rng.normal(size=(n, D))
    x[:, 0] = 1
    return x


def with_target(target: Callable[[np.random.Generator, Array], Array]) -> Callable[[np.random.Generator, int], Array]:
    def sample(rng: np.random.Generator, n: int) -> Array:
        x = inputs(rng, n)
        return np.column_stack([x, target(rng, x)])

    return sample


W = np.array([0.2, 0.7, -0.5])


def softmax_logs(w: Array, rows: Array) -> Array:
    z = rows[:, :-1] @ w.reshape(-1, D).T
    return np.asarray(z[np.arange(len(rows)), rows[:, -1].astype(int) - 1] - special.logsumexp(z, axis=1))


def t_score(p: Array, x: Array, nu: float = 3.0) -> Array:
    z = (x - p[0]) / p[1]
    weight = (nu + 1) / (nu + z**2)
    return np.array([(weight * z).sum() / p[1], ((weight * z**2) - 1).sum() / p[1]])


def negative_binomial_score(p: Array, x: Array) -> Array:
    r, theta = p
    by_r = special.digamma(x + r) - special.digamma(r) + np.log(theta)
    return np.array([by_r.sum(), (r / theta - x / (1 - theta)).sum()])


def negative_binomial_start(x: Array) -> Array:
    r = x.mean() ** 2 / max(x.var() - x.mean(), 1e-3 * x.mean())
    return np.array([r, r / (r + x.mean())])


def von_mises_start(x: Array) -> Array:
    c, s = np.cos(x).mean(), np.sin(x).mean()
    length = np.hypot(c, s)
    return np.array([np.arctan2(s, c), length * (2 - length**2) / (1 - length**2)])


def beta_start(x: Array) -> Array:
    strength = x.mean() * (1 - x.mean()) / x.var() - 1
    return np.asarray(np.array([x.mean(), 1 - x.mean()]) * max(strength, 0.1))


def dirichlet_start(x: Array) -> Array:
    m = x.mean(axis=0)
    return np.asarray(m * max(float(np.median(m * (1 - m) / x.var(axis=0) - 1)), 0.5))


def covariance_logs(p: Array, x: Array) -> Array:
    return np.asarray(stats.multivariate_normal(p[:D], p[D:].reshape(D, D), allow_singular=False).logpdf(x))


CASES: dict[str, Case] = {
    "bernoulli": Case(
        ("theta",),
        lambda rng, n: rng.integers(0, 2, n),
        lambda p, x: stats.bernoulli(p[0]).logpmf(x),
        lambda x: np.array([0.5]),
        lambda p, x: np.array([(x / p[0] - (1 - x) / (1 - p[0])).sum()]),
    ),
    "binomial": Case(
        ("theta",),
        lambda rng, n: rng.binomial(9, 0.3, n),
        lambda p, x: stats.binom(9, p[0]).logpmf(x),
        lambda x: np.array([0.5]),
        lambda p, x: np.array([(x / p[0] - (9 - x) / (1 - p[0])).sum()]),
        known=("n=9",),
    ),
    "categorical": Case(
        ("y",),
        lambda rng, n: np.append(rng.integers(1, 5, n - 1), 4),
        lambda p, x: np.log(p[x.astype(int) - 1]),
        lambda x: np.bincount(x, minlength=5)[1:] / len(x),
        exact=lambda x: np.bincount(x, minlength=5)[1:] / len(x),
    ),
    "multinomial": Case(
        ("y",),
        lambda rng, n: rng.multinomial(7, [0.2, 0.3, 0.5], n),
        lambda p, x: stats.multinomial(7, p).logpmf(x),
        lambda x: x.sum(axis=0) / x.sum(),
        exact=lambda x: x.sum(axis=0) / x.sum(),
    ),
    "geometric": Case(
        ("theta",),
        lambda rng, n: rng.geometric(0.3, n),
        lambda p, x: stats.geom(p[0]).logpmf(x),
        lambda x: np.array([0.5]),
        lambda p, x: np.array([(1 / p[0] - (x - 1) / (1 - p[0])).sum()]),
    ),
    "negative_binomial": Case(
        ("r", "theta"),
        lambda rng, n: rng.negative_binomial(1.5, 0.3, n),
        lambda p, x: stats.nbinom(p[0], p[1]).logpmf(x),
        negative_binomial_start,
        negative_binomial_score,
        positive=(True, True),
        exists=lambda x: bool(x.var() > x.mean()),
    ),
    "poisson": Case(
        ("lambda",),
        lambda rng, n: rng.poisson(3, n),
        lambda p, x: stats.poisson(p[0]).logpmf(x),
        lambda x: np.array([1.0]),
        lambda p, x: np.array([(x / p[0] - 1).sum()]),
        positive=(True,),
    ),
    "exponential": Case(
        ("lambda",),
        lambda rng, n: rng.exponential(0.2, n),
        lambda p, x: stats.expon(scale=1 / p[0]).logpdf(x),
        lambda x: np.array([1.0]),
        lambda p, x: np.array([(1 / p[0] - x).sum()]),
        positive=(True,),
    ),
    "gamma": Case(
        ("alpha", "beta"),
        lambda rng, n: rng.gamma(2.5, 0.3, n),
        lambda p, x: stats.gamma(p[0], scale=1 / p[1]).logpdf(x),
        lambda x: np.array([x.mean() ** 2 / x.var(), x.mean() / x.var()]),
        lambda p, x: np.array([(np.log(p[1]) - special.digamma(p[0]) + np.log(x)).sum(), (p[0] / p[1] - x).sum()]),
        positive=(True, True),
    ),
    "weibull": Case(
        ("c", "lambda"),
        lambda rng, n: 4 * rng.weibull(1.7, n),
        lambda p, x: stats.weibull_min(p[0], scale=p[1]).logpdf(x),
        lambda x: np.array([1.2 / np.log(x).std(), x.mean()]),
        lambda p, x: np.array(
            [
                (1 / p[0] + np.log(x / p[1]) * (1 - (x / p[1]) ** p[0])).sum(),
                (p[0] / p[1] * ((x / p[1]) ** p[0] - 1)).sum(),
            ]
        ),
        positive=(True, True),
    ),
    "rayleigh": Case(
        ("sigma",),
        lambda rng, n: rng.rayleigh(3, n),
        lambda p, x: stats.rayleigh(scale=p[0]).logpdf(x),
        lambda x: np.array([x.mean()]),
        lambda p, x: np.array([(-2 / p[0] + x**2 / p[0] ** 3).sum()]),
        positive=(True,),
    ),
    "maxwell": Case(
        ("sigma",),
        lambda rng, n: stats.maxwell(scale=2).rvs(n, random_state=rng),
        lambda p, x: stats.maxwell(scale=p[0]).logpdf(x),
        lambda x: np.array([x.mean()]),
        lambda p, x: np.array([(-3 / p[0] + x**2 / p[0] ** 3).sum()]),
        positive=(True,),
    ),
    "lognormal": Case(
        ("mu", "sigma"),
        lambda rng, n: rng.lognormal(-1, 0.7, n),
        lambda p, x: stats.lognorm(p[1], scale=np.exp(p[0])).logpdf(x),
        lambda x: np.array([0.0, 1.0]),
        lambda p, x: np.array(
            [((np.log(x) - p[0]) / p[1] ** 2).sum(), (-1 / p[1] + (np.log(x) - p[0]) ** 2 / p[1] ** 3).sum()]
        ),
        positive=(False, True),
    ),
    "inverse_gaussian": Case(
        ("mu", "lambda"),
        lambda rng, n: rng.wald(2, 3, n),
        lambda p, x: stats.invgauss(p[0] / p[1], scale=p[1]).logpdf(x),
        lambda x: np.array([x.mean(), 1.0]),
        lambda p, x: np.array(
            [(p[1] * (x - p[0]) / p[0] ** 3).sum(), (1 / (2 * p[1]) - (x - p[0]) ** 2 / (2 * p[0] ** 2 * x)).sum()]
        ),
        positive=(True, True),
    ),
    "pareto": Case(
        ("alpha", "m"),
        lambda rng, n: 2 * (1 + rng.pareto(3, n)),
        lambda p, x: stats.pareto(p[0], scale=p[1]).logpdf(x),
        lambda x: np.array([1.0, x.min()]),
        exact=lambda x: np.array([1 / np.log(x / x.min()).mean(), x.min()]),
    ),
    "uniform": Case(
        ("theta",),
        lambda rng, n: rng.uniform(0, 5, n),
        lambda p, x: stats.uniform(0, p[0]).logpdf(x),
        lambda x: np.array([x.max()]),
        exact=lambda x: np.array([x.max()]),
    ),
    "beta": Case(
        ("alpha", "beta"),
        lambda rng, n: rng.beta(2, 3.5, n),
        lambda p, x: stats.beta(p[0], p[1]).logpdf(x),
        beta_start,
        lambda p, x: np.array(
            [
                (np.log(x) - special.digamma(p[0]) + special.digamma(p.sum())).sum(),
                (np.log1p(-x) - special.digamma(p[1]) + special.digamma(p.sum())).sum(),
            ]
        ),
        positive=(True, True),
    ),
    "von_mises": Case(
        ("mu", "kappa"),
        lambda rng, n: rng.vonmises(2, 1.5, n),
        lambda p, x: p[1] * np.cos(x - p[0]) - np.log(2 * np.pi * special.ive(0, p[1])) - p[1],
        von_mises_start,
        lambda p, x: np.array(
            [(p[1] * np.sin(x - p[0])).sum(), (np.cos(x - p[0]) - special.ive(1, p[1]) / special.ive(0, p[1])).sum()]
        ),
        positive=(False, True),
    ),
    "gaussian": Case(
        ("mu", "sigma"),
        lambda rng, n: rng.normal(100, 0.5, n),
        lambda p, x: stats.norm(p[0], p[1]).logpdf(x),
        lambda x: np.array([np.median(x), 1.0]),
        lambda p, x: np.array([((x - p[0]) / p[1] ** 2).sum(), (-1 / p[1] + (x - p[0]) ** 2 / p[1] ** 3).sum()]),
        positive=(False, True),
    ),
    "laplace": Case(
        ("mu", "b"),
        lambda rng, n: rng.laplace(3, 2, n),
        lambda p, x: stats.laplace(p[0], p[1]).logpdf(x),
        lambda x: np.array([np.median(x), 1.0]),
        exact=lambda x: np.array([np.median(x), np.abs(x - np.median(x)).mean()]),
    ),
    "student_t": Case(
        ("mu", "sigma"),
        lambda rng, n: 5 + 2 * rng.standard_t(3, n),
        lambda p, x: stats.t(3, p[0], p[1]).logpdf(x),
        lambda x: np.array([np.median(x), np.abs(x - np.median(x)).mean()]),
        t_score,
        positive=(False, True),
        known=("nu=3",),
    ),
    "logistic": Case(
        ("mu", "s"),
        lambda rng, n: rng.logistic(-2, 3, n),
        lambda p, x: stats.logistic(p[0], p[1]).logpdf(x),
        lambda x: np.array([x.mean(), x.std() / 1.8]),
        lambda p, x: np.array(
            [
                np.tanh((x - p[0]) / (2 * p[1])).sum() / p[1],
                ((x - p[0]) / p[1] * np.tanh((x - p[0]) / (2 * p[1])) - 1).sum() / p[1],
            ]
        ),
        positive=(False, True),
    ),
    "gumbel": Case(
        ("mu", "beta"),
        lambda rng, n: rng.gumbel(4, 1.5, n),
        lambda p, x: stats.gumbel_r(p[0], p[1]).logpdf(x),
        lambda x: np.array([x.mean() - 0.45 * x.std(), 0.78 * x.std()]),
        lambda p, x: np.array(
            [
                (1 - np.exp(-(x - p[0]) / p[1])).sum() / p[1],
                ((x - p[0]) / p[1] * (1 - np.exp(-(x - p[0]) / p[1])) - 1).sum() / p[1],
            ]
        ),
        positive=(False, True),
    ),
    "dirichlet": Case(
        ("alpha",),
        lambda rng, n: rng.dirichlet([2, 0.8, 3], n),
        lambda p, x: special.gammaln(p.sum()) - special.gammaln(p).sum() + ((p - 1) * np.log(x)).sum(axis=1),
        dirichlet_start,
        lambda p, x: (np.log(x) - special.digamma(p) + special.digamma(p.sum())).sum(axis=0),
        positive=(True,) * 3,
    ),
    "multivariate_gaussian": Case(
        ("mu", "Sigma"),
        lambda rng, n: rng.normal(size=(n, D)) @ np.array([[1, 0.3, 0], [0, 2, 0.5], [0, 0, 1]]),
        covariance_logs,
        lambda x: np.append(x.mean(axis=0), np.cov(x.T, bias=True)),
        exact=lambda x: np.append(x.mean(axis=0), np.cov(x.T, bias=True)),
        smallest=D + 1,
    ),
    "linear_regression": Case(
        ("w", "sigma"),
        with_target(lambda rng, x: x @ W + 0.3 * rng.normal(size=len(x))),
        lambda p, r: stats.norm(r[:, :-1] @ p[:-1], p[-1]).logpdf(r[:, -1]),
        lambda r: np.append(np.zeros(D), 1.0),
        lambda p, r: np.append(
            r[:, :-1].T @ (r[:, -1] - r[:, :-1] @ p[:-1]) / p[-1] ** 2,
            (-1 / p[-1] + (r[:, -1] - r[:, :-1] @ p[:-1]) ** 2 / p[-1] ** 3).sum(),
        ),
        positive=(False,) * D + (True,),
        smallest=D + 2,
    ),
    "logistic_regression": Case(
        ("w",),
        with_target(lambda rng, x: rng.random(len(x)) < special.expit(x @ W)),
        lambda p, r: (
            np.where(r[:, -1] > 0, 1, -1) * 0 + special.log_expit(np.where(r[:, -1] > 0, 1, -1) * (r[:, :-1] @ p))
        ),
        lambda r: np.zeros(D),
        lambda p, r: r[:, :-1].T @ (r[:, -1] - special.expit(r[:, :-1] @ p)),
        smallest=40,
    ),
    "poisson_regression": Case(
        ("w",),
        with_target(lambda rng, x: rng.poisson(np.exp(x @ W))),
        lambda p, r: stats.poisson(np.exp(r[:, :-1] @ p)).logpmf(r[:, -1]),
        lambda r: np.zeros(D),
        lambda p, r: r[:, :-1].T @ (r[:, -1] - np.exp(r[:, :-1] @ p)),
        smallest=20,
    ),
    "softmax_regression": Case(
        ("w",),
        with_target(lambda rng, x: rng.integers(1, 4, len(x))),
        softmax_logs,
        lambda r: np.zeros(3 * D),
        smallest=60,
    ),
}
