"""Reports in each format: what stands where, what comes first, and that nothing of an article gets out of hand."""

from __future__ import annotations

import io
import json
import re

import jsonschema
import pytest
from rich.console import Console

from derive.read.report import FileReport, Finding, Report, Warned
from derive.render import svg
from derive.render.report import FORMATS, dumped, rendered
from derive.render.report_html import cleared, fragment, page
from derive.render.report_sarif import log
from derive.render.report_text import plain, print_report, printable
from tests.render.test_html import Page

PROVED = Finding(12, 5, "a", "=", "a + 0", "proved", "equal", given=("log base 10",))
AGAIN = Finding(14, 5, "b", "=", "b", "tested", "equal at 5 points", given=("log base 10", "K = 3"))
OPEN = Finding(16, 2, "x", "=", "\\foo", "unread", "an unknown command")
WRONG = Finding(
    line=34,
    column=9,
    before="- ( 1 \\cdot \\log 0.33\n + 0) &",
    relation="=",
    after="\\log 0.33 \\label{eq:one} \\\\",
    verdict="refuted",
    reason="the sides differ",
    counterexample={"t_{1}": "2", "K": 3},
    values=("1.10", "-1.10"),
    slip="the sign",
)
SHAPES = Finding(40, 1, "A", "=", "v", "ill-formed", "a 3×1 matrix cannot equal a number")
NASTY = Finding(50, 1, "\x1b[31m<b>", "=", "\u202e</script><script>alert(1)</script>", "refuted", "\x07 <i>")

REPORT = Report(
    (
        FileReport("good.md", (PROVED, AGAIN, OPEN), (Warned(9, "T is defined twice"),)),
        FileReport("wrong.md", (PROVED, SHAPES, WRONG)),
        FileReport("empty.md", ()),
    )
)


# -- data ------------------------------------------------------------------------------------------------------------


def test_the_data_are_those_of_the_contract() -> None:
    data = json.loads(rendered(REPORT, "json"))
    assert data["version"] == 1
    assert data["summary"] == {"proved": 2, "tested": 1, "unread": 1, "ill-formed": 1, "refuted": 1}
    good, wrong, empty = data["files"]
    assert (good["first_wrong"], wrong["first_wrong"], empty["first_wrong"]) == (None, 1, None)
    assert good["warnings"] == [{"line": 9, "message": "T is defined twice"}]
    assert list(good["steps"][0]) == [
        *("line", "column", "from", "relation", "to", "verdict", "given", "reason", "counterexample")
    ]
    assert good["steps"][0]["counterexample"] is None
    assert wrong["steps"][2]["counterexample"] == {"t_{1}": "2", "K": 3}
    assert wrong["steps"][2]["values"] == ["1.10", "-1.10"]
    assert wrong["steps"][2]["slip"] == "the sign"


def test_what_counts_as_wrong_and_as_open() -> None:
    assert (REPORT.wrong, REPORT.open, REPORT.ok) == (2, 1, False)
    assert REPORT.first_wrong is SHAPES
    assert Report((FileReport("a", (PROVED,)),)).ok
    assert not Report((FileReport("a", (OPEN,)),)).ok


def test_half_a_character_can_be_written() -> None:
    assert dumped({"a": "\ud800"}) == '{"a": "\\ud800"}'
    assert dumped({"a": "é"}) == '{"a": "é"}'


# -- text ------------------------------------------------------------------------------------------------------------


def test_the_first_wrong_step_is_on_top() -> None:
    assert plain(Report((FileReport("wrong.md", (PROVED, WRONG, SHAPES, OPEN), (Warned(9, "twice"),)),))) == (
        "✗ wrong.md:34:9: refuted\n"
        "      - ( 1 \\cdot \\log 0.33\n"
        "      + 0) &\n"
        "    = \\log 0.33 \\label{eq:one} \\\\\n"
        "    the sides differ\n"
        "    left side 1.10, right side -1.10\n"
        "    at t_{1} = 2, K = 3\n"
        "    likely slip: the sign\n"
        "\n"
        "✗ wrong.md:40:1: ill-formed\n"
        "      A\n"
        "    = v\n"
        "    a 3×1 matrix cannot equal a number\n"
        "\n"
        "wrong.md: 2 of 4 steps wrong: 1 refuted, 1 ill-formed, 1 unread, 1 proved\n"
        "  ? wrong.md:16:2: unread: an unknown command\n"
        "  ! wrong.md:9: twice\n"
        "  · assumed: log base 10 (line 12)"
    )


