"""Batches on which a loss is measured: random ones, and those on which losses are known to break.

What is generated depends on the layout alone: an input with one entry a class, or a scalar. The numbers are drawn in
double precision and rounded to the format under test first; the truth is that of the rounded numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

CLASSES, ROWS, ELEMENTS = 10, 24, 96
SPREADS = (1.0, 10.0, 50.0, 500.0, 1e4)


@dataclass(frozen=True)
class Batch:
    """A regime's name, its input and target. `soft`: the target weighs labels, so that terms of a gradient cancel."""

    regime: str
    input: Tensor
    target: Tensor
    soft: bool = False
    one_hot: bool = False


class Draw:
    """Random tensors of one format from one seed."""

    def __init__(self, seed: int, dtype: torch.dtype) -> None:
        self._generator = torch.Generator().manual_seed(seed)
        self.dtype = dtype

    def uniform(self, spread: float, *shape: int) -> Tensor:
        """Numbers between −spread and spread."""
        drawn = torch.rand(*shape, generator=self._generator, dtype=torch.float64)
        return ((2 * drawn - 1) * spread).to(self.dtype)

    def integers(self, below: int, *shape: int) -> Tensor:
        """Integers from 0 to below − 1."""
        return torch.randint(0, below, shape, generator=self._generator)

    def shares(self, *shape: int) -> Tensor:
        """Non-negative numbers that sum to about 1 along the last dimension."""
        drawn = -torch.log1p(-torch.rand(*shape, generator=self._generator, dtype=torch.float64))
        return (drawn / drawn.sum(-1, keepdim=True)).to(self.dtype)


def over_classes(draw: Draw) -> Iterator[Batch]:
    """Batches for an input with one entry a class."""
    for spread in SPREADS:
        logits = draw.uniform(spread, ROWS, CLASSES)
        yield Batch(f"random labels, logits ±{spread:g}", logits, draw.integers(CLASSES, ROWS))
        yield Batch(f"arg-max labels, logits ±{spread:g}", logits, logits.argmax(-1))
    yield Batch("one class", draw.uniform(50, ROWS, 1), draw.integers(1, ROWS))
    tied = draw.integers(3, ROWS, CLASSES).to(draw.dtype) * 7
    yield Batch("ties", tied, draw.integers(CLASSES, ROWS))
    yield Batch("ties, arg-max labels", tied, tied.argmax(-1))
    yield Batch("all logits zero", torch.zeros(ROWS, CLASSES, dtype=draw.dtype), draw.integers(CLASSES, ROWS))
    yield Batch("a common shift of 1e4", draw.uniform(5, ROWS, CLASSES) + 10**4, draw.integers(CLASSES, ROWS))
    yield _excluded(draw)
    for spread in (10.0, 50.0, 500.0):
        logits = draw.uniform(spread, ROWS, CLASSES)
        for words, labels in (("random", draw.integers(CLASSES, ROWS)), ("arg-max", logits.argmax(-1))):
            one_hot = (labels[:, None] == torch.arange(CLASSES)).to(draw.dtype)
            yield Batch(f"one-hot soft labels, {words}, logits ±{spread:g}", logits, one_hot, one_hot=True)
        yield Batch(f"soft labels, logits ±{spread:g}", logits, draw.shares(ROWS, CLASSES), soft=True)
    lopsided = draw.shares(ROWS, CLASSES) * draw.integers(9, ROWS, 1)
    yield Batch("soft labels of any sum", draw.uniform(10, ROWS, CLASSES), lopsided.to(draw.dtype), soft=True)


def _excluded(draw: Draw) -> Batch:
    """A third of the classes are excluded by a logit of −∞; the label never is."""
    logits, labels = draw.uniform(10, ROWS, CLASSES), draw.integers(CLASSES, ROWS)
    excluded = (draw.integers(3, ROWS, CLASSES) == 0) & (torch.arange(CLASSES) != labels[:, None])
    return Batch("logits of −∞", logits.masked_fill(excluded, -torch.inf), labels)


def over_elements(draw: Draw) -> Iterator[Batch]:
    """Batches for a scalar input and a target of 0 or 1."""
    for spread in SPREADS:
        logits = draw.uniform(spread, ELEMENTS)
        yield Batch(f"random targets, logits ±{spread:g}", logits, draw.integers(2, ELEMENTS).to(draw.dtype))
        yield Batch(f"likely targets, logits ±{spread:g}", logits, (logits > 0).to(draw.dtype))
    tiny = draw.uniform(1, ELEMENTS) * 2.0**-60
    yield Batch("logits near zero", tiny.to(draw.dtype), draw.integers(2, ELEMENTS).to(draw.dtype))
    yield Batch("all logits zero", torch.zeros(ELEMENTS, dtype=draw.dtype), draw.integers(2, ELEMENTS).to(draw.dtype))
    for spread in (10.0, 500.0):
        between = draw.uniform(0.5, ELEMENTS) + 0.5
        yield Batch(f"soft targets, logits ±{spread:g}", draw.uniform(spread, ELEMENTS), between, soft=True)


def batches(over_axis: bool, seed: int, dtype: torch.dtype) -> list[Batch]:
    """Every batch of a layout in one format; the same for the same seed."""
    make: Callable[[Draw], Iterator[Batch]] = over_classes if over_axis else over_elements
    return list(make(Draw(seed, dtype)))
