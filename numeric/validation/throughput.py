"""How fast a loss with its gradient is on a batch, beside a copy of the same bytes, and what memory it takes at most.

The copy reads the inputs and writes as much: what a loss must move at least, its gradient being as large as its input.
Both are timed in turn in one process, and medians compared, since a machine's speed changes from minute to minute.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch

from numeric.validation.batching import Batch
from numeric.validation.subjects import Subject, takes

ROUNDS = 7


@dataclass(frozen=True)
class Throughput:
    """Elements of the first input a second, the share of the copy's speed, and peak memory over the inputs' bytes."""

    dtype: str
    elements: int
    per_second: float
    share_of_copy: float
    peak_bytes: int
    peak_over_input: float

    def to_json(self) -> dict[str, Any]:
        """The figures as plain data."""
        return {
            "dtype": self.dtype,
            "elements": self.elements,
            "elements_per_second": self.per_second,
            "share_of_copy": self.share_of_copy,
            "peak_bytes": self.peak_bytes,
            "peak_over_input": self.peak_over_input,
        }


def measured_throughput(found: Subject, batch: Batch, names: tuple[str, ...]) -> Throughput:
    """Time and memory of value and gradients, mean over the batch, on the device where the batch lies."""
    leaves = tuple(t.detach().clone().requires_grad_() for t in batch.inputs)
    given = Batch(batch.regime, leaves, batch.target, batch.known)
    options = {"reduction": "mean"} if takes(found.function, "reduction") else {}
    copies = [(t.detach(), torch.empty_like(t)) for t in batch.inputs]

    def loss() -> None:
        torch.autograd.grad(found.called(given, names, options).mean(), leaves, allow_unused=True)

    def copy() -> None:
        for source, place in copies:
            place.copy_(source)

    device = batch.inputs[0].device.type
    for run in (loss, copy):
        run()
    times: dict[Callable[[], None], list[float]] = {loss: [], copy: []}
    for _ in range(ROUNDS):
        for run, seconds in times.items():
            seconds.append(_timed(run, device))
    ours, theirs = (statistics.median(seconds) for seconds in times.values())
    peak = peak_memory(loss, device)
    size = sum(t.nbytes for t in batch.inputs)
    count = batch.inputs[0].numel()
    dtype = str(batch.inputs[0].dtype).removeprefix("torch.")
    return Throughput(dtype, count, count / ours, theirs / ours, peak, peak / size)


def _timed(run: Callable[[], None], device: str) -> float:
    """Seconds of one run, waiting for the device to finish."""
    if device == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    run()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


@contextmanager
def _silenced() -> Iterator[None]:
    """Nothing on stderr: the profiler's library writes there that it starts and stops."""
    sys.stderr.flush()
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def peak_memory(run: Callable[[], object], device: str) -> int:
    """Bytes allocated at most during a run, beyond what was there before."""
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        run()
        return torch.cuda.max_memory_allocated() - before
    kinds = [torch.profiler.ProfilerActivity.CPU]
    with _silenced(), torch.profiler.profile(activities=kinds, profile_memory=True) as profile:
        run()
    events = [e for e in profile.profiler.kineto_results.events() if e.name() == "[memory]"]
    held = most = 0
    for event in sorted(events, key=lambda e: e.start_ns()):
        held += event.nbytes()
        most = max(most, held)
    return most
