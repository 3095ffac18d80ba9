"""Data of every kind, and data that cannot be used."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import numeric
from derive.estimation import DataError
from derive.estimation.counting import as_doubles, as_integers
from derive.estimation.totals import Total
from numeric.fitting import running, survey
from tests.numeric.fitting.cases import cases

torch = pytest.importorskip("torch")


def same(one: numeric.Fit, other: numeric.Fit) -> None:
    for name, value in one.estimate.items():
        np.testing.assert_array_equal(other.estimate[name], value)


def test_a_variance_far_from_0_keeps_its_digits() -> None:
    """At a mean of 10⁶ the mean of the squares less the square of the mean is off by more than 10⁻⁵ of the variance."""
    x = np.random.default_rng(0).normal(1e6, 1, 300_000)
    exact = [Fraction(v) for v in x.tolist()]
    mean = sum(exact) / len(exact)
    variance = float(sum((v - mean) ** 2 for v in exact) / len(exact))
    naive = float(np.mean(np.float64(x) * x) - np.mean(x) ** 2)
    found = numeric.fit("gaussian", x)
    assert abs(found.estimate["sigma"] ** 2 / variance - 1) < 1e-14
    assert found.estimate["mu"] == float(mean)
    assert abs(naive / variance - 1) > 1e-5


def test_sums_do_not_depend_on_the_chunks() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=10_001) * 10.0 ** rng.integers(-8, 8, 10_001)
    exact = sum(Fraction(v) for v in x.tolist())
    for cuts in ([], [1], [5000], list(range(100, 10_000, 100))):
        total = Total(np.zeros(()), np.zeros(()))
        for part in np.split(x, cuts):
            total = total.merged(Total.of(part, (0,)))
        assert abs(float((Fraction(float(total.high)) + Fraction(float(total.low)) - exact) / exact)) < 2**-80


def test_equal_values_have_no_variance() -> None:
    """0.1 has no finite binary expansion; the mean of many is 0.1 all the same, and the variance 0."""
    found = numeric.fit("gaussian", np.full(123_457, 0.1))
    assert found.estimate == {"mu": 0.1, "sigma": 0.0}
    assert "no maximiser exists" in found.note
    assert found.log_likelihood is None
    assert found.standard_errors["sigma"] is None


def test_one_value() -> None:
    assert numeric.fit("poisson", [4]).estimate == {"lambda": 4.0}
    assert numeric.fit("exponential", [0.5], exact=False).estimate == {"lambda": 2.0}
    assert numeric.fit("categorical", [1]).standard_errors["y"] == pytest.approx([0.0])


def test_doubles_and_integers_in_one_order() -> None:
    x = np.array([-np.inf, -1e300, -2.5, -5e-324, 0.0, 5e-324, 1.0, 1e300, np.inf])
    integers = as_integers(x)
    assert (np.diff(integers.astype(object)) > 0).all()
    np.testing.assert_array_equal(as_doubles(integers), x)
    assert as_integers(np.array([-0.0]))[0] == as_integers(np.array([0.0]))[0]


@pytest.mark.parametrize("size", [1, 2, 3, 1000, 1001])
def test_the_median_is_found_by_counting(size: int) -> None:
    x = np.random.default_rng(size).laplace(size=size)
    found = numeric.fit("laplace", x, exact=False)
    assert found.estimate["mu"] == pytest.approx(np.median(x), rel=1e-15)
    assert ("not unique" in found.note) == (size % 2 == 0)


def test_a_median_between_weights() -> None:
    """Half of the weight lies at or below 2, half at or above 5."""
    found = numeric.fit("laplace", [1.0, 2.0, 5.0, 7.0], [1.0, 2.0, 2.5, 0.5], exact=False)
    assert found.estimate["mu"] == 3.5
    assert found.note == numeric.fit("laplace", [1.0, 2.0, 5.0, 7.0], [1.0, 2.0, 2.5, 0.5], exact=True).note


def test_arrays_tensors_and_files_give_the_same(tmp_path: Path) -> None:
    x = np.random.default_rng(0).gamma(2.0, 3.0, 2500)
    np.save(tmp_path / "x.npy", x)
    np.savetxt(tmp_path / "x.csv", x, fmt="%.17g")
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed; the extra [fit] has it")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table({"x": x}), tmp_path / "x.parquet", row_group_size=700)
    expected = numeric.fit("gamma", x)
    for data in (
        np.load(tmp_path / "x.npy", mmap_mode="r"),
        x.tolist(),
        x[:, None],
        torch.tensor(x, requires_grad=True),
        tmp_path / "x.npy",
        str(tmp_path / "x.csv"),
        tmp_path / "x.parquet",
    ):
        same(expected, numeric.fit("gamma", data))


def test_inputs_and_target_apart_or_together(tmp_path: Path) -> None:
    data, _ = cases(1500)["logistic_regression"]
    expected = numeric.fit("logistic_regression", data)
    same(expected, numeric.fit("logistic_regression", (data[:, :-1], data[:, -1])))
    inputs, target = torch.tensor(data[:, :-1]), torch.tensor(data[:, -1])
    same(expected, numeric.fit("logistic_regression", (inputs, target.bool())))
    np.savetxt(tmp_path / "with_header.csv", data, fmt="%.17g", delimiter=",", header="one,a,b,y", comments="")
    same(expected, numeric.fit("logistic_regression", tmp_path / "with_header.csv"))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_narrow_floats_are_added_up_in_double_precision(dtype: str) -> None:
    x = torch.randn(5000, generator=torch.Generator().manual_seed(0)).to(getattr(torch, dtype))
    same(numeric.fit("gaussian", x.double().numpy()), numeric.fit("gaussian", x))


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "uint64", "float64"])
def test_labels_of_any_dtype(dtype: str) -> None:
    labels = np.random.default_rng(0).integers(1, 11, 200_000)
    found = numeric.fit("categorical", labels.astype(dtype))
    np.testing.assert_array_equal(found.estimate["y"], np.bincount(labels)[1:] / len(labels))
    assert found.passes == 1
    assert found.estimation.exact["y"][0] == Fraction(int((labels == 1).sum()), len(labels))


def test_whole_numbers_are_counted_in_one_pass() -> None:
    x = np.random.default_rng(0).negative_binomial(2.5, 0.3, 100_000)
    found = numeric.fit("negative_binomial", x)
    assert found.passes == 1
    again = numeric.fit("negative_binomial", x, exact=False)
    assert again.passes > 1
    assert found.estimate["r"] == pytest.approx(again.estimate["r"], rel=1e-10)


def test_numbers_too_large_to_be_counted() -> None:
    x = np.random.default_rng(0).poisson(1e9, 3000)
    assert numeric.fit("poisson", x).estimate["lambda"] == pytest.approx(x.mean(), rel=1e-15)


def test_more_samples_than_are_kept() -> None:
    x = np.random.default_rng(0).weibull(1.5, 3 * survey.KEPT + 1)
    found = numeric.fit("weibull", x)
    assert len(found.sample.arrays[found.sample.target]) <= 2 * survey.KEPT
    assert found.standard_errors["c"] == pytest.approx(found.expected_errors["c"], rel=0.05)


def test_nothing_is_read_twice_for_a_statistic() -> None:
    """The survey and one pass for all sums; for the Gaussian one more, around the mean."""
    rng = np.random.default_rng(0)
    for name, data, passes in (
        ("exponential", rng.exponential(size=5000), 2),
        ("beta", rng.beta(2, 3, 5000), 2),
        ("gaussian", rng.normal(size=5000), 3),
        ("uniform", rng.random(5000), 2),
    ):
        assert numeric.fit(name, data).passes == passes, name


BAD: list[tuple[str, Any, str]] = [
    ("gaussian", [1.0, np.nan, 2.0], "data, row 2: nan is not a finite number"),
    ("gaussian", [1.0, 2.0, -np.inf], "data, row 3: -inf is not a finite number"),
    ("gaussian", [], "holds no samples"),
    ("gaussian", np.zeros((3, 2)), "has 2 columns where model 'gaussian' observes one number"),
    ("gaussian", np.zeros((3, 2, 2)), "has 3 axes"),
    ("gaussian", np.array(["1", "x"]), "holds text (row 2: 'x')"),
    ("gaussian", [1.0, "two"], "text (row 2: 'two')"),
    ("gaussian", [1.0, None], "row 2: 'None' is not a number"),
    ("gaussian", np.array([1j]), "complex128"),
    ("gaussian", [[1.0], [1.0, 2.0]], "not of one length"),
    ("gamma", [1.0, 2.0, 0.0], "row 3: 0 is outside the support; x is positive"),
    ("poisson", [1, 2.5], "row 2: 5/2 is outside the support"),
    ("poisson", [1, -1], "row 2: -1 is outside the support"),
    ("bernoulli", [0, 1, 2], "row 3: 2 is outside the support"),
    ("categorical", [1, 2, 0], "row 3: 0 is not a label"),
    ("categorical", [1, 1.5], "row 2: 1.5 is not a label"),
    ("categorical", [1, 10**7], "row 2: 10000000 is not a label"),
    ("uniform", [1.0, -1.0], "row 2: -1 is outside the support"),
    ("dirichlet", [[0.5, 0.5], [0.5, 0.6]], "row 2: adds up to 1.1, not to 1"),
    ("multinomial", [[1, 2], [2, 2]], "row 2: adds up to 4, not to n = 3"),
    ("linear_regression", [[1.0], [2.0]], "give the inputs first and the target in the last"),
    ("student_t", [1.0, 2.0], "takes nu as known"),
    ("gaussian", "nowhere.npy", "there is no such file"),
]


@pytest.mark.parametrize(("name", "data", "words"), BAD)
def test_bad_data_are_refused_in_one_line(name: str, data: Any, words: str) -> None:
    with pytest.raises(DataError) as caught:
        numeric.fit(name, data)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_row_is_the_right_one_far_down() -> None:
    x = np.ones(300_000)
    x[234_567] = -1
    with pytest.raises(DataError, match="row 234568: -1 is outside"):
        numeric.fit("exponential", x)
    labels = np.ones(300_000, dtype=int)
    labels[234_567] = 0
    with pytest.raises(DataError, match="row 234568: 0 is not a label"):
        numeric.fit("categorical", labels)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([1.0, -1.0], "weights, row 2: -1.0 is no weight"),
        ([1.0, np.nan], "weights, row 2: nan is no weight"),
        ([0.0, 0.0], "no sample has any weight"),
        ([1.0], "1 for more samples"),
        ([1.0, 1.0, 1.0], "3 for 2 samples"),
    ],
)
def test_bad_weights(weights: list[float], words: str) -> None:
    with pytest.raises(DataError, match=words):
        numeric.fit("gaussian", [1.0, 2.0], weights)


def test_what_weighs_nothing_is_not_looked_at() -> None:
    found = numeric.fit("gaussian", [1.0, np.nan, 3.0], [1, 0, 1])
    assert found.estimate == {"mu": 2.0, "sigma": 1.0}
    with pytest.raises(DataError, match="row 4: inf"):
        numeric.fit("gaussian", [1.0, np.nan, 3.0, np.inf], [1, 0, 1, 1])


def test_bad_files_are_refused_in_one_line(tmp_path: Path) -> None:
    x = np.arange(100_000.0)
    np.save(tmp_path / "cut.npy", x)
    whole = (tmp_path / "cut.npy").read_bytes()
    (tmp_path / "cut.npy").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.npy").write_bytes(b"")
    np.save(tmp_path / "objects.npy", np.array([1, "a", None], dtype=object))
    np.save(tmp_path / "nothing.npy", np.zeros(0))
    pytest.importorskip("pyarrow", reason="pyarrow is not installed; the extra [fit] has it")
    (tmp_path / "text.csv").write_text("1\n2\nthree\n4\n")
    (tmp_path / "ragged.csv").write_text("1,2\n3,4\n5\n")
    (tmp_path / "gap.csv").write_text("1,2\n3,\n")
    (tmp_path / "empty.csv").write_text("\n\n")
    (tmp_path / "header.csv").write_text("x\n")
    (tmp_path / "no.parquet").write_text("hello")
    for name, words in (
        ("cut.npy", "it is truncated"),
        ("empty.npy", "cannot be read"),
        ("objects.npy", "Python objects"),
        ("nothing.npy", "holds no samples"),
        ("text.csv", "line 3: 'three' is not a number"),
        ("ragged.csv", "line 3: has 1 column"),
        ("gap.csv", "line 2: '' is not a number"),
        ("empty.csv", "holds no samples"),
        ("header.csv", "holds no samples"),
        ("no.parquet", "cannot be read"),
    ):
        with pytest.raises(DataError) as caught:
            numeric.fit("linear_regression", tmp_path / name)
        assert words in str(caught.value), (name, str(caught.value))
        assert "\n" not in str(caught.value)
        assert name in str(caught.value)


def test_parquet_columns_of_other_types_and_gaps(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed; the extra [fit] has it")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table({"a": [1.0, 2.0], "b": ["x", "y"]}), tmp_path / "text.parquet")
    with pytest.raises(DataError, match="column 'b' holds string"):
        numeric.fit("gaussian", tmp_path / "text.parquet")
    parquet.write_table(pyarrow.table({"a": [1.0, None, 2.0]}), tmp_path / "gap.parquet")
    with pytest.raises(DataError, match="row 2: column 'a' has no value"):
        numeric.fit("gaussian", tmp_path / "gap.parquet")


def test_numbers_beyond_what_doubles_can_be_solved_for() -> None:
    """Closed forms stand numbers of any size; Newton's steps work with their fourth powers."""
    x = np.random.default_rng(0).logistic(size=2000)
    assert numeric.fit("gaussian", x * 1e150).estimate["sigma"] == pytest.approx(1e150 * x.std(), rel=1e-12)
    for factor in (1e-150, 1e150):
        with pytest.raises(DataError, match=r"give another unit|did not come to rest"):
            numeric.fit("logistic", x * factor)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device is at hand")
