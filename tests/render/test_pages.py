"""Pages in every format and language: what stands on them, and that they keep within their bounds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import sympy as sp

from derive.checker.verdict import Report, Verdict
from derive.derivation import Derivation, Section, Step
from derive.families import FAMILIES, load
from derive.render import data, latex, markdown, reasons, text
from derive.render.latex_prose import prose
from derive.render.names import width
from derive.rules import RULES
from derive.strategy import UnsupportedModelError
from tests.render.die import DIE, POSITIVE_Y, L, report

Page = Callable[..., str]
PAGES: list[Page] = [text.page, markdown.page, latex.document]
LANGUAGES = ["en", "ja"]


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> Derivation:
    try:
        return load(request.param).derivation()
    except UnsupportedModelError as refused:  # what the engine refuses is held by the tests of the strategies
        pytest.skip(str(refused))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("depth", ["full", "brief"])
def test_every_family_has_every_page(family: Derivation, page: Page, lang: str, depth: str) -> None:
    shown = page(family, lang=lang, depth=depth)
    title = load(family.model).title[lang]
    assert title in shown
    assert "operatorname" not in shown
    assert not re.search(r"(?<!\\hat)\{[a-z]\}_", shown)
    assert "{statement}" not in shown and "{given}" not in shown and "{bind}" not in shown


@pytest.mark.parametrize("lang", LANGUAGES)
def test_text_fits_a_hundred_columns(family: Derivation, lang: str) -> None:
    for line in text.page(family, lang).splitlines():
        assert width(line) <= text.COLUMNS, line


def test_equal_signs_stand_below_each_other() -> None:
    lines = text.page(DIE).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("  log L ="))
    assert [line.index("=") for line in lines[start : start + 2]] == [8, 8]


def test_a_chain_names_its_left_side_once() -> None:
    assert markdown.page(DIE).count("\\log L &=") == 1
    assert "\\log L &= \\log \\prod_{k=1}^{K} y_k^{t_k}" in markdown.page(DIE)


def test_the_reason_stands_with_its_line_in_words_and_formulas() -> None:
    page = text.page(DIE)
    assert "log(ab) = log a + log b" in page
    assert "対数の公式" in text.page(DIE, "ja")
    assert "$\\log(a b) = \\log a + \\log b$" in latex.body(DIE)


def test_a_condition_is_told_once_a_section() -> None:
    section = text.page(DIE).split("Log-likelihood\n")[1].split("Maximum likelihood")[0]
    assert section.count("yₖ > 0") == 1


def test_equations_that_are_results_are_numbered_and_referred_to() -> None:
    page = text.page(DIE)
    assert "tₖ log yₖ   (2)" in page
    assert "using (1)" in page
    assert "\\tag{2}" in latex.body(DIE)
    assert "the log-likelihood (2)" in page


def test_brief_keeps_the_numbers_and_drops_the_steps_between() -> None:
    brief = text.page(DIE, depth="brief")
    assert "log L = Σₖ₌₁ᴷ tₖ log yₖ   (2)   in 3 steps" in brief
    assert len(brief.splitlines()) < len(text.page(DIE).splitlines())


def test_verdicts_are_shown_only_with_a_report() -> None:
    assert "✓" not in text.page(DIE)
    assert "✓ proved" in text.page(DIE, report=report())
    assert "✓ 証明済み" in markdown.page(DIE, "ja", report=report())
    assert "$\\checkmark$ proved" in latex.body(DIE, report=report())


def test_a_refuted_step_shows_its_counterexample() -> None:
    wrong = Derivation("own", DIE.context, (Section("score", (Step("equal", L, L + 1),)),), {})
    found = Report((Verdict("refuted", "the sides differ", (), {"L": "2"}),))
    assert "✗ refuted at L = 2" in text.page(wrong, report=found)
    assert "✗ 反例あり L = 2 のとき" in text.page(wrong, "ja", report=found)


def test_a_model_of_ones_own_has_a_title_too() -> None:
    assert text.page(replace(DIE, model="mine")).startswith("The model mine\n")


def test_unknown_language_and_depth_name_the_known_ones() -> None:
    with pytest.raises(ValueError, match="en, ja"):
        text.page(DIE, lang="fr")
    with pytest.raises(ValueError, match="full, brief"):
        latex.body(DIE, depth="deep")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_can_be_told(rule: str, lang: str) -> None:
    step = Step("equal", L, L, "=", rule, (POSITIVE_Y,), (sp.Eq(L, 2, evaluate=False),))
    told = reasons.typeset(reasons.compose(step, lang), text.expression)
    assert told
    assert "{" not in re.sub(r"[_^]\{[^{}]*\}|\{0, 1\}", "", re.sub(r"[_^]\{[^{}]*\}", "", told))


def test_an_unknown_rule_is_told_by_its_kind() -> None:
    step = Step("definition", L, sp.S.One, ":=", "unheard_of")
    assert reasons.compose(step, "ja") == ("定義",)


def test_prose_is_harmless_in_every_format() -> None:
    assert prose("50% of $x_1 & ≤") == "50\\% of \\$x\\_1 \\& $\\leq$"
    assert markdown.prose("a*b_c|<i>") == "a\\*b\\_c\\|\\<i\\>"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_latex_is_balanced(family: Derivation, lang: str) -> None:
    document = latex.document(family, lang)
    bare = document.replace("\\{", "").replace("\\}", "")
    assert bare.count("{") == bare.count("}")
    assert document.count("\\left") == document.count("\\right")
    assert document.count("\\begin{alignat*}") == document.count("\\end{alignat*}")
    assert document.replace("\\$", "").count("$") % 2 == 0
    if lang == "en":
        assert document.isascii()


def test_data_has_the_shape_of_the_contract() -> None:
    found = json.loads(json.dumps(data.derivation(DIE, "en", report())))
    assert found["version"] == 1
    assert found["model"] == "categorical"
    assert found["context"]["sizes"] == ["N", "K"]
    assert found["context"]["domains"]["y_k"] == "positive"
    assert found["context"]["facts"] == ["\\sum_{k=1}^{K} y_k = 1"]
    section = next(s for s in found["sections"] if s["id"] == "log_likelihood")
    assert section["title"] == "Log-likelihood"
    assert section["steps"][1] == {
        "kind": "equal",
        "relation": "=",
        "before": "\\log \\prod_{k=1}^{K} y_k^{t_k}",
        "after": "\\sum_{k=1}^{K} \\log y_k^{t_k}",
        "rule": "log_of_product",
        "reason": "the logarithm turns a product into a sum, $\\log(a b) = \\log a + \\log b$ (needs $y_k > 0$)",
        "given": ["y_k > 0"],
        "verdict": "proved",
        "form": section["steps"][1]["form"],
    }
    assert set(section["steps"][1]["form"]) == {"before", "after", "given", "bind"}
    assert found["results"]["log_likelihood"] == "\\sum_{k=1}^{K} t_k \\log y_k"
    assert found["results"]["estimate"] == {"\\hat{y}_j": "\\frac{t_j}{N}"}
    assert set(found["results"]["form"]) == set(DIE.results)


@pytest.mark.parametrize("name", ["bernoulli", "categorical"])
def test_data_is_checked_where_no_report_is_given(name: str) -> None:
    found = data.derivation(load(name).derivation())
    verdicts = {step["verdict"] for section in found["sections"] for step in section["steps"]}
    assert verdicts <= {"proved", "definition", "hypothesis", "substitution"}
