"""A table of formulas with their trees: what is read, how, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.read.syntax import tree
from derive.read.syntax.blocks import parse_block
from tests.read.compact import compact

TABLE = Path(__file__).with_name("snippets.txt")


def rows() -> list[tuple[str, str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if "\t" in line)
    return [(source, expected) for source, expected in pairs]


def reading(source: str) -> str:
    shown = []
    for row in parse_block(source):
        content = row.content
        if isinstance(content, tree.Unreadable):
            shown.append(f"! {type(content).__name__} {content.span.start}")
        else:
            shown.append(compact(content))
    return " ; ".join(shown)


def test_the_table_is_long() -> None:
    assert len(rows()) >= 600
    assert sum(expected.startswith("!") for _, expected in rows()) >= 40


@pytest.mark.parametrize(("source", "expected"), rows())
def test_reading(source: str, expected: str) -> None:
    assert reading(source) == expected


#: Readings that other parsers give, or that an eye gives at first glance: they must not come out.
WRONG = [
    (r"t_{ik}", "t_{ik}"),  # one symbol
    (r"t_{ik}", "t_{(, i , k)}"),  # a comma that is not there
    (r"\hat\theta_k", "(* hat theta_{k})"),
    (r"\hat\theta_k", "(hat theta_{k})"),  # the accent stands over the letter alone
    (r"\log ab", "(* (log~ a) b)"),
    (r"\log (a) b", "(log~ (* {( a )} b))"),
    (r"\log a \log b", "(log~ (* a (log~ b)))"),
    (r"\log x + 1", "(log~ (+ x + 1))"),
    (r"\sum_k a_k + b", r"(\sum k _ (+ a_{k} + b))"),
    (r"a \sum_k b_k c", r"(* a (\sum k _ b_{k}) c)"),
    (r"\int a + b \, dx", r"(+ (\int _ _ a) + b)"),
    (r"\int f \, dx", r"(\int _ _ (* f d x))"),
    (r"p(x|y)", "(* p {( {| x |} )})"),
    (r"|x||y|", "{| (* x y) |}"),
    (r"X^T", "X.T"),  # whether T is a transpose is left open
    (r"K", "k"),
    (r"\frac12", "(/ 12 ())"),
    (r"y_12", "y_{12}"),
    (r"\begin{pmatrix} t_{1} \ t_{2} \end{pmatrix}", "(matrix( [t_{1} t_{2}])"),
    (r"\mathbb{1}[x = y]", "(* 1 {[ [x = y] ]})"),
    (r"F \cdot \frac{n-p}{p-1} \cdot + 1", r"(+ (* F \cdot (/ (+ n - p) (+ p - 1))) + 1)"),
    (r"0.330", "0.33"),
    (r"2^{10}", "2^{1}"),
    (r"a \geq 0 \; \forall a", r"[a \geq (* 0 forall a)]"),
]


@pytest.mark.parametrize(("source", "wrong"), WRONG)
def test_no_wrong_reading(source: str, wrong: str) -> None:
    found = reading(source)
    assert found
    assert found != wrong
