"""Tokens: their kinds, their places, and what an extraction made of row ends."""

from __future__ import annotations

import pytest

from derive.read.tokens import MOST_CHARACTERS, tokens_of
from derive.read.tree import Unreadable


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
