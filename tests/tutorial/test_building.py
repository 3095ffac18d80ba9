"""The pages are what the builder makes of their sources, and it makes nothing that was not shown."""

from __future__ import annotations

import ast
import math
import re
import shutil
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
import sympy as sp

from derive.algebra.context import Context
from derive.derivation import Step
from tests.tutorial.places import LANGUAGES, NAMES, TUTORIAL

SOURCES = TUTORIAL / "source"
TEXTS = [path for lang in LANGUAGES for path in sorted((SOURCES / lang).glob("*.md"))]
#: Where the mathematics stands; the rest of the code sets type.
CODE = [*(SOURCES / "formulas").glob("*.py"), *(SOURCES / "snippets").glob("*.py"), SOURCES / "written.py"]


def test_the_pages_are_up_to_date(build: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--check"]) == 0, capsys.readouterr().err
    assert len(NAMES) == 9


@pytest.fixture
def copy(build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pages in a folder where they may be changed."""
    for folder in (*LANGUAGES, "figures"):
        shutil.copytree(TUTORIAL / folder, tmp_path / folder)
    monkeypatch.setattr(build, "HERE", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [("en/4-samples.md", "4.378411", "4.378412"), ("ja/4-samples.md", "\\log 0.33", "\\log 0.34")],
)
def test_a_page_that_is_out_of_date_is_noticed(
    build: ModuleType, copy: Path, capsys: pytest.CaptureFixture[str], place: str, old: str, new: str
) -> None:
    page = copy / place
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert build.main(["--check", "4-samples"]) == 1
    assert f"out of date: {place}" in capsys.readouterr().err


def test_a_page_without_source_is_noticed(build: ModuleType, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "en" / "10-left-over.md").write_text("# Left over\n", encoding="utf-8")
    assert build.main(["--check"]) == 1
    assert "belongs to no page: en/10-left-over.md" in capsys.readouterr().err


def test_a_picture_may_differ_in_the_last_digits_only(build: ModuleType) -> None:
    drawing = (TUTORIAL / "figures" / "penalty.en.svg").read_text(encoding="utf-8")
    numbers = re.findall(r"\d+\.\d+", drawing)
    assert build.figures.alike(drawing, drawing.replace(numbers[5], f"{float(numbers[5]) + 0.01:.2f}", 1))
    assert not build.figures.alike(drawing, drawing.replace(numbers[5], f"{float(numbers[5]) + 1:.2f}", 1))
    assert not build.figures.alike(drawing, drawing.replace("</svg>", "<circle/></svg>", 1))


def test_what_is_not_shown_stops_the_build(build: ModuleType) -> None:
    lines = sys.modules["source.lines"]
    x = sp.Symbol("x", positive=True)
    context = Context((), (build.weave.symbols.scalar("x", build.weave.symbols.REAL),))
    for wrong in (Step("equal", x + x, 3 * x), Step("equal", sp.log(x.func("x") ** 2), 2 * sp.log(x))):
        page = lines.Page({"wrong": lines.Block((lines.line(wrong, context),))})
        with pytest.raises(lines.NotShownError):
            lines.verified(page, "test")


def test_every_equality_has_a_step_that_shows_it(build: ModuleType) -> None:
    lines = sys.modules["source.lines"]
    bare = {
        (name, label)
        for name, page in build.PAGES.items()
        for label, block in page().blocks.items()
        for line in block.lines
        if line.sign not in ("", "≈") and not line.checks and not isinstance(line.right, lines.Decimal)
    }
    # vectors and matrices written out entry by entry: names for what is given
    assert bare == {("6-vectors", label) for label in ("columns", "rows", "labels", "predictions", "dot")}


def test_numbers_are_shown_as_they_were_checked(build: ModuleType) -> None:
    data, written, certified = (sys.modules[f"source.{name}"] for name in ("data", "written", "certified"))
    for label, predicted in (*data.SAMPLES, *data.CASES):
        checked = certified.value(written.cross_entropy(label, predicted))
        terms = written.cross_entropy_shown(label, predicted).body.terms
        shown = [(int(t.digits), float(log.body.digits)) for _, term in terms for t, log in (term.factors,)]
        assert shown == list(zip(label, map(float, predicted), strict=True))
        assert math.isclose(float(checked), -sum(t * math.log(y) for t, y in shown), rel_tol=1e-15)


def test_a_text_that_asks_for_what_is_not_there_stops_the_build(build: ModuleType, tmp_path: Path) -> None:
    weave, lines = build.weave, sys.modules["source.lines"]
    (tmp_path / "en").mkdir()
    old, weave.HERE = weave.HERE, tmp_path
    try:
        for text in ("{nothing of the kind}", "{{block missing}}", "{eq missing}"):
            (tmp_path / "en" / "page.md").write_text(text, encoding="utf-8")
            with pytest.raises(weave.TextError):
                weave.woven("page", "en", lines.Page({}), Counter())
    finally:
        weave.HERE = old


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_formula_and_no_result_is_typed_into_a_text(path: Path) -> None:
    text = re.sub(r"\]\([^)]*\)", "]", path.read_text(encoding="utf-8"))  # where links lead
    text = re.sub(r"\{[^{}]*\}", "", text)
    assert "$" not in text and "\\" not in text
    assert not re.findall(r"\d[.,]\d|\d{2,}", text)


def test_only_the_given_data_are_typed_into_the_code() -> None:
    given = set(re.findall(r"\d+\.\d+", (SOURCES / "data.py").read_text(encoding="utf-8")))
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                assert str(node.value) in given | {f"{float(x)}" for x in given} | {"0.0", "1.0"}, (
                    f"{path}: {node.value}"
                )
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:
                assert set(re.findall(r"\d+\.\d{2,}", node.value)) <= given, f"{path}: {node.value}"


@pytest.mark.parametrize(
    ("number", "places", "shown"),
    [
        ("1/8", 2, "0.13"),
        ("-1/8", 2, "−0.12"),
        ("7/2", 0, "4"),
        ("1/3", 4, "0.3333"),
        ("-2/3", 1, "−0.7"),
        ("12", 1, "12.0"),
    ],
)
def test_decimals_are_rounded_exactly(build: ModuleType, number: str, places: int, shown: str) -> None:
    certified = sys.modules["source.certified"]
    assert certified.decimal(certified.value(sp.Rational(number)), places) == shown


def test_a_ball_that_leaves_a_digit_open_is_refused(build: ModuleType) -> None:
    from flint import arb

    certified = sys.modules["source.certified"]
    assert certified.decimal(arb("1.2344", "0.00001"), 3) == "1.234"
    with pytest.raises(ValueError, match="3 places"):
        certified.decimal(arb("1.2345", "0.00001"), 3)
