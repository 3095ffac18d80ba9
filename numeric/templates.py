"""The text of an emitted file around its statements; `<<…>>` marks what is put in.

Nothing here knows a family. The file must stand alone: it imports torch and nothing else.
"""

HEADER = '''
"""The loss <<NAME>>: the negative log-likelihood of each observation.

Density     <<density>>
Link        <<link>>
Loss        <<loss>>
Gradient    <<gradient>>

Loss and gradient were derived from the density and brought into a form that keeps precision;
this file was generated from them by lossproof and needs torch alone. `<<NAME>>` computes both
in one pass, `<<NAME>>_plain` is the loss in ordinary operations.
"""

from __future__ import annotations

from typing import Any

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
    "_rounding": '''
def _rounding(first: Tensor, second: Tensor, rounded: Tensor) -> Tensor:
    """(first - second) - rounded, which a machine can give exactly; 0 where a term is infinite."""
    back = rounded - first
    lost = (first - (rounded - back)) - (second + back)
    return torch.where(torch.isfinite(lost), lost, 0).detach()  # constant: its derivative is 0
'''.strip(),
    "_weighted": '''
def _weighted(weight: Tensor, value: Tensor) -> Tensor:
    """weight · value, with 0 · ∞ = 0."""
    return weight * torch.where((weight == 0) & torch.isinf(value), 0, value)
'''.strip(),
}

_FUNCTION = '''
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


def _filled(text: str, values: dict[str, str]) -> str:
    for key, value in values.items():
        text = text.replace(f"<<{key}>>", value)
    return text


CLASS_FORM = (
    '''
def _<<form>>_plain(input: Tensor, target: Tensor, dim: int) -> Tensor:
    """Each observation's loss, <<form>> target, in ordinary operations."""
<<plain>>


def _<<form>>(input: Tensor, target: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    """Each observation's loss and its gradient by the input, <<form>> target."""
<<both>>


def _<<form>>_curvature(input: Tensor, target: Tensor, tangent: Tensor, dim: int) -> Tensor:
    """The Hessian by the input times the tangent, <<form>> target."""
<<curvature>>


'''.lstrip()
    + _filled(
        _FUNCTION,
        {
            "arguments": "input: Tensor, target: Tensor, dim: int",
            "call": "input, target, dim",
            "call_ctx": "input, target, ctx.dim",
            "call_curvature": "input, target, across, ctx.dim",
            "unpack": "input, target, ctx.dim",
            "scale": "along.unsqueeze(ctx.dim)",
            "nones": "None, None",
            "directional": "(gradient * across).sum(ctx.dim)",
        },
    ).strip()
)

ELEMENT_FORM = (
    '''
def _<<form>>_plain(input: Tensor, target: Tensor) -> Tensor:
    """Each observation's loss."""
<<plain>>


def _<<form>>(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Each observation's loss and its derivative by the input."""
<<both>>


def _<<form>>_curvature(input: Tensor, target: Tensor, tangent: Tensor) -> Tensor:
    """The second derivative by the input times the tangent."""
<<curvature>>


'''.lstrip()
    + _filled(
        _FUNCTION,
        {
            "arguments": "input: Tensor, target: Tensor",
            "call": "input, target",
            "call_ctx": "input, target",
            "call_curvature": "input, target, across",
            "unpack": "input, target",
            "scale": "along",
            "nones": "None",
            "directional": "gradient * across",
        },
    ).strip()
)

_REDUCTION = '''
def _reduced(losses: Tensor, counted: Tensor | None, reduction: str) -> Tensor:
    """The losses themselves, their sum, or their mean weighted by what each counts."""
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    return losses.mean() if counted is None else losses.sum() / counted.sum()
'''