def test_several_files_are_counted_together_and_an_empty_one_says_so() -> None:
    lines = plain(REPORT).splitlines()
    assert "good.md: nothing wrong found: 1 unread, 1 proved, 1 tested" in lines
    assert "  · assumed: log base 10 (lines 12, 14)" in lines
    assert "empty.md: no steps found: nothing was checked" in lines
    assert lines[-1] == "3 files, 1 with something wrong: 1 refuted, 1 ill-formed, 1 unread, 2 proved, 1 tested"


def test_long_lists_are_cut_and_say_so() -> None:
    lines = plain(Report((FileReport("a", (OPEN,) * 25 + (WRONG,) * 60),))).splitlines()
    assert sum(line.startswith("✗") for line in lines) == 50
    assert "    … and 10 more wrong steps (--format json has all of them)" in lines
    assert "    … and 5 more steps left open (--format json has all of them)" in lines


def test_an_article_cannot_steer_the_terminal() -> None:
    shown = plain(Report((FileReport("a\x1b]0;x\x07.md", (NASTY,), (Warned(1, "a\x9bb\u2066c"),)),)))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert printable("a\u200bb\nc") == "a b c"


def test_brackets_are_no_markup_and_colours_need_a_terminal() -> None:
    step = Finding(1, 1, "[bold]x[/bold]", "=", "[red]", "refuted", "[link=x]")
    report = Report((FileReport("a.md", (step,)),))
    assert "[bold]x[/bold]" in plain(report)
    buffer = io.StringIO()
    print_report(report, Console(file=buffer, force_terminal=True, color_system="standard"))
    assert "\x1b[1;31m" in buffer.getvalue()
    assert "\x1b" not in plain(report)


# -- SARIF -----------------------------------------------------------------------------------------------------------

