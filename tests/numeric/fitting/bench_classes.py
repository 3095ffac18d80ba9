"""What each of two processes measures: python -m tests.numeric.fitting.bench_classes CLASSES FOLDER RANK."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import Replicate, Shard, distribute_tensor
from torch.distributed.tensor.parallel import loss_parallel

from numeric.distributed_classes import ClassShard, sharded_categorical
from tests.numeric.fitting.test_distributed import certified

ROWS, ROUNDS = 512, 9


def units(found: Any, truth: Any, dtype: Any) -> float:
    """The largest distance in units in the last place."""
    return float((np.abs(found - truth) / np.spacing(np.abs(truth).astype(dtype)).astype(float)).max())


def accuracy(rank: int, reach: float, dtype: torch.dtype) -> None:
    """Labels that are the largest logit, and any; value and gradient against balls."""
    generator = torch.Generator().manual_seed(1)
    logits = ((torch.rand(64, 200, generator=generator, dtype=torch.float64) * 2 - 1) * reach).to(dtype)
    labels = torch.randint(0, 200, (64,), generator=generator)
    labels[::2] = logits[::2].argmax(1)
    part = ClassShard.agreed(80 if rank == 0 else 120)
    own = slice(part.start, part.start + part.count)
    values = logits[:, own].clone().requires_grad_()
    losses = sharded_categorical(values, labels, part, reduction="none")
    (gradient,) = torch.autograd.grad(losses.sum(), values)
    truth, slopes = certified(logits, torch.nn.functional.one_hot(labels, 200), bits=4000)
    name = np.float64 if dtype == torch.float64 else np.float32
    value = units(losses.detach().double().numpy(), truth, name)
    slope = units(gradient.double().numpy(), slopes[:, own], name)
    if rank == 0:
        print(f"logits ±{reach:g}, {str(dtype)[6:]}: value {value:.2f} ULP, gradient {slope:.2f} ULP", flush=True)


def speed(rank: int, classes: int) -> None:
    """Forward and backward beside torch's own, in turn."""
    torch.manual_seed(0)
    whole, labels = torch.randn(ROWS, classes), torch.randint(0, classes, (ROWS,))
    mesh = init_device_mesh("cpu", (2,))
    tensor = distribute_tensor(whole, mesh, [Shard(1)]).requires_grad_()
    target = distribute_tensor(labels, mesh, [Replicate()])

    def builtin() -> None:
        with loss_parallel():
            torch.autograd.backward(torch.nn.functional.cross_entropy(tensor, target))

    times: dict[str, list[float]] = {"here": [], "loss_parallel": []}
    ways: dict[str, Callable[[], Any]] = {
        "here": lambda: torch.autograd.backward(sharded_categorical(tensor, labels)),
        "loss_parallel": builtin,
    }
    for _ in range(ROUNDS):
        for name, way in ways.items():
            tensor.grad = None
            dist.barrier()
            since = time.perf_counter()
            way()
            times[name].append(time.perf_counter() - since)
    if rank == 0:
        print(f"{ROWS}×{classes}, two processes:", {n: f"{1e3 * median(t):.0f} ms" for n, t in times.items()})


def main() -> None:
    classes, folder, rank = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    torch.set_num_threads(1)
    limit = timedelta(seconds=60)
    dist.init_process_group("gloo", init_method=f"file://{folder}/store", rank=rank, world_size=2, timeout=limit)
    for reach in (5.0, 50.0, 500.0):
        accuracy(rank, reach, torch.float64)
    accuracy(rank, 50.0, torch.float32)
    speed(rank, classes)
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
