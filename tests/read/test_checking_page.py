"""The page on checking articles shows what the command prints, and its Python and its files work."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import derive
from tests.test_readme import README, ROOT, blocks

PAGE = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of the page."""
    (article,) = re.findall(r"^````markdown\n(.*?)^````$", PAGE, re.S | re.M)
    (tmp_path / "article.md").write_text(article, encoding="utf-8")
    (tmp_path / "claims.jsonl").write_text(blocks("json", PAGE)[0], encoding="utf-8")
    return tmp_path


def printed(folder: Path, *args: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "derive.cli", "check", *args],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    return done.stdout


def test_the_report_shown_is_the_report(folder: Path) -> None:
    shown = printed(folder, "article.md")
    assert blocks("text", PAGE) == [shown]
    (start,) = blocks("text")
    assert start.endswith("\n…\n")
    assert shown.startswith(start.removesuffix("…\n"))
    assert "docs/checking.md" in README


def test_the_verdicts_shown_are_the_verdicts(folder: Path) -> None:
    assert printed(folder, "--jsonl", "claims.jsonl") == blocks("json", PAGE)[1]


def test_the_format_shown_is_the_format(folder: Path) -> None:
    found = json.loads(printed(folder, "article.md", "--format", "json"))
    (said,) = re.findall(r"The JSON: `(.*?)`\.", PAGE, re.S)
    assert set(re.findall(r'"(\w+)"', said)) == {
        *found,
        *found["files"][0],
        *set(found["files"][0]["steps"][0]) - {"values", "slip"},
        *found["files"][0]["warnings"][0],
    }


def test_the_python_shown_runs(folder: Path) -> None:
    (code,) = blocks("python", PAGE)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    counted, wrong, step = done.stdout.splitlines()
    assert counted == "{'refuted': 1}"
    assert wrong.startswith("1 left side")
    assert step == "proved ('a > 0', 'b > 0')"


def test_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (ROOT / "docs" / link).is_file(), link


def test_the_hook_runs_the_command_on_articles() -> None:
    hook = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    assert "- id: derive-check\n" in hook and "id: derive-check\n" in PAGE
    assert "entry: derive check\n" in hook
    (files,) = re.findall(r"files: '(.*)'", hook)
    taken = [name for name in ("a.md", "b/c.tex", "n.ipynb", "x.py", "md") if re.search(files, name)]
    assert taken == ["a.md", "b/c.tex", "n.ipynb"]


def test_every_verdict_is_explained() -> None:
    from derive.read.report import NO_CLAIM, OPEN, WRONG

    assert all(f"`{verdict}`" in PAGE for verdict in ("proved", "tested", *WRONG, *OPEN, *NO_CLAIM))
    assert derive.check.__name__ == "check"
