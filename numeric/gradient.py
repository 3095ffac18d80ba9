"""The closed-form gradient: the derivative that was derived on paper, brought into the stable form.

Differentiating a stable program does not give a stable derivative: autograd turns log1p(s) − d into p_t − 1, which
cancels where p_t is near 1. The derived gradient f_j Σ t / Σ f − t_j goes through the same passes as the loss; there
the rewrite "diagonal cancellation" (or, for one logit, "complementary split") takes the cancelling term out on paper.

The second derivative is needed only along a direction v, d/dε ∇E(z + εv) at ε = 0, and by the chain rule that is a
graph again, of the same size: one rule an operation, every operation being differentiable where the loss is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numeric import graph
from numeric.graph import ZERO, Node
from numeric.lowering import lower_gradient
from numeric.rewriting import rewrite
from numeric.stable import LOGARITHMS, SHIFT, expand

if TYPE_CHECKING:
    from derive.strategy.loss import LinkedLoss


def closed_form(loss: LinkedLoss) -> Node:
    """The derivative of one observation's loss by its input, cancelling terms cancelled, labels still general."""
    return expand(lower_gradient(loss))


def curvature(loss: LinkedLoss) -> Node:
    """The Hessian of one observation's loss times the input `tangent`, labels still general."""
    gradient = rewrite(rewrite(lower_gradient(loss), LOGARITHMS), SHIFT)
    axes = tuple(map(str, loss.input.axes))
    return directional(gradient, graph.source("input", axes), graph.source("tangent", axes))


def directional(node: Node, variable: Node, tangent: Node) -> Node:
    """The derivative of the node along `tangent`, where `variable` moves by it; ValueError without a rule."""

    def along(part: Node) -> Node:
        return directional(part, variable, tangent)

    if node == variable:
        return tangent
    if variable not in node.walk() or node.op == "argmax":
        return ZERO
    match node.op:
        case "add":
            return graph.add(*map(along, node.args))
        case "mul":
            rest = [node.args[:i] + node.args[i + 1 :] for i in range(len(node.args))]
            return graph.add(*(graph.mul(*r, along(a)) for a, r in zip(node.args, rest, strict=True)))
        case "power":
            slope = graph.mul(graph.constant(node.value), graph.power(node.args[0], node.value - 1))
            return graph.mul(slope, along(node.args[0]))
        case "exp":
            return graph.mul(node, along(node.args[0]))
        case "logistic":
            rise = graph.mul(node, graph.apply("logistic", graph.negative(node.args[0])))
            return graph.mul(rise, along(node.args[0]))
        case "difference":
            return graph.difference(*map(along, node.args))
        case "sum":
            return graph.total(along(node.args[0]), node.axis)
        case "take":
            return graph.take(along(node.args[0]), node.args[1], node.axis)
    raise ValueError(f"no derivative for {node.op}: {node}")
