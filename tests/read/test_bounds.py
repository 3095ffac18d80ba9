"""Articles from anyone: read or refused in one line, within time and memory, and nothing in them executed."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from derive.algebra.budgets import tick
from derive.cli import checking as checking_command
from derive.cli import command
from derive.read import judging
from derive.read.files import MAX_BYTES, UnreadableFileError, check_file, check_text, decoded
from derive.read.judgement import article
from derive.read.report import FileReport, Finding
from tests.read import fuzz_claims

GIB = 2**30
forked = pytest.mark.skipif(sys.platform != "linux", reason="what a test replaces reaches only forked processes")
SUM = "$$\n1 + 1 = 3\n$$\n"


# -- bytes -----------------------------------------------------------------------------------------------------------

ENCODED = {
    "UTF-8": SUM.encode(),
    "with a mark": b"\xef\xbb\xbf" + SUM.encode(),
    "UTF-16": SUM.encode("utf-16"),
    "Windows lines": SUM.replace("\n", "\r\n").encode(),
    "old Mac lines": SUM.replace("\n", "\r").encode(),
}


@pytest.mark.parametrize("name", ENCODED)
def test_every_encoding_gives_the_same_places(name: str) -> None:
    (step,) = check_file("a.md", content=ENCODED[name]).steps
    assert (step.line, step.column, step.verdict) == (2, 9, "refuted")


def test_what_is_not_utf_8_is_read_and_said() -> None:
    report = check_file("a.md", content="é ü\n".encode("latin-1") + SUM.encode())
    assert [(step.line, step.verdict) for step in report.steps] == [(3, "refuted")]
    assert [(w.line, w.message) for w in report.warnings] == [(1, "the file is not UTF-8: read as Western European")]


REFUSED = {
    "a PDF": (b"%PDF-1.7 ...", "it is a PDF); give the source"),
    "an archive": (b"PK\x03\x04 ...", "an office document); save it as text"),
    "compressed": (b"\x1f\x8b ...", "it is compressed); unpack it"),
    "a picture": (b"\x89PNG\r\n", "it is a picture); give its formulas"),
    "NUL bytes": (b"a\0b " + SUM.encode(), "it holds NUL bytes"),
    "half of UTF-16": (b"\xff\xfea\0b", "NUL bytes"),
    "too large": (b"a" * (MAX_BYTES + 1), "5.0 MB; articles may have 5 MB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_text_is_refused_in_one_line_with_the_way_out(name: str, tmp_path: Path) -> None:
    content, words = REFUSED[name]
    with pytest.raises(UnreadableFileError, match=re.escape(words)):
        check_file("a.md", content=content)
    path = tmp_path / "a.md"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as caught:
        check_file(str(path))
    assert "\n" not in str(caught.value) and str(caught.value).startswith(f"{path}: cannot be read (")


def test_size_is_looked_at_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.md"
    with path.open("wb") as file:
        file.truncate(10**12)  # a hole: no disk is used, and reading it would take minutes
    start = time.perf_counter()
    with pytest.raises(UnreadableFileError, match=r"1000000\.0 MB"):
        check_file(str(path))
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("name", ["a\0b.md", "x" * 5000, ""])
def test_no_name_of_a_file_is_too_odd(name: str) -> None:
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        check_file(name)


def test_a_text_in_python_may_hold_half_a_character() -> None:
    (step,) = check_text("\ud800\r\n$$1 + 1 = 3$$").steps
    assert (step.line, step.verdict) == (2, "refuted")


def test_lines_end_alike() -> None:
    assert decoded("a", b"a\r\nb\rc\nd") == ("a\nb\nc\nd", None)


# -- time and memory -------------------------------------------------------------------------------------------------


def run(path: Path, *args: str, seconds: float = 30) -> subprocess.CompletedProcess[str]:
    """The command on a file, whose memory and time are bounded."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "derive.cli", "check", str(path), "--format", "json", *args],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (2 * GIB, 2 * GIB)),
    )
    assert time.perf_counter() - start < 3 * seconds  # by the clock, on a machine that may be busy
    assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) <= 1, done.stderr
    assert done.returncode in (0, 1, 2)
    return done


