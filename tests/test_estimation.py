"""Estimates on data, and data that cannot be used."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import derive
from derive.estimation import DataError, estimate, observe


def estimated(name: str, **data: str) -> object:
    model = derive.load(name)
    (value,) = estimate(model.derivation(), observe(model, **data)).exact.values()
    return value


def test_the_loaded_die() -> None:
    expected = [Fraction(1, 10), Fraction(1, 4), Fraction(1, 10), Fraction(1, 5), Fraction(1, 10), Fraction(1, 4)]
    assert estimated("categorical", counts="2,5,2,4,2,5") == expected


def test_labels_are_counted() -> None:
    assert estimated("categorical", values="1,3,3,2") == [Fraction(1, 4), Fraction(1, 4), Fraction(1, 2)]


def test_a_class_that_never_came_gets_probability_0() -> None:
    assert estimated("categorical", counts="3,0,1") == [Fraction(3, 4), Fraction(0), Fraction(1, 4)]


def test_one_class() -> None:
    assert estimated("categorical", counts="7") == [Fraction(1)]


def test_bernoulli_from_values_and_from_a_file(tmp_path: Path) -> None:
    assert estimated("bernoulli", values="1,0,1,1") == Fraction(3, 4)
    file = tmp_path / "coin.csv"
    file.write_text("1\n0\n\n1\n1\n")
    assert estimated("bernoulli", values=str(file)) == Fraction(3, 4)


WRONG = [
    ("categorical", {"counts": "2,x,3"}, "value 2: 'x' is not a number"),
    ("categorical", {"counts": "-1,2"}, "value 1: -1 is not a count"),
    ("categorical", {"counts": "1.5,2"}, "value 1: 3/2 is not a count"),
    ("categorical", {"counts": "0,0"}, "all counts are 0"),
    ("categorical", {"counts": ""}, "value 1: '' is not a number"),
    ("categorical", {"values": "0,1"}, "value 1: 0 is not a label"),
    ("categorical", {"values": "1,100000000"}, "not a label"),
    ("bernoulli", {"counts": "1,2"}, "use --data"),
    ("bernoulli", {"values": "1,2"}, "value 2: 2 is outside the support"),
    ("bernoulli", {"values": "nowhere.csv"}, "there is no file"),
    ("bernoulli", {"values": "1,1e999999999"}, "value 2"),
    ("bernoulli", {}, "either --counts or --data"),
]


@pytest.mark.parametrize(("name", "data", "words"), WRONG)
def test_data_that_cannot_be_used(name: str, data: dict[str, str], words: str) -> None:
    with pytest.raises(DataError, match=r".") as caught:
        observe(derive.load(name), **data)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
