"""Every family on random data, held against scipy: the root of a score written by hand, and an optimiser's maximum."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import optimize, special

import derive
from derive.estimation import Estimation, estimate, observe
from derive.families import FAMILIES
from tests.estimation.cases import CASES, Array, Case, D
from tests.estimation.derived import derivation

#: Families with a prior have their own file.
WITH_PRIOR = {"beta_bernoulli", "dirichlet_categorical", "normal_gaussian"}
#: Families that cannot be derived yet.
NOT_YET: set[str] = set()

SIZES = (2, 3, 5, 30, 1000, 10_000)
SLACK = 1e-10


def written(rows: Array, folder: Path) -> str:
    file = folder / "data.csv"
    lines = [",".join(repr(v) for v in np.atleast_1d(row).tolist()) for row in rows]
    file.write_text("\n".join(lines), encoding="utf-8")
    return str(file)


def estimated(name: str, case: Case, rows: Array, folder: Path) -> Estimation:
    data = observe(derive.load(name), values=written(np.asarray(rows, dtype=float), folder), known=case.known)
    return estimate(derivation(name), data)


def flat(case: Case, found: Estimation) -> Array:
    return np.concatenate([np.ravel(np.array(found.decimal[n], dtype=float)) for n in case.names])


def drawn(case: Case, n: int, seed: int) -> Array:
    """Samples for which the maximum exists."""
    rng = np.random.default_rng(seed)
    while True:
        rows = case.sample(rng, n)
        if case.exists(rows):
            return rows


def optimum(case: Case, rows: Array) -> tuple[Array, float]:
    """What a general optimiser makes of the log-density, from the case's start."""
    positive = np.array(case.positive or (False,) * len(case.start(rows)))

    def natural(u: Array) -> Array:
        return np.where(positive, np.exp(np.where(positive, u, 0)), u)

    def loss(u: Array) -> float:
        with np.errstate(all="ignore"):
            value = -float(np.sum(case.log_density(natural(u), rows)))
        return value if np.isfinite(value) else 1e300

    start = case.start(rows).astype(float)
    u = np.where(positive, np.log(np.where(positive, start, 1)), start)
    for method in ("Nelder-Mead", "BFGS", "Nelder-Mead"):
        u = optimize.minimize(loss, u, method=method, options={"maxiter": 2000}).x
    return natural(u), -loss(u)


def assert_at_least(case: Case, ours: Array, theirs: float, rows: Array) -> None:
    value = float(np.sum(case.log_density(ours, rows)))
    assert value >= theirs - SLACK * (1 + abs(theirs)), (value, theirs)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("name", [n for n in FAMILIES if n not in WITH_PRIOR | NOT_YET])
def test_the_estimate_is_the_root_and_no_optimiser_finds_more(name: str, n: int, tmp_path: Path) -> None:
    case = CASES[name]
    rows = drawn(case, max(n, case.smallest), seed=n)
    found = estimated(name, case, rows, tmp_path)
    ours = flat(case, found)
    if case.exact is not None:
        np.testing.assert_allclose(ours, case.exact(rows), rtol=1e-8, atol=1e-12)
        assert_at_least(case, ours, float(np.sum(case.log_density(case.exact(rows), rows))), rows)
        return
    theirs, best = optimum(case, rows)
    assert_at_least(case, ours, best, rows)
    if case.score is None:
        return
    score = case.score
    scale = np.maximum(np.abs(theirs), 1e-3)
    root: Any = optimize.root(lambda v: score(v * scale, rows) / n, theirs / scale, tol=1e-12)
    if name in ("bernoulli", "binomial", "geometric") and not 0 < ours[0] < 1:
        return  # the maximum lies on the boundary, where the score has no root
    at_root, beside = score(root.x * scale, rows), score(root.x * scale * (1 + 1e-6), rows)
    assert np.abs(at_root).max() < 1e-3 * np.abs(beside).max(), "scipy has not found its root to 9 digits"
    np.testing.assert_allclose(ours, root.x * scale, rtol=1e-8, atol=1e-9)


def test_every_family_is_in_the_table() -> None:
    assert CASES.keys() | WITH_PRIOR == set(FAMILIES)
    assert not NOT_YET


@pytest.mark.parametrize("scale", [1e-20, 1e-6, 1e9, 1e25])
@pytest.mark.parametrize(
    ("name", "spread", "place"),
    [
        ("gamma", "beta", None),
        ("weibull", "lambda", None),
        ("gumbel", "beta", "mu"),
        ("logistic", "s", "mu"),
        ("student_t", "sigma", "mu"),
    ],
)
def test_the_unit_of_measurement_does_not_matter(name: str, spread: str, place: str | None, scale: float) -> None:
    x = np.array([1.5, 2.25, 0.75, 3.5, 1.25])
    known = CASES[name].known
    plain = estimated_here(name, x, known).decimal
    found = estimated_here(name, x * scale, known).decimal
    factor = 1 / scale if name == "gamma" else scale
    assert found[spread] == pytest.approx(plain[spread] * factor, rel=1e-12)
    if place is not None:
        assert found[place] == pytest.approx(plain[place] * scale, rel=1e-12)


def estimated_here(name: str, x: Array, known: tuple[str, ...]) -> Estimation:
    data = observe(derive.load(name), values=",".join(map(repr, x.tolist())), known=known)
    return estimate(derivation(name), data)


def test_softmax_regression_up_to_its_shift(tmp_path: Path) -> None:
    case = CASES["softmax_regression"]
    rows = drawn(case, 500, seed=5)
    w = flat(case, estimated("softmax_regression", case, rows, tmp_path)).reshape(-1, D)

    def score(free: Array) -> Array:
        full = np.vstack([free.reshape(-1, D), np.zeros(D)])
        p = special.softmax(rows[:, :-1] @ full.T, axis=1)
        onehot = np.eye(3)[rows[:, -1].astype(int) - 1]
        return np.asarray(((onehot - p).T @ rows[:, :-1])[:-1].ravel())

    root: Any = optimize.root(score, np.zeros(2 * D), tol=1e-13)
    np.testing.assert_allclose((w - w[-1])[:-1].ravel(), root.x, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(w.sum(axis=0), 0, atol=1e-12)
