"""The density of one observation adds up to 1, and the derivation says so and proves it."""

from __future__ import annotations

import pytest
import sympy as sp

import derive
from derive.checker import check_step


@pytest.mark.parametrize("name", ["categorical", "bernoulli"])
def test_the_density_adds_up_to_one(name: str) -> None:
    derivation = derive.load(name).derivation()
    (step,) = [s for s in derivation.section("given").steps if s.rule == "normalised"]
    assert step.after == sp.S.One and isinstance(step.before, sp.Sum)
    assert check_step(step, derivation.context).status == "proved"
