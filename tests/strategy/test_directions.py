"""Angles: the direction in which a concentrated density points has a closed form, and only that one is a maximum."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from derive.checker import check_derivation, check_step
from derive.derivation import Derivation, Step
from derive.estimation import estimate, observe
from derive.families import load
from derive.strategy import derivation


@pytest.fixture(scope="module")
def von_mises() -> Derivation:
    return derivation(load("von_mises"))


def _claim(derived: Derivation) -> Step:
    return next(step for _, step in derived.steps() if step.kind == "maximises")


def test_the_mean_direction_has_a_closed_form(von_mises: Derivation) -> None:
    found = von_mises.results["estimate"].args[0]
    assert isinstance(found.rhs, sp.atan2)
    assert {v.status for v in check_derivation(von_mises).verdicts} <= {
        "proved",
        "definition",
        "hypothesis",
        "substitution",
    }


def test_the_opposite_direction_is_refuted(von_mises: Derivation) -> None:
    step = _claim(von_mises)
    sine, cosine = step.after.args[0].rhs.args
    for wrong in (sp.atan2(-sine, -cosine), sp.atan2(cosine, sine), sp.atan2(sine, 2 * cosine)):
        claimed = sp.Tuple(sp.Eq(step.after.args[0].lhs, wrong, evaluate=False))
        verdict = check_step(Step("maximises", step.before, claimed, given=step.given), von_mises.context)
        assert verdict.status == "refuted", verdict


def test_without_a_positive_factor_nothing_is_proved(von_mises: Derivation) -> None:
    """Turned upside down the same angle is the minimum."""
    step = _claim(von_mises)
    verdict = check_step(Step("maximises", -step.before, step.after, given=step.given), von_mises.context)
    assert verdict.status == "refuted"


def test_by_hand(von_mises: Derivation) -> None:
    """0 once and 1 twice."""
    found = estimate(von_mises, observe(load("von_mises"), values="0,1,1"))
    assert found.decimal["mu"] == pytest.approx(math.atan2(2 * math.sin(1), 1 + 2 * math.cos(1)))
