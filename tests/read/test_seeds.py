"""The five articles: every step listed comes out as listed, and nothing else is wrong."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from derive.read.documents.document import open_document
from derive.read.judging import check_document
from derive.read.report import FileReport

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed articles are not beside the repository")


@cache
def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SEEDS / "expected.json").read_text())
    return found


@cache
def report(name: str, log_base: str = "infer") -> FileReport:
    return check_document(open_document(SEEDS / name), log_base)


def names() -> list[str]:
    return sorted(path.name for path in SEEDS.glob("0*.txt"))


def test_the_wrong_steps_are_found_and_no_others() -> None:
    found, others = set(), []
    for name in names():
        for step in report(name).steps:
            if step.verdict in ("refuted", "ill-formed") and step.line is not None:
                fitting = [
                    w
                    for w in expected()["wrong"]
                    if w["file"] == name
                    and w.get("lines", [w["line"]])[0] <= step.line <= w.get("lines", [w["line"]])[-1]
                ]
                if fitting and step.verdict in fitting[0]["verdict"]:
                    found.add((name, fitting[0]["line"]))
                else:
                    others.append((name, step.line, step.verdict))
    assert others == []
    assert found == {(w["file"], w["line"]) for w in expected()["wrong"]}


def test_base_ten_is_told() -> None:
    for entry in expected()["base10"]:
        inferred = [s for s in report(entry["file"]).steps if s.line == entry["line"] and "log base 10" in s.given]
        natural = [s for s in report(entry["file"], "e").steps if s.line == entry["line"] and s.verdict == "refuted"]
        assert inferred and inferred[0].verdict in ("proved", "tested")
        assert any("10" in s.reason for s in natural)


def test_assumptions_are_listed() -> None:
    for entry in expected()["given"]:
        steps = report(entry["file"]).steps
        near = [s for s in steps if s.line is not None and abs(s.line - entry["line"]) <= 1]
        assert any(s.verdict == "proved" and s.given for s in near), entry


def test_warnings_are_given() -> None:
    for entry in expected()["warnings"]:
        assert any(abs(w.line - entry["line"]) <= 3 for w in report(entry["file"]).warnings), entry


def test_hardly_anything_is_left_open() -> None:
    count = Counter(s.verdict for name in names() if not name.startswith("004") for s in report(name).steps)
    assert count.total() >= 60
    assert count["undecided"] + count["unread"] <= 5
