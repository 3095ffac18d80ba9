"""The pages about families: the table says what the files state, and the code shown runs and prints what is shown."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

from derive.families import FAMILIES, load
from derive.model import Model

DOCS = Path(__file__).parents[2] / "docs"
FAMILIES_PAGE = (DOCS / "families.md").read_text(encoding="utf-8")
OWN_PAGE = (DOCS / "own-density.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```python\n(.*?)```(?:\n\n```\n(.*?)```)?", re.S)


def test_the_table_lists_every_family_once() -> None:
    assert sorted(re.findall(r"^\| `(\w+)` \|", FAMILIES_PAGE, re.M)) == sorted(FAMILIES)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_row_names_what_the_file_declares(name: str) -> None:
    model = load(name)
    (row,) = (line for line in FAMILIES_PAGE.splitlines() if line.startswith(f"| `{name}` |"))
    for variable in (model.data, *model.parameters, *model.known, *model.given):
        assert re.search(rf"`{variable.name}(_\w+)?`", row), variable.name
    stated = row.split("|", maxsplit=2)[2]
    named = set(re.findall(r"`([A-Za-z]+)(?:_[a-z]{1,2})?`", stated))
    assert named <= {v.name for v in (model.data, *model.parameters, *model.known, *model.given)}
    assert (model.link is None) == ("(log" not in row and "identity" not in row)


def test_the_family_shown_is_one() -> None:
    (code,) = (block for block, _ in BLOCK.findall(FAMILIES_PAGE))
    space: dict[str, Any] = {}
    exec(compile(code, "docs/families.md", "exec"), space)  # noqa: S102 - our own page
    model = space["MODEL"]
    assert isinstance(model, Model)
    assert set(model.words) == {"x", "sigma", "z"} and len(code.splitlines()) <= 60
    assert model.derivation().check().ok


def test_the_code_shown_prints_what_is_shown() -> None:
    space: dict[str, Any] = {}
    blocks = BLOCK.findall(OWN_PAGE)
    assert len(blocks) >= 6
    for code, shown in blocks:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "docs/own-density.md", "exec"), space)  # noqa: S102 - our own page
        assert printed.getvalue() == shown


def test_links_lead_somewhere() -> None:
    for page in (FAMILIES_PAGE, OWN_PAGE):
        for link in re.findall(r"\]\(([^)#:]+)", page):
            assert (DOCS / link).is_file(), link