def test_a_tensor_on_a_gpu() -> None:
    x = torch.randn(5000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    same(numeric.fit("gaussian", x), numeric.fit("gaussian", x.cuda()))
    labels = torch.randint(1, 5, (5000,))
    same(numeric.fit("categorical", labels), numeric.fit("categorical", labels.cuda()))


def test_a_family_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        numeric.fit("gausian", [1.0])


def test_a_model_of_ones_own() -> None:
    """A density that no family states: x² e^{−x/θ}/(2θ³), a gamma distribution of shape 3."""
    import sympy as sp

    import derive

    x, theta = sp.Symbol("x", positive=True), sp.Symbol("theta", positive=True)
    model = derive.Model("third", x**2 * sp.exp(-x / theta) / (2 * theta**3), x, theta)
    data = np.random.default_rng(0).gamma(3, 2, 5000)
    found = numeric.fit(model, data)
    assert found.estimate["theta"] == pytest.approx(data.mean() / 3, rel=1e-14)
    assert found.standard_errors["theta"] == pytest.approx(data.mean() / 3 / np.sqrt(3 * len(data)), rel=1e-10)


def test_a_bar_where_it_takes_long(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """On stderr, with the pass and the rows; nothing without one."""
    from numeric.fitting import progress

    monkeypatch.setattr(progress, "PATIENCE", -1.0)
    x = np.random.default_rng(0).normal(size=200_000)
    numeric.fit("gaussian", x, progress=True)
    shown = capsys.readouterr()
    assert "rows" in shown.err
    assert "pass 1" in shown.err
    numeric.fit("gaussian", x)
    silent = capsys.readouterr()
    assert silent.err == silent.out == shown.out == ""


def test_exact_numbers_are_for_few_samples() -> None:
    assert numeric.fit("gaussian", np.arange(running.EXACT_ROWS * 1.0)).estimation.exact["mu"] == Fraction(999, 2)


def test_a_fit_as_text_as_data_and_as_a_picture(tmp_path: Path) -> None:
    found = numeric.fit("gaussian", np.random.default_rng(0).normal(size=3000))
    assert "closed form, N = 3000" in str(found)
    assert "±" in str(found)
    page = found.to_json()
    assert page["estimate"] == found.estimate
    assert set(page["standard_errors"]) == {"mu", "sigma"}
    pytest.importorskip("matplotlib", reason="matplotlib is not installed; the extra [fit] has it")
    one, two = tmp_path / "one.svg", tmp_path / "two.svg"
    found.plot(one)
    found.plot(two)
    assert one.read_bytes() == two.read_bytes()
    assert len(found.plot().axes) == 3


def test_the_picture_draws_the_fitted_density() -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed; the extra [fit] has it")
    from numeric.fitting.plots import density

    found = numeric.fit("gaussian", np.random.default_rng(0).normal(size=3000))
    mu, sigma = found.estimate["mu"], found.estimate["sigma"]
    grid = np.linspace(-3, 3, 7)
    expected = np.exp(-((grid - mu) ** 2) / (2 * sigma**2)) / (np.sqrt(2 * np.pi) * sigma)
    np.testing.assert_allclose(density(found, grid), expected, rtol=1e-12)
    (drawn,) = [line for line in found.plot().axes[1].lines if line.get_label() == "log-likelihood"]
    x, y = drawn.get_data()
    np.testing.assert_allclose(y, -3000 * (x - mu) ** 2 / (2 * sigma**2), atol=1e-9)
