"""Notebooks: files that nbformat accepts and that run, and what derivations and models show in a cell."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

import derive
from derive.checker.verdict import Report, Verdict
from derive.cli import command
from derive.derivation import Derivation
from derive.render import notebook
from derive.render.html_style import FRAGMENT
from derive.render.words import vocabulary
from tests.render.die import DIE, report
from tests.render.test_html import Page

LANGUAGES = ("en", "ja")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("depth", ["full", "brief"])
def test_the_file_is_a_notebook_with_a_cell_a_section(lang: str, depth: str) -> None:
    content = notebook.page(DIE, lang, depth, report())
    read = nbformat.reads(content, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(read)
    first, *cells = read.cells
    assert first.cell_type == "code"
    assert {c.cell_type for c in cells} == {"markdown"}
    titles = [re.search(r"^## (.+)$", c.source, re.M) for c in cells]
    assert len(cells) == len(DIE.sections) + 1
    assert all(titles) and [t[1] for t in titles if t][-1] == vocabulary(lang).sections["shown"]
    assert cells[0].source.startswith("# ")
    assert len({c.id for c in read.cells}) == len(read.cells)


def test_the_same_derivation_gives_the_same_file() -> None:
    assert notebook.page(DIE, report=report()) == notebook.page(DIE, report=report())


def test_the_first_cell_makes_the_derivation_again(tmp_path: Path) -> None:
    place = tmp_path / "die.ipynb"
    arguments = ["show", "categorical", "--counts", "2,5,2,4,2,5", "--to", "notebook", "-o", str(place)]
    assert CliRunner().invoke(command, arguments).exit_code == 0
    first = json.loads(place.read_text(encoding="utf-8"))["cells"][0]
    code = "".join(first["source"])
    assert "derive.load('categorical')" in code and "counts='2,5,2,4,2,5'" in code
    space: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "cell", "exec"), space)  # noqa: S102 - our own file, which is meant to be run
    made = space["derivation"]
    assert isinstance(made, Derivation)
    assert made.section("example").steps
    assert made.results == derive.load("categorical").derivation().results


def test_what_is_given_to_the_command_stays_a_text_in_the_cell() -> None:
    code = notebook.Source("binomial", data="1,2'); import os; ('", known=("n=3",)).code()
    (line,) = (line for line in code.splitlines() if "observe(model" in line)
    assert line == "derivation = with_data(derivation, observe(model, values=\"1,2'); import os; ('\", known=['n=3']))"
    compile(code, "cell", "exec")


def test_a_derivation_shows_itself_typeset_with_its_verdicts() -> None:
    shown = DIE._repr_mimebundle_()
    assert list(shown) == ["text/html", "text/latex", "text/markdown", "text/plain"]
    page = Page(shown["text/html"])
    assert page.open == []
    assert "✓ proved" in page.words
    assert {"html", "head", "body", "script", "link"}.isdisjoint(tag for tag, _ in page.tags)
    assert "\\begin{alignat*}" in shown["text/latex"] and "\\documentclass" not in shown["text/latex"]
    assert set(DIE._repr_mimebundle_(include={"text/latex"})) == {"text/latex"}
    assert "text/html" not in DIE._repr_mimebundle_(exclude={"text/html"})
    assert DIE._repr_html_() == shown["text/html"]
    assert DIE._repr_latex_() == shown["text/latex"]


def test_the_styles_of_a_fragment_reach_nothing_else() -> None:
    rules = re.findall(r"([^{}]+)\{[^{}]*\}", re.sub(r"@media[^{]*\{", "", FRAGMENT))
    assert len(rules) > 25
    for selectors in rules:
        assert all(selector.strip("} \n").startswith(".derivation") for selector in selectors.split(",")), selectors


def test_a_model_shows_what_it_states() -> None:
    model = derive.load("categorical")
    page = Page(model._repr_html_())
    assert page.open == []
    labels = [a.get("aria-label") for a in page.all("svg")]
    assert "p = \\prod_{k=1}^{K} y_k^{t_k}" in labels
    assert "probability of class k" in page.words
    assert "$$\\sum_{k=1}^{K} y_k = 1$$" in model._repr_markdown_()


def test_short_texts_for_what_is_long() -> None:
    assert repr(derive.load("gaussian")) == "<Model 'gaussian': data x, parameters mu, sigma>"
    assert repr(DIE).startswith("<Derivation of ") and len(repr(DIE)) < 300
    wrong = Verdict("refuted", "the sides differ", ("K = 3",), {"t": "2"})
    assert str(wrong) == "refuted: the sides differ (given K = 3); at t = 2"
    both = Report((Verdict("proved", "alike"), wrong))
    assert str(both) == f"1 proved, 1 refuted; first wrong: step 1, {wrong}"
