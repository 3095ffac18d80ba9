"""Two and four processes over loopback against one: fits, means over samples in shards, classes in shards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

import numeric
from tests.numeric.fitting.cases import cases

torch = pytest.importorskip("torch")
if not torch.distributed.is_available():
    pytest.skip("this build of torch has no torch.distributed", allow_module_level=True)

from tests.numeric.fitting import workers  # noqa: E402

ROOT = Path(__file__).parents[3]
#: Seconds after which processes are ended.
LIMIT = 180
WORLDS = (2, 4)


def run(task: str, world: int, *, lost: int = 0) -> list[dict[str, Any]]:
    """What each process found; a failure where one fails or they take too long. `lost` processes may end early."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.numeric.fitting.workers", task]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        running = [
            subprocess.Popen(
                [*command, str(rank), str(world), folder], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
            )
            for rank in range(world)
        ]
        try:
            limit = time.monotonic() + LIMIT
            errors = [p.communicate(timeout=max(1, limit - time.monotonic()))[1] for p in running]
        finally:
            for p in running:
                p.kill()
        failed = [e for p, e in zip(running, errors, strict=True) if p.returncode]
        assert len(failed) <= lost, failed[0]
        paths = [Path(folder, f"{rank}.json") for rank in range(world)]
        return [json.loads(p.read_text(encoding="utf-8")) for p in paths if p.exists()]


found = cache(run)


@pytest.fixture(autouse=True)
def no_process_group() -> Iterator[None]:
    assert not torch.distributed.is_initialized()
    yield


@pytest.mark.parametrize("world", WORLDS)
def test_shards_are_of_different_lengths_and_one_is_empty(world: int) -> None:
    """With two processes, the samples of one fit are all in one of them."""
    lengths = [len(workers.shard(np.arange(1501), rank, world)) for rank in range(world)]
    assert sum(lengths) == 1501
    assert (0 in lengths) == (world > 2)
    assert len(set(lengths)) >= 2
    data, _ = cases(workers.SIZE)["gaussian"]
    single = workers.plain(numeric.fit("gaussian", data))
    assert all(p["all in one"] == single for p in found("fits", world))
    data, _ = cases(workers.SIZE)["linear_regression"]
    single = workers.plain(numeric.fit("linear_regression", data))
    assert all(p["pairs"] == single for p in found("fits", world))


@pytest.mark.parametrize("world", WORLDS)
def test_counts_give_bitwise_the_same(world: int) -> None:
    data, _ = cases(workers.SIZE)["categorical"]
    single = workers.plain(numeric.fit("categorical", data, exact=False))
    for process in found("fits", world):
        assert process["categorical"] == process["counted"] == single
    data, _ = cases(workers.SIZE)["uniform"]
    for process in found("fits", world):
        assert process["uniform"]["estimate"] == {"theta": [data.max()]}


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("name", workers.FAMILIES)
def test_shards_give_what_one_process_gives(name: str, world: int) -> None:
    data, known = cases(workers.SIZE)[name]
    single = workers.plain(numeric.fit(name, data, known=known, exact=False))
    processes = found("fits", world)
    assert all(p[name] == processes[0][name] for p in processes), "every process comes to the same numbers"
    several = processes[0][name]
    assert several["count"] == single["count"]
    assert several["note"] == single["note"]
    for parameter, values in single["estimate"].items():
        np.testing.assert_allclose(several["estimate"][parameter], values, rtol=1e-12)
        if single["errors"][parameter] is not None:
            np.testing.assert_allclose(several["errors"][parameter], single["errors"][parameter], rtol=1e-11)


@pytest.mark.parametrize("world", WORLDS)
def test_means_are_within_4_units_of_the_mean_size(world: int) -> None:
    """4 ULP of Σ|x|/N, with weights too."""
    data, _ = cases(workers.SIZE)["gaussian"]
    unit = np.spacing(np.abs(data).mean())
    weights = np.random.default_rng(5).random(workers.SIZE)
    for name, given in (("gaussian", None), ("weighted", weights)):
        single = numeric.fit("gaussian", data, given).estimate["mu"]
        assert abs(found("fits", world)[0][name]["estimate"]["mu"][0] - single) <= 4 * unit


@pytest.mark.parametrize("world", WORLDS)
def test_bad_data_in_one_process_stop_all(world: int) -> None:
    for process in found("fits", world):
        assert process["bad"] == f"process {world - 1}: data, row 2: nan is not a finite number"


@pytest.mark.parametrize("world", WORLDS)
def test_a_mean_over_shards_has_the_gradients_of_one_process(world: int) -> None:
    logits, labels, weight = workers.losses_and_gradients()
    loss = numeric.loss("categorical").fused
    processes = found("means", world)
    for name, target, options, factor in (
        ("plain", labels, {}, 1),
        ("weighted", labels, {"weight": weight}, world),
        ("smoothed", labels, {"weight": weight, "label_smoothing": 0.1}, 1),
        ("soft", torch.softmax(logits.flip(1) / 9, 1), {}, 1),
    ):
        whole = logits.clone().requires_grad_()
        mean = loss(whole, target, **options)
        (gradient,) = torch.autograd.grad(mean, whole)
        assert len({p[name][0] for p in processes}) == 1
        assert processes[0][name][0] == pytest.approx(mean.item(), rel=4e-16 * 8)
        for rank, process in enumerate(processes):
            expected = workers.shard(gradient, rank, world) * factor
            np.testing.assert_allclose(np.array(process[name][1]).reshape(expected.shape), expected, rtol=1e-14)