CLASSES = (
    _REDUCTION
    + '''

def _per_observation(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    label_smoothing: float,
    fused: bool,
) -> tuple[Tensor, Tensor | None]:
    """Each observation's loss in at least single precision, and what it counts in a mean."""
    dim = 0 if input.ndim == 1 else 1
    values = input.float() if input.dtype in _HALF else input
    fused = fused and values.requires_grad and not target.requires_grad and torch.is_grad_enabled()
    if weight is not None:
        weight = weight.to(values.dtype)
    if target.is_floating_point():
        share, ignored, counted = target.to(values.dtype), None, None
    else:
        ignored = target == ignore_index
        target = torch.where(ignored, 0, target).long()
        counted = (~ignored).to(values.dtype)
        if weight is not None:
            counted = counted * weight[target]
        share = None
        if label_smoothing:
            share = (_positions(values, dim) == target.unsqueeze(dim)).to(values.dtype)
    if share is None:
        hard = _Hard if torch.compiler.is_compiling() else _HardForward
        losses = hard.apply(values, target, dim)[0] if fused else _hard_plain(values, target, dim)
        if weight is not None:
            losses = losses * weight[target]
    else:
        if label_smoothing:
            share = share * (1 - label_smoothing) + label_smoothing / values.shape[dim]
        if weight is not None:
            share = share * weight.view([-1 if i == dim else 1 for i in range(values.ndim)])
        soft = _Soft if torch.compiler.is_compiling() else _SoftForward
        losses = soft.apply(values, share, dim)[0] if fused else _soft_plain(values, share, dim)
    return losses if ignored is None else torch.where(ignored, 0, losses), counted


def _check(input: Tensor, target: Tensor, ignore_index: int, reduction: str, domain: bool) -> None:
    """ValueError where shapes do not fit or, with `domain`, where a label is out of range."""
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"reduction must be none, mean or sum, not {reduction!r}")
    if not input.is_floating_point() or input.ndim == 0:
        found = f"{input.dtype} of shape {tuple(input.shape)}"
        raise ValueError(f"input must be floating-point, (N, K, …) or (K,); found {found}")
    dim = 0 if input.ndim == 1 else 1
    soft = target.is_floating_point()
    expected = input.shape if soft else input.shape[:dim] + input.shape[dim + 1 :]
    if target.shape != expected:
        kind, shape = "soft" if soft else "integer", tuple(target.shape)
        raise ValueError(f"{kind} labels must have shape {tuple(expected)}; found {shape}")
    if domain:
        classes = input.shape[dim]
        if bool(torch.isnan(input).any()):
            raise ValueError("input holds nan")
        if soft and not bool(((target >= 0) & torch.isfinite(target)).all()):
            raise ValueError("soft labels must be finite and at least 0")
        if not soft:
            wrong = ((target < 0) | (target >= classes)) & (target != ignore_index)
            if bool(wrong.any()):
                label = int(target[wrong][0])
                raise ValueError(f"labels run from 0 to {classes - 1}; found {label}")


def <<NAME>>(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
    validate_args: bool = False,
) -> Tensor:
    """The loss, with its closed-form gradient computed in the same pass.

    input           (N, K), (N, K, d1, …) or (K,): real numbers; -inf excludes a class
    target          integer labels 0 … K-1, shaped as input without K, or soft labels, shaped as
                    input, at least 0 and of any sum
    weight          (K,): one factor a class; a mean over integer labels divides by their weights
    ignore_index    an integer label that counts nothing
    reduction       none, mean or sum
    label_smoothing the share of the uniform distribution mixed into the target
    validate_args   also look at the values: ValueError for a label out of range or nan

    Half precision is computed in single precision. An input without requires_grad, or a target
    with it, goes through the plain form: the value is the same.
    """
    _check(input, target, ignore_index, reduction, validate_args)
    losses, counted = _per_observation(input, target, weight, ignore_index, label_smoothing, True)
    return _reduced(losses, counted, reduction).to(input.dtype)


def <<NAME>>_plain(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
    validate_args: bool = False,
) -> Tensor:
    """The same loss in ordinary operations; arguments as for `<<NAME>>`."""
    _check(input, target, ignore_index, reduction, validate_args)
    losses, counted = _per_observation(input, target, weight, ignore_index, label_smoothing, False)
    return _reduced(losses, counted, reduction).to(input.dtype)


class <<CLASS>>Loss(torch.nn.Module):
    """`<<NAME>>` as a module; stands where torch.nn.CrossEntropyLoss stood."""

    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        *,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
        validate_args: bool = False,
    ) -> None:
        """Keep the arguments of `<<NAME>>` for every call."""
        super().__init__()
        self.register_buffer("weight", weight)
        self.ignore_index = ignore_index
        self.reduction = reduction
        self.label_smoothing = label_smoothing
        self.validate_args = validate_args

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of `input` against `target`, reduced."""
        return <<NAME>>(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
            validate_args=self.validate_args,
        )
'''
)

