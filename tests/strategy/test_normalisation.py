"""The density of one observation adds up to 1: the derivation says so and proves it, and what does not is refused."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sympy as sp

import derive
from derive.checker import check_step
from derive.families import FAMILIES
from derive.strategy.normalisation import check_total, normalisation_steps, total
from derive.strategy.sampling import sample

SCALAR = [name for name in FAMILIES if total(derive.load(name)) is not None and not derive.load(name).given]

x, s = sp.symbols("x s", positive=True)
n = sp.Symbol("n", integer=True, nonnegative=True)


@pytest.mark.parametrize("name", SCALAR)
def test_the_density_adds_up_to_one(name: str) -> None:
    observed = sample(derive.load(name))
    (step,) = normalisation_steps(observed)
    assert step.after == sp.S.One
    assert step.before.has(sp.Sum, sp.Integral)
    assert check_step(step, observed.context).status == "proved"


def test_most_families_have_such_a_step() -> None:
    assert len(SCALAR) >= 20


@pytest.mark.parametrize("name", FAMILIES)
def test_the_total_of_every_family_is_right(name: str) -> None:
    assert check_total(derive.load(name)) == ""


@pytest.mark.parametrize("name", ["categorical", "multinomial", "dirichlet", "multivariate_gaussian"])
def test_a_density_of_arrays_is_held_against_small_sizes(name: str) -> None:
    """Exactly over the rows of a discrete support, by a certified integral where one entry is free."""
    one_percent_more = replace(
        derive.load(name), name="mine", density=derive.load(name).density * sp.Rational(101, 100)
    )
    assert re.fullmatch(r"the density adds up to 1\.010000 at .+, not to 1", check_total(one_percent_more))


def model(density: sp.Expr, data: sp.Symbol = x) -> derive.Model:
    return derive.Model("mine", density=density, data=data, parameters=[s])


@pytest.mark.parametrize(
    ("density", "data", "fault"),
    [
        (2 * x / s**2 * sp.exp(-(x**2) / (2 * s**2)), x, "the density adds up to 2.000000 at s = "),
        (s**n / (1 + s) ** n, n, "not to 1"),
        (s / x, x, "could not be shown"),
        (sp.exp(-s * x), x, "not to 1"),
    ],
)
def test_a_density_that_does_not_is_refused(density: sp.Expr, data: sp.Symbol, fault: str) -> None:
    assert fault in check_total(model(density, data))


@pytest.mark.parametrize(
    ("density", "data"),
    [
        (x / s**2 * sp.exp(-(x**2) / (2 * s**2)), x),
        (2 / sp.sqrt(sp.pi) * s * sp.exp(-(s**2) * x**2), x),
        (s * sp.exp(x - s * (sp.exp(x) - 1)), x),  # Gompertz: in no table, by numbers
    ],
)
def test_a_density_of_ones_own(density: sp.Expr, data: sp.Symbol) -> None:
    assert check_total(model(density, data)) == ""
