"""Rows → steps."""

from __future__ import annotations

from derive.read.meanings.chains import Places, Step, steps_of
from derive.read.syntax import tree
from derive.read.syntax.blocks import parse_block


def steps(*blocks: str) -> list[Step]:
    return steps_of([parse_block(block) for block in blocks])


def test_a_chain_carries_its_left_side_over() -> None:
    found = steps(r"a = b = c")
    assert [step.first for step in found] == [True, False]
    assert isinstance(found[1].before, tree.Name) and found[1].before.text == "b"


def test_rows_that_begin_with_a_relation_go_on() -> None:
    found = steps(r"\begin{aligned} a &= b \\ &= c \\ d &= e \end{aligned}")
    sides = [(step.before.text, step.after.text) for step in found]  # type: ignore[union-attr]
    assert sides == [("a", "b"), ("b", "c"), ("d", "e")]
    assert [step.first for step in found] == [True, False, True]


def test_a_block_that_begins_with_a_relation_goes_on_from_the_block_before() -> None:
    found = steps("a = b", "= c", "d = e")
    assert found[1].before.text == "b"  # type: ignore[union-attr]
    assert found[2].first


def test_an_arrow_ends_a_chain_and_starts_another() -> None:
    found = steps(r"a = b \Rightarrow c = d")
    assert [step.relation for step in found] == ["=", "="]
    assert [step.first for step in found] == [True, True]


def test_notes_beside_a_formula_do_not_go_on_from_it() -> None:
    found = steps(r"\begin{aligned} a &= b \\ & \text{as we know, } x = y \\ &= c \end{aligned}")
    last = found[-1]
    assert last.before.text == "b" and last.after.text == "c"  # type: ignore[union-attr]


def test_places() -> None:
    places = Places.of("ab\ncd\n")
    assert (places.line(0), places.column(1)) == (1, 2)
    assert (places.line(4), places.column(4)) == (2, 2)
