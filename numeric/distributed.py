"""Several processes, each with samples of its own, through torch.distributed.

    torchrun --nproc-per-node 4 script.py

`numeric.fit` merges what the processes' passes found (`Processes`); `global_mean` is the mean of an exported loss over
the samples of all processes, with the gradients that one process would have. For classes in shards see
`numeric.distributed_classes`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist
from torch import Tensor

from derive.estimation import DataError

if TYPE_CHECKING:
    from derive.estimation.streaming import Part
    from numeric.fitting.survey import Survey


class LostProcessError(RuntimeError):
    """Another process stopped or does not answer."""


@dataclass(frozen=True)
class Processes:
    """The processes of a group, this one among them; None is the group of all."""

    group: Any = None

    @staticmethod
    def is_initialised() -> bool:
        """Whether there is more than this process."""
        return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1

    @classmethod
    def all(cls) -> Processes:
        """All processes; RuntimeError where torch.distributed is not initialised."""
        if not (dist.is_available() and dist.is_initialized()):
            raise RuntimeError(
                "torch.distributed is not initialised; call torch.distributed.init_process_group() under torchrun, "
                "or fit with distributed=False"
            )
        return cls()

    @property
    def rank(self) -> int:
        """Which of them this one is, from 0 on."""
        return dist.get_rank(self.group)

    def gathered(self, value: Any) -> list[Any]:
        """What each process says, in their order; LostProcessError where one does not answer."""
        found: list[Any] = [None] * dist.get_world_size(self.group)
        try:
            dist.all_gather_object(found, value, group=self.group)
        except (RuntimeError, EOFError) as error:
            raise LostProcessError(
                f"process {self.rank}: another process stopped or does not answer ({_line(error)}); start all again"
            ) from error
        return found

    def survey(self, found: Survey, failure: Exception | None) -> Survey:
        """The survey of all samples; DataError in every process where the samples of one will not do."""
        gathered = self.gathered(failure if failure is not None else found)
        _raise_first(gathered)
        merged: Survey = reduce(lambda a, b: a.merged(b), gathered)
        return merged

    def merge(self, parts: list[Part] | Exception | None) -> list[Part]:
        """What a pass found in all processes: merged in their order, so that all come to the same numbers."""
        gathered = self.gathered(parts)
        _raise_first(gathered)
        filled = [p for p in gathered if p is not None]
        return reduce(lambda a, b: [x.merged(y) for x, y in zip(a, b, strict=True)], filled)


def _raise_first(gathered: list[Any]) -> None:
    for rank, found in enumerate(gathered):
        if isinstance(found, Exception):
            raise DataError(f"process {rank}: {found}")


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:160]


def global_mean(
    loss: Callable[..., Tensor],
    input: Tensor,
    target: Tensor,
    *,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    sample_weight: Tensor | None = None,
    averaged: bool = False,
    group: Any = None,
    **options: Any,
) -> Tensor:
    """The mean of a loss over the samples of all processes, with the gradient of that mean by this one's input.

    loss: an exported loss, or any function `loss(input, target, …, reduction=)` that can give each sample's loss.
    input, target: this process's samples, as the loss takes them; elsewhere there may be more of them, or none.
    weight, ignore_index: of a loss over classes, passed on; a mean over labels then divides by the weights of all
        labels that count, as it does in one process.
    sample_weight: shaped as the losses of the samples: how often each counts.
    averaged: whether gradients are averaged over the processes afterwards, as DistributedDataParallel does, so that
        each must be larger by their number; without it, gradients are meant to be added up.
    options: passed on to the loss.

    The value is the same in every process. One all-reduce, which no gradient goes through.
    """
    options |= {} if weight is None else {"weight": weight}
    is_labels = not target.is_floating_point() and target.shape != input.shape
    if is_labels:
        options["ignore_index"] = ignore_index
    losses = loss(input, target, reduction="none", **options)
    counts = torch.ones_like(losses, dtype=torch.float64)
    if is_labels:
        counted = target != ignore_index
        counts = counted.double()
        if weight is not None:
            counts = counts * weight.double()[torch.where(counted, target, 0).long()]
    if sample_weight is not None:
        losses, counts = losses * sample_weight.to(losses.dtype), counts * sample_weight.double()
    total = losses.sum()
    both = torch.stack([losses.detach().double().sum(), counts.sum()])
    dist.all_reduce(both, group=group)
    size = dist.get_world_size(group) if averaged else 1
    share = total * (size / both[1]).to(total.dtype)
    mean = (both[0] / both[1]).to(total.dtype)
    return share + (mean - share).detach()
