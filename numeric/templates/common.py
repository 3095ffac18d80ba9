"""What every emitted file holds: its head, its helpers, the reduction."""

HEADER = '''
"""The loss <<NAME>>: the negative log-likelihood of each observation.

<<derivation>>

Loss and gradient were derived from the density and brought into a form that keeps precision;
this file was generated from them by lossproof and needs torch alone.
`<<NAME>>` computes both in one pass.
`<<NAME>>_plain` is the loss in ordinary operations.
"""

from __future__ import annotations

<<imports>>from typing import Any

import torch
from torch import Tensor

FAMILY = "<<NAME>>"

_HALF = (torch.float16, torch.bfloat16)  # computed in single precision
'''

HELPERS = {
    "_in_blocks": '''
def _in_blocks(
    function: Callable[..., tuple[Tensor, ...]], arrays: tuple[Tensor, ...], *dim: int
) -> tuple[Tensor, ...]:
    """`function` of some observations at a time: what it computes on the way stays in a cache."""
    size = max(array.numel() for array in arrays)
    block = 2**16 if arrays[0].device.type == "cpu" else 2**22  # entries
    if dim == (0,) or size <= block or torch.compiler.is_compiling():
        return function(*arrays, *dim)
    count = arrays[0].shape[0]
    rows = max(1, count * block // size)
    outputs: tuple[Tensor, ...] = ()
    for start in range(0, count, rows):
        parts = function(*(array[start : start + rows] for array in arrays), *dim)
        outputs = outputs or tuple(part.new_empty((count, *part.shape[1:])) for part in parts)
        for output, part in zip(outputs, parts, strict=True):
            output[start : start + rows] = part
    return outputs
'''.strip(),
    "_positions": '''
def _positions(values: Tensor, dim: int) -> Tensor:
    """0, 1, 2, … along `dim`, with size 1 along every other dimension."""
    shape = [1] * values.ndim
    shape[dim] = -1
    return torch.arange(values.shape[dim], device=values.device).view(shape)
'''.strip(),
    "_sum": '''
def _sum(values: Tensor, dim: int) -> Tensor:
    """The sum along `dim`: the leading digits of every term are added exactly, then the rest."""
    rough = values.sum(dim, keepdim=True)
    unit = 2 * rough.detach()
    leading = (values + unit) - unit  # multiples of one power of two: their sum is not rounded
    exact = leading.sum(dim, keepdim=True) + (values - leading).sum(dim, keepdim=True)
    return torch.where(torch.isfinite(rough), exact, rough)
'''.strip(),
    "_sum_without": '''
def _sum_without(terms: Tensor, shifted: Tensor, left_out: Tensor | int, dim: int) -> Tensor:
    """The sum along `dim` without one of the equal entries where `shifted` is 0, not below."""
    if torch.compiler.is_compiling():  # each is the faster one of the two where it stands
        tied, other = torch.where(shifted < 0, 0, terms), torch.where(shifted < 0, terms, 0)
    else:
        level = shifted.sign()  # 0 at these entries, -1 below them
        tied, other = terms * (1 + level), terms * -level
    return _sum(other, dim) + (tied.sum(dim, keepdim=True) - left_out)
'''.strip(),
    "_rounding": '''
def _rounding(first: Tensor, second: Tensor, rounded: Tensor) -> Tensor:
    """(first - second) - rounded, which a machine can give exactly; 0 where a term is infinite."""
    back = rounded - first
    lost = (first - (rounded - back)) - (second + back)
    if torch.compiler.is_compiling():  # each is the faster one of the two where it stands
        lost = torch.where(lost == lost, lost, 0)
    else:
        lost = torch.nan_to_num(lost, 0, 0, 0)
    return lost.detach()  # constant: its derivative is 0
'''.strip(),
    "_weighted": '''
def _weighted(weight: Tensor, value: Tensor) -> Tensor:
    """weight · value, with 0 · ∞ = 0; what is nan stays nan."""
    if torch.is_grad_enabled() or torch.compiler.is_compiling():  # the other has no slope at ∞
        return weight * torch.where((weight == 0) & (value.abs() == torch.inf), 0, value)
    largest = torch.finfo(value.dtype).max
    product = torch.nan_to_num(weight * value, 0, torch.inf, -torch.inf)
    return product + 0 * (weight + value.clamp(-largest, largest))
'''.strip(),
}


def filled(text: str, values: dict[str, str]) -> str:
    """The text with each value in the place of its mark."""
    for key, value in values.items():
        text = text.replace(f"<<{key}>>", value)
    return text


REDUCTION = '''
def _reduced(losses: Tensor, counted: Tensor | None, reduction: str) -> Tensor:
    """The losses themselves, their sum, or their mean weighted by what each counts."""
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    return losses.mean() if counted is None else losses.sum() / counted.sum()
'''
