"""The autograd functions of a loss over classes: the loss forwards, its closed-form gradient backwards.

Forwards keeps numbers of one observation (its largest entry, sums over classes) and nothing as large as the input;
backwards needs one pass over the input to make the gradient from them. So the gradient is the only array of that size.
"""

FUNCTION = '''
class _<<Form>>(torch.autograd.Function):
    """The loss; backwards its closed-form gradient, from what the loss computed of each row."""

    generate_vmap_rule = True

    @staticmethod
    def forward(input: Tensor, target: Tensor, dim: int) -> tuple[Tensor, ...]:
        return _in_blocks(_<<form>>, (input, target), dim)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        input, target, ctx.dim = inputs
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(input, target, *output[1:])
        ctx.save_for_forward(input, target)

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> tuple[Tensor | None, ...]:
        if cotangents[0] is None:
            return None, None, None
        arrays = (cotangents[0], *ctx.saved_tensors)
        if torch.compiler.is_compiling():
            return _<<form>>_gradient(*arrays, ctx.dim)[0], None, None
        return _<<Form>>Gradient.apply(*arrays, ctx.dim), None, None


class _<<Form>>Forward(_<<Form>>):
    """The same with forward-mode derivatives, which torch.compile does not trace."""

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> tuple[Tensor | None, ...]:
        if tangents[1] is not None:
            raise NotImplementedError("a target with a tangent: use <<NAME>>_plain")
        input, target = ctx.saved_tensors
        loss, *kept = _<<form>>(input, target, ctx.dim)
        arrays = (torch.ones_like(loss), input, target, *kept)
        gradient = _<<Form>>Gradient.apply(*arrays, ctx.dim)
        return (gradient * tangents[0]).sum(ctx.dim), *map(torch.zeros_like, kept)


class _<<Form>>Gradient(torch.autograd.Function):
    """The gradient times `along`, a number for each observation; it can be differentiated."""

    generate_vmap_rule = True

    @staticmethod
    def forward(
        along: Tensor,
        <<arguments_inside>>
        dim: int,
    ) -> Tensor:
        arrays = (along, <<names>>)
        return _in_blocks(_<<form>>_gradient, arrays, dim)[0]

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        *arrays, ctx.dim = inputs
        ctx.save_for_backward(*arrays)
        ctx.save_for_forward(*arrays)

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> tuple[Tensor | None, ...]:
        (across,) = cotangents
        along, input, target, *kept = ctx.saved_tensors
        unit = torch.ones_like(along)
        gradient = _<<Form>>Gradient.apply(unit, input, target, *kept, ctx.dim)
        bent = _<<form>>_curvature(input, target, across, ctx.dim)  # the Hessian is symmetric
        result = (gradient * across).sum(ctx.dim), along.unsqueeze(ctx.dim) * bent
        return *result, <<nones>>

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Tensor:
        along, input, target, *kept = ctx.saved_tensors
        bent = _<<form>>_curvature(input, target, tangents[1], ctx.dim)
        result = along.unsqueeze(ctx.dim) * bent
        if tangents[0] is not None:
            result = result + _<<Form>>Gradient.apply(tangents[0], input, target, *kept, ctx.dim)
        return result


def _<<form>>_losses(input: Tensor, target: Tensor, dim: int, fused: bool) -> Tensor:
    """Each observation's loss: in ordinary operations, or `fused` with its gradient."""
    if fused and not torch.is_grad_enabled():
        return _in_blocks(_<<form>>, (input, target), dim)[0]
    if fused and input.requires_grad and not target.requires_grad:
        function = _<<Form>> if torch.compiler.is_compiling() else _<<Form>>Forward
        return function.apply(input, target, dim)[0]
    return _<<form>>(input, target, dim)[0]
'''.strip()
