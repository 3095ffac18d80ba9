"""Notebooks: how derivations and models show themselves in a cell, and derivations as files with a cell a section.

The file is written as nbformat 4.5 describes it (nbformat.readthedocs.io, "The notebook file format"), without that
library, which only the tests need.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

import sympy as sp

from derive.algebra.context import Variable, index_names
from derive.derivation import Derivation
from derive.model import Model
from derive.render import html, latex, markdown, text
from derive.render.outlines import Entry
from derive.render.words import vocabulary

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


@lru_cache(maxsize=8)
def _checked(derivation: Derivation) -> Report:
    """A derivation is checked once, however often it is shown."""
    return derivation.check()


def bundle(
    derivation: Derivation, include: Collection[str] | None = None, exclude: Collection[str] | None = None
) -> dict[str, str]:
    """The derivation with its verdicts in the formats that a notebook can show; those asked for where it says so."""
    report = _checked(derivation)
    made: dict[str, Callable[[], str]] = {
        "text/html": lambda: html.fragment(derivation, report=report),
        "text/latex": lambda: latex.body(derivation, report=report),
        "text/markdown": lambda: markdown.page(derivation, report=report),
        "text/plain": lambda: text.page(derivation, report=report),
    }
    wanted = [kind for kind in made if (include is None or kind in include) and kind not in (exclude or ())]
    return {kind: made[kind]() for kind in wanted}


def model_html(model: Model, lang: str = "en") -> str:
    """What a model states, as a part of a page: its density and its symbols."""
    density, symbols = _stated(model, lang)
    heading = f"<p><strong>{escape(model.title.get(lang, model.name))}</strong></p>"
    return html.statement(heading, density, symbols, lang)


def model_markdown(model: Model, lang: str = "en") -> str:
    """What a model states, as Markdown."""
    density, symbols = _stated(model, lang)
    lines = [f"**{markdown.prose(model.title.get(lang, model.name))}**", ""]
    lines += [f"$${latex.expression(e, lang)}$$" for e in density]
    lines += ["", *(f"- ${latex.claim(entry)}$: {markdown.prose(entry.words)}" for entry in symbols)]
    return "\n".join(lines)


def _stated(model: Model, lang: str) -> tuple[list[sp.Basic], list[Entry]]:
    """The density with constraints, prior and link, and every symbol with its words."""
    variables: list[Variable] = [model.data, *model.given, *model.parameters, *model.known]
    facts = [fact.equation() for fact in (*model.constraints, *model.data_facts)]
    told = [sp.Eq(sp.Symbol("p"), model.density, evaluate=False), *facts]
    if model.link is not None:
        variables.append(model.link.input)
        parameter = model.link.parameter.base
        head = parameter[model.link.indices] if model.link.indices else parameter
        told.append(sp.Eq(head, model.link.inverse, evaluate=False))
    return told, [_entry(model, variable, lang) for variable in variables]


def _entry(model: Model, variable: Variable, lang: str) -> Entry:
    indices = index_names(variable.axes)
    words = model.words.get(variable.name, {}).get(lang) or vocabulary(lang).symbols.get(variable.name, "")
    symbol = variable.base[indices] if indices else variable.base
    return Entry(variable, symbol, tuple(zip(indices, variable.axes, strict=True)), words)


def _cell(kind: str, text: str, place: int) -> dict[str, Any]:
    """A cell, whose name depends on its place and text alone: the same derivation gives the same file."""
    name = hashlib.sha256(f"{place}\n{text}".encode()).hexdigest()[:12]
    cell: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell | {"execution_count": None, "outputs": []} if kind == "code" else cell
