"""Notebooks: a Jupyter file with a cell that makes the derivation again, and the derivation itself, a cell a section.

Written as nbformat 4.5 describes it (https://nbformat.readthedocs.io/en/latest/format_description.html), without that
library, which only the tests need.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derive.derivation import Derivation
from derive.render import markdown

if TYPE_CHECKING:
    from derive.checker.verdict import Report

#: The version of the format.
MAJOR, MINOR = 4, 5


@dataclass(frozen=True)
class Source:
    """What the first cell loads: the model by its name and the data as the command was given them."""

    model: str
    counts: str | None = None
    data: str | None = None
    known: tuple[str, ...] = ()

    def code(self) -> str:
        """The lines that make the derivation and show it."""
        lines = ["import derive", "", f"model = derive.load({self.model!r})", "derivation = model.derivation()"]
        if self.counts is not None or self.data is not None:
            given = f"counts={self.counts!r}" if self.counts is not None else f"values={self.data!r}"
            given += f", known={list(self.known)!r}" if self.known else ""
            lines[1:1] = ["from derive.estimation import observe", "from derive.strategy.example import with_data"]
            lines += [f"derivation = with_data(derivation, observe(model, {given}))"]
        return "\n".join([*lines, "derivation"])


def page(
    derivation: Derivation,
    lang: str = "en",
    depth: str = "full",
    report: Report | None = None,
    source: Source | None = None,
) -> str:
    """The derivation as the text of an .ipynb file; `source` says how its first cell gets it."""
    code = (source or Source(derivation.model)).code()
    pieces = markdown.sections(derivation, lang, depth, report)
    cells = [_cell("code", code, 0), *(_cell("markdown", text, n) for n, text in enumerate(pieces, start=1))]
    content = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": MAJOR,
        "nbformat_minor": MINOR,
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _cell(kind: str, text: str, place: int) -> dict[str, Any]:
    """A cell, whose name depends on its place and text alone: the same derivation gives the same file."""
    name = hashlib.sha256(f"{place}\n{text}".encode()).hexdigest()[:12]
    cell: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell | {"execution_count": None, "outputs": []} if kind == "code" else cell
