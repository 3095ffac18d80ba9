"""Cross entropy over classes in shards: each process holds the logits of some of the classes of every sample.

Two all-reduces forward, of a few numbers a sample, and none backward: the gradient is local once the sums are known.
The value is log(1 + s) − (z_t − m), m being the largest logit of all and s the sum of e^{z−m} without it, which is
never added and subtracted again; the same as the exported loss (`numeric.loss("categorical")`), so that the loss of a
label that is almost certain keeps its digits. Sums that cross processes are double precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.autograd.function import once_differentiable

_HALF = (torch.float16, torch.bfloat16)


@dataclass(frozen=True)
class ClassShard:
    """Which classes this process holds: `count` of `classes`, from number `start` (from 0) on."""

    start: int
    count: int
    classes: int
    group: Any = None

    @classmethod
    def agreed(cls, count: int, group: Any = None) -> ClassShard:
        """The shard of a process that holds so many classes, after those of the processes before it.

        Every process of the group must call it, once; the shards may be of different sizes, or empty.
        """
        counts: list[Any] = [None] * dist.get_world_size(group)
        dist.all_gather_object(counts, count, group=group)
        rank = dist.get_rank(group)
        return cls(sum(counts[:rank]), count, sum(counts), group)


def sharded_categorical(
    input: Tensor,
    target: Tensor,
    shard: ClassShard | None = None,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Cross entropy with the classes in shards; the arguments of the exported `categorical`, each process with its own.

    input: (N, K_here) this process's logits, with `shard`; or a DTensor of shape (N, K), sharded over its classes.
    target: (N,) labels 0 … K−1 of all classes, the same in every process; or soft labels, sharded as the input is.
    weight: (K_here,) one factor for each class of this process.
    reduction: none, mean or sum; a mean over labels divides by their weights, as in one process.

    The result is the same in every process, and its gradient by the input local. ValueError where shapes do not fit.
    Half precision is computed in single precision; second derivatives there are none.
    """
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"reduction must be none, mean or sum, not {reduction!r}")
    if shard is None:
        input, target, weight, shard = _from_dtensors(input, target, weight)
    if input.ndim != 2 or input.shape[1] != shard.count:
        raise ValueError(f"input must be (N, {shard.count}), the classes of this process; found {tuple(input.shape)}")
    values = input.float() if input.dtype in _HALF else input
    weight = None if weight is None else weight.to(values.dtype)
    if target.is_floating_point():
        if target.shape != input.shape:
            raise ValueError(f"soft labels must have shape {tuple(input.shape)}; found {tuple(target.shape)}")
        shares = target.to(values.dtype)
        shares = shares if weight is None else shares * weight
        losses, _ = _Soft.apply(values, shares, None, shard.group)  # type: ignore[no-untyped-call]
        return _reduced(losses, None, reduction).to(input.dtype)
    if target.shape != input.shape[:1]:
        raise ValueError(f"labels must have shape {tuple(input.shape[:1])}; found {tuple(target.shape)}")
    ignored = target == ignore_index
    labels = torch.where(ignored, 0, target).long()
    outside = (labels < 0) | (labels >= shard.classes)
    if bool(outside.any()):
        raise ValueError(f"labels run from 0 to {shard.classes - 1}; found {int(labels[outside][0])}")
    place = labels - shard.start
    own = (place >= 0) & (place < shard.count)
    if label_smoothing:
        hot = (torch.arange(shard.count, device=values.device) == place[:, None]) & own[:, None]
        shares = hot.to(values.dtype) * (1 - label_smoothing) + label_smoothing / shard.classes
        shares = shares if weight is None else shares * weight
        losses, weights = _Soft.apply(values, shares, _of_label(weight, place, own), shard.group)  # type: ignore[no-untyped-call]
    else:
        losses, weights = _Hard.apply(values, place, own, weight, shard.group)  # type: ignore[no-untyped-call]
    counted = torch.where(ignored, 0, weights)
    return _reduced(torch.where(ignored, 0, losses), counted, reduction).to(input.dtype)


