"""A table of what formulas mean: each snippet beside the same said unambiguously, and beside a wrong reading."""

from __future__ import annotations

from pathlib import Path

import pytest

import derive

LINES = Path(__file__).with_name("meanings.txt").read_text(encoding="utf-8").splitlines()
ROWS = [tuple(cell.strip() for cell in line.split(";;")) for line in LINES if line.strip() and not line.startswith("#")]
HOLDS = {"proved", "tested"}


def test_the_table_is_long_and_without_repetition() -> None:
    assert len({row[0] for row in ROWS}) == len(ROWS) >= 300


@pytest.mark.parametrize(("snippet", "meaning", "wrong"), ROWS, ids=[row[0] for row in ROWS])
def test_meaning(snippet: str, meaning: str, wrong: str) -> None:
    found = derive.check_step(snippet, meaning)
    assert found.verdict in HOLDS, f"{snippet} = {meaning}: {found.verdict}, {found.reason}"
    if wrong:
        found = derive.check_step(snippet, wrong)
        assert found.verdict not in HOLDS, f"{snippet} = {wrong}: {found.verdict}, {found.reason}"
