"""`derive check` as its users meet it: exit statuses, formats, several files, standard input, colours, Python."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import derive
from derive.read.report import Report

RIGHT = "# Right\n\n$$\n(x + 1)^2 = x^2 + 2 x + 1\n$$\n"
WRONG = "# Wrong\n\nSome words.\n\n$$\n(x + 1)^2 = x^2 + 2 x + 1\n$$\n\n$$\n-\\log 0.5 = \\log 0.5\n$$\n"
OPEN = "$$\nx = \\whatever{y}\n$$\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in {"right.md": RIGHT, "wrong.md": WRONG, "open.md": OPEN, "none.md": "words\n"}.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def check(
    folder: Path, *args: str, code: int, given: bytes = b"", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "derive.cli", "check", *args],
        input=given,
        capture_output=True,
        timeout=120,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(derive.__file__).parent.parent), **(environment or {})},
    )
    assert done.returncode == code, done.stderr.decode()
    return done


def data(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# -- exit statuses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["right.md"], 0),
        (["none.md"], 0),
        (["wrong.md"], 1),
        (["right.md", "wrong.md"], 1),
        (["open.md"], 0),
        (["open.md", "--strict"], 1),
        (["right.md", "--strict"], 0),
        (["missing.md"], 2),
        (["wrong.md", "missing.md"], 2),
        ([], 2),
        (["right.md", "--log-base", "7"], 2),
        (["right.md", "--jobs", "0"], 2),
        (["."], 2),
    ],
)
def test_the_exit_status(folder: Path, args: list[str], code: int) -> None:
    check(folder, *args, code=code)


def test_a_file_that_cannot_be_read_is_one_line_and_the_others_are_reported(folder: Path) -> None:
    done = check(folder, "missing.md", "right.md", "wrong.md", "--format", "json", code=2)
    assert done.stderr.decode() == (
        "derive: missing.md: cannot be read (No such file or directory); check the name and your rights\n"
    )
    assert [file["path"] for file in data(done)["files"]] == ["right.md", "wrong.md"]


def test_where_nothing_could_be_read_nothing_is_printed(folder: Path) -> None:
    done = check(folder, "missing.md", "--format", "json", "-o", "report.json", code=2)
    assert done.stdout == b""
    assert not (folder / "report.json").exists()


# -- what is told ----------------------------------------------------------------------------------------------------


def test_the_report_as_text(folder: Path) -> None:
    assert check(folder, "wrong.md", code=1).stdout.decode() == (
        "✗ wrong.md:10:13: refuted\n"
        "      -\\log 0.5\n"
        "    = \\log 0.5\n"
        "    left side 0.693147180560, right side -0.693147180560\n"
        "    likely slip: the sign: right with the other sign\n"
        "\n"
        "wrong.md: 1 of 2 steps wrong: 1 refuted, 1 proved\n"
    )


def test_the_report_as_data(folder: Path) -> None:
    found = data(check(folder, "wrong.md", "--format", "json", code=1))
    assert found["version"] == 1 and found["summary"] == {"proved": 1, "refuted": 1}
    (file,) = found["files"]
    assert file["first_wrong"] == 1
    step = file["steps"][1]
    assert (step["line"], step["column"]) == (10, 13)
    assert (step["from"].strip(), step["relation"], step["to"].strip()) == ("-\\log 0.5", "=", "\\log 0.5")


@pytest.mark.parametrize(("form", "start"), [("html", "<!DOCTYPE html>"), ("sarif", "{"), ("json", "{"), ("text", "✗")])
def test_every_format_goes_to_a_file_as_to_the_screen(folder: Path, form: str, start: str) -> None:
    shown = check(folder, "wrong.md", "--format", form, code=1).stdout.decode()
    assert shown.startswith(start)
    assert check(folder, "wrong.md", "--format", form, "-o", "report", code=1).stdout == b""
    assert (folder / "report").read_text(encoding="utf-8") == shown


def test_standard_input_is_a_file_like_others(folder: Path) -> None:
    found = data(check(folder, "-", "right.md", "--format", "json", code=1, given=WRONG.encode()))
    assert [(file["path"], file["first_wrong"]) for file in found["files"]] == [("-", 1), ("right.md", None)]


def test_the_base_of_logarithms(folder: Path) -> None:
    (folder / "ten.md").write_text("$$\n\\log 0.33 = -0.481486\n$$\n")
    (step,) = data(check(folder, "ten.md", "--format", "json", code=0))["files"][0]["steps"]
    assert step["verdict"] in ("proved", "tested") and step["given"] == ["log base 10"]
    (step,) = data(check(folder, "ten.md", "--format", "json", "--log-base", "e", code=1))["files"][0]["steps"]
    assert step["verdict"] == "refuted" and "10" in step["reason"]
    check(folder, "ten.md", "--log-base", "10", code=0)


# -- kinds of files --------------------------------------------------------------------------------------------------


def test_articles_and_saved_derivations_by_one_door(folder: Path) -> None:
    saved = json.dumps(derive.load("bernoulli").derivation().to_json())
    (folder / "coin.json").write_text(saved, encoding="utf-8")
    found = data(check(folder, "wrong.md", "coin.json", "--format", "json", code=1))
    article, derivation = found["files"]
    assert list(article["steps"][0]) == list(derivation["steps"][0])
    assert all(step["line"] is None and step["column"] is None for step in derivation["steps"])
    assert derivation["first_wrong"] is None
    assert data(check(folder, "-", "--format", "json", code=0, given=saved.encode()))["files"][0]["steps"]


def test_a_wrong_step_of_a_saved_derivation_is_shown_as_its_page_would(folder: Path) -> None:
    saved = derive.load("bernoulli").derivation().to_json()
    section = next(s for s in saved["sections"] if s["id"] == "log_likelihood")
    step = section["steps"][-1]
    step["form"]["after"] = ["*", -1, step["form"]["after"]]
    (folder / "coin.json").write_text(json.dumps(saved), encoding="utf-8")
    shown = check(folder, "coin.json", code=1).stdout.decode()
    first, *_ = shown.splitlines()
    assert first.startswith("✗ coin.json: step ") and first.endswith("(log_likelihood): refuted")
    assert "log" in shown and "\\log" not in shown and "left side" in shown


NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [{"cell_type": "markdown", "metadata": {}, "source": WRONG.splitlines(keepends=True)}],
}
KINDS = {
    "a.md": WRONG,
    "a.markdown": WRONG,
    "a.txt": WRONG,
    "a.html": "<html><body><p>\n$$-\\log 0.5 = \\log 0.5$$\n</p></body></html>",
    "a.htm": "<!DOCTYPE html><p>\\[-\\log 0.5 = \\log 0.5\\]</p>",
    "a.tex": "\\documentclass{article}\\begin{document}\n\\begin{equation}\n-\\log 0.5 = \\log 0.5\n"
    "\\end{equation}\n\\end{document}\n",
    "a.ipynb": json.dumps(NOTEBOOK),
    "notebook.json": json.dumps(NOTEBOOK),
    "noname": WRONG,
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_article(folder: Path, name: str) -> None:
    (folder / name).write_text(KINDS[name], encoding="utf-8")
    found = data(check(folder, name, "--format", "json", code=1))
    assert found["summary"]["refuted"] == 1


# -- many files ------------------------------------------------------------------------------------------------------


def test_processes_side_by_side_say_the_same_in_the_same_order(folder: Path) -> None:
    names = []
    for n in range(6):
        (folder / f"{n}.md").write_text(WRONG if n % 2 else RIGHT)
        names.append(f"{n}.md")
    one, two = (check(folder, *names, "--format", "json", "--jobs", jobs, code=1) for jobs in ("1", "2"))
    assert data(one) == data(two)
    assert [file["path"] for file in data(two)["files"]] == names
    assert one.stderr == two.stderr == b""  # a bar is for people


def on_a_terminal(folder: Path, *args: str, **environment: str) -> str:
    """What the command writes, both streams, where it believes to be seen by somebody."""
    ours, theirs = pty.openpty()
    known = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "CI")}
    root = str(Path(derive.__file__).parent.parent)
    process = subprocess.Popen(
        [sys.executable, "-m", "derive.cli", "check", *args],
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env={**known, "TERM": "xterm-256color", "COLUMNS": "100", "PYTHONPATH": root, **environment},
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # the other end is closed
        pass
    process.wait(timeout=60)
    os.close(ours)
    return shown.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="pseudo-terminals differ elsewhere")
def test_colours_and_a_bar_are_for_terminals(folder: Path) -> None:
    shown = on_a_terminal(folder, "right.md", "wrong.md")
    assert "\x1b[1;31m" in shown
    assert "2/2" in shown
    plain = on_a_terminal(folder, "wrong.md", NO_COLOR="1")
    assert "\x1b[1;31m" not in plain and "\x1b[31m" not in plain
    assert "likely slip" in plain
    assert b"\x1b" not in check(folder, "wrong.md", code=1).stdout


# -- Python ----------------------------------------------------------------------------------------------------------


def test_articles_in_python(folder: Path) -> None:
    report = derive.check(WRONG)
    assert isinstance(report, Report)
    assert report.summary == {"proved": 1, "refuted": 1}
    wrong = report.first_wrong
    assert wrong is not None and (wrong.line, wrong.column, wrong.verdict) == (10, 13, "refuted")
    assert "Likely slip" in report._repr_html_()
    assert derive.check(folder / "wrong.md").files[0].steps == report.files[0].steps
    assert derive.check("$$1 + 1 = 2$$", kind="html").ok
    with pytest.raises(ValueError, match=r"missing\.md: cannot be read"):
        derive.check(folder / "missing.md")


def test_single_claims_in_python() -> None:
    assert derive.check_step("\\log(a b)", "\\log a + \\log b").verdict in ("proved", "tested")
    wrong = derive.check_step("(a + b)^2", "a^2 + b^2")
    assert wrong.verdict == "refuted" and wrong.counterexample
    assert derive.check_step("1", "2", "<=").verdict == "proved"
    assert derive.check_step("\\log 8", "3", log_base="2").verdict == "proved"
    assert derive.check_step("\\frac{", "x").verdict == "unread"
    with pytest.raises(TypeError, match=r"derive\.equal"):
        derive.check_step(1, "2")  # type: ignore[arg-type]