ELEMENTS = (
    _REDUCTION
    + '''

def _per_observation(input: Tensor, target: Tensor, weight: Tensor | None, fused: bool) -> Tensor:
    """Each observation's loss in at least single precision."""
    values = input.float() if input.dtype in _HALF else input
    fused = fused and values.requires_grad and not target.requires_grad and torch.is_grad_enabled()
    target = target.to(values.dtype)
    element = _Element if torch.compiler.is_compiling() else _ElementForward
    losses = element.apply(values, target)[0] if fused else _element_plain(values, target)
    return losses if weight is None else losses * weight.to(losses.dtype)


def _check(input: Tensor, target: Tensor, reduction: str, domain: bool) -> None:
    """ValueError where shapes do not fit or, with `domain`, where a target is out of its domain."""
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"reduction must be none, mean or sum, not {reduction!r}")
    if not input.is_floating_point():
        raise ValueError(f"input must be floating-point, not {input.dtype}")
    if target.shape != input.shape:
        shape, found = tuple(input.shape), tuple(target.shape)
        raise ValueError(f"target must have the shape {shape} of input; found {found}")
    if domain:
        if bool(torch.isnan(input).any()):
            raise ValueError("input holds nan")
        wrong = ~(<<inside>>)
        if bool(wrong.any()):
            value = target[wrong][0].item()
            raise ValueError(f"target must lie <<interval>>; found {value}")


def <<NAME>>(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    reduction: str = "mean",
    validate_args: bool = False,
) -> Tensor:
    """The loss, with its closed-form gradient computed in the same pass.

    input           any shape: real numbers
    target          the same shape, <<interval>>
    weight          a factor for each loss, of a shape that broadcasts
    reduction       none, mean or sum; the mean divides by the number of losses
    validate_args   also look at the values: ValueError for a target out of its domain or nan

    Half precision is computed in single precision. An input without requires_grad, or a target
    with it, goes through the plain form: the value is the same.
    """
    _check(input, target, reduction, validate_args)
    losses = _per_observation(input, target, weight, True)
    return _reduced(losses, None, reduction).to(input.dtype)


def <<NAME>>_plain(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    reduction: str = "mean",
    validate_args: bool = False,
) -> Tensor:
    """The same loss in ordinary operations; arguments as for `<<NAME>>`."""
    _check(input, target, reduction, validate_args)
    losses = _per_observation(input, target, weight, False)
    return _reduced(losses, None, reduction).to(input.dtype)


class <<CLASS>>Loss(torch.nn.Module):
    """`<<NAME>>` as a module with torch's conventions."""

    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        *,
        reduction: str = "mean",
        validate_args: bool = False,
    ) -> None:
        """Keep the arguments of `<<NAME>>` for every call."""
        super().__init__()
        self.register_buffer("weight", weight)
        self.reduction = reduction
        self.validate_args = validate_args

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of `input` against `target`, reduced."""
        return <<NAME>>(
            input,
            target,
            self.weight,
            reduction=self.reduction,
            validate_args=self.validate_args,
        )
'''
)
