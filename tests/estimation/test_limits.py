"""Where no maximiser exists, or more than one: the right limit or set, or one clear line."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from derive.estimation import DataError
from tests.estimation.derived import estimated

INF = math.inf

#: family, data, known constants, limits of the parameters, words of the note
LIMITS = [
    ("gaussian", "2,2,2", (), {"mu": 2, "sigma": 0}, "sigma → 0"),
    ("gaussian", "5", (), {"mu": 5, "sigma": 0}, "no maximiser exists"),
    ("lognormal", "2,2", (), {"mu": math.log(2), "sigma": 0}, "sigma → 0"),
    ("laplace", "1,1,1", (), {"mu": 1, "b": 0}, "b → 0"),
    ("logistic", "3,3", (), {"mu": 3, "s": 0}, "without bound as s → 0"),
    ("gumbel", "2,2", (), {"mu": 2, "beta": 0}, "without bound as beta → 0"),
    ("student_t", "1,1,1,5", ("nu=2",), {"mu": 1, "sigma": 0}, "without bound as sigma → 0"),
    ("gamma", "3", (), {"alpha": INF, "beta": INF}, "without bound as alpha → infinity"),
    ("gamma", "2,2,2", (), {"alpha": INF, "beta": INF}, "without bound as alpha → infinity"),
    ("weibull", "2,2", (), {"c": INF, "lambda": 2}, "without bound as c → infinity"),
    ("beta", "0.3,0.3", (), {"alpha": INF, "beta": INF}, "without bound as alpha → infinity, beta → infinity"),
    ("dirichlet", "0.2,0.8;0.2,0.8", (), {"alpha": [INF, INF]}, "without bound as alpha → infinity"),
    ("inverse_gaussian", "2,2", (), {"mu": 2, "lambda": INF}, "lambda → infinity"),
    ("pareto", "2,2", (), {"m": 2, "alpha": INF}, "alpha → infinity"),
    ("von_mises", "1,1", (), {"mu": 1, "kappa": INF}, "without bound as kappa → infinity"),
    ("poisson", "0,0", (), {"lambda": 0}, "lambda → 0"),
    ("exponential", "0,0", (), {"lambda": INF}, "lambda → infinity"),
    ("uniform", "0,0", (), {"theta": 0}, "theta → 0"),
    ("multivariate_gaussian", "1,2;3,4", (), {"mu": [2, 3], "Sigma": [[1, 1], [1, 1]]}, "Sigma is singular"),
    ("linear_regression", "1,0,1;1,1,3", (), {"w": [1, 2], "sigma": 0}, "sigma → 0"),
]


@pytest.mark.parametrize(("name", "values", "known", "limits", "words"), LIMITS)
def test_a_maximum_that_does_not_exist(
    name: str, values: str, known: tuple[str, ...], limits: dict[str, Any], words: str
) -> None:
    found = estimated(name, values, known)
    assert "no maximiser exists" in found.note and words in found.note
    assert "\n" not in found.note
    for parameter, value in limits.items():
        np.testing.assert_allclose(found.decimal[parameter], value, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("values", ["1,1,2,1", "3", "0,2,1,1", "4,5,4,6,5"])
def test_an_under_dispersed_negative_binomial_tends_to_a_poisson(values: str) -> None:
    found = estimated("negative_binomial", values)
    x = np.array([float(v) for v in values.split(",")])
    assert found.decimal == {"r": INF, "theta": 1.0}
    assert "towards a limit that it does not reach as r → infinity" in found.note
    height = float(found.note.split("its logarithm to ")[1].split(";")[0])
    assert height == pytest.approx(stats.poisson(x.mean()).logpmf(x).sum(), rel=1e-8)


def test_a_barely_over_dispersed_negative_binomial_has_its_maximum() -> None:
    values = [0, 2, 1, 1, 0, 2, 0, 2, 1, 3, 0, 0, 2, 1]
    x = np.array(values)
    assert x.var() / x.mean() * 1.2 > 1
    found = estimated("negative_binomial", ",".join(map(str, values)))
    if x.var() > x.mean():
        assert math.isfinite(found.decimal["r"]) and not found.note
    else:
        assert found.decimal["r"] == INF


def test_nearly_equal_samples_have_a_maximum_far_out() -> None:
    found = estimated("gamma", "1000000.1,1000000.2")
    assert not found.note
    assert found.decimal["alpha"] == pytest.approx(4.00000120000008e14, rel=1e-12)
    found = estimated("beta", "0.5,0.5000001")
    assert not found.note
    assert found.decimal["alpha"] == pytest.approx(5.00000050e13, rel=1e-8)


def test_the_median_of_an_even_number_is_an_interval() -> None:
    found = estimated("laplace", "1,2,3,5")
    assert found.decimal == {"mu": 2.5, "b": 1.25}
    assert "every value from 2.0 to 3.0" in found.note
    assert estimated("laplace", "1,2,5").note == ""
    assert estimated("laplace", "1,2,2,5").note == ""


SEPARATED = [
    ("logistic_regression", "1,0,0;1,1,0;1,2,1;1,3,1"),
    ("logistic_regression", "1,0,0;1,1,0;1,1,1;1,2,1"),  # they touch in one point
    ("logistic_regression", "1,2,1;1,3,1"),  # one class only
    ("softmax_regression", "1,0,1;1,1,2;1,2,3"),
    ("poisson_regression", "1,0,0;1,1,0"),
    ("poisson_regression", "1,0,3;1,1,0"),
]


@pytest.mark.parametrize(("name", "values"), SEPARATED)
def test_weights_without_bound_are_one_line(name: str, values: str) -> None:
    with pytest.raises(DataError, match="no maximiser exists") as caught:
        estimated(name, values)
    assert "without bound" in str(caught.value) and "\n" not in str(caught.value)
    assert ("separated" in str(caught.value)) == (name != "poisson_regression")


def test_collinear_inputs_give_the_solution_of_least_norm() -> None:
    found = estimated("linear_regression", "1,2,1;2,4,3;3,6,4")
    assert "w is not unique" in found.note and "least norm" in found.note
    expected = np.linalg.lstsq(np.array([[1, 2], [2, 4], [3, 6]]), np.array([1, 3, 4]), rcond=None)[0]
    np.testing.assert_allclose(found.decimal["w"], expected, rtol=1e-10)
    found = estimated("logistic_regression", "1,2,1;2,4,0;-1,-2,0;0.5,1,1;3,6,1")
    assert "w is not unique" in found.note
    assert found.decimal["w"][1] == pytest.approx(2 * found.decimal["w"][0], rel=1e-9)


def test_the_shift_of_softmax_weights_is_said() -> None:
    found = estimated("softmax_regression", "1,0,1;1,1,2;1,2,1;1,3,2;1,0,3;1,1,3;1,3,1;1,0,2;1,2,3")
    assert "w is not unique" in found.note and "2 directions" in found.note
    assert "adds up to 0 over its first index" in found.note
    np.testing.assert_allclose(np.sum(found.decimal["w"], axis=0), 0, atol=1e-13)


def test_two_samples_of_a_cauchy_have_a_circle_of_maxima() -> None:
    found = estimated("student_t", "1,2", ("nu=1",))
    assert "not unique" in found.note
    mu, sigma = found.decimal["mu"], found.decimal["sigma"]
    assert (mu - 1) * (mu - 2) + sigma**2 == pytest.approx(0, abs=1e-9)


def test_of_several_local_maxima_the_highest() -> None:
    x = np.array([-10, -9.5, 9, 10, 10.2])
    found = estimated("student_t", ",".join(map(str, x)), ("nu=1",))
    assert found.decimal["mu"] == pytest.approx(9.74053, abs=1e-4)


def test_counts_of_zero() -> None:
    assert estimated("negative_binomial", "0,0").decimal["theta"] == 1.0
    assert estimated("multinomial", "3,4,0;2,3,2").shown == {"y": ["5/14", "1/2", "1/7"]}
    assert estimated("bernoulli", "0,0").note == ""


def test_the_direction_at_the_end_of_the_circle() -> None:
    found = estimated("von_mises", "3,-3,3.1,-3.1")
    assert abs(found.decimal["mu"]) == pytest.approx(math.pi, rel=1e-9)
    assert found.note == ""
    kappa = found.decimal["kappa"]
    length = np.abs(np.exp(1j * np.array([3, -3, 3.1, -3.1])).mean())
    assert special.ive(1, kappa) / special.ive(0, kappa) == pytest.approx(length, rel=1e-8)
