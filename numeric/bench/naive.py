"""The naive export as a loss with torch's arguments: −log p as it is stated, printed and left to autograd."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache

import torch.nn.functional as F
from torch import Tensor

from derive.model import Model
from numeric.validation.certified import Question
from numeric.validation.naive import lambdified
from numeric.validation.run import further, questions_of


@lru_cache(maxsize=64)
def _printed(asked: Question, sizes: tuple[tuple[str, int], ...]) -> Callable[..., Tensor]:
    return lambdified(asked, dict(sizes))


def naive_losses(asked: Question) -> Callable[..., Tensor]:
    """`f(input, target, …)`: one loss an observation, further arguments by their names; integer labels as weights."""

    def losses(input: Tensor, target: Tensor, **named: Tensor) -> Tensor:
        classes = input.shape[1] if input.ndim > 1 else 1
        if input.ndim > 1 and not target.is_floating_point():
            target = F.one_hot(target, classes).to(input.dtype)
        sizes = tuple((str(s), classes) for s in asked.model.sizes)
        return _printed(asked, sizes)(input, target, *(named[name] for name in further(asked)))

    arguments = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in ("input", "target")]
    arguments += [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) for n in further(asked)]
    losses.__signature__ = inspect.Signature(arguments)  # type: ignore[attr-defined]
    return losses


def naive_mean(model: Model, names: tuple[str, ...]) -> Callable[..., Tensor]:
    """The mean loss of the way that takes the named arguments, all of them in order."""
    asked = next(one for one in questions_of(model) if further(one) == names)
    losses = naive_losses(asked)
    return lambda input, target, *rest: losses(input, target, **dict(zip(names, rest, strict=True))).mean()
