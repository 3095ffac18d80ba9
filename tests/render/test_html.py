"""HTML pages: one file that needs nothing else, every formula with its text; PDF by an installed TeX."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sympy as sp
from click.testing import CliRunner

from derive.cli import command
from derive.derivation import Derivation, Section, Step
from derive.render import html, latex, svg
from derive.render.pdf import PdfError, compiled
from derive.render.words import LANGUAGES
from tests.render.die import DIE, L, report
from tests.render.test_family_formulas import TABLE as OF_FAMILIES
from tests.render.test_formulas import TABLE
from tests.render.test_remarks import GAMMA

VOID = {"meta", "br", "use", "rect", "path", "link", "img"}


class Page(HTMLParser):
    """What a reader's program sees."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module", params=[(model, lang) for model in (DIE, GAMMA) for lang in LANGUAGES])
def shown(request: pytest.FixtureRequest) -> str:
    derivation, lang = request.param
    return html.page(derivation, lang, report=report() if derivation is DIE else None)


def test_the_file_is_whole_and_needs_nothing_else(shown: str) -> None:
    page = Page(shown)
    assert page.open == []
    assert not {"script", "link", "img", "iframe", "object", "embed"} & {tag for tag, _ in page.tags}
    for _, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        assert not {"src", "srcset", "action", "data"} & attributes.keys()
        assert all((value or "").startswith("#") for name, value in attributes.items() if name.endswith("href"))
    assert "://" not in shown
    assert "@import" not in shown and "url(" not in shown


def test_every_formula_can_be_heard_and_takes_the_colour_of_the_text(shown: str) -> None:
    formulas = [a for a in Page(shown).all("svg") if a.get("aria-hidden") != "true"]
    assert len(formulas) > 5
    for attributes in formulas:
        assert attributes["role"] == "img"
        assert attributes["aria-label"]
        assert attributes["class"] == "picture" or attributes["fill"] == "currentColor"
    assert not any("fill" in a for tag in ("use", "rect") for a in Page(shown).all(tag))


def test_letters_are_stored_once_and_all_of_them(shown: str) -> None:
    page = Page(shown)
    stored = [a["id"] for a in page.all("symbol")]
    assert len(stored) == len(set(stored))
    assert {a["href"] for a in page.all("use")} == {f"#{name}" for name in stored}


def test_every_reason_and_verdict_is_one_click_away() -> None:
    page = Page(html.page(DIE, report=report()))
    assert len(page.all("details")) == len(page.all("summary")) >= sum(1 for _ in DIE.steps()) - 2
    assert "the logarithm turns a product into a sum" in page.words
    assert "✓ proved" in page.words
    assert not any("open" in a for a in page.all("details"))


def test_it_is_readable_on_a_phone_and_in_the_dark(shown: str) -> None:
    page = Page(shown)
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")
    assert "prefers-color-scheme: dark" in shown
    assert all(a.get("class") != "formula" or "width" not in (a.get("style") or "") for a in page.all("span"))
    assert re.search(r"\.formula \{[^}]*overflow-x: auto", shown)


def test_a_refuted_step_says_so_in_words() -> None:
    from derive.checker.verdict import Report, Verdict

    wrong = Derivation("own", DIE.context, (Section("score", (Step("equal", L, L + 1),)),), {})
    shown = html.page(wrong, report=Report((Verdict("refuted", "the sides differ", (), {"L": "2"}),)))
    assert 'class="verdict bad">✗ refuted at L = 2' in shown


def test_nothing_of_a_name_reaches_the_page_as_markup() -> None:
    nasty = sp.Symbol('a"><script>alert(1)</script>')
    own = Derivation("x", DIE.context, (Section("score", (Step("definition", nasty, L, ":="),)),), {})
    shown = html.page(own)
    assert "<script" not in shown
    assert Page(shown).open == []


@pytest.mark.parametrize("row", [*TABLE[::7], *OF_FAMILIES], ids=lambda row: row[1])
def test_every_formula_can_be_drawn(row: tuple[sp.Basic, str, str]) -> None:
    drawn = svg.picture(row[1])
    assert drawn.width > 0
    assert 0 < drawn.height < 12
    assert -6 < drawn.below <= 0.2
    assert drawn.letters


def test_what_cannot_be_drawn_is_shown_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(formula: str) -> svg.Picture:
        raise svg.UndrawableError("no")

    monkeypatch.setattr(svg, "picture", fail)
    assert '<code role="img" aria-label="L">L</code>' in html.page(DIE)


def test_missing_tex_is_one_line_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(PdfError, match=r"needs pdflatex; install TeX Live .*texlive-latex-base lmodern.*, or take"):
        compiled("", "en")
    with pytest.raises(PdfError, match="needs lualatex"):
        compiled("", "ja")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX here")
def test_a_pdf_is_made_and_a_fault_of_tex_is_told() -> None:
    assert compiled(latex.document(DIE, report=report())).startswith(b"%PDF")
    assert compiled(latex.document(GAMMA)).startswith(b"%PDF")
    with pytest.raises(PdfError, match="stopped: Undefined control sequence"):
        compiled("\\documentclass{article}\\begin{document}\\nonsense\\end{document}")


def test_the_command_writes_html_and_asks_where_to_write_a_pdf(tmp_path: Path) -> None:
    runner, place = CliRunner(), tmp_path / "coin.html"
    assert runner.invoke(command, ["show", "bernoulli", "--to", "html", "-o", str(place)]).exit_code == 0
    assert "✓ proved" in Page(place.read_text(encoding="utf-8")).words
    refused = runner.invoke(command, ["show", "bernoulli", "--to", "pdf"])
    assert refused.exit_code == 2
    assert "name it with -o FILE.pdf" in refused.output