NASTY = {
    "nothing": "",
    "open braces": "$$\n" + "{" * 100_000 + "\n$$\n",
    "balanced braces": "$$\n" + "{" * 50_000 + "x" + "}" * 50_000 + "\n$$\n",
    "fractions in fractions": "$$\n" + "\\frac{1}{" * 20_000 + "x" + "}" * 20_000 + " = 1\n$$\n",
    "parentheses": "$$\n" + "(" * 30_000 + "x" + ")" * 30_000 + " = x\n$$\n",
    "powers": "$$\n" + "x^" * 20_000 + "x = 1\n$$\n",
    "a long line": "$$\n" + "x + " * 200_000 + "x = 1\n$$\n",
    "a tower": "$$\n9^{9^{9^{9^{9}}}} = 1\n$$\n",
    "factorials": "$$\n10000000000! = 10^{300}!\n$$\n",
    "a billion terms": "$$\n\\sum_{k=1}^{1000000000} k = 500000000500000000\n$$\n",
    "dollars": "$" * 200_000,
    "delimiters": "\\(" * 50_000 + "\\)" * 50_000,
    "columns": "$$\n\\begin{pmatrix}" + "1 & " * 20_000 + "1 \\end{pmatrix} = 1\n$$\n",
    "environments": "$$\n" + "\\begin{aligned}" * 10_000 + "x" + "\\end{aligned}" * 10_000 + "\n$$\n",
    "quotes": "> " * 20_000 + "$$x = x$$\n",
    "brackets of Markdown": "[" * 50_000 + "$$x = x$$" + "](" * 50_000,
    "a number": "$$\n" + "9" * 100_000 + " = 1\n$$\n",
    "look-alikes": "$$\nх + а\u0301 = \u202ea\u2066 ∑ ＝ 𝑥\u200b²\n$$\n" * 50,
    "code": "$$\n\\text{__import__('os').system('touch /tmp/owned-by-an-article')} = \\input{/etc/passwd}\n$$\n",
}


@pytest.mark.parametrize("name", NASTY)
def test_nothing_in_an_article_hangs_or_breaks_the_checker(name: str, tmp_path: Path) -> None:
    path = tmp_path / "nasty.md"
    path.write_text(NASTY[name], encoding="utf-8")
    done = run(path)
    if done.returncode == 2:
        assert done.stdout == ""
    else:
        assert json.loads(done.stdout)["version"] == 1
    assert "passwd" not in done.stderr
    assert not Path("/tmp/owned-by-an-article").exists()


def slow(self: article.Article, step: object) -> Finding:
    """What stands for the judgement of a step here: it never ends by itself."""
    while True:
        tick()


def test_a_step_has_its_time_and_the_file_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    from derive.read.files import Limits

    monkeypatch.setattr(article.Article, "judge", slow)
    report = check_file("a.md", content=(SUM * 40).encode(), limits=Limits(seconds=2.0, step_seconds=0.1))
    assert [step.verdict for step in report.steps] == ["undecided"] * 40
    own = [step.reason for step in report.steps if "file had" not in step.reason]
    assert 1 <= len(own) <= 20  # as many as a busy machine had time for
    assert report.steps[-1].reason == "out of time: the file had 2 seconds in all"


def stuck(document: object, *_: object) -> FileReport:
    """A file on which the checker would hang where no signal is heard."""
    if getattr(document, "path", "").endswith("stuck.md"):
        pow(7, 7**11)
    if getattr(document, "path", "").endswith("large.md"):
        held = []
        while True:
            held.append(bytes(10**8))
    if getattr(document, "path", "").endswith("broken.md"):
        raise KeyError("x")
    return FileReport(str(getattr(document, "path", "")), ())


@forked
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_file_that_does_harm_is_named_and_the_others_are_checked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, jobs: str
) -> None:
    monkeypatch.setattr(judging, "check_document", stuck)
    monkeypatch.setattr("derive.read.files.READING_SECONDS", 1.0)
    monkeypatch.setattr("derive.read.files.FILE_SECONDS", 1.0)
    monkeypatch.setattr(checking_command, "GRACE", 0.5)
    names = ["good.md", "stuck.md", "large.md", "broken.md", "last.md"]
    for name in names:
        (tmp_path / name).write_text(SUM)
    done = CliRunner().invoke(
        command, ["check", *(str(tmp_path / n) for n in names), "--format", "json", "--jobs", jobs]
    )
    assert done.exit_code == 2
    told = {Path(line.split(": ")[1]).name: line.split(": ", 2)[2] for line in done.stderr.splitlines()}
    assert told == {
        "stuck.md": "checking it took longer than 2 seconds; split it into smaller files",
        "large.md": "checking it took too much memory; split it into smaller files",
        "broken.md": "the checker failed on it, which is a fault of it (KeyError: 'x'); please report it",
    }
    assert [Path(file["path"]).name for file in json.loads(done.stdout)["files"]] == ["good.md", "last.md"]


def test_random_claims_get_a_verdict_each_and_trip_nothing() -> None:
    told, faults = fuzz_claims.run("tests", 300, 1)
    assert faults == []
    assert sum(told.values()) == 300 and told["proved"] > 3 and told["unread"] > 30
