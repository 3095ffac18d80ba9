"""One claim a line in, one verdict a line out: for those who check what language models write, in bulk.

A line holds {"id", "lhs", "rhs", "relation"?}, its verdict {"id", "verdict", "reason", "given", "counterexample"}. Each
claim is bounded in time and memory; a line that is no claim is `unread`, and the next one follows.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO

from derive.algebra.budgets import OutOfTimeError, alarmed, budget
from derive.checker import LanesDisagreeError
from derive.read.report import Finding
from derive.read.syntax.blocks import parse_block
from derive.read.workers import Lost, Workers

#: Seconds for one claim; and how much later its process is ended where it does not end by itself.
CLAIM_SECONDS, GRACE = 5.0, 2.0
#: Longer lines, and longer sides, are not read.
LONGEST_LINE, LONGEST_SIDE = 100_000, 20_000
#: What is said of claims that end without a verdict of their own.
LOST = {
    "time": "this took longer than a claim may take ({seconds:g} s)",
    "memory": "this took more memory than a claim may take (1 GiB)",
    "crash": "the process that checked this ended without an answer",
}
#: How a reason says that the checker is to blame.
FAULT = "which is a fault of it"
#: How relations may be written, and how the reader knows them.
RELATIONS = {"==": "=", "<=": "\\leq", ">=": "\\geq", "≤": "\\leq", "≥": "\\geq", "≈": "\\approx", "∝": "\\propto"}


@dataclass(frozen=True)
class Claim:
    """A claim in LaTeX; where the line is none, `fault` says why."""

    id: str | int | None
    lhs: str = ""
    rhs: str = ""
    relation: str = "="
    fault: str = ""


def verdicts(
    lines: BinaryIO, log_base: str = "infer", jobs: int = 1, seconds: float = CLAIM_SECONDS
) -> Iterator[dict[str, Any]]:
    """One verdict for every line that is not blank, in the order of the lines, worked out by `jobs` processes."""
    kept: deque[Claim] = deque()

    def read() -> Iterator[Claim]:
        for claim in claims_in(lines):
            kept.append(claim)
            yield claim

    workers: Workers[Claim, dict[str, Any]] = Workers(
        partial(verdict, log_base=log_base, seconds=seconds), jobs, seconds + GRACE
    )
    for result in workers.map(read()):
        claim = kept.popleft()
        if isinstance(result, Lost):
            yield _row(claim.id, "undecided", LOST[result.cause].format(seconds=seconds))
        else:
            yield result


def claims_in(lines: BinaryIO) -> Iterator[Claim]:
    """The claims of a stream of JSON lines; blank lines are passed over."""
    number = 0
    while line := lines.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := lines.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield Claim(None, fault=f"line {number}: longer than {LONGEST_LINE} bytes")
        elif line.strip():
            yield _claim(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, number)


def _claim(line: bytes, number: int) -> Claim:
    try:
        data = json.loads(line.rstrip().decode("utf-8"))
    except UnicodeDecodeError:
        return Claim(None, fault=f"line {number}: not UTF-8 text")
    except json.JSONDecodeError as error:
        return Claim(None, fault=f"line {number}, column {error.colno}: not JSON ({error.msg})")
    except (RecursionError, ValueError):
        return Claim(None, fault=f"line {number}: nested too deeply, or a number that is too long")
    if not isinstance(data, dict):
        return Claim(None, fault=f'line {number}: not an object with "id", "lhs" and "rhs"')
    name = data.get("id")
    if not (name is None or isinstance(name, (str, int))):
        return Claim(None, fault=f'line {number}: "id" is neither a text nor an integer')
    relation = data.get("relation") or "="
    for key, side in (("lhs", data.get("lhs")), ("rhs", data.get("rhs")), ("relation", relation)):
        if not isinstance(side, str):
            return Claim(name, fault=f'line {number}: "{key}" is missing or no text')
        if len(side) > LONGEST_SIDE:
            return Claim(name, fault=f'line {number}: "{key}" has more than {LONGEST_SIDE} characters')
    return Claim(name, data["lhs"], data["rhs"], relation)


def verdict(claim: Claim, log_base: str = "infer", seconds: float = CLAIM_SECONDS) -> dict[str, Any]:
    """The verdict on one claim as it stands in a line; MemoryError is left to the process."""
    found = judged(claim, log_base, seconds)
    return _row(claim.id, found.verdict, found.reason, found.given, found.counterexample)


def judged(claim: Claim, log_base: str = "infer", seconds: float = CLAIM_SECONDS) -> Finding:
    """The verdict on one claim within so many seconds, whatever it does to the checker."""
    from derive.read.judging import judge_pair

    def without(verdict: str, reason: str) -> Finding:
        return Finding(None, None, claim.lhs, claim.relation, claim.rhs, verdict, reason)

    if claim.fault:
        return without("unread", claim.fault)
    relation = claim.relation.strip()
    lhs, rhs = (side.encode("utf-8", "replace").decode() for side in (claim.lhs, claim.rhs))  # no half characters
    try:
        with alarmed(), budget(seconds):
            if any(row.remark for row in parse_block(lhs)):  # or the claim would be about what stands behind the words
                return without("unread", "words stand behind the left side")
            return judge_pair(lhs, rhs, RELATIONS.get(relation, relation), log_base, seconds)
    except OutOfTimeError:
        return without("undecided", LOST["time"].format(seconds=seconds))
    except RecursionError:
        return without("undecided", "the formulas are nested too deeply")
    except MemoryError:
        raise
    except LanesDisagreeError as error:
        return without("undecided", f"the checker contradicts itself, {FAULT}: {error}")
    except Exception as error:  # one claim's affair, not that of millions
        return without("undecided", f"the checker failed, {FAULT}: {type(error).__name__}: {error}")


def _row(
    name: str | int | None,
    verdict: str,
    reason: str,
    given: tuple[str, ...] = (),
    counterexample: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "id": name,
        "verdict": verdict,
        "reason": reason,
        "given": list(given),
        "counterexample": counterexample or None,
    }
