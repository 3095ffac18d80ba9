"""What stands beside a formula is a reason; what the words around formulas say is taken in."""

from __future__ import annotations

import pytest

from derive.read.documents.document import document_of
from derive.read.judging import check_document
from derive.read.syntax.blocks import parse_block
from derive.read.syntax.tree import Text


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_document(document_of(text, kind="markdown")).steps]


def block(*rows: str) -> str:
    return "$$\n\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}\n$$\n"


@pytest.mark.parametrize(
    "reason",
    [
        r"\text{exponents add up, }\prod_{i=1}^{N} e^{a_i} = \exp\left(\sum_{i=1}^{N} a_i\right) \quad \text{✓}",
        r"\text{指数の和}\text{（ただし }x_k > 0\text{）}",
        r"\text{test}",
        r"\text{cross entropy }z = 3",
        r"N = 3,\ M = 4\text{ を代入}",
        r"\text{simplify (needs }x_k > 0\text{)} \quad \text{✓ proved}",
    ],
)
@pytest.mark.parametrize("beside", [True, False])
def test_a_reason_is_no_part_of_the_chain(reason: str, beside: bool) -> None:
    rows = ["f &= (x_k+1)^{2}", "&= x_k^{2}+2 x_k+1"]
    first = [f"{rows[0]} && {reason}"] if beside else [rows[0], f"&\\qquad {reason}"]
    source = block(*first, rows[1])
    steps = check_document(document_of(source, kind="markdown")).steps
    assert [step.before for step in steps if step.after == "x_k^{2}+2 x_k+1"] == ["(x_k+1)^{2}"]
    assert not {"refuted", "ill-formed", "unread"} & {step.verdict for step in steps}


def test_words_that_name_something_stay_in_the_formula() -> None:
    (row,) = parse_block(r"\text{test} = a + b")
    assert not isinstance(row.content, Text)
    (row,) = parse_block(r"\begin{aligned} E_{\text{test}} &= a \end{aligned}")
    assert not isinstance(row.content, Text)


def test_a_wrong_step_below_a_reason_is_refuted() -> None:
    rows = ["f &= (x+1)^{2}", r"&\qquad \text{binomials, }(a+b)^{2} = a^{2}+2 a b+b^{2}", "&= x^{2}+x+1"]
    assert verdicts(block(*rows)) == ["definition", "proved", "refuted"]


def test_letters_may_come_in_for_numbers() -> None:
    rows = ["L &= y_1^{2} y_2^{3}", "&= y_1^{t_1} y_2^{t_2}", r"&= \prod_{k=1}^{2} y_k^{t_k}"]
    later = block(r"\log L &= \log(y_1^{t_1} y_2^{t_2})")
    assert verdicts(block(*rows) + later) == ["definition", "substitution", "proved", "proved"]


def test_letters_that_are_known_do_not() -> None:
    rows = block("t_1 &= 5") + block("L &= y_1^{2}", "&= y_1^{t_1}")
    assert verdicts(rows)[-1] == "refuted"


@pytest.mark.parametrize("range_", [r"x_i \in (0, 1)", r"x_i \in [0, 1]", r"x_i \in \{0, 1\}", r"x_i \in (0, 1]"])
def test_a_range_in_the_words_counts(range_: str) -> None:
    claim = block(r"\frac{d}{d a}\sum_{i=1}^{N} a \log(1-x_i) &= \sum_{i=1}^{N} \log(1-x_i)")
    assert verdicts(f"Let ${range_}$ be a proportion.\n\n{claim}") in (["proved"], ["tested"])
    assert verdicts(claim) == ["undecided"]


def test_rows_that_add_up_to_one() -> None:
    told = block(r"& \sum_{k=1}^{K} t_{ik} = 1")
    right = block(r"\sum_{i=1}^{N} \sum_{k=1}^{K} t_{ik} &= N")
    wrong = block(r"\sum_{i=1}^{N} \sum_{k=1}^{K} t_{ik} &= 2 N")
    assert verdicts(told + right)[-1] in ("proved", "tested")
    assert verdicts(told + wrong)[-1] not in ("proved", "tested")


def test_values_beside_a_step_are_worked_out() -> None:
    first = r"L &= a^{x_1+x_2} e^{-2 a} && \text{with }N = 2"
    right = r"&= a^{7} e^{-2 a} && \text{with }x_1 = 3\text{, }x_2 = 4"
    wrong = r"&= a^{8} e^{-2 a} && \text{with }x_1 = 3\text{, }x_2 = 4"
    assert "refuted" not in verdicts(block(first, right))
    assert "substitution" in verdicts(block(first, right))
    assert "refuted" in verdicts(block(first, wrong))
