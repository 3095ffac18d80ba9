"""The layout for a scalar input: one target a position."""

from numeric.templates.common import FUNCTION, REDUCTION, filled

FORM = (
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
    + filled(
        FUNCTION,
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

LAYOUT = (
    REDUCTION
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
