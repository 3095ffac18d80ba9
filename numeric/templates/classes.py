"""The layout for an input with one entry a class: the target is a label or one weight a class."""

from numeric.templates.classes_function import FUNCTION
from numeric.templates.common import REDUCTION

FORM = (
    '''
def _<<form>>(input: Tensor, target: Tensor, dim: int) -> tuple[Tensor, ...]:
    """Each observation's loss, <<form>> target, and sums that its gradient takes over."""
<<value>>
    return <<results>>


def _<<form>>_gradient(
    along: Tensor,
    <<arguments>>
    dim: int,
) -> tuple[Tensor]:
    """The gradient by the input, <<form>> target, times `along`."""
<<slope>>
    return (along.unsqueeze(dim) * gradient,)


def _<<form>>_curvature(input: Tensor, target: Tensor, tangent: Tensor, dim: int) -> Tensor:
    """The Hessian by the input times the tangent, <<form>> target."""
<<curvature>>
    return curvature


'''.lstrip()
    + FUNCTION
)

LAYOUT = (
    REDUCTION
    + '''

def _per_observation(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    label_smoothing: float,
    temperature: float,
    fused: bool,
) -> tuple[Tensor, Tensor | None]:
    """Each observation's loss in at least single precision, and what it counts in a mean."""
    dim = 0 if input.ndim == 1 else 1
    values = input.float() if input.dtype in _HALF else input
    if temperature != 1:
        values = values / temperature
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
        losses = _hard_losses(values, target, dim, fused)
        if weight is not None:
            losses = losses * weight[target]
    else:
        if label_smoothing:
            share = share * (1 - label_smoothing) + label_smoothing / values.shape[dim]
        if weight is not None:
            share = share * weight.view([-1 if i == dim else 1 for i in range(values.ndim)])
        losses = _soft_losses(values, share, dim, fused)
    return losses if ignored is None else torch.where(ignored, 0, losses), counted


def _check(
    input: Tensor,
    target: Tensor,
    ignore_index: int,
    reduction: str,
    temperature: float,
    domain: bool,
) -> None:
    """ValueError where shapes do not fit or, with `domain`, where a label is out of range."""
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"reduction must be none, mean or sum, not {reduction!r}")
    if not temperature > 0:
        raise ValueError(f"temperature must be positive, not {temperature}")
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
    temperature: float = 1.0,
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
    temperature     the logits are divided by it first
    validate_args   also look at the values: ValueError for a label out of range or nan

    Half precision is computed in single precision. An input without requires_grad, or a target
    with it, goes through the plain form: the value is the same.
    """
    _check(input, target, ignore_index, reduction, temperature, validate_args)
    losses, counted = _per_observation(
        input, target, weight, ignore_index, label_smoothing, temperature, True
    )
    return _reduced(losses, counted, reduction).to(input.dtype)


def <<NAME>>_plain(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
    temperature: float = 1.0,
    validate_args: bool = False,
) -> Tensor:
    """The same loss in ordinary operations; arguments as for `<<NAME>>`."""
    _check(input, target, ignore_index, reduction, temperature, validate_args)
    losses, counted = _per_observation(
        input, target, weight, ignore_index, label_smoothing, temperature, False
    )
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
        temperature: float = 1.0,
        validate_args: bool = False,
    ) -> None:
        """Keep the arguments of `<<NAME>>` for every call."""
        super().__init__()
        self.register_buffer("weight", weight)
        self.ignore_index = ignore_index
        self.reduction = reduction
        self.label_smoothing = label_smoothing
        self.temperature = temperature
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
            temperature=self.temperature,
            validate_args=self.validate_args,
        )
'''
)