#: What the standard asks of a log, as far as it is used here.
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {"type": "object", "required": ["id"]},
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message"],
                            "properties": {
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "message": {"type": "object", "required": ["text"]},
                                "locations": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "properties": {
                                            "physicalLocation": {
                                                "type": "object",
                                                "required": ["artifactLocation"],
                                                "properties": {
                                                    "artifactLocation": {
                                                        "type": "object",
                                                        "properties": {"uri": {"type": "string", "pattern": "^\\S+$"}},
                                                    },
                                                    "region": {
                                                        "type": "object",
                                                        "properties": {
                                                            "startLine": {"type": "integer", "minimum": 1},
                                                            "startColumn": {"type": "integer", "minimum": 1},
                                                        },
                                                        "additionalProperties": False,
                                                    },
                                                },
                                            }
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def test_sarif_has_the_structure_of_the_standard() -> None:
    found = json.loads(rendered(REPORT, "sarif"))
    jsonschema.Draft202012Validator(SARIF).validate(found)
    (run,) = found["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["refuted", "ill-formed", "undecided", "unread", "warning"]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    told = [(result["ruleId"], result["level"]) for result in run["results"]]
    assert told == [("unread", "note"), ("warning", "warning"), ("ill-formed", "error"), ("refuted", "error")]


def test_sarif_says_where_and_why() -> None:
    result = log(REPORT)["runs"][0]["results"][-1]
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "wrong.md"}, "region": {"startLine": 34, "startColumn": 9}}
    for part in ("the sides differ", "left side 1.10, right side -1.10", "K = 3", "likely slip: the sign"):
        assert part in result["message"]["text"]


@pytest.mark.parametrize(
    ("path", "uri"),
    [("./a b.md", "a%20b.md"), ("/x/ä.md", "file:///x/%C3%A4.md"), ("-", "stdin"), ("d\\e.md", "d/e.md")],
)
def test_sarif_names_files_as_references(path: str, uri: str) -> None:
    result = log(Report((FileReport(path, (WRONG,)),)))["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_a_saved_derivation_has_no_lines_in_sarif_either() -> None:
    step = Finding(None, None, "a", "=", "b", "refuted", "they differ")
    result = log(Report((FileReport("a.json", (step,), (Warned(None, "hm"),)),)))["runs"][0]["results"]
    assert all("region" not in r["locations"][0]["physicalLocation"] for r in result)


# -- HTML ------------------------------------------------------------------------------------------------------------


def test_the_page_needs_nothing_else_and_marks_by_word_and_sign() -> None:
    shown = page(REPORT)
    parsed = Page(shown)
    assert parsed.open == []
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in parsed.tags}
    assert "://" not in shown and "url(" not in shown
    assert "prefers-color-scheme: dark" in shown
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in parsed.all("meta")
    for words in ("✗ refuted", "✗ ill-formed", "? unread", "✓ proved", "≈ tested"):
        assert words in parsed.words
    assert "left side 1.10, right side -1.10" in parsed.words and "Likely slip: the sign" in parsed.words
    assert "line 34, column 9" in parsed.words
    *_, wrong, empty = re.split(r"\n(?:good|wrong|empty)\.md\n", parsed.words)
    assert wrong.index("The first wrong step") < wrong.index("Further wrong steps") < wrong.index("All steps")
    assert "no steps found: nothing was checked" in empty
    assert "✗ Checked in 3 files: something is wrong" in parsed.words


def test_a_page_on_nothing_claims_nothing() -> None:
    assert "✓" not in Page(page(Report((FileReport("empty.md", ()),)))).words
    assert "✓" not in Page(page(Report((FileReport("open.md", (OPEN,)),)))).words
    assert "✓ Checked: nothing wrong found" in Page(page(Report((FileReport("good.md", (PROVED,)),)))).words


def test_formulas_are_drawn_and_those_that_cannot_be_are_shown_as_source() -> None:
    parsed = Page(page(REPORT))
    labels = {a.get("aria-label") for a in parsed.all("svg")}
    assert "\\log 0.33" in labels  # without its label and line break
    assert "\\foo" not in labels
    assert "\\foo" in parsed.words
    stored = {a["id"] for a in parsed.all("symbol")}
    assert {a["href"] for a in parsed.all("use")} == {f"#{name}" for name in stored}


@pytest.mark.parametrize(
    "source",
    ["\\left( a", "{" * 5000, "\\frac" * 300, "\\text{日本語}", "x" * 5000, "\\\\", "&", "^", "\x00", "<b>&amp;"],
)
def test_no_source_breaks_the_page(source: str) -> None:
    step = Finding(1, 1, source, "=", "\\alpha", "refuted", "no")
    parsed = Page(page(Report((FileReport("a.md", (step,)),))))
    assert parsed.open == []
    assert "\\alpha" in {a.get("aria-label") for a in parsed.all("svg")}


def test_nothing_of_an_article_is_markup() -> None:
    report = Report((FileReport("<script>.md", (NASTY,), (Warned(1, "<img src=x>"),)),))
    for shown in (page(report), fragment(report)):
        parsed = Page(shown)
        assert not {"script", "img", "b", "i"} & {tag for tag, _ in parsed.tags}
        assert "<script" not in shown


def test_a_formula_that_takes_too_long_is_shown_as_source(monkeypatch: pytest.MonkeyPatch) -> None:
    from derive.algebra.budgets import tick
    from derive.render import report_html

    def endless(source: str) -> svg.Picture:
        while True:
            tick()

    monkeypatch.setattr(report_html, "_drawn", endless)
    monkeypatch.setattr(report_html, "FORMULA_SECONDS", 0.05)
    monkeypatch.setattr(report_html, "PAGE_SECONDS", 0.3)
    parsed = Page(page(Report((FileReport("a.md", (PROVED,) * 50),))))
    assert parsed.words.count("a + 0") >= 50


def test_a_side_of_an_aligned_equation_stands_by_itself() -> None:
    assert cleared("&- \\log x & \\\\[2pt]") == "- \\log x"
    assert cleared("\\ x \\tag{1} \\nonumber \\label{a}") == "x"
    matrix = "\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}"
    assert cleared(f"& {matrix} \\\\") == matrix


def test_line_breaks_of_a_matrix_that_were_collapsed_are_drawn_as_line_breaks() -> None:
    assert cleared("\\begin{pmatrix} a \\ b \\end{pmatrix}") == "\\begin{pmatrix} a \\\\ b \\end{pmatrix}"
    assert cleared("a \\ b") == "a \\ b"


def test_a_notebook_shows_the_report_without_touching_the_page_around_it() -> None:
    shown = REPORT._repr_html_()
    parsed = Page(shown)
    assert parsed.open == []
    assert parsed.tags[0] == ("div", {"class": "derivation", "lang": "en"})
    assert not {"html", "head", "body", "main"} & {tag for tag, _ in parsed.tags}
    (style,) = re.findall(r"<style>(.*?)</style>", shown, re.S)
    rules = re.findall(r"(?m)^([^@\s{}][^{}]*)\{", style)
    assert len(rules) > 20
    assert all(selector.strip().startswith(".derivation") for rule in rules for selector in rule.split(","))


def test_every_format_is_there() -> None:
    assert FORMATS == ("text", "json", "html", "sarif")
    assert all(rendered(REPORT, form) for form in FORMATS)
    assert str(REPORT) == rendered(REPORT, "text")
