"""`derive mle` as its users meet it, for what is not a closed form of one parameter."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from derive.cli import command
from derive.cli.failure import Failure
from tests.estimation.derived import estimated


def run(*args: str) -> str:
    result = CliRunner().invoke(command, ["mle", *args], catch_exceptions=False, standalone_mode=False)
    return result.output


def test_a_numerical_solution_says_so() -> None:
    found = json.loads(run("gamma", "--data", "1,2,4", "--json"))
    assert found["method"] == "numerical" and found["note"] == ""
    assert found["estimate"]["alpha"].startswith("3.40120058")
    assert float(found["estimate"]["beta"]) == found["decimal"]["beta"]
    assert "Solved numerically" in run("gamma", "--data", "1,2,4")


def test_a_limit_is_a_note_and_no_number_in_json() -> None:
    found = json.loads(run("gamma", "--data", "2,2", "--json"))
    assert found["estimate"] == {"alpha": "infinity", "beta": "infinity"}
    assert found["decimal"] == {"alpha": None, "beta": None}
    assert "no maximiser exists" in found["note"]
    assert "Note: no maximiser exists" in run("gamma", "--data", "2,2")


def test_the_end_of_the_support_is_a_boundary() -> None:
    assert run("uniform", "--data", "1,2.5").rstrip().endswith("θ̂ = 2.5")
    assert estimated("uniform", "1,2.5").method == "boundary"


def test_known_constants_are_options() -> None:
    assert json.loads(run("binomial", "--data", "3,4", "--known", "n=5", "--json"))["estimate"] == {"theta": "7/10"}
    with pytest.raises(Failure, match="--known n="):
        CliRunner().invoke(command, ["mle", "binomial", "--data", "3"], catch_exceptions=False, standalone_mode=False)
