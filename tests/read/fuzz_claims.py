"""Random and mutated claims through the whole checker: each gets a verdict within its time and memory.

    python -m tests.read.fuzz_claims --count 100000 [--seed 1] [--jobs 2]

Every claim is made from a seed and its number, so that a failure can be looked at again.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from derive.read.bulk import CLAIM_SECONDS, FAULT, GRACE, LOST, verdicts
from tests.read.fuzz import made, mutated, seeds

#: What a reason begins with where the checker tripped.
TRIPPED = "the checker cannot take this step in"
SIGNS = ("=", "=", "=", "<=", ">", "\\approx", "\\propto", "\\in", "~", "")


def claim(seed: object, number: int, known: list[str]) -> dict[str, Any]:
    """One claim: a formula and its mutation, or anything and anything."""
    chance = random.Random(f"{seed} {number}")
    if chance.randrange(3):
        left = chance.choice(known)
        right = mutated(chance, left) if chance.randrange(4) else left
    else:
        left, right = made(chance, known), made(chance, known)
    return {"id": number, "lhs": left, "rhs": right, "relation": chance.choice(SIGNS)}


class Lines(io.RawIOBase):
    """The claims as a stream that is made while it is read."""

    def __init__(self, seed: object, count: int) -> None:
        self.rows: Iterator[dict[str, Any]] = (claim(seed, n, known) for known in [seeds()] for n in range(count))

    def readline(self, size: int | None = -1, /) -> bytes:
        """The next claim; nothing after the last one."""
        return next((json.dumps(row).encode() + b"\n" for row in self.rows), b"")


def run(seed: object, count: int, jobs: int) -> tuple[Counter[str], list[str]]:
    """How many claims got which verdict, and those on which the checker tripped."""
    told: Counter[str] = Counter()
    faults: list[str] = []

    def trip(number: int, why: str) -> None:
        faults.append(f"{number}: {why}")
        print(faults[-1][:300], file=sys.stderr)

    known, begin = seeds(), time.monotonic()
    for number, row in enumerate(verdicts(cast(BinaryIO, Lines(seed, count)), jobs=jobs)):
        assert row["id"] == number or row["verdict"] == "unread", row
        told[row["verdict"]] += 1
        reason = row["reason"]
        if FAULT in reason or reason.startswith((TRIPPED, LOST["crash"], LOST["memory"])):
            trip(number, reason)
        if row["verdict"] == "refuted":
            asked = claim(seed, number, known)
            if asked["lhs"] == asked["rhs"] and asked["relation"] in ("=", "<=", "\\approx"):
                trip(number, f"{asked['lhs']} differs from itself: {reason}")
        if number % 1000 == 999:
            print(f"{number + 1} in {time.monotonic() - begin:.0f} s: {dict(told)}", file=sys.stderr)
    return told, faults


def main() -> int:
    """Run; 0 where the checker tripped on nothing."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--seed", default="1")
    options.add_argument("--jobs", type=int, default=2)
    given = options.parse_args()
    begin = time.monotonic()
    told, faults = run(given.seed, given.count, given.jobs)
    print(f"{given.count} claims in {time.monotonic() - begin:.0f} s: {dict(told)}")
    print(f"at most {CLAIM_SECONDS + GRACE:g} s and 1 GiB each; tripped on {len(faults)}")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
