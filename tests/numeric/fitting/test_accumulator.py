"""Sufficient statistics added up and merged, against fits of all samples at once."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import derive
import numeric
from derive.derivation import Section
from derive.estimation import DataError
from numeric.fitting import Accumulator
from tests.numeric.fitting.cases import cases

CASES = cases()
#: What the derivation says has no statistic of fixed size, and regressions whose inputs stay beside their weights.
WITHOUT = {
    *("laplace", "student_t", "logistic", "gumbel", "weibull"),
    *("logistic_regression", "softmax_regression", "poisson_regression"),
}
COUNTED = {"negative_binomial"}  # none of fixed size, but whole numbers are counted value by value


def section(name: str) -> Section:
    return derive.load(name).derivation().section("sufficient")


@pytest.mark.parametrize("name", sorted(CASES))
def test_only_what_has_statistics_has_an_accumulator(name: str) -> None:
    """As the derivation itself says."""
    if "no_sufficient_statistic" in section(name).note:
        assert name in WITHOUT | COUNTED
    if name in WITHOUT:
        with pytest.raises(DataError, match=f"{name!r} has no sufficient statistics of fixed size"):
            Accumulator(name)


@pytest.mark.parametrize("name", sorted(set(CASES) - WITHOUT))
@pytest.mark.parametrize("weighted", [False, True])
def test_parts_that_merge_give_what_all_samples_give(name: str, weighted: bool) -> None:
    data, known = CASES[name]
    weights = np.random.default_rng(0).integers(1, 5, len(data)) / 4 if weighted else None
    whole = numeric.fit(name, data, weights, known=known)
    parts = [slice(0, 50), slice(50, 51), slice(51, None)]
    one, two, three = (
        Accumulator(name, known=known).update(data[p], None if weights is None else weights[p]) for p in parts
    )
    found = three.merge(one).merge(two).fit()
    assert (found.method, found.count, found.note) == (whole.method, whole.count, whole.note)
    assert found.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-12)
    for parameter, value in whole.estimate.items():
        np.testing.assert_allclose(found.estimate[parameter], value, rtol=1e-12)
        errors = whole.standard_errors[parameter], found.standard_errors[parameter]
        assert (errors[0] is None) == (errors[1] is None)
        if errors[0] is not None:
            np.testing.assert_allclose(errors[1], errors[0], rtol=1e-10)


STATISTICS: dict[str, Callable[[Any], list[Any]]] = {
    "gaussian": lambda x: [x.sum(), (x**2).sum()],
    "gamma": lambda x: [x.sum(), np.log(x).sum()],
    "von_mises": lambda x: [np.cos(x).sum(), np.sin(x).sum()],
    "multivariate_gaussian": lambda x: [x.sum(0), x.T @ x],
    "pareto": lambda x: [np.log(x).sum(), x.min()],
    "beta": lambda x: [np.log(x).sum(), np.log1p(-x).sum()],
}


@pytest.mark.parametrize("name", sorted(STATISTICS))
def test_the_statistics_are_those_of_the_derivation(name: str) -> None:
    """Each statistic of the derivation's own section is one that is kept."""
    data, known = CASES[name]
    kept = Accumulator(name, known=known).update(data).statistics
    values = STATISTICS[name](data)
    assert len(values) == len(derive.load(name).derivation().results["sufficient"].args)
    for value in values:
        assert any(np.shape(k) == np.shape(value) and np.allclose(k, value, rtol=1e-12) for k in kept.values())


def test_squares_keep_their_digits_far_from_0() -> None:
    """σ̂² from Σx² and Σx at a mean of 10⁶ standard deviations, and 10⁷."""
    for mean, digits in ((1e6, 1e-14), (1e7, 1e-12)):
        x = np.random.default_rng(0).normal(mean, 1, 20_000)
        accumulator = Accumulator("gaussian")
        for part in np.array_split(x, 7):
            accumulator.update(part)
        exact = [Fraction(v) for v in x.tolist()]
        centre = sum(exact) / len(exact)
        variance = float(sum((v - centre) ** 2 for v in exact) / len(exact))
        assert abs(accumulator.fit().estimate["sigma"] ** 2 / variance - 1) < digits


def test_equal_values_have_no_variance() -> None:
    found = Accumulator("gaussian").update([0.1] * 3).update([0.1] * 40_000).fit()
    assert found.estimate == {"mu": 0.1, "sigma": 0.0}


def test_some_with_weights_and_some_without() -> None:
    found = Accumulator("gaussian").update([1.0, 2.0]).update([4.0], [2.0]).fit()
    assert found.count == 4
    assert found.estimate["mu"] == 2.75


def test_bad_samples_leave_it_as_it_was() -> None:
    accumulator = Accumulator("exponential").update([1.0, 2.0])
    before = accumulator.fit().estimate
    with pytest.raises(DataError, match="row 2: -1 is outside the support"):
        accumulator.update([1.0, -1.0])
    assert accumulator.fit().estimate == before


def test_nothing_and_something_else() -> None:
    with pytest.raises(DataError, match="holds no samples"):
        Accumulator("gaussian").fit()
    with pytest.raises(DataError, match="'gamma' cannot be merged into one of 'gaussian'"):
        Accumulator("gaussian").merge(Accumulator("gamma"))
    with pytest.raises(DataError, match="adds up to 4, not to n = 3"):
        Accumulator("multinomial").update([[1, 2]]).update([[2, 2]])
    with pytest.raises(DataError, match="3 and 2 columns"):
        Accumulator("multivariate_gaussian").update(np.eye(3)).update(np.eye(2))
