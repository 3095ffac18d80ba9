"""Claims a line: order, faults of lines and of the checker, bounds of time and memory a claim, and streams."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import pytest

from derive.checker import LanesDisagreeError
from derive.read import bulk, judging
from derive.read.bulk import claims_in, verdicts
from derive.read.report import Finding

forked = pytest.mark.skipif(sys.platform != "linux", reason="what a test replaces reaches only forked processes")


def stream(*rows: object) -> BinaryIO:
    """Lines of JSON; bytes stand for themselves."""
    return io.BytesIO(b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows))


def run(*rows: object, **options: Any) -> list[dict[str, Any]]:
    return list(verdicts(stream(*rows), **options))


def test_each_claim_gets_its_verdict_in_order() -> None:
    rows = run(
        {"id": "a", "lhs": "(x+1)^2", "rhs": "x^2 + 2x + 1"},
        {"id": 2, "lhs": "(x+1)^2", "rhs": "x^2 + 1"},
        {"id": "c", "lhs": "1", "rhs": "2", "relation": "<="},
        {"lhs": "1", "rhs": "1"},
        {"id": "e", "lhs": "\\whatever{x}", "rhs": "1"},
    )
    assert [list(row) for row in rows] == [["id", "verdict", "reason", "given", "counterexample"]] * 5
    assert [(row["id"], row["verdict"]) for row in rows] == [
        ("a", "proved"),
        (2, "refuted"),
        ("c", "proved"),
        (None, "proved"),
        ("e", "unread"),
    ]
    assert rows[1]["counterexample"] == {"x": "1/2"}
    assert rows[0]["counterexample"] is None and rows[0]["given"] == []
    assert all(row["reason"] for row in rows)


FAULTS = {
    b"not json": "line 2, column 1: not JSON (Expecting value)",
    b'{"id": 1,': "line 2, column 10: not JSON (Expecting property name enclosed in double quotes)",
    b"[1, 2]": 'line 2: not an object with "id", "lhs" and "rhs"',
    b'{"id": 1, "lhs": "a"}': 'line 2: "rhs" is missing or no text',
    b'{"id": 1, "lhs": 3, "rhs": "a"}': 'line 2: "lhs" is missing or no text',
    b'{"id": [1], "lhs": "a", "rhs": "a"}': 'line 2: "id" is neither a text nor an integer',
    b'{"id": 1.5, "lhs": "a", "rhs": "a"}': 'line 2: "id" is neither a text nor an integer',
    b'{"lhs": "a", "rhs": "a", "relation": 7}': 'line 2: "relation" is missing or no text',
    b'{"lhs": "a\xff", "rhs": "a"}': "line 2: not UTF-8 text",
    b"[" * 50_000: "line 2: nested too deeply, or a number that is too long",
    b'{"id": ' + b"1" * 9_000 + b"}": "line 2: nested too deeply, or a number that is too long",
    b'{"lhs": "' + b"x" * 20_001 + b'", "rhs": "a"}': 'line 2: "lhs" has more than 20000 characters',
    b"y" * 250_000: "line 2: longer than 100000 bytes",
}


@pytest.mark.parametrize("line", FAULTS, ids=range(len(FAULTS)))
def test_a_line_that_is_no_claim_is_unread_and_the_next_one_follows(line: bytes) -> None:
    right = {"id": "right", "lhs": "1+1", "rhs": "2"}
    before, bad, after = run(right, line, right)
    assert (before["verdict"], after["verdict"]) == ("proved", "proved")
    assert (bad["verdict"], bad["reason"]) == ("unread", FAULTS[line])


def test_blank_lines_marks_and_windows_line_ends() -> None:
    text = b'\xef\xbb\xbf{"id": 1, "lhs": "a", "rhs": "a"}\r\n\r\n   \n{"id": 2, "lhs": "a", "rhs": "b"}'
    assert [(claim.id, claim.rhs, claim.fault) for claim in claims_in(io.BytesIO(text))] == [(1, "a", ""), (2, "b", "")]


def test_an_id_may_be_half_a_character() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "derive.cli", "check", "--jsonl"],
        input=b'{"id": "\\ud800", "lhs": "a", "rhs": "a"}\n',
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["id"] == "\ud800"


def test_halves_of_characters_and_words_behind_a_side() -> None:
    half, words = run(
        {"lhs": "\ud800 + 1", "rhs": "2"}, {"lhs": "x^2 \\text{ for all } x", "rhs": "x^2 \\text{ for all } x"}
    )
    assert half["verdict"] in ("unread", "ill-formed") and "Error" not in half["reason"]
    assert (words["verdict"], words["reason"]) == ("unread", "words stand behind the left side")


# -- claims that do harm ---------------------------------------------------------------------------------------------


def harmful(lhs: str, rhs: str, relation: str = "=", log_base: str = "infer", seconds: float = 5.0) -> Finding:
    """What stands for the checker here: it does what the claim says."""
    if lhs == "hang":
        while True:
            time.sleep(0.01)
    if lhs == "hang in C":
        pow(7, 7**11)  # no signal is heard before it ends, which takes minutes
    if lhs == "grow":
        held = []
        while True:
            held.append(bytes(10**8))
    if lhs == "die":
        import os
        import signal

        os.kill(os.getpid(), signal.SIGKILL)
    if lhs == "disagree":
        raise LanesDisagreeError("proved and refuted")
    if lhs == "fail":
        raise KeyError("x")
    if lhs == "deep":
        raise RecursionError
    return Finding(None, None, lhs, relation, rhs, "proved", "so it is")


HARM = {
    "hang": "this took longer than a claim may take (0.5 s)",
    "hang in C": "this took longer than a claim may take (0.5 s)",
    "grow": "this took more memory than a claim may take (1 GiB)",
    "die": "the process that checked this ended without an answer",
    "disagree": "the checker contradicts itself, which is a fault of it: proved and refuted",
    "fail": "the checker failed, which is a fault of it: KeyError: 'x'",
    "deep": "the formulas are nested too deeply",
}


@forked
@pytest.mark.parametrize("jobs", [1, 3])
def test_a_claim_that_does_harm_is_undecided_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    monkeypatch.setattr(judging, "judge_pair", harmful)
    monkeypatch.setattr(bulk, "GRACE", 0.5)
    rows = [{"id": lhs, "lhs": lhs, "rhs": ""} for harm in HARM for lhs in ("good", harm)]
    start = time.perf_counter()
    found = run(*rows, jobs=jobs, seconds=0.5)
    assert time.perf_counter() - start < 20
    assert [row["id"] for row in found] == [row["id"] for row in rows]
    for row in found:
        wanted = ("undecided", HARM[row["id"]]) if row["id"] in HARM else ("proved", "so it is")
        assert (row["verdict"], row["reason"]) == wanted


# -- streams ---------------------------------------------------------------------------------------------------------


class Endless(io.RawIOBase):
    """Lines without end, counted as they are read."""

    def __init__(self) -> None:
        self.lines = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self.lines += 1
        return json.dumps({"id": self.lines, "lhs": "good", "rhs": "x" * 1000}).encode() + b"\n"


@forked
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_stream_is_not_read_ahead_of_its_verdicts(monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    monkeypatch.setattr(judging, "judge_pair", harmful)
    source = Endless()
    found = verdicts(cast(BinaryIO, source), jobs=jobs)
    for n in range(1, 300):
        assert next(found)["id"] == n
        assert source.lines - n <= 520
    cast("Iterator[object]", found).close()  # type: ignore[attr-defined]


@forked
def test_long_streams_take_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "judge_pair", harmful)
    found = verdicts(cast(BinaryIO, Endless()))
    for _ in range(100):
        next(found)
    tracemalloc.start()
    for _ in range(5000):
        next(found)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 2_000_000
    cast("Iterator[object]", found).close()  # type: ignore[attr-defined]


def test_a_claim_has_its_memory_beside_what_the_caller_holds() -> None:
    """A notebook in which large arrays live forks large processes."""
    code = (
        "from derive.read.workers import Workers\n"
        "held = bytearray(1_200_000_000)\n"
        "def work(size):\n"
        "    return len(bytearray(size))\n"
        "print(list(Workers(work, 1, 10.0).map([100_000_000, 2_000_000_000])), len(held))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[100000000, Lost(cause='memory')] 1200000000\n"


def test_who_writes_a_claim_and_waits_gets_the_verdict() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "derive.cli", "check", "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        for n in range(3):
            process.stdin.write(json.dumps({"id": n, "lhs": "1", "rhs": "1"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == n
        process.stdin.close()
        assert process.wait(timeout=60) == 0


# -- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "flags", "code"),
    [
        ('{"lhs": "1", "rhs": "1"}', [], 0),
        ('{"lhs": "1", "rhs": "2"}', [], 1),
        ("nothing", [], 0),
        ("nothing", ["--strict"], 1),
        ('{"lhs": "1", "rhs": "1"}', ["missing.jsonl"], 2),
    ],
)
def test_the_exit_status(line: str, flags: list[str], code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "derive.cli", "check", "--jsonl", *flags],
        input=line.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code
    assert len(done.stderr.splitlines()) == int(code == 2)
