"""What pages say of a section as a whole, of estimates without closed form, and of data at a boundary."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sympy as sp

from derive.algebra.context import POSITIVE, Context, array, index, scalar, size
from derive.checker.verdict import Report, Verdict
from derive.derivation import Derivation, Section, Step
from derive.estimation import observe
from derive.families import FAMILIES, KINDS, load
from derive.interchange import derivation_from_json
from derive.render import data, latex, markdown, reasons, remarks, text
from derive.render.words import LANGUAGES
from derive.strategy.example import with_data
from tests.render.die import eq

N, i = size("N"), index("i")
alpha, beta = scalar("alpha", POSITIVE), scalar("beta", POSITIVE)
alpha_hat, beta_hat = sp.symbols("alpha_hat beta_hat", positive=True)
X = array("x", [N], POSITIVE)
x = X.base
SCORE = N * sp.log(beta_hat) - N * sp.digamma(alpha_hat) + sp.Sum(sp.log(x[i]), (i, 1, N))
RATE = N * alpha_hat / sp.Sum(x[i], (i, 1, N))
GAMMA = Derivation(
    "gamma",
    Context(sizes=(N,), variables=(X, alpha, beta)),
    (
        Section("estimate", (Step("definition", beta_hat, RATE, ":=", "estimate"),)),
        Section("sufficient", (), "independence"),
        Section("fisher", (Step("definition", sp.Symbol("I"), N * sp.polygamma(1, alpha.base), ":="),)),
    ),
    {"estimate": sp.Tuple(eq(SCORE, 0), eq(beta_hat, RATE)), "fisher": N * sp.polygamma(1, alpha.base)},
)
EQUATION = r"N \log \hat{\beta} + \sum_{i=1}^{N} \log x_i - N \psi(\hat{\alpha}) = 0"


def test_an_estimate_without_closed_form_is_said_to_have_none_and_its_equations_are_shown() -> None:
    page = text.page(GAMMA)
    assert "There is no closed form: solving the equations below numerically gives α̂." in page
    assert "N log β̂ + Σᵢ₌₁ᴺ log xᵢ − N ψ(α̂) = 0" in page
    assert "閉じた形の解はない。α̂" in text.page(GAMMA, "ja")
    assert EQUATION in markdown.page(GAMMA)
    assert EQUATION in latex.document(GAMMA)


def test_in_data_an_implicit_equation_bears_the_name_of_what_it_determines() -> None:
    report = Report(tuple(Verdict("definition", "") for _ in GAMMA.steps()))
    found = json.loads(json.dumps(data.derivation(GAMMA, "en", report)))
    assert found["results"]["estimate"]["alpha"] == EQUATION
    assert found["results"]["estimate"][r"\hat{\beta}"] == r"\frac{N \hat{\alpha}}{\sum_{i=1}^{N} x_i}"


def test_what_is_unknown_in_an_array_is_told_with_its_index() -> None:
    a, k, size_ = sp.IndexedBase("alpha_hat", positive=True), index("k"), size("K")
    equation = eq(sp.digamma(a[index("j")]) - sp.digamma(sp.Sum(a[k], (k, 1, size_))), 0)
    own = Derivation(
        "dirichlet",
        Context(sizes=(size_,), variables=(array("alpha", [size_], POSITIVE),)),
        (),
        {"estimate": sp.Tuple(equation)},
    )
    assert remarks.unknowns(own) == (a[k],)
    assert remarks.named_equations(own) == {"alpha": equation}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_section_without_steps_says_why(lang: str) -> None:
    (said,) = reasons.note("independence", lang)
    for page in (text.page, markdown.page, latex.body):
        assert str(said)[:12] in page(GAMMA, lang=lang)


def test_a_note_survives_being_saved() -> None:
    saved = data.derivation(DIE_WITH_NOTE, "en")
    assert saved["sections"][-1]["note"]["rule"] == "independence"
    assert derivation_from_json(json.loads(json.dumps(saved))).sections[-1].note == "independence"


DIE_WITH_NOTE = replace(load("categorical").derivation())
DIE_WITH_NOTE = replace(DIE_WITH_NOTE, sections=(*DIE_WITH_NOTE.sections, Section("sufficient", (), "independence")))


def test_the_link_is_called_by_its_name() -> None:
    assert "the softmax function" in " ".join(text.page(DIE_WITH_NOTE).split())
    assert "ソフトマックス関数" in markdown.page(DIE_WITH_NOTE, "ja")
    assert "logistic sigmoid function" in markdown.page(load("bernoulli").derivation())


def test_what_each_sample_has_of_its_own_is_introduced() -> None:
    assert "probability of class k, as predicted for sample i" in " ".join(text.page(DIE_WITH_NOTE).split())
    assert "probability of a success, as predicted for sample i" in text.page(load("bernoulli").derivation())


def test_a_solution_found_and_confirmed_is_shown_once() -> None:
    estimate = text.page(load("bernoulli").derivation()).split("Maximum likelihood estimate\n")[1].split("Why it")[0]
    assert estimate.count("− (N − Σᵢ₌₁ᴺ xᵢ)/(1 − θ) = 0") == 1
    assert "solve for the unknown; checked by putting it in" in " ".join(estimate.split())


def test_data_at_the_boundary_are_commented() -> None:
    die = load("categorical")
    page = " ".join(text.page(with_data(die.derivation(), observe(die, "2,0,1", None))).split())
    assert "With t₂ = 0 the maximum lies on the boundary" in page
    inside = text.page(with_data(die.derivation(), observe(die, "2,1,1", None)))
    assert "the boundary of the domain" not in inside
    coin = load("bernoulli")
    ends = text.page(with_data(coin.derivation(), observe(coin, None, "0,0")))
    assert "With x₁ = 0, x₂ = 0 the maximum lies on the boundary" in ends


def test_results_of_several_equations_are_each_numbered() -> None:
    values = (eq(alpha_hat, N), eq(beta_hat, N + 1))
    steps = tuple(Step("definition", e.lhs, e.rhs, ":=", "estimate") for e in values)
    own = replace(GAMMA, sections=(Section("estimate", steps),), results={"estimate": sp.Tuple(*values)})
    page = text.page(own)
    assert "α̂ = N   (1)" in page
    assert "β̂ = N + 1   (2)" in page
    assert "the maximum likelihood estimate (1, 2)" in page


def test_every_model_has_a_kind_and_every_kind_its_words() -> None:
    assert sorted(FAMILIES) == sorted(name for names in KINDS.values() for name in names)
    for words in LANGUAGES.values():
        assert set(KINDS) <= set(words.kinds_of_model)


def test_the_sign_function_is_said_to_be_a_subgradient_at_the_kink() -> None:
    page = " ".join(text.page(load("laplace").derivation()).split())
    assert "Where μ = xᵢ there is no derivative: sgn, which is 0 there," in page
    assert "微分できない" in text.page(load("laplace").derivation(), "ja")
    assert "no derivative" not in " ".join(text.page(load("bernoulli").derivation()).split())


def test_what_is_differentiated_and_the_linear_predictor_go_by_their_names() -> None:
    page = text.page(load("poisson_regression").derivation())
    assert "ηᵢ = Σ_{d=1}^{D} w_d x_{id}" in page
    assert page.count("w_d x_{id}") == 1
    assert "∂/∂wⱼ log L = " in page and "∂E/∂wⱼ = " in page
    assert "η" not in text.page(load("gaussian").derivation())
    assert "∂/∂μ log L" in text.page(load("gaussian").derivation())


def test_the_score_of_a_profile_keeps_its_own_form() -> None:
    """Once a value is put in, the formula is no longer the derivative of log L by that name."""
    page = text.page(load("negative_binomial").derivation())
    newton = page.split("Maximum likelihood estimate")[1].split("Why it is the maximum")[0]
    assert "∂/∂r (Σᵢ₌₁ᴺ ψ(r + xᵢ)" in newton
