"""What the engine cannot derive yet it refuses in one line; it never derives something wrong."""

from __future__ import annotations

import pytest
import sympy as sp

import derive
from derive.algebra.context import BINARY, POSITIVE, Domain, scalar
from derive.strategy import UnsupportedModelError

x, s, m = sp.Symbol("x", positive=True), sp.Symbol("s", positive=True), sp.Symbol("m", real=True)
b = sp.Symbol("b", integer=True, nonnegative=True)

REFUSED = [
    (derive.Model("two", density=sp.exp(-((x - m) ** 2) / (2 * s)), data=x, parameters=[m, s]), "adds up to"),
    (derive.Model("improper", density=s * sp.exp(s * x), data=x, parameters=[s]), "adds up to 1"),
    (derive.Model("typo", density=sp.Symbol("oops") * sp.exp(-s * x), data=x, parameters=[s]), "oops"),
    (derive.Model("named", density=sp.exp(-x) * sp.Symbol("L", positive=True), data=x,
                  parameters=[sp.Symbol("L", positive=True)]), "L"),
]  # fmt: skip


COIN, RATE = scalar("x", BINARY), scalar("r", POSITIVE)
REFUSED.append(
    (
        derive.Model("twice", density=2 * RATE.base**COIN.base / (1 + RATE.base), data=COIN, parameters=[RATE]),
        "2.000000",
    )
)


@pytest.mark.parametrize(("model", "words"), REFUSED, ids=lambda p: getattr(p, "name", ""))
def test_refused_in_one_line(model: derive.Model, words: str) -> None:
    with pytest.raises(UnsupportedModelError) as caught:
        model.derivation()
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_a_name_that_is_no_identifier_is_refused() -> None:
    with pytest.raises(ValueError, match="identifier"):
        derive.Model("x); import os", density=sp.exp(-x), data=x, parameters=[s])


def test_a_density_of_ones_own_over_zero_and_one() -> None:
    """p = 1/(1 + r) and r/(1 + r) for odds r > 0: derived, and every step proved or the model refused."""
    model = derive.Model("odds", density=RATE.base**COIN.base / (1 + RATE.base), data=COIN, parameters=[RATE])
    try:
        report = model.derivation().check()
    except UnsupportedModelError:
        return
    assert report.first_wrong is None


@pytest.mark.parametrize("name", ["p", "T", "tau", "i", "n"])
def test_a_parameter_may_bear_a_name_that_derivations_give(name: str) -> None:
    """The engine then takes another one for its p_i, its statistic T, its indices."""
    count, rate = sp.Symbol("x", integer=True, nonnegative=True), sp.Symbol(name, positive=True)
    density = rate**count * sp.exp(-rate) / sp.factorial(count)
    derivation = derive.Model("mine", density=density, data=count, parameters=[rate]).derivation()
    assert set(derivation.check().summary) == {"hypothesis", "definition", "proved"}
    (estimate,) = derivation.results["estimate"].args
    assert estimate.lhs.name == f"{name}_hat"


def test_a_parameter_p_keeps_its_loss_written_out() -> None:
    count, p = sp.Symbol("x", integer=True, nonnegative=True), scalar("p", Domain("in (0, 1)", sp.S.Zero, sp.S.One))
    derivation = derive.Model("mine", density=p.base * (1 - p.base) ** count, data=count, parameters=[p]).derivation()
    assert derivation.results["loss"].has(sp.log(1 - p.base))
    assert not any(d.variable.name == "p" for d in derivation.context.definitions)