def certified(logits: Any, shares: Any, bits: int = 400) -> Any:
    """Σ_k t_k (log Σ_j e^{z_j} − z_k) and its gradient, worked out in balls."""
    ctx.prec = bits  # enough for e^{−160} beside 1
    values, gradients = [], []
    for z, t in zip(logits.tolist(), shares.tolist(), strict=True):
        powers = [arb(v).exp() for v in z]
        total = sum(powers, arb(0))
        whole = sum(map(arb, t), arb(0))
        log = total.log()
        values.append(float(sum((arb(s) * (log - arb(v)) for v, s in zip(z, t, strict=True) if s), arb(0))))
        gradients.append([float(whole * p / total - arb(s)) for p, s in zip(powers, t, strict=True)])
    ctx.prec = 53
    return np.array(values), np.array(gradients)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_classes_in_shards_are_within_2_units_of_certified_truth(world: int, dtype: str) -> None:
    logits, labels, _ = workers.losses_and_gradients()
    narrow = logits.to(getattr(torch, dtype))
    kept = (labels != -100).numpy()
    hot = torch.nn.functional.one_hot(labels.clamp(0), workers.CLASSES).to(narrow.dtype)
    processes = found("classes", world)
    values, gradients = certified(narrow, hot)
    row = processes[0][f"none {dtype}"][0]
    assert [v for v, k in zip(row, kept, strict=True) if not k] == [0.0] * int((~kept).sum())
    spacing = np.spacing(values.astype(dtype)).astype(float)
    assert (np.abs(np.array(row) - values)[kept] / spacing[kept]).max() <= 2
    gradient = np.hstack([np.array(p[f"none {dtype}"][1]).reshape(len(labels), -1) for p in processes])
    units = np.abs(gradient - gradients)[kept] / np.spacing(np.abs(gradients).astype(dtype)).astype(float)[kept]
    assert units.max() <= 4
    assert (gradient[~kept] == 0).all()


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["hard", "weighted", "smoothed", "smoothed and weighted", "soft"])
def test_classes_in_shards_give_what_one_process_gives(name: str, dtype: str, world: int) -> None:
    logits, labels, weight = workers.losses_and_gradients()
    options: dict[str, Any] = {}
    if "smoothed" in name:
        options["label_smoothing"] = 0.1
    if "weighted" in name:
        options["weight"] = weight
    target = torch.softmax(logits.flip(1) / 9, 1).to(getattr(torch, dtype)) if name == "soft" else labels
    whole = logits.to(getattr(torch, dtype)).clone().requires_grad_()
    mean = numeric.loss("categorical").fused(whole, target, **options)
    (expected,) = torch.autograd.grad(mean, whole)
    processes = found("classes", world)
    places = {len(p[f"{name} {dtype}"][1][0]) for p in processes}
    assert (0 in places) == (world > 2), "one of several shards is empty"
    tolerance = 1e-14 if dtype == "float64" else 2e-6
    gradient = np.hstack([np.array(p[f"{name} {dtype}"][1]).reshape(len(labels), -1) for p in processes])
    np.testing.assert_allclose(gradient, expected, rtol=tolerance, atol=1e-300)
    for process in processes:
        assert process[f"{name} {dtype}"][0] == pytest.approx(mean.item(), rel=tolerance)


@pytest.mark.parametrize("world", WORLDS)
def test_two_all_reduces_forward_and_none_backward(world: int) -> None:
    for process in found("classes", world):
        for name, case in process.items():
            if name != "dtensor":
                assert case[2:] == [2, 0], name


@pytest.mark.parametrize("world", WORLDS)
def test_a_tensor_distributed_over_its_classes(world: int) -> None:
    logits, labels, weight = workers.losses_and_gradients()
    whole = logits.clone().requires_grad_()
    mean = numeric.loss("categorical").fused(whole, labels, weight)
    (expected,) = torch.autograd.grad(mean, whole)
    for process in found("classes", world):
        value, gradient = process["dtensor"]
        assert value == pytest.approx(mean.item(), rel=1e-14)
        np.testing.assert_allclose(gradient, expected, rtol=1e-14, atol=1e-300)


@pytest.mark.parametrize("world", WORLDS)
def test_when_a_process_dies_the_others_stop_and_say_so(world: int) -> None:
    since = time.monotonic()
    told = [p["told"] for p in run("dying", world, lost=1)]
    assert time.monotonic() - since < 60
    assert len(told) == world - 1
    assert all("another process stopped or does not answer" in t for t in told), told
