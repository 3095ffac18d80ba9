"""Cross entropy over classes in shards: each process holds the logits of some of the classes of every sample.

Two all-reduces forward, of a few numbers a sample, and none backward: the gradient is local once the sums are known.
The value is log(1 + s) − (z_t − m), m being the largest logit of all and s the sum of e^{z−m} without it, which is
never added and subtracted again; the same as the exported loss (`numeric.loss("categorical")`), so that the loss of a
label that is almost certain keeps its digits. Sums that cross processes are double precision.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.autograd.function import once_differentiable

_HALF = (torch.float16, torch.bfloat16)
#: Logits that a processor works on at once.
BLOCK = 1 << 16


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
        return values.sum(1, dtype=torch.float64)
    rough = values.sum(1, keepdim=True)
    unit = 2 * rough
    leading = (values + unit).sub_(unit)
    exact = leading.sum(1, keepdim=True) + leading.neg_().add_(values).sum(1, keepdim=True)
    return torch.where(torch.isfinite(rough), exact, rough)[:, 0]


def _blocks(values: Tensor) -> Iterator[slice]:
    """Rows to work on at once: on a processor, as many as its cache holds with what is made of them."""
    rows = len(values) if values.is_cuda else max(1, BLOCK // max(1, values.shape[1]))
    yield from (slice(start, start + rows) for start in range(0, len(values), max(1, rows)))


def _largest(table: Tensor) -> tuple[Tensor, Tensor]:
    """The largest entry of each row with its place, one column each; −∞ where this process holds none."""
    if not table.shape[1]:
        return table.new_full((len(table), 1), -torch.inf), table.new_zeros((len(table), 1), dtype=torch.long)
    found = table.max(1, keepdim=True)
    return found.values, found.indices


def _others(table: Tensor, place: Tensor, is_top: Tensor) -> Tensor:
    """The sum of each row without the entry at a place that is the largest of all, so that nothing cancels.

    Where processes tie, each leaves out an entry of its own; that one counts and the others too, adds their number.
    """
    if not table.shape[1]:
        return table.new_zeros(len(table), dtype=torch.float64)
    entry = table.gather(1, place)
    found = _sum(table.scatter_(1, place, torch.where(is_top, 0, entry)))
    table.scatter_(1, place, entry)
    return found


def _terms(values: Tensor, top: Tensor) -> Tensor:
    """e^{z−m}, with what the subtraction rounded off."""
    shifted = values - top
    back = shifted - values
    lost = (values - (shifted - back)).sub_(back.add_(top))
    decay = shifted.exp_()
    return decay.addcmul_(decay, lost.nan_to_num_(0.0, 0.0, 0.0))


def _at(table: Tensor, place: Tensor, own: Tensor) -> Tensor:
    """The entry of each row at a place where this process holds it, else 0."""
    return torch.where(own, _entries(table, place), 0)


def _of_label(weight: Tensor | None, place: Tensor, own: Tensor) -> Tensor:
    """The weight of each sample's label where this process holds it; 1 where labels have no weights."""
    return own.double() if weight is None else _at(weight.expand(len(place), -1), place, own)


class _Hard(torch.autograd.Function):
    """Each sample's loss against a label, and the label's weight."""

    @staticmethod
    def forward(
        ctx: Any, values: Tensor, place: Tensor, own: Tensor, weight: Tensor | None, group: Any
    ) -> tuple[Tensor, Tensor]:
        mine, where = _largest(values)
        top = mine.clone()
        dist.all_reduce(top, op=dist.ReduceOp.MAX, group=group)
        is_top = mine == top
        term = torch.empty_like(values)
        others = [values.new_zeros(0, dtype=torch.float64)]
        for rows in _blocks(values):
            term[rows] = _terms(values[rows], top[rows])
            others.append(_others(term[rows], where[rows], is_top[rows]))
        shifted = torch.where(own, _entries(values, place) - top[:, 0], 0)
        buffer = torch.stack(
            [torch.cat(others), is_top[:, 0].double(), shifted.double(), _of_label(weight, place, own)], 1
        )
        dist.all_reduce(buffer, group=group)
        rest = buffer[:, 0] + (buffer[:, 1] - 1)
        weights, s = buffer[:, 3].to(values.dtype), rest.to(values.dtype)
        losses = (torch.log1p(s) - buffer[:, 2].to(values.dtype)) * weights
        held = own.nonzero()[:, 0]  # samples whose label this process holds
        term[held, place[held]] = -(s[held] + (1 - term[held, place[held]]))
        ctx.save_for_backward(term.div_((1 + rest).to(values.dtype)[:, None]).mul_(weights[:, None]))
        ctx.mark_non_differentiable(weights)
        return losses, weights

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, along: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = ctx.saved_tensors
        return along[:, None] * gradient, None, None, None, None


class _Soft(torch.autograd.Function):
    """Each sample's loss against shares of the classes, which may have any sum; `extra` is added up on the way."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, shares: Tensor, extra: Tensor | None, group: Any) -> tuple[Tensor, Tensor]:
        (mine, where), (share, shared) = _largest(values), _largest(shares)
        tops = torch.cat([mine, share], 1)
        dist.all_reduce(tops, op=dist.ReduceOp.MAX, group=group)
        top, largest = tops[:, :1], tops[:, 1:]
        is_top, is_largest = mine == top, share == largest
        term = torch.empty_like(values)
        buffer = values.new_zeros((len(values), 6), dtype=torch.float64)
        for rows in _blocks(values):
            z, t = values[rows], shares[rows]
            term[rows] = _terms(z, top[rows])
            buffer[rows, 0] = _others(term[rows], where[rows], is_top[rows])
            # what all shares but the largest come to: a share near the total loses no digits when it is taken away
            buffer[rows, 1] = _others(t.clone(), shared[rows], is_largest[rows])
            buffer[rows, 2] = _sum(torch.where(t == 0, 0, t * (top[rows] - z)))
        buffer[:, 3], buffer[:, 4] = is_top[:, 0], is_largest[:, 0]
        if extra is not None:
            buffer[:, 5] = extra
        dist.all_reduce(buffer, group=group)
        s = buffer[:, :1] + (buffer[:, 3:4] - 1)
        rest = buffer[:, 1:2] + (buffer[:, 4:5] - 1) * largest
        whole, others, rest = (x.to(values.dtype) for x in (1 + s, s, rest))
        losses = (rest + largest)[:, 0] * torch.log1p(others[:, 0]) + buffer[:, 2].to(values.dtype)
        for rows in _blocks(values):
            t, e = shares[rows], term[rows]
            part = e * (rest[rows] + (largest[rows] - t)) - t * (others[rows] + (1 - e))
            term[rows] = part.div_(whole[rows])
        ctx.save_for_backward(term)
        added = buffer[:, 5].to(values.dtype)
        ctx.mark_non_differentiable(added)
        return losses, added

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, along: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = ctx.saved_tensors
        return along[:, None] * gradient, None, None, None
