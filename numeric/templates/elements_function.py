"""The functions of one way to give the parameters: plain, with its gradient, the curvature, the autograd function."""

FORM = '''
def _<<form>>_plain(<<arguments>>) -> Tensor:
    """Each observation's loss, in ordinary operations."""
<<plain>>


def _<<form>>(<<arguments>>) -> tuple[Tensor, ...]:
    """Each observation's loss and its <<derivatives>>."""
<<both>>


def _<<form>>_curvature(<<moved>>) -> tuple[Tensor, ...]:
    """The second derivatives by <<inputs>> times the tangent<<s>>."""
<<curvature>>


class _<<Form>>(torch.autograd.Function):
    """Loss and gradient in one pass; both are outputs, so that both can be differentiated."""

    generate_vmap_rule = True

    @staticmethod
    def forward(<<forwarded>>) -> tuple[Tensor, ...]:
        return _in_blocks(_<<form>>, (<<saved>>)<<dim>>)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(*inputs<<tensors>>, *output[1:])
        ctx.save_for_forward(*inputs<<tensors>>)<<keep>>

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> tuple[Tensor | None, ...]:
        <<saved>>, *gradients = ctx.saved_tensors
        along, *across = cotangents
<<lift>>        found = [None if along is None else <<along>> * g for g in gradients]
        compiling = torch.compiler.is_compiling()  # then first derivatives are all there is
        if not compiling and any(a is not None for a in across):  # the Hessian is symmetric
            moves = _directions(gradients, across)
            bent = _<<form>>_curvature(<<saved>><<axis>>, *moves)
            found = [b if f is None else f + b for f, b in zip(found, bent, strict=True)]
        return *found, <<nones>>


class _<<Form>>Forward(_<<Form>>):
    """The same with forward-mode derivatives, which torch.compile does not trace."""

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> tuple[Tensor, ...]:
        if any(t is not None for t in tangents[<<count>>:]):
            raise NotImplementedError("data with a tangent: use <<NAME>>_plain")
        <<saved>> = ctx.saved_tensors
        # applied, not called: what is inside has closed derivatives of its own
        _, *gradients = _<<Form>>Forward.apply(<<saved>><<axis>>)
        moves = _directions(gradients, tangents)
        parts = [<<part>> for g, m in zip(gradients, moves, strict=True)]
        along = torch.stack(parts).sum(0)
        return along, *_<<form>>_curvature(<<saved>><<axis>>, *moves)
'''.strip()
