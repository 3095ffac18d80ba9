"""Location and scale together: concave in 1/s and μ/s where the density is log-concave, and only there."""

from __future__ import annotations

import sympy as sp

import derive
from derive.algebra.context import REAL, Variable
from derive.checker import check_step
from derive.derivation import Derivation


def reasons(derivation: Derivation) -> tuple[str, list[str]]:
    section = derivation.section("maximum")
    return section.note, [check_step(step, derivation.context, 30.0).status for step in section.steps]


def hyperbolic_secant() -> derive.Model:
    x, mu = sp.symbols("x mu", real=True)
    s = sp.Symbol("s", positive=True)
    z = (x - mu) / s
    density = 2 * sp.exp(z) / (sp.pi * s * (1 + sp.exp(2 * z)))
    return derive.Model("secant", density=density, data=Variable(x, REAL), parameters=[mu, s])


def test_the_logistic_distribution_has_a_global_maximum() -> None:
    derivation = derive.load("logistic").derivation()
    note, verdicts = reasons(derivation)
    assert note == "concave_rescaled"
    assert verdicts == ["definition"] * 2 + ["proved"] * 5
    bend = derivation.section("maximum").steps[-1]
    assert bend.kind == "inequality" and bend.relation == "≤" and bend.after == 0


def test_so_has_a_log_concave_density_of_ones_own() -> None:
    note, verdicts = reasons(hyperbolic_secant().derivation())
    assert note == "concave_rescaled"
    assert set(verdicts) == {"definition", "proved"}


def test_heavy_tails_are_not_called_concave() -> None:
    """Student's t: only for each location is the scale's score shown to change its sign once."""
    note, verdicts = reasons(derive.load("student_t").derivation())
    assert note == "falling_in_one"
    assert verdicts == ["proved"] * 3
