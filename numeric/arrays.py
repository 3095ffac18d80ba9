"""A loss as a function of NumPy arrays: the fused form on tensors made of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch
    from numpy.typing import ArrayLike

    from numeric.pipeline import Loss

#: Formats that torch computes in; other numbers are taken as float64 or as labels.
FLOATS = (np.float64, np.float32, np.float16)


def over_arrays(loss: Loss) -> Callable[..., Any]:
    """The loss `f(input, target, …, gradient=False)` on arrays or what becomes one; ImportError where torch is missing.

    Arguments are those of the emitted function. The result is a NumPy scalar, or an array for `reduction="none"`. With
    `gradient=True` it is the pair of that and the gradients of the reduced loss (of the losses' sum, where they are not
    reduced) by every input that was given: a dictionary by the input's name.
    """
    import torch

    from derive.strategy.loss import linked_losses

    signature = inspect.signature(loss.fused)
    inputs = list(dict.fromkeys(i.name for derived in linked_losses(loss.model) for i in derived.inputs))

    def function(input: ArrayLike, target: ArrayLike, *arguments: Any, gradient: bool = False, **options: Any) -> Any:
        rest = [_tensor(a) for a in arguments]
        named = {name: _tensor(option) for name, option in options.items()}
        leaf, observed = _tensor(np.asarray(input)), _tensor(np.asarray(target))
        if not leaf.is_floating_point():
            leaf = leaf.double()
        if not gradient:
            return loss.fused(leaf, observed, *rest, **named).detach().numpy()[()]
        bound = signature.bind(leaf, observed, *rest, **named).arguments
        leaves = {name: bound[name].requires_grad_() for name in inputs if _differentiable(bound.get(name))}
        value = loss.fused(leaf, observed, *rest, **named)
        slopes = torch.autograd.grad(value.sum(), list(leaves.values()), allow_unused=True)
        return value.detach().numpy()[()], {
            name: np.zeros(tuple(leaves[name].shape)) if slope is None else slope.numpy()
            for name, slope in zip(leaves, slopes, strict=True)
        }

    return function


def _differentiable(value: object) -> bool:
    """Whether it is a tensor of real numbers."""
    return bool(getattr(value, "is_floating_point", lambda: False)())


def _tensor(value: Any) -> Any:
    """An array as a tensor of its own: floats as they are, whole numbers as labels; anything else as it is."""
    import torch

    if not isinstance(value, (np.ndarray, list, tuple)):
        return value
    array = np.asarray(value)
    if array.dtype.kind == "f" and array.dtype.type not in FLOATS:
        array = array.astype(np.float64)
    if array.dtype.kind in "bu":
        array = array.astype(np.int64)
    found: torch.Tensor = torch.tensor(array)
    return found
