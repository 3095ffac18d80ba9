"""What one process of several does, by its number: python -m tests.numeric.fitting.workers TASK RANK WORLD FOLDER."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist

import numeric
from derive.estimation import DataError
from tests.numeric.fitting.cases import cases

#: One family of each way to be fitted: counts, one pass, two, counting passes, extremes, Newton steps, inputs.
FAMILIES = (
    *("categorical", "negative_binomial", "gaussian", "laplace", "uniform", "weibull"),
    *("linear_regression", "logistic_regression", "multinomial"),
)
SIZE, CLASSES = 1501, 37


def cuts(size: int, world: int) -> list[int]:
    """Where the shards end: of different lengths; of more than two, the second one is empty."""
    first = size // 7
    return [first, first, *(first + (size - first) * n // (world - 2 + 1) for n in range(1, world - 2 + 1))][
        : world - 1
    ]


def shard(values: Any, rank: int, world: int) -> Any:
    """A process's part of some samples."""
    ends = [0, *cuts(len(values), world), len(values)]
    return values[ends[rank] : ends[rank + 1]]


def plain(fit: numeric.Fit) -> dict[str, Any]:
    """A fit as data, every digit kept."""
    return {
        "estimate": {n: np.asarray(v).reshape(-1).tolist() for n, v in fit.estimate.items()},
        "errors": {
            n: None if v is None else np.asarray(v).reshape(-1).tolist() for n, v in fit.standard_errors.items()
        },
        "log_likelihood": fit.log_likelihood,
        "count": fit.count,
        "note": fit.note,
    }


def fits(rank: int, world: int) -> dict[str, Any]:
    """Fits of each process's shard, with and without weights; and what each is told of bad data in another."""
    found: dict[str, Any] = {}
    for name in FAMILIES:
        data, known = cases(SIZE)[name]
        found[name] = plain(numeric.fit(name, shard(data, rank, world), known=known, exact=False))
    data, _ = cases(SIZE)["gaussian"]
    weights = np.random.default_rng(5).random(SIZE)
    found["weighted"] = plain(numeric.fit("gaussian", shard(data, rank, world), shard(weights, rank, world)))
    found["all in one"] = plain(numeric.fit("gaussian", data if rank == 0 else data[:0]))
    data, known = cases(SIZE)["categorical"]
    found["counted"] = plain(numeric.fit("categorical", torch.tensor(shard(data, rank, world))))
    pair, _ = cases(SIZE)["linear_regression"]
    part = pair if rank == 0 else pair[:0]
    found["pairs"] = plain(numeric.fit("linear_regression", (part[:, :-1], part[:, -1])))
    try:
        numeric.fit("gaussian", [1.0, float("nan")] if rank == world - 1 else [1.0, 2.0])
    except DataError as error:
        found["bad"] = str(error)
    return found


def losses_and_gradients() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Logits, labels of which some are ignored, and weights of the classes."""
    generator = torch.Generator().manual_seed(3)
    logits = torch.randn(64, CLASSES, generator=generator, dtype=torch.float64) * 20
    labels = torch.randint(0, CLASSES, (64,), generator=generator)
    labels[::5] = logits[::5].argmax(1)
    labels[3::11] = -100
    return logits, labels, torch.rand(CLASSES, generator=generator, dtype=torch.float64) + 0.5


def means(rank: int, world: int) -> dict[str, Any]:
    """Means over the samples of all processes, and their gradients by this one's."""
    from numeric.distributed import global_mean

    logits, labels, weight = losses_and_gradients()
    found: dict[str, Any] = {}
    for name, target, options in (
        ("plain", labels, {}),
        ("weighted", labels, {"weight": weight}),
        ("smoothed", labels, {"weight": weight, "label_smoothing": 0.1}),
        ("soft", torch.softmax(logits.flip(1) / 9, 1), {}),
    ):
        part = shard(logits, rank, world).clone().requires_grad_()
        loss = numeric.loss("categorical").fused
        mean = global_mean(loss, part, shard(target, rank, world), averaged=name == "weighted", **options)
        (gradient,) = torch.autograd.grad(mean, part)
        found[name] = [mean.item(), gradient.tolist()]
    return found


def classes(rank: int, world: int) -> dict[str, Any]:
    """Losses with the classes in shards, their gradients by this process's logits, and the number of collectives."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import DTensor, Shard, distribute_tensor

    from numeric.distributed_classes import ClassShard, sharded_categorical

    logits, labels, weight = losses_and_gradients()
    soft = torch.softmax(logits.flip(1) / 9, 1)
    found: dict[str, Any] = {}
    count = CountedCollectives()
    widths = shard(torch.arange(CLASSES), rank, world)
    part = ClassShard.agreed(len(widths))
    own = slice(part.start, part.start + part.count)
    cases: list[tuple[str, Any, dict[str, Any]]] = [
        ("hard", labels, {}),
        ("weighted", labels, {"weight": weight[own]}),
        ("smoothed", labels, {"label_smoothing": 0.1}),
        ("smoothed and weighted", labels, {"label_smoothing": 0.1, "weight": weight[own]}),
        ("soft", soft[:, own], {}),
        ("none", labels, {"reduction": "none"}),
    ]
    for name, target, options in cases:
        for dtype in (torch.float64, torch.float32):
            values = logits[:, own].to(dtype).clone().requires_grad_()
            soft_target = target.to(dtype) if target.is_floating_point() else target
            count.begin()
            loss = sharded_categorical(values, soft_target, part, **options)
            forward = count.number
            (gradient,) = torch.autograd.grad(loss.sum(), values)
            key = f"{name} {str(dtype).removeprefix('torch.')}"
            found[key] = [loss.tolist(), gradient.tolist(), forward, count.number - forward]
    mesh = init_device_mesh("cpu", (world,))
    tensor = distribute_tensor(logits.clone(), mesh, [Shard(1)]).requires_grad_()
    loss = sharded_categorical(tensor, labels, weight=weight)
    torch.autograd.backward(loss)
    assert isinstance(tensor.grad, DTensor)
    found["dtensor"] = [loss.item(), tensor.grad.full_tensor().tolist()]
    return found


class CountedCollectives:
    """Counts all-reduces."""

    def __init__(self) -> None:
        self.number = 0
        self.own = dist.all_reduce
        dist.all_reduce = self.counted

    def counted(self, *arguments: Any, **options: Any) -> Any:
        """One more."""
        self.number += 1
        return self.own(*arguments, **options)

    def begin(self) -> None:
        """From 0 again."""
        self.number = 0


def dying(rank: int, world: int) -> dict[str, Any]:
    """One process ends in the middle of a fit; the others say what they are told."""
    from numeric.distributed import LostProcessError
    from numeric.fitting import running

    if rank == world - 1:
        running.estimate = lambda *_: os._exit(1)  # type: ignore[attr-defined]
    try:
        numeric.fit("weibull", np.random.default_rng(rank).weibull(2.0, 4000))
    except LostProcessError as error:
        return {"told": str(error)}
    return {"told": "nothing"}


TASKS: dict[str, Callable[[int, int], dict[str, Any]]] = {
    "fits": fits,
    "means": means,
    "classes": classes,
    "dying": dying,
}


def main() -> None:
    task, rank, world, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    torch.set_num_threads(1)
    store = f"file://{folder / 'store'}"
    dist.init_process_group("gloo", init_method=store, rank=rank, world_size=world, timeout=timedelta(seconds=60))
    found = TASKS[task](rank, world)
    (folder / f"{rank}.json").write_text(json.dumps(found), encoding="utf-8")
    if task == "dying":
        os._exit(0)  # what is left of the group cannot be taken down in order
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
