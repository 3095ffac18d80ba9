"""Numbers beside the symbols: what the closed forms come to on data that one can work out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derive.checker import check_derivation
from derive.estimation import observe
from derive.families import load
from derive.render import text
from derive.strategy.example import with_data

R, log, sqrt = sp.Rational, sp.log, sp.sqrt

#: Model, counts, data, known constants, and every estimate in order.
BY_HAND: list[tuple[str, str | None, str | None, tuple[str, ...], list[sp.Expr]]] = [
    ("bernoulli", None, "1,0,1,1", (), [R(3, 4)]),
    ("binomial", None, "2,3,1", ("n=5",), [R(6, 15)]),
    ("categorical", "2,5,2,4,2,5", None, (), [R(1, 10), R(1, 4), R(1, 10), R(1, 5), R(1, 10), R(1, 4)]),
    ("multinomial", None, "1,2;3,0", ("n=3",), [R(2, 3), R(1, 3)]),
    ("geometric", None, "2,1,3", (), [R(1, 2)]),
    ("poisson", None, "2,0,3", (), [R(5, 3)]),
    ("exponential", None, "1,2.5,3", (), [R(6, 13)]),
    ("gaussian", None, "1,2,4", (), [R(7, 3), sqrt(14) / 3]),
    ("lognormal", None, "1,2,4", (), [log(2), sqrt(6) * log(2) / 3]),
    ("laplace", None, "1,2,4", (), [R(2), R(1)]),
    ("rayleigh", None, "1,2,4", (), [sqrt(R(21, 6))]),
    ("maxwell", None, "1,2,4", (), [sqrt(R(21, 9))]),
    ("uniform", None, "1,2,4", (), [R(4)]),
    ("pareto", None, "1,2,4", (), [R(1), 1 / log(2)]),
    ("multivariate_gaussian", None, "1,2;3,0;2,5", (), [R(2), R(7, 3), R(2, 3), R(-2, 3), R(-2, 3), R(38, 9)]),
    ("beta_bernoulli", None, "1,0,1", ("a=2", "b=3"), [R(1, 2)]),
    ("dirichlet_categorical", "2,1,0", None, ("alpha=2",), [R(1, 2), R(1, 3), R(1, 6)]),
    ("normal_gaussian", None, "1,2,4", ("m=0", "tau=1", "sigma=2"), [R(1)]),
]


@pytest.mark.parametrize(("name", "counts", "values", "known", "wanted"), BY_HAND, ids=lambda row: str(row)[:20])
def test_closed_forms_on_data_by_hand(
    name: str, counts: str | None, values: str | None, known: tuple[str, ...], wanted: list[sp.Expr]
) -> None:
    model = load(name)
    shown = with_data(model.derivation(), observe(model, counts, values, known))
    steps = shown.section("example").steps
    estimates = [step for step in steps if str(getattr(step.before, "base", step.before)).endswith("_hat")]
    assert [sp.expand_log(step.after) for step in estimates] == [sp.expand_log(value) for value in wanted]
    verdicts = check_derivation(replace(shown, sections=(shown.section("example"),))).verdicts
    assert [verdict.status for verdict in verdicts] == ["substitution"] * len(steps)


def test_without_closed_form_the_likelihood_alone_is_shown() -> None:
    model = load("gamma")
    steps = with_data(model.derivation(), observe(model, None, "1,2,4")).section("example").steps
    alpha, beta = sp.symbols("alpha beta", positive=True)
    value = 3 * alpha * log(beta) + (alpha - 1) * log(8) - 7 * beta - 3 * sp.loggamma(alpha)
    assert len(steps) == 4
    at = {str(s): n for s, n in zip(("alpha", "beta"), (R(5, 2), R(1, 3)), strict=True)}
    found, wanted = (e.xreplace({s: at[str(s)] for s in e.free_symbols}).evalf(20) for e in (steps[-1].after, value))
    assert abs(found - wanted) < sp.Float("1e-15")


def test_an_irrational_estimate_is_shown_with_its_first_digits() -> None:
    model = load("gaussian")
    page = text.page(with_data(model.derivation(), observe(model, None, "1,2,4")))
    assert "σ̂ = √14/3   ≈ 1.2472, with μ̂ = 7/3" in page
    assert "L = (1/(2 √2 π^{3/2} σ³))" in page


def test_long_data_are_not_written_out() -> None:
    model = load("bernoulli")
    derivation = model.derivation()
    assert with_data(derivation, observe(model, None, ",".join("01" * 7))).sections == derivation.sections
