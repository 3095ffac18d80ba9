"""Every family: a fit in passes over the data against `derive mle` in exact numbers, and its standard errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derive
import numeric
from derive.estimation import Data, estimate
from derive.estimation.functions import NoValueError
from derive.estimation.observations import known_values, observed, takes_columns
from derive.estimation.reading import Table
from derive.families import FAMILIES
from numeric.fitting.plots import log_likelihood_at
from numeric.fitting.result import Fit
from tests.numeric.fitting.cases import cases

CASES = cases()


def fitted(name: str, **options: Any) -> Fit:
    data, known = CASES[name]
    return numeric.fit(name, data, known=known, **options)


def as_mle_has_it(name: str) -> Data:
    """The same data as `derive mle` reads them from a text file."""
    from fractions import Fraction

    data, known = CASES[name]
    model = derive.load(name)
    rows = [[Fraction(v) for v in np.atleast_1d(row).tolist()] for row in data]
    table = Table(rows if takes_columns(model) else [r[-1:] for r in rows], [f"row {n}" for n in range(len(rows))])
    texts = [f"{n}={','.join(map(str, v)) if isinstance(v, list) else v}" for n, v in known.items()]
    return observed(model, table, known_values(model, texts))


def test_every_family_has_a_case() -> None:
    assert set(CASES) == set(FAMILIES)


@pytest.mark.parametrize("name", sorted(CASES))
def test_passes_over_data_find_what_exact_numbers_find(name: str) -> None:
    """To 10 digits: the estimate, and how it was found."""
    exact = estimate(derive.load(name).derivation(), as_mle_has_it(name))
    found = fitted(name, exact=False)
    assert found.method == exact.method
    assert found.note == exact.note
    for parameter, value in exact.decimal.items():
        np.testing.assert_allclose(found.estimate[parameter], np.array(value), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("name", sorted(CASES))
def test_few_samples_are_worked_out_exactly(name: str) -> None:
    """The same function on few samples and in passes: estimate, log-likelihood, standard errors."""
    exact, streamed = fitted(name, exact=True), fitted(name, exact=False)
    assert exact.log_likelihood == pytest.approx(streamed.log_likelihood, rel=1e-12)
    assert exact.reasons == streamed.reasons
    for errors, others in (
        (exact.standard_errors, streamed.standard_errors),
        (exact.expected_errors, streamed.expected_errors),
    ):
        for parameter, value in errors.items():
            assert (value is None) == (others[parameter] is None)
            if value is not None:
                np.testing.assert_allclose(others[parameter], value, rtol=1e-9)


WITHOUT = {
    "uniform": {"theta": "end of the support"},
    "pareto": {"m": "end of the support"},
    "laplace": {"mu": "kink"},
    "multivariate_gaussian": {"Sigma": "no second derivative"},
    "softmax_regression": {"w": "does not curve"},
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_where_there_is_no_standard_error_the_reason_is_given(name: str) -> None:
    found = fitted(name)
    missing = {n for n, v in found.standard_errors.items() if v is None}
    assert missing == set(WITHOUT.get(name, {}))
    for parameter, words in WITHOUT.get(name, {}).items():
        assert words in found.reasons[parameter]


SCALARS = sorted(n for n in CASES if n not in WITHOUT and all(np.ndim(v) == 0 for v in fitted(n).estimate.values()))


@pytest.mark.parametrize("name", SCALARS)
def test_standard_errors_against_a_numerical_hessian(name: str) -> None:
    """Second differences of the log-likelihood itself, inverted, by steps that halve until they settle."""
    found = fitted(name)
    prior = "log_posterior" in found.derivation.results
    if prior:
        pytest.skip("with a prior the second derivatives are those of the posterior, not of the likelihood")
    names = list(found.estimate)
    errors = {n: found.standard_errors[n] for n in names}
    step = {n: errors[n] * 1e-3 for n in names}

    def height(**moves: float) -> float:
        return log_likelihood_at(found, {n: found.estimate[n] + moves.get(n, 0) * step[n] for n in names})

    size = len(names)
    matrix = np.zeros((size, size))
    for a, first in enumerate(names):
        for b, second in enumerate(names):
            if a == b:
                value = height(**{first: 1}) - 2 * height() + height(**{first: -1})
            else:
                corners = [(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)]
                value = sum(s * height(**{first: i, second: j}) for i, j, s in corners) / 4
            matrix[a, b] = -value / (step[first] * step[second])
    expected = np.sqrt(np.diag(np.linalg.inv(matrix)))
    np.testing.assert_allclose([errors[n] for n in names], expected, rtol=2e-5)


def test_shares_that_add_up_to_1_have_the_errors_of_their_simplex() -> None:
    """√(y(1−y)/N), by the multinomial distribution of counts."""
    found = numeric.fit("categorical", np.repeat([1, 2, 3], [20, 30, 50]))
    y = np.array([0.2, 0.3, 0.5])
    np.testing.assert_allclose(found.standard_errors["y"], np.sqrt(y * (1 - y) / 100), rtol=1e-12)
    np.testing.assert_allclose(found.expected_errors["y"], np.sqrt(y * (1 - y) / 100), rtol=1e-12)


def test_errors_of_regression_are_those_of_the_normal_equations() -> None:
    data, _ = CASES["linear_regression"]
    inputs = data[:, :-1]
    found = fitted("linear_regression", exact=False)
    spread = found.estimate["sigma"] ** 2 * np.linalg.inv(inputs.T @ inputs)
    np.testing.assert_allclose(found.standard_errors["w"], np.sqrt(np.diag(spread)), rtol=1e-10)


@pytest.mark.parametrize("name", sorted(CASES))
def test_weights_count_as_samples_do(name: str) -> None:
    """A weight of 2 is a sample that came twice, one of 0 a sample that never came."""
    data, known = CASES[name]
    weights = np.random.default_rng(0).integers(0, 4, len(data))
    weights[np.argmax(data[:, -1] if data.ndim > 1 else data)] = 1  # as many classes either way
    often = np.repeat(data, weights, axis=0)
    one = numeric.fit(name, data, weights, known=known, exact=False)
    other = numeric.fit(name, often, known=known, exact=False)
    assert one.count == other.count == weights.sum()
    for parameter, value in other.estimate.items():
        np.testing.assert_allclose(one.estimate[parameter], value, rtol=1e-10, atol=1e-12)
        if other.standard_errors[parameter] is not None:
            np.testing.assert_allclose(one.standard_errors[parameter], other.standard_errors[parameter], rtol=1e-9)
    if other.log_likelihood is not None:
        assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-12)


@pytest.mark.parametrize("name", ["gaussian", "laplace", "weibull", "poisson", "categorical", "linear_regression"])
@pytest.mark.parametrize("exact", [True, False])
def test_fractional_weights(name: str, exact: bool) -> None:
    """Weights all scaled by one factor change neither the estimate nor, beyond the factor, the errors."""
    data, known = CASES[name]
    weights = np.random.default_rng(0).integers(1, 4, len(data)) / 8
    one = numeric.fit(name, data, weights, known=known, exact=exact)
    other = numeric.fit(name, data, weights * 16, known=known, exact=exact)
    assert other.count == 16 * one.count
    for parameter, value in other.estimate.items():
        np.testing.assert_allclose(one.estimate[parameter], value, rtol=1e-12)
        if other.standard_errors[parameter] is not None:
            np.testing.assert_allclose(one.standard_errors[parameter], 4 * other.standard_errors[parameter], rtol=1e-9)


def test_a_sum_that_cannot_be_worked_out_says_so() -> None:
    """A sum over the samples inside another is none that chunks can give."""
    import sympy as sp

    from derive.algebra.context import index, size
    from derive.estimation.objective import FLOATS, evaluator

    found = fitted("gaussian", exact=False)
    x, i, n = sp.IndexedBase("x"), index("i"), index("n")
    inner = sp.Sum(x[i] * sp.Sum(x[n] * x[i], (n, 1, size("N"))), (i, 1, size("N")))
    with pytest.raises(NoValueError, match="inside another"):
        evaluator(found.data, FLOATS).number(inner)