def _from_dtensors(
    input: Tensor, target: Tensor, weight: Tensor | None
) -> tuple[Tensor, Tensor, Tensor | None, ClassShard]:
    """The local parts of DTensors; the labels, which every process has, as they are."""
    from torch.distributed.tensor import DTensor, Replicate, Shard

    if not isinstance(input, DTensor):
        raise ValueError("input must be a DTensor over its classes, or say by `shard` which classes it holds")
    if input.ndim != 2 or input.device_mesh.ndim != 1 or not input.placements[0].is_shard(1):
        raise ValueError(f"input must be (N, K) with placements [Shard(1)]; found {input.placements}")
    mesh, classes = input.device_mesh, input.shape[1]
    local = input.to_local(grad_placements=[Shard(1)])
    width = -(-classes // mesh.size())
    shard = ClassShard(min(classes, width * mesh.get_local_rank()), local.shape[1], classes, mesh.get_group())
    if isinstance(target, DTensor):
        placement = Shard(1) if target.is_floating_point() else Replicate()
        target = target.redistribute(mesh, [placement]).to_local()
    elif target.is_floating_point():
        target = target[:, shard.start : shard.start + shard.count]
    if isinstance(weight, DTensor):
        weight = weight.redistribute(mesh, [Shard(0)]).to_local()
    elif weight is not None:
        weight = weight[shard.start : shard.start + shard.count]
    return local, target, weight, shard


def _reduced(losses: Tensor, counted: Tensor | None, reduction: str) -> Tensor:
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    return losses.mean() if counted is None else losses.sum() / counted.sum()


def _entries(table: Tensor, place: Tensor) -> Tensor:
    """The entry of each row at a place; any where the place lies outside."""
    if not table.shape[1]:
        return table.new_zeros(len(table))
    return table.gather(1, place.clamp(0, table.shape[1] - 1)[:, None])[:, 0]


def _sum(values: Tensor) -> Tensor:
    """The sum of each row in double precision; of doubles, their leading digits first, without rounding."""
    if values.dtype != torch.float64:
        return values.double().sum(1)
    rough = values.sum(1, keepdim=True)
    unit = 2 * rough
    leading = (values + unit) - unit
    exact = leading.sum(1, keepdim=True) + (values - leading).sum(1, keepdim=True)
    return torch.where(torch.isfinite(rough), exact, rough)[:, 0]


def _largest(*tables: Tensor, group: Any) -> Tensor:
    """The largest entry of each row over all processes, one column a table: the first all-reduce."""
    rows = [t.amax(1) if t.shape[1] else t.new_full((len(t),), -torch.inf) for t in tables]
    top = torch.stack(rows, 1)
    dist.all_reduce(top, op=dist.ReduceOp.MAX, group=group)
    return top


def _terms(values: Tensor, top: Tensor) -> tuple[Tensor, Tensor]:
    """z − m and e^{z−m}, with what the subtraction rounded off."""
    shifted = values - top
    back = shifted - values
    lost = (values - (shifted - back)) - (top + back)
    lost = torch.where(torch.isfinite(lost), lost, 0)
    decay = torch.exp(shifted)
    return shifted, decay + decay * lost


def _at(table: Tensor, place: Tensor, own: Tensor) -> Tensor:
    """The entry of each row at a place where this process holds it, else 0."""
    return torch.where(own, _entries(table, place), 0)


class _Hard(torch.autograd.Function):
    """Each sample's loss against a label, and the label's weight."""

    @staticmethod
    def forward(
        ctx: Any, values: Tensor, place: Tensor, own: Tensor, weight: Tensor | None, group: Any
    ) -> tuple[Tensor, Tensor]:
        shifted, term = _terms(values, _largest(values, group=group))
        below = shifted < 0
        weights = _of_label(weight, place, own)
        sums = [_sum(torch.where(below, term, 0)), (~below).sum(1), _at(shifted, place, own), weights]
        buffer = torch.stack([s.double() for s in sums], 1)
        dist.all_reduce(buffer, group=group)
        others = (buffer[:, 0] + (buffer[:, 1] - 1)).to(values.dtype)  # what ties with the largest counts 1 each
        weights = buffer[:, 3].to(values.dtype)
        losses = (torch.log1p(others) - buffer[:, 2].to(values.dtype)) * weights
        column = torch.arange(values.shape[1], device=values.device)
        hot = (column == place[:, None]) & own[:, None]
        case = torch.where(hot, -(others[:, None] + (1 - term)), term)
        ctx.save_for_backward(case / (1 + others[:, None]) * weights[:, None])
        ctx.mark_non_differentiable(weights)
        return losses, weights

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, along: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = ctx.saved_tensors
        return along[:, None] * gradient, None, None, None, None


def _of_label(weight: Tensor | None, place: Tensor, own: Tensor) -> Tensor:
    """The weight of each sample's label where this process holds it; 1 where labels have no weights."""
    return own.double() if weight is None else _at(weight.expand(len(place), -1), place, own)


class _Soft(torch.autograd.Function):
    """Each sample's loss against shares of the classes, which may have any sum; `extra` is added up on the way."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, shares: Tensor, extra: Tensor | None, group: Any) -> tuple[Tensor, Tensor]:
        tops = _largest(values, shares, group=group)
        largest = tops[:, 1:]
        shifted, term = _terms(values, tops[:, :1])
        below, less = shifted < 0, shares < largest
        cost = torch.where(shares == 0, 0, -shares * shifted)
        sums = [_sum(torch.where(below, term, 0)), (~below).sum(1), _sum(torch.where(less, shares, 0)), (~less).sum(1)]
        sums += [_sum(cost), torch.zeros(len(values), device=values.device) if extra is None else extra]
        buffer = torch.stack([s.double() for s in sums], 1)
        dist.all_reduce(buffer, group=group)
        others = (buffer[:, 0] + (buffer[:, 1] - 1)).to(values.dtype)[:, None]
        # what all shares but the largest come to: a share near the total loses no digits when it is taken away
        rest = (buffer[:, 2:3] + (buffer[:, 3:4] - 1) * largest.double()).to(values.dtype)
        losses = (rest + largest)[:, 0] * torch.log1p(others[:, 0]) + buffer[:, 4].to(values.dtype)
        part = term * (rest + (largest - shares)) - shares * (others + (1 - term))
        ctx.save_for_backward(part / (1 + others))
        added = buffer[:, 5].to(values.dtype)
        ctx.mark_non_differentiable(added)
        return losses, added

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, along: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = ctx.saved_tensors
        return along[:, None] * gradient, None, None, None
