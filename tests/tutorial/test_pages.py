"""What stands on the pages: the figures, the commands, links, and formulas that GitHub shows."""

from __future__ import annotations

import math
import re
import shlex
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

import derive
from derive.cli import command
from derive.render import svg
from tests.tutorial.places import LANGUAGES, NAMES, PAGES, TUTORIAL, displays, fences, sentences

IDS = [f"{path.parent.name}/{path.stem}" for path in PAGES]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_four_samples_have_their_exact_losses(lang: str) -> None:
    page = (TUTORIAL / lang / "4-samples.md").read_text(encoding="utf-8")
    found = re.findall(r"^E_(\d) &= .*?&\\approx ([\d.]+)$", page, re.S | re.M)
    assert found == [("1", "1.108663"), ("2", "1.021651"), ("3", "1.139434"), ("4", "1.108663")]
    assert "&\\approx 4.378411\n" in page
    assert "&\\approx 1.094603\n" in page
    rows = re.findall(r"^\| (\d) \| \$-\\log ([\d.]+)\$ \| ([\d.]+) \| ([\d.]+) \|$", page, re.M)
    assert len(rows) == 4
    for _, y, natural, common in rows:
        assert natural == f"{-math.log(float(y)):.6f}"
        assert common == f"{-math.log10(float(y)):.6f}"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("1-die", ["879955876800", "2+5+2+4+2+5 = 20", "a > 0", "b > 0"]),
        ("2-maximum", ["| 2 | 5 | $\\frac{1}{4}$ | 0.25 |", "−34.116206", "\\lambda = N", "&\\quad \\leq 0"]),
        ("3-one-sample", ["1.108663", "1.098612"]),
        ("5-two-classes", ["\\iff & t_2 = 1-t_1", "\\iff & y_2 = 1-y_1", "\\frac{1}{1+e^{z_2-z_1}}"]),
        ("6-vectors", ["58 & 64 \\\\ 139 & 154", "-\\frac{1}{N} \\mathrm{tr}(\\mathbf{T}(\\log \\mathbf{Y})^{\\top})"]),
        ("7-softmax", ["y_j-t_j", "−0.67"]),
        ("8-entropy", ["0.639032", "H(1, 0, 0) &= 0", "proved: equal by normal form, for all sizes"]),
        ("9-logarithm", ["&\\approx 0.223\n", "&\\approx 2.303\n", "-1108.663", "481"]),
    ],
)
def test_the_pages_show_what_they_promise(lang: str, page: str, shown: list[str]) -> None:
    text = (TUTORIAL / lang / f"{page}.md").read_text(encoding="utf-8")
    assert [wanted for wanted in shown if wanted not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_show_the_same_mathematics(name: str) -> None:
    english, japanese = ([_bare(d) for d in displays(TUTORIAL / lang / f"{name}.md")] for lang in LANGUAGES)
    assert sorted(english) == sorted(japanese)
    numbers = [sorted(re.findall(r"\d+\.\d{2,}", sentences(TUTORIAL / lang / f"{name}.md"))) for lang in LANGUAGES]
    assert numbers[0] == numbers[1]


def _bare(display: str) -> str:
    """A display without words, numbers and what only puts them in place."""
    display = re.sub(r"\\text\{[^{}]*\}|\\(?:begin|end)\{aligned\}", "", display)
    lines = [re.sub(r"\s*&&.*", "", line) for line in display.split("\\\\\n") if not line.startswith("&\\qquad")]
    return "".join(re.sub(r"\\tag\{.*?\}|\\q?quad|[\s\\{}&]", "", line) for line in lines)


def test_the_marks_are_explained_and_used() -> None:
    for lang in LANGUAGES:
        index = (TUTORIAL / lang / "README.md").read_text(encoding="utf-8")
        assert "$\\text{✓}$" in index and "\\approx" in index
        marks = [d.count("\\text{✓}") for name in NAMES for d in displays(TUTORIAL / lang / f"{name}.md")]
        assert sum(marks) > 60


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_every_page_shows_the_command_that_makes_it(path: Path) -> None:
    commands = "\n".join(fences(path, "sh"))
    assert f"python docs/cross-entropy/build.py --steps {path.stem}" in commands


def test_the_commands_run(build: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    commands = {line for path in PAGES for code in fences(path, "sh") for line in code.splitlines()}
    outputs = {}
    for line in sorted(commands):
        program, *arguments = shlex.split(line)
        if program == "derive":
            result = CliRunner().invoke(command, arguments)
            assert result.exit_code == 0, line
            outputs[line] = result.output
        else:
            assert (program, arguments[0]) == ("python", "docs/cross-entropy/build.py")
            assert build.main(arguments[1:]) == 0
            outputs[line] = capsys.readouterr().out
            assert "proved" in outputs[line]
    assert len(outputs) == len(NAMES) + 4
    assert "(0.1, 0.25, 0.1, 0.2, 0.1, 0.25)" in outputs["derive mle categorical --counts 2,5,2,4,2,5"]


def test_the_plain_python_agrees_with_the_table() -> None:
    page = TUTORIAL / "en" / "4-samples.md"
    (printed,) = fences(page, "text")
    assert re.findall(r"\d\.\d+", printed) == ["1.108663", "1.021651", "1.139434", "1.108663", "4.378411", "1.094603"]
    (printed,) = fences(TUTORIAL / "en" / "9-logarithm.md", "text")
    assert printed.split() == ["0.0", "-1108.663"]


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_links_and_pictures_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
    assert len(links) >= 3
    assert [link for link in links if not (path.parent / link).is_file()] == []


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_github_finds_the_formulas(path: Path) -> None:
    text = sentences(path)
    formulas = re.findall(r"\$[^$\n]+\$", text)
    assert text.count("$") == 2 * len(formulas)
    for found in re.finditer(r"\$[^$\n]+\$", text):
        before, after = text[found.start() - 1], text[found.end() : found.end() + 1]
        assert before.isspace() or before == "(", text[found.start() - 9 : found.end() + 9]
        assert not after.isalnum(), text[found.start() - 9 : found.end() + 9]
    for formula in (*formulas, *displays(path)):
        assert formula.count("{") == formula.count("}")
        assert formula.count("\\begin") == formula.count("\\end")
        assert "\\operatorname" not in formula and "{y}_{k}" not in formula


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_markdown_leaves_no_sign_behind(path: Path) -> None:
    shown = re.sub(r"<[^>]*>", "", MarkdownIt("commonmark").enable("table").render(sentences(path)))
    assert "**" not in shown and "](" not in shown and "{{" not in shown and "| ---" not in shown


@pytest.mark.parametrize("name", NAMES)
def test_read_back_as_an_article_nothing_is_wrong(name: str) -> None:
    report = derive.check((TUTORIAL / "en" / f"{name}.md").read_text(encoding="utf-8"))
    assert sum(report.summary.values()) > 8
    assert not {"refuted", "ill-formed"} & set(report.summary), report.summary


def test_the_formulas_can_be_drawn() -> None:
    for display in displays(TUTORIAL / "en" / "6-vectors.md"):
        assert svg.picture(re.sub(r"\\tag\{.*?\}", "", display)).width < 50
