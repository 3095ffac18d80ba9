"""Figures of one regime: distances in units in the last place, and where they are worst."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import torch
from flint import arb
from torch import Tensor

from numeric.validation.batching import Batch
from numeric.validation.certified import Exact, Question, Truth
from numeric.validation.ulp import Format, distance

SHOWN = 12  # numbers of an array that the worst input shows


@dataclass(frozen=True)
class Spread:
    """How distances are spread: the largest, the median, and what 99.9 % stay within."""

    max: float
    median: float
    most: float

    @classmethod
    def of(cls, distances: Sequence[float]) -> Spread:
        """The spread of some distances; 0 where there are none."""
        ordered = sorted(distances) or [0.0]
        return cls(ordered[-1], ordered[(len(ordered) - 1) // 2], ordered[math.ceil(0.999 * len(ordered)) - 1])


@dataclass(frozen=True)
class Measured:
    """Distances of one quantity and the observation of the worst.

    `judged` is in the unit that the quantity is judged by, `plain` in units of the exact result, `reach` in units of
    how far the last place of a function's argument reaches.
    """

    judged: Spread
    plain: Spread
    reach: Spread
    worst: str


@dataclass(frozen=True)
class Outcome:
    """What was measured of one function on one batch: the value, each input's gradient, results that are not finite."""

    value: Measured
    gradients: tuple[Measured, ...]
    nonfinite: int

    @property
    def gradient(self) -> float:
        """The worst distance of any gradient."""
        return max((g.judged.max for g in self.gradients), default=0.0)


#: A function of a batch on tensors that require gradients: one loss an observation.
Losses = Callable[[Batch], Tensor]


def measured(
    losses: Losses,
    whole: Losses | None,
    asked: Question,
    batch: Batch,
    exact: Sequence[Truth],
    number: Format,
    kept: bool = False,
) -> Outcome:
    """Hold a function against the truth of every observation.

    `whole` is the function with the constant terms where it can keep them; with `kept`, `losses` itself keeps them.
    ValueError where it does not give one loss an observation.
    """
    leaves = tuple(t.detach().clone().requires_grad_() for t in batch.inputs)
    given = Batch(batch.regime, leaves, batch.target, batch.known)
    found = losses(given)
    count = len(exact)
    if found.shape != (count,):
        raise ValueError(f"one loss an observation is expected, shape ({count},); found {tuple(found.shape)}")
    slopes = torch.autograd.grad(found.sum(), leaves, allow_unused=True)
    values = [(v, t.whole if kept else t.value) for v, t in _beside(found, exact)]
    owners = list(range(count))
    if whole is not None:
        values += [(v, t.whole) for v, t in _beside(whole(given), exact)]
        owners *= 2
    show = _shower(asked, batch)
    value = _figures(values, owners, batch.labels, number, show)
    gradients = []
    for i, slope in enumerate(slopes):
        rows = (slope if slope is not None else torch.zeros_like(leaves[i])).reshape(count, -1)
        pairs = [
            pair
            for row, t in zip(rows.double().cpu().tolist(), exact, strict=True)
            for pair in zip(row, t.gradients[i], strict=True)
        ]
        width = rows.shape[1]
        gradients.append(_figures(pairs, [k // width for k in range(len(pairs))], batch.labels, number, show))
    parts = (value, *gradients)
    return Outcome(parts[0][0], tuple(g for g, _ in gradients), sum(lost for _, lost in parts))


def _beside(found: Tensor, exact: Sequence[Truth]) -> list[tuple[float, Truth]]:
    return list(zip(found.detach().double().cpu().tolist(), exact, strict=True))


def _figures(
    pairs: Sequence[tuple[float, Exact]],
    owners: Sequence[int],
    plainly: bool,
    number: Format,
    show: Callable[[int], str],
) -> tuple[Measured, int]:
    """The figures of numbers beside their truth; and how many are not finite."""
    plain = [distance(got, exact.ball, number) for got, exact in pairs]
    judged = reach = plain
    if not plainly:
        judged = [_of_terms(got, exact.ball, exact.term, number) for got, exact in pairs]
        reach = [_of_terms(got, exact.ball, exact.reach, number) for got, exact in pairs]
    worst = ""
    if judged:
        at = max(range(len(judged)), key=judged.__getitem__)
        got, exact = pairs[at]
        worst = f"{show(owners[at])}: {got!r} for {exact.ball.mid().str(17, radius=False)}"
    return Measured(Spread.of(judged), Spread.of(plain), Spread.of(reach), worst), sum(map(math.isinf, plain))


def _of_terms(got: float, truth: arb, size: arb, number: Format) -> float:
    """The distance in units of the largest term.

    Near the smallest normal number an intermediate result is rounded to a fixed step, which data then multiplies: an
    error of a hundred such steps counts as no more than one unit.
    """
    units = distance(got, truth, number, size)
    if not math.isfinite(units) or bool(abs(truth) > arb(2) ** (number.smallest + number.digits)):
        return units
    steps = float((abs(arb(got) - truth) / arb(2) ** (number.smallest - number.digits + 1)).abs_upper())
    return min(units, steps / 100)


def _shower(asked: Question, batch: Batch) -> Callable[[int], str]:
    """What an observation's line says: every argument by its name."""
    names = (*asked.names, "target", *(v.name for v in asked.known))
    tensors = (*batch.inputs, batch.target, *batch.known)

    def show(row: int) -> str:
        return ", ".join(f"{name}={_shown(t[row])}" for name, t in zip(names, tensors, strict=True))

    return show


def _shown(tensor: Tensor) -> str:
    if tensor.ndim == 0:
        return repr(tensor.item())
    numbers = list(chain(tensor.reshape(-1).tolist()))
    text = ", ".join(map(repr, numbers[:SHOWN]))
    return f"[{text}{', …' if len(numbers) > SHOWN else ''}]"
