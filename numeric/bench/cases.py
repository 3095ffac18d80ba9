"""What is timed: a loss of ours, torch's own function for it, and inputs of a size that is met in practice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Inputs:
    """The arguments in order, and those by name; `leaves` of them require a gradient, the first one first."""

    leaves: tuple[Tensor, ...]
    arguments: tuple[Tensor, ...]


@dataclass(frozen=True)
class Case:
    """A loss of the model `model` on inputs of a shape, mean over the observations, beside torch's `builtin`.

    `further` names the arguments after input and target. `bar` is the time that the compiled loss may take at most,
    as a share of the builtin's.
    """

    model: str
    words: str
    shape: tuple[int, ...]
    builtin: Callable[..., Tensor]
    draw: Callable[[torch.Generator, tuple[int, ...]], Inputs]
    bar: float | None = None
    further: tuple[str, ...] = ()

    def inputs(self, seed: int = 0) -> Inputs:
        """Inputs of the case in single precision, the same for the same seed."""
        return self.draw(torch.Generator().manual_seed(seed), self.shape)

    @property
    def size(self) -> str:
        """The shape in words: 4096 × 1000."""
        return " × ".join(map(str, self.shape))


def _labels(generator: torch.Generator, shape: tuple[int, ...]) -> Inputs:
    logits = torch.randn(shape, generator=generator).requires_grad_()
    return Inputs((logits,), (logits, torch.randint(0, shape[1], shape[:1], generator=generator)))


def _shares(generator: torch.Generator, shape: tuple[int, ...]) -> Inputs:
    logits = torch.randn(shape, generator=generator).requires_grad_()
    return Inputs((logits,), (logits, torch.softmax(torch.randn(shape, generator=generator), -1)))


def _outcomes(generator: torch.Generator, shape: tuple[int, ...]) -> Inputs:
    logits = torch.randn(shape, generator=generator).requires_grad_()
    return Inputs((logits,), (logits, torch.randint(0, 2, shape, generator=generator).float()))


def _counts(generator: torch.Generator, shape: tuple[int, ...]) -> Inputs:
    rates = torch.randn(shape, generator=generator).requires_grad_()
    return Inputs((rates,), (rates, torch.poisson(rates.detach().exp(), generator=generator)))


def _numbers(generator: torch.Generator, shape: tuple[int, ...]) -> Inputs:
    means = torch.randn(shape, generator=generator).requires_grad_()
    variances = (torch.rand(shape, generator=generator) + 0.5).requires_grad_()
    return Inputs((means, variances), (means, torch.randn(shape, generator=generator), variances))


MILLION = (1_000_000,)
CASES = (
    Case("categorical", "integer labels", (4096, 10), F.cross_entropy, _labels),
    Case("categorical", "integer labels", (4096, 1000), F.cross_entropy, _labels, 0.65),
    Case("categorical", "integer labels", (1024, 32000), F.cross_entropy, _labels, 0.8),
    Case("categorical", "soft labels", (4096, 1000), F.cross_entropy, _shares, 0.4),
    Case("bernoulli", "logits", MILLION, F.binary_cross_entropy_with_logits, _outcomes, 0.6),
    Case("gaussian", "mean and variance", MILLION, F.gaussian_nll_loss, _numbers, 0.25, ("var",)),
    Case("poisson", "logarithm of the rate", MILLION, F.poisson_nll_loss, _counts, 0.3),
)
