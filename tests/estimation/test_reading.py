"""Data of every shape, and one line for each that cannot be used."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import derive
from derive.estimation import Data, DataError, observe


def observed(name: str, values: str, *known: str) -> Data:
    return observe(derive.load(name), values=values, known=known)


def sizes(data: Data) -> dict[str, int]:
    return {symbol.name: n for symbol, n in data.sizes.items()}


def test_inputs_and_target(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text("1, 0.5, 0\n1\t2\t1\n\n1 -3 1\n")
    data = observed("logistic_regression", str(file))
    assert sizes(data) == {"N": 3, "D": 2}
    assert data.arrays["y", 1].tolist() == [0, 1, 1]
    assert data.arrays["x", 2].tolist() == [[1, Fraction(1, 2)], [1, 2], [1, -3]]
    assert len(data.entries) == 9
    assert [str(e) for e, _ in data.entries[:4]] == ["y[1]", "y[2]", "y[3]", "x[1, 1]"]


def test_labels_with_inputs_become_rows() -> None:
    data = observed("softmax_regression", "1,5,2;1,6,1;1,7,3")
    assert sizes(data) == {"N": 3, "K": 3, "D": 2}
    assert data.arrays["t", 2].tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]


def test_counts_a_row() -> None:
    data = observed("multinomial", "3,4,0;2,3,2")
    assert sizes(data) == {"N": 2, "K": 3, "n": 7}
    data = observe(derive.load("multinomial"), counts="3,4,0")
    assert sizes(data) == {"N": 1, "K": 3, "n": 7}


def test_known_constants() -> None:
    assert sizes(observed("binomial", "3,4", "n=5")) == {"N": 2, "n": 5}
    assert observed("student_t", "3,4", "nu=5/2").arrays["nu", 0].item() == Fraction(5, 2)


def test_proportions_rounded_for_printing() -> None:
    assert sizes(observed("dirichlet", "0.3333333,0.3333333,0.3333333")) == {"N": 1, "K": 3}


WRONG = [
    ("gaussian", "1,nan,2", (), "value 2: 'nan' is not a number"),
    ("gaussian", "", (), "value 1: '' is not a number"),
    ("gamma", "1,-2", (), "value 2: -2 is outside the support; x is positive"),
    ("gamma", "0", (), "value 1: 0 is outside"),
    ("poisson", "1,2.5", (), "value 2: 5/2 is outside"),
    ("geometric", "0", (), "value 1: 0 is outside"),
    ("von_mises", "3.2", (), "outside the support"),
    ("pareto", "0,2", (), "outside the support"),
    ("binomial", "3,4", (), "give its value by --known n=…"),
    ("student_t", "3,4", (), "give its value by --known nu=…"),
    ("binomial", "3,7", ("n=5",), "value 2: 7 is more than n = 5"),
    ("binomial", "3", ("n=0.5",), "1/2 will not do"),
    ("binomial", "3", ("m=5",), "no known constant of that name; it has n"),
    ("gamma", "3", ("n=5",), "no known constant of that name; it has none"),
    ("binomial", "3", ("n",), "write it as name=value"),
    ("dirichlet", "0.2,0.7;0.2,0.8", (), "row 1: adds up to 0.9, not to 1"),
    ("dirichlet", "0,1", (), "0 is outside the support"),
    ("multinomial", "3,4;2,3", (), "row 2: adds up to 5, not to n = 7"),
    ("multivariate_gaussian", "1,2;3", (), "row 2: has 1 column where the first row has 2"),
    ("logistic_regression", "1,2;1,1", (), "2 is outside the support; y is 0 or 1"),
    ("logistic_regression", "1;0", (), "inputs first and the target in the last column"),
    ("softmax_regression", "1,2,0", (), "0 is not a label"),
]


@pytest.mark.parametrize(("name", "values", "known", "words"), WRONG)
def test_data_that_cannot_be_used(name: str, values: str, known: tuple[str, ...], words: str) -> None:
    with pytest.raises(DataError) as caught:
        observed(name, values, *known)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no samples"),
        ("x,y\n1,2\n", "line 1: 'x' is not a number"),
        ("1,2\n1,2,3\n", "line 2: has 3 columns where the first row has 2"),
        ("1,inf\n", "line 1: 'inf' is not a number"),
        ("1,2\n\n1,\n", "line 3: '' is not a number"),
    ],
)
def test_files_that_cannot_be_used(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text(text)
    with pytest.raises(DataError) as caught:
        observed("linear_regression", str(file))
    assert words in str(caught.value) and str(file) in str(caught.value)
