"""What every emitted file holds: its head, its helpers, the autograd function, the reduction."""

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
    """The sum along `dim` without one of the entries, all equal, where `shifted` is 0."""
    below = -shifted.sign()
    ties = (terms * (1 - below)).sum(dim, keepdim=True)
    return _sum(terms * below, dim) + (ties - left_out)
'''.strip(),
    "_rounding": '''
def _rounding(first: Tensor, second: Tensor, rounded: Tensor) -> Tensor:
    """(first - second) - rounded, which a machine can give exactly; 0 where a term is infinite."""
    back = rounded - first
    lost = (first - (rounded - back)) - (second + back)
    return torch.nan_to_num(lost, 0, 0, 0).detach()  # constant: its derivative is 0
'''.strip(),
    "_weighted": '''
def _weighted(weight: Tensor, value: Tensor) -> Tensor:
    """weight · value, with 0 · ∞ = 0."""
    return weight * torch.where((weight == 0) & torch.isinf(value), 0, value)
'''.strip(),
}

FUNCTION = '''
class _<<Form>>(torch.autograd.Function):
    """Loss and gradient in one pass; both are outputs, so that both can be differentiated."""

    generate_vmap_rule = True

    @staticmethod
    def forward(<<arguments>>) -> tuple[Tensor, Tensor]:
        return _<<form>>(<<call>>)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
        <<unpack>> = inputs
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(input, target, output[1])
        ctx.save_for_forward(input, target)

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> tuple[Tensor | None, ...]:
        input, target, gradient = ctx.saved_tensors
        along, across = cotangents
        result = None if along is None else <<scale>> * gradient
        if across is not None:  # a second derivative: the Hessian is symmetric
            bent = _<<form>>_curvature(<<call_curvature>>)
            result = bent if result is None else result + bent
        return result, <<nones>>


class _<<Form>>Forward(_<<Form>>):
    """The same with forward-mode derivatives, which torch.compile does not trace."""

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> tuple[Tensor | None, ...]:
        if tangents[1] is not None:
            raise NotImplementedError("a target with a tangent: use <<NAME>>_plain")
        input, target = ctx.saved_tensors
        across = tangents[0]
        gradient = _<<form>>(<<call_ctx>>)[1]
        return <<directional>>, _<<form>>_curvature(<<call_curvature>>)
'''


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
