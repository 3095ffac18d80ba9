"""Times of several functions that are compared: in turn, in one process, medians.

A machine's speed changes from second to second; what runs in turn changes alike. Each function runs a few times in a
row before the next has its turn, as in a training loop, and the first of them, whose caches hold another's data, is
not counted. On one thread what is measured is processor time, so that other processes count less; on several it is
the time on the clock.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

BURST = 3  # runs in a row, after one that is not counted


def alternating(runs: Mapping[str, Callable[[], object]], seconds: float, threads: int = 1) -> dict[str, float]:
    """The median time of each, in seconds, when they take turns for about so many seconds, three turns at least."""
    clock = time.process_time if threads == 1 else time.perf_counter
    times: dict[str, list[float]] = {name: [] for name in runs}
    end = time.perf_counter() + seconds
    turns = 0
    while turns < 3 or time.perf_counter() < end:
        for name, run in runs.items():
            run()
            for _ in range(BURST):
                start = clock()
                run()
                times[name].append(clock() - start)
        turns += 1
    return {name: statistics.median(found) for name, found in times.items()}
