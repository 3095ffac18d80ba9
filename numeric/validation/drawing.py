"""Random numbers of one format from one seed: drawn in double precision, rounded to the format."""

from __future__ import annotations

import math

import torch
from torch import Tensor


class Draw:
    """Random tensors of one format. The truth is that of the rounded numbers."""

    def __init__(self, seed: int, dtype: torch.dtype) -> None:
        self._generator = torch.Generator().manual_seed(seed)
        self.dtype = dtype
        info = torch.finfo(dtype)
        self.smallest, self.largest, self.step = info.tiny, info.max, info.eps

    @property
    def reach(self) -> float:
        """The largest whole x for which e^x and e^−x are well within the format."""
        return float(int(0.9 * math.log(min(self.largest, 1 / self.smallest))))

    def unit(self, *shape: int) -> Tensor:
        """Numbers from 0 to 1, in double precision."""
        return torch.rand(*shape, generator=self._generator, dtype=torch.float64)

    def spread(self, width: float, *shape: int) -> Tensor:
        """Numbers between −width and width, in double precision."""
        return (2 * self.unit(*shape) - 1) * width

    def uniform(self, width: float, *shape: int) -> Tensor:
        """Numbers between −width and width, in the format."""
        return self.spread(width, *shape).to(self.dtype)

    def powers(self, width: float, *shape: int) -> Tensor:
        """Positive numbers whose logarithm lies between −width and width."""
        return self.spread(width, *shape).exp().to(self.dtype)

    def integers(self, below: int, *shape: int) -> Tensor:
        """Integers from 0 to below − 1."""
        return torch.randint(0, below, shape, generator=self._generator)

    def shares(self, *shape: int, concentration: float = 1.0) -> Tensor:
        """Non-negative numbers that sum to about 1 along the last dimension, lopsided for low concentrations."""
        drawn = -torch.log1p(-self.unit(*shape))
        drawn = drawn ** (1 / concentration)
        return (drawn / drawn.sum(-1, keepdim=True)).to(self.dtype)
