"""Small articles: definitions, conditions, values put in, equations solved, vectors, and what must not be refuted."""

from __future__ import annotations

import pytest

from derive.read.judging import check_blocks
from derive.read.report import FileReport


def judged(*blocks: str, log_base: str = "infer") -> FileReport:
    text, places = "", []
    for block in blocks:
        places.append((block, len(text)))
        text += block + "\n"
    return check_blocks("", text, places, log_base)


def verdicts(*blocks: str) -> list[str]:
    return [step.verdict for step in judged(*blocks).steps]


def test_a_definition_is_used_from_there_on() -> None:
    assert verdicts(r"S = \sum_{i=1}^n x_i^2", r"2 S = \sum_{i=1}^n 2 x_i^2") == ["definition", "proved"]
    assert verdicts(r"f(x) = x^2 + 1", r"f(a+1) = a^2 + 2a + 2")[1] in ("proved", "tested")
    assert verdicts(r"f(x) = x^2 + 1", r"f(a+1) = a^2 + 2a + 1")[1] == "refuted"


def test_a_name_that_is_defined_again_is_warned_of_and_not_refuted() -> None:
    report = judged(r"L = a + b", r"L = a b", r"\log L = \log a + \log b")
    assert [step.verdict for step in report.steps][:2] == ["definition", "definition"]
    assert report.steps[2].verdict == "proved"
    assert any("defined again" in warned.message for warned in report.warnings)


def test_a_total_is_assumed_and_used() -> None:
    found = verdicts(r"\sum_{k=1}^K y_k = 1", r"\sum_{k=1}^K (y_k + t_k) = 1 + \sum_{k=1}^K t_k")
    assert found[0] == "hypothesis"
    assert found[1] in ("proved", "tested")


def test_values_put_in_are_no_claim_and_must_be_consistent() -> None:
    report = judged(r"E = t_1 \log y_1 + t_2 \log y_2 = 1 \cdot \log 0.3 + 0 \cdot \log 0.7 = \log 0.3")
    assert [step.verdict for step in report.steps] == ["definition", "substitution", "proved"]
    assert "t_{1} = 1" in report.steps[1].given
    assert verdicts(r"a + a b = 2 + 3 b")[0] != "substitution"


def test_an_equation_is_solved_line_by_line() -> None:
    right = r"\begin{split} 2 x + a &= b \\ 2 x &= b - a \\ x &= \frac{b-a}{2} \end{split}"
    assert set(verdicts(right)[1:]) <= {"tested", "proved", "definition"}
    wrong = r"\begin{split} 2 x + a &= b \\ 2 x &= b + a \\ x &= \frac{b+a}{2} \end{split}"
    assert verdicts(wrong)[1] == "undecided"  # two equations of a system look the same


@pytest.mark.parametrize(
    "condition",
    [r"n = \sum_{i=1}^a n_i", r"A \Sigma B^\mathrm{T} = 0", r"x + y = 1", r"\sum_{i=1}^n w_i x_i = 0", r"a b = c"],
)
def test_a_condition_at_the_start_of_a_block_is_not_refuted(condition: str) -> None:
    assert verdicts(r"z = x", condition)[1] in ("definition", "hypothesis", "undecided")


def test_a_chain_is_refuted_where_it_breaks() -> None:
    report = judged(r"\begin{aligned} S &= \sum_{i=1}^n (x_i + 1)^2 \\ &= \sum_{i=1}^n (x_i^2 + x_i + 1) \end{aligned}")
    assert [step.verdict for step in report.steps] == ["definition", "refuted"]
    assert report.first_wrong == 1


def test_vectors_and_matrices_are_told_by_what_only_they_have() -> None:
    model = r"\mathrm{RSS}(\beta) = (y - X\beta)^\mathrm{T} (y - X\beta)"
    right = r"\frac{\mathrm{d} \mathrm{RSS}(\beta)}{\mathrm{d} \beta} = -2 X^\mathrm{T} y + 2 X^\mathrm{T} X \beta"
    wrong = right.replace("+ 2", "- 2")
    assert verdicts(model, right)[1] == "tested"
    assert verdicts(model, wrong)[1] in ("refuted", "undecided")


def test_shapes_that_are_printed_and_do_not_fit_are_ill_formed() -> None:
    column = r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}"
    assert verdicts(rf"{column} {column} = 5") == ["ill-formed"]
    assert verdicts(rf"\begin{{pmatrix}} 1 & 2 \end{{pmatrix}} {column} = 5") == ["proved"]


def test_random_variables_obey_what_holds_for_all_of_them() -> None:
    x = r"X \sim \mathrm{Poiss}(\lambda)"
    found = verdicts(x, r"\mathrm{E}(X) = \lambda", r"\mathrm{Var}(X) = \mathrm{E}(X^2) - \mathrm{E}(X)^2")
    assert found == ["hypothesis", "tested", "tested"]


def test_a_bound_name_that_escapes_is_ill_formed() -> None:
    chain = r"g = \int_0^a x f(x) \, \mathrm{d}x = x f(x)"
    assert verdicts(chain)[-1] == "ill-formed"


def test_a_differential_behind_a_sum_is_ill_formed() -> None:
    assert verdicts(r"H = \sum_{x \in \mathcal{X}} p(x) \log p(x) \, \mathrm{d}x") == ["ill-formed"]


def test_what_cannot_be_read_says_where() -> None:
    found = judged(r"a = \nabla \star b").steps[0]
    assert found.verdict == "unread" and "line 1" in found.reason


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial S}{\partial a} = -2 \sum_{i=1}^n (y_i - a) = 0",
        r"x_{k+1} = 2 x_k",
        r"h = - \int_0^1 x \log x \, \mathrm{d}x = g(x)",
        r"F(y) = G(x)",
    ],
)
def test_what_is_usual_in_right_articles_raises_no_alarm(line: str) -> None:
    found = verdicts(r"S = \sum_{i=1}^n (y_i - a)^2", r"G(x) = x^2", line)
    assert not {"refuted", "ill-formed"} & set(found)
