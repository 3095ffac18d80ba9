"""Time and memory of the losses: what the figures rest on, and the limits that hold on every machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from click.testing import CliRunner
from torch import Tensor

import numeric
from derive.cli import command
from numeric import bench
from numeric.bench import timing
from numeric.bench.cases import CASES, Case
from numeric.validation.throughput import peak_memory

categorical = numeric.loss("categorical").fused
generator = torch.Generator().manual_seed(3)
compiles = pytest.mark.skipif(shutil.which("g++") is None, reason="no C++ compiler")


def of(model: str, words: str = "") -> Case:
    return next(case for case in CASES if case.model == model and words in case.words)


def step(loss: Callable[..., Tensor], *arguments: Tensor) -> Callable[[], object]:
    return lambda: torch.autograd.grad(loss(*arguments), arguments[0])


def labelled(rows: int, classes: int, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    logits = (torch.randn(rows, classes, generator=generator) * 3).to(dtype).requires_grad_()
    return logits, torch.randint(0, classes, (rows,), generator=generator)


def shares(rows: int, classes: int) -> tuple[Tensor, Tensor]:
    logits, _ = labelled(rows, classes)
    return logits, torch.softmax(torch.randn(rows, classes, generator=generator), -1)


def units(found: Tensor, exact: Tensor) -> float:
    """The largest distance in units in the last place of float32, below the smallest normal number those of it."""
    places = torch.frexp(exact.abs().clamp_min(torch.finfo(torch.float32).tiny)).exponent - 24
    return float(((found.double() - exact) / torch.exp2(places.double())).abs().max())


@pytest.mark.parametrize("make", [labelled, shares])
def test_the_gradient_is_the_only_array_as_large_as_the_input(make: Callable[..., tuple[Tensor, Tensor]]) -> None:
    logits, target = make(2048, 4000)
    step(categorical, logits, target)()  # what torch sets up once is not counted
    assert peak_memory(step(categorical, logits, target), "cpu") <= 1.1 * logits.nbytes
    assert peak_memory(step(torch.nn.functional.cross_entropy, logits, target), "cpu") >= 2 * logits.nbytes


def test_without_a_gradient_nothing_is_as_large_as_the_input() -> None:
    logits, target = labelled(1024, 2000)
    with torch.no_grad():
        assert peak_memory(lambda: categorical(logits, target), "cpu") <= 0.5 * logits.nbytes
        without = categorical(logits, target, reduction="none")
    assert torch.equal(without, categorical(logits, target, reduction="none"))


def test_blocks_change_no_digit() -> None:
    """More entries than a block holds, a number of rows that it does not divide, further dimensions."""
    logits, target = labelled(701, 300)
    part = logits.detach()[500:600].clone().requires_grad_()
    whole = torch.autograd.grad(categorical(logits, target, reduction="sum"), logits)[0]
    assert torch.equal(
        whole[500:600], torch.autograd.grad(categorical(part, target[500:600], reduction="sum"), part)[0]
    )
    image = logits.detach().reshape(701, 20, 15).requires_grad_()
    labels = torch.randint(0, 20, (701, 15), generator=generator)
    rows = image.detach().movedim(1, 2).reshape(-1, 20)
    found = categorical(image, labels, reduction="none")
    assert torch.equal(found.flatten(), categorical(rows, labels.flatten(), reduction="none"))


def test_a_graph_that_is_kept_gives_the_gradient_again() -> None:
    logits, target = labelled(64, 9)
    value = categorical(logits, target)
    first, second = (torch.autograd.grad(value, logits, retain_graph=True)[0] for _ in range(2))
    assert torch.equal(first, second)


@pytest.mark.parametrize("compiled", [False, pytest.param(True, marks=compiles)])
def test_sums_over_many_classes_keep_their_digits(compiled: bool) -> None:
    logits, target = labelled(16, 32000)
    loss = torch.compile(categorical, fullgraph=True) if compiled else categorical
    (found,) = torch.autograd.grad(loss(logits, target, reduction="sum"), logits)
    exact = torch.softmax(logits.detach().double(), -1)
    rest = exact.scatter(1, target[:, None], 0).sum(-1, keepdim=True)
    assert units(found, exact.scatter(1, target[:, None], -rest)) <= 4


@compiles
@pytest.mark.parametrize("make", [labelled, shares])
def test_compiled_and_eager_agree(make: Callable[..., tuple[Tensor, Tensor]]) -> None:
    logits, target = make(1030, 70)
    compiled = torch.compile(categorical, fullgraph=True)
    slopes = [torch.autograd.grad(f(logits, target, reduction="sum"), logits)[0] for f in (compiled, categorical)]
    values = [f(logits, target, reduction="none").detach() for f in (compiled, categorical)]
    assert units(values[0], values[1].double()) <= 8
    if make is labelled:
        assert units(slopes[0], slopes[1].double()) <= 8
    else:  # the terms of a gradient cancel: in units of the largest of them
        assert float((slopes[0] - slopes[1]).abs().max()) <= 8 * 2.0**-24 * float(target.max())


@compiles
def test_compiled_it_takes_no_more_memory() -> None:
    logits, target = labelled(1024, 2000)
    run = step(torch.compile(categorical, fullgraph=True), logits, target)
    run()
    assert peak_memory(run, "cpu") <= 1.1 * logits.nbytes


def test_turns_are_equal_in_number() -> None:
    counts = {"one": 0, "other": 0}

    def count(name: str) -> Callable[[], object]:
        def run() -> None:
            counts[name] += 1

        return run

    found = timing.alternating({name: count(name) for name in counts}, 0.0)
    assert counts == dict.fromkeys(counts, 3 * (timing.BURST + 1)) and set(found) == set(counts)


@compiles
def test_a_case_as_data_and_as_a_table() -> None:
    case = replace(of("gaussian"), shape=(5000,))
    (row,) = bench.measure_speed((1,), 0.0, (case,))
    data = json.loads(json.dumps(row.to_json(), allow_nan=False))
    assert set(data["milliseconds"]) == {"eager", "compiled", "torch", "torch compiled", "naive", "copy"}
    assert data["ratio"] == row.seconds["compiled"] / row.seconds["torch"] > 0
    assert bench.speed_table([row]).row_count == 1


def test_digits_beside_torch_and_the_naive_export() -> None:
    rows = bench.measure_accuracy(("bernoulli",), ("float64",), rows=8)
    assert all(row.ours.ok for row in rows)
    wide = next(row for row in rows if "500" in row.ours.regime)
    assert wide.naive is not None and not wide.naive.max_ulp_value < 1e6
    assert bench.accuracy_table(rows).row_count == len(rows)
    json.dumps([row.to_json() for row in rows], allow_nan=False)


@pytest.mark.parametrize("threads", ["0", "two", ""])
def test_misuse_is_told_in_a_line(threads: str) -> None:
    done = CliRunner().invoke(command, ["bench", "--threads", threads])
    assert done.exit_code and "positive whole numbers" in done.output
