"""Speed and memory of value and gradient: our loss, torch's own, each compiled and not, the naive export, a copy.

The copy reads what the loss reads and writes what the gradients write, once: no loss can be faster. Memory is the most
that is allocated during a run beyond its inputs, as torch's profiler counts allocations, in units of the first input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from numeric.bench.cases import CASES, Case, Inputs
from numeric.bench.naive import naive_mean
from numeric.bench.timing import alternating
from numeric.pipeline import loss
from numeric.validation.throughput import peak_memory

Progress = Callable[[Iterable[Any], int], Iterable[Any]]

#: Beyond so many classes the naive export, with a term for each, is not tried.
NAIVE_CLASSES = 16


@dataclass(frozen=True)
class SpeedRow:
    """Seconds and bytes of one case on so many threads, by what ran: eager, compiled, torch, torch compiled, …"""

    case: Case
    threads: int
    seconds: dict[str, float]
    memory: dict[str, float]

    @property
    def ratio(self) -> float:
        """The compiled loss's time over that of torch's builtin."""
        return self.seconds["compiled"] / self.seconds["torch"]

    @property
    def eager_ratio(self) -> float:
        """The time of the loss as it is over that of torch's builtin."""
        return self.seconds["eager"] / self.seconds["torch"]

    @property
    def over_copy(self) -> float:
        """The compiled loss's time over that of a copy of the same bytes."""
        return self.seconds["compiled"] / self.seconds["copy"]

    def to_json(self) -> dict[str, Any]:
        """The row as plain data."""
        return {
            "model": self.case.model,
            "case": self.case.words,
            "shape": list(self.case.shape),
            "dtype": "float32",
            "threads": self.threads,
            "milliseconds": {name: 1e3 * found for name, found in self.seconds.items()},
            "ratio": self.ratio,
            "bar": self.case.bar,
            "eager_ratio": self.eager_ratio,
            "over_copy": self.over_copy,
            "peak_memory_over_input": self.memory,
        }


def measure_speed(
    threads: Sequence[int] = (1, 2),
    seconds: float = 5.0,
    cases: Sequence[Case] = CASES,
    progress: Progress | None = None,
) -> tuple[SpeedRow, ...]:
    """Time every case on every number of threads, taking turns for about so many seconds each."""
    places = [(case, count) for count in threads for case in cases]
    shown: Iterable[Any] = progress(places, len(places)) if progress else places
    return tuple(_row(case, count, seconds) for case, count in shown)


def _row(case: Case, threads: int, seconds: float) -> SpeedRow:
    with _threads(threads):
        torch._dynamo.reset()  # code is compiled for a number of threads
        given = case.inputs()
        runs = _runs(case, given)
        found = alternating(runs, seconds, threads)
        size = given.leaves[0].nbytes
        kinds = [name for name in runs if name not in ("copy", "naive")]
        memory = {name: peak_memory(runs[name], "cpu") / size for name in kinds}
    return SpeedRow(case, threads, found, memory)


def _runs(case: Case, given: Inputs) -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    own = loss(case.model)
    ours = own.fused

    def eager(*arguments: Tensor) -> Tensor:
        return ours(*arguments[:2], **dict(zip(case.further, arguments[2:], strict=True)))

    functions: dict[str, Callable[..., Tensor]] = {
        "eager": eager,
        "compiled": torch.compile(eager, fullgraph=True),
        "torch": case.builtin,
        "torch compiled": torch.compile(case.builtin),
    }
    if len(case.shape) == 1 or case.shape[1] <= NAIVE_CLASSES:
        functions["naive"] = naive_mean(own.model, case.further)
    runs: dict[str, Callable[[], object]] = {name: _step(f, given) for name, f in functions.items()}
    read = [a.detach() for a in given.arguments if a.is_floating_point()]
    places = [torch.empty_like(leaf) for leaf in given.leaves]

    def copy() -> None:
        for place, source in zip(places, read, strict=False):
            place.copy_(source)
        for source in read[len(places) :]:
            source.sum()

    return {**runs, "copy": copy}


def _step(function: Callable[..., Tensor], given: Inputs) -> Callable[[], object]:
    """Value and gradients, once."""
    return lambda: torch.autograd.grad(function(*given.arguments), given.leaves)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
