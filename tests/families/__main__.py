"""Derive and check every model that ships: `python -m tests.families [--jobs N] [--json] [NAME …]`.

Prints the seconds of each model and the verdicts; exit status 1 where a claim is not proved.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

from derive.families import FAMILIES, load

#: Those that take longest, begun first so that no process is left with one of them at the end.
LONGEST = (
    "student_t",
    "logistic",
    "linear_regression",
    "gumbel",
    "negative_binomial",
    "multivariate_gaussian",
    "lognormal",
    "softmax_regression",
    "inverse_gaussian",
    "gaussian",
)
#: Verdicts that leave a claim open, or deny it.
OPEN = ("tested", "refuted", "ill-formed", "undecided", "unread")


@dataclass(frozen=True)
class Timing:
    """What one model cost, in seconds of processor time, and how many verdicts of each kind it got."""

    model: str
    deriving: float
    checking: float
    verdicts: dict[str, int]


def timing(name: str) -> Timing:
    """Derive and check one model."""
    start = time.process_time()
    derivation = load(name).derivation()
    middle = time.process_time()
    verdicts = derivation.check().summary
    return Timing(name, middle - start, time.process_time() - middle, dict(verdicts))


def timings(names: Iterable[str], jobs: int) -> Iterator[Timing]:
    """The models as they get done, in so many processes."""
    ordered = sorted(names, key=lambda name: LONGEST.index(name) if name in LONGEST else len(LONGEST))
    if jobs <= 1:
        yield from map(timing, ordered)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(timing, name) for name in ordered]):
            yield done.result()


def main() -> int:
    """Print the table; the status for the shell."""
    parser = argparse.ArgumentParser(prog="python -m tests.families", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="models; without any, all of them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: one a core)")
    parser.add_argument("--json", action="store_true", help="the last line as JSON")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(FAMILIES))
    if unknown:
        parser.error(f"no such model: {', '.join(unknown)}")
    began, found = time.perf_counter(), []
    for one in timings(options.names or FAMILIES, options.jobs):
        found.append(one)
        cost = f"derived {one.deriving:5.2f} s, checked {one.checking:5.2f} s"
        print(f"{one.model:24s} {cost}, {one.verdicts}", flush=True)
    verdicts: Counter[str] = Counter()
    for one in found:
        verdicts.update(one.verdicts)
    total = {
        "models": len(found),
        "jobs": options.jobs,
        "wall": round(time.perf_counter() - began, 1),
        "deriving": round(sum(one.deriving for one in found), 1),
        "checking": round(sum(one.checking for one in found), 1),
        "verdicts": dict(verdicts),
    }
    cpu = f"{total['deriving']} s to derive and {total['checking']} s to check"
    print(
        json.dumps(total)
        if options.json
        else f"all together {total['wall']} s by the clock in {options.jobs} processes, {cpu}, {dict(verdicts)}"
    )
    return int(any(verdicts[status] for status in OPEN))


if __name__ == "__main__":
    sys.exit(main())
