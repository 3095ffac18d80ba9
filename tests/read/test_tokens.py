"""Tokens: their kinds, their places, and what an extraction made of row ends."""

from __future__ import annotations

import pytest

from derive.read.syntax.blocks import parse_block, parse_formula
from derive.read.syntax.macros import macros_of
from derive.read.syntax.tokens import MOST_CHARACTERS, tokens_of
from derive.read.syntax.tree import Statement, Unreadable
from tests.read.compact import compact


def kinds(source: str) -> list[str]:
    return [token.kind for token in tokens_of(source)]


def texts(source: str) -> list[str]:
    return [token.text for token in tokens_of(source)]


def test_places_are_those_of_the_document() -> None:
    source = r"a + \frac{\hat y}{2} % note"
    for token in tokens_of(source, offset=100):
        shown = source[token.start - 100 : token.end - 100]
        assert token.text in shown.replace("\\", "") or shown == r"\frac"
    assert [token.start for token in tokens_of("a b", offset=7)] == [7, 9]


def test_space_sizes_and_comments_go() -> None:
    assert texts("a \\, b \\; c \\! d ~ \\displaystyle e % f\n g") == list("abcdeg")
    assert kinds(r"\left( a \right) \Bigl[ b \Bigr]") == ["open", "letter", "close", "open", "letter", "close"]
    assert texts(r"\hspace{2em} a \phantom{xyz} b") == ["a", "b"]


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        (r"a \\ b", 1),
        ("a \\\nb", 1),  # a backslash at the end of a line was `\\`
        ("a \\  \nb", 1),
        (r"a \ b", 0),  # a space
        (r"a \\[2pt] b \\* c", 2),
        (r"\begin{pmatrix} 1 \ 2 \ 3 \end{pmatrix}", 2),
        (r"\begin{pmatrix} 1 \ x \\ 2 \ y \end{pmatrix}", 1),  # with real row ends a space is a space
        (r"\begin{aligned} a &= b \ &= c \end{aligned}", 1),
        (r"\begin{aligned} \ E = &- a \end{aligned}", 0),
        (r"\begin{aligned} \begin{pmatrix} 1 \ 2 \end{pmatrix} \\ x \end{aligned}", 2),
    ],
)
def test_row_ends(source: str, rows: int) -> None:
    assert kinds(source).count("row") == rows


def test_look_alikes() -> None:
    assert texts("a − b") == ["a", "-", "b"]
    assert texts("a＋b＝c") == ["a", "+", "b", "=", "c"]
    assert texts("a×b·c") == ["a", r"\times", "b", r"\cdot", "c"]
    assert texts("x²") == ["x", "", "{", "2", "}"]
    assert texts("≤ ≥ ≠ ∈ ∑") == [r"\leq", r"\geq", r"\neq", r"\in", "sum"]
    assert kinds("а")[0] == "letter"  # a Cyrillic letter stays what it is: another letter
    assert texts("а") != ["a"]


def test_words_and_labels() -> None:
    assert [(token.kind, token.text) for token in tokens_of(r"\label{eq:x} a \tag{3.1} \text{if }")] == [
        ("label", "eq:x"),
        ("letter", "a"),
        ("tag", "3.1"),
        ("text", "if "),
    ]
    assert kinds("分類の数") == ["word"]


def test_bad_places_are_tokens_of_their_own() -> None:
    assert kinds(r"a \( b") == ["letter", "bad", "letter"]
    assert kinds(r"\text{a b")[0] == "bad"
    assert kinds("a $ b") == ["letter", "bad", "letter"]


def test_too_long() -> None:
    with pytest.raises(Unreadable, match="too long"):
        tokens_of("x" * (MOST_CHARACTERS + 1))
    with pytest.raises(Unreadable, match="too long"):
        tokens_of("x" * (MOST_CHARACTERS - 1))


MACROS = r"""
\newcommand{\KL}[2]{\mathrm{KL}(#1\|#2)} \def\half{\frac{1}{2}} \DeclareMathOperator*{\argmin}{arg\,min}
\newcommand{\norm}[2][2]{\|#2\|_{#1}} \newcommand{\again}{\again x} \def\a{\b\b\b\b\b\b\b\b} \def\b{\c\c\c\c\c\c\c\c}
\def\c{\d\d\d\d\d\d\d\d} \def\d{\e\e\e\e\e\e\e\e} \def\e{\f\f\f\f\f\f\f\f} \def\f{xxxxxxxx}
"""


def read(source: str) -> str:
    rows = parse_block(source, 10, macros_of(MACROS))
    return " ; ".join(str(r.content) if isinstance(r.content, Unreadable) else compact(r.content) for r in rows)


def test_commands_of_a_document() -> None:
    assert read(r"\KL{p}{q} = \half x") == r"[(* roman.KL {( (, p \| q) )}) = (* (/ 1 2) x)]"
    assert read(r"\argmin_x f") == "(arg min_{x}~ f)"
    assert read(r"\norm{x} \norm[1]{x}") == r"(* {\| x \|}_{2} {\| x \|}_{1})"
    assert read(r"\newcommand{\y}{z} a = b") == "[a = b]"
    assert compact(parse_formula(r"\argmin_x f".replace("argmin", "operatorname{argmin}"))) == "(arg min_{x}~ f)"


def test_commands_that_stand_for_too_much() -> None:
    for name in ("again", "a"):
        assert read(f"\\{name} = 1 \\\\ x = y").endswith("stands for too much ; [x = y]")
    assert macros_of(r"\newcommand{\x}{" + "y" * 5000 + "}") == {}
    assert macros_of(r"\newcommand{\x}{y") == {}
    names = (a + b + c for a in "abcdefghij" for b in "abcdefghij" for c in "abcdefghij")
    assert len(macros_of("".join(rf"\def\{name}{{x}}" for name in names))) == 500


def test_words_of_a_command_stand_where_it_stands() -> None:
    (row,) = parse_block(r"a = \half", 10, macros_of(MACROS))
    assert isinstance(row.content, Statement)
    assert [(side.span.start, side.span.end) for side in row.content.sides] == [(10, 11), (14, 19)]
