"""The closed-form gradient: the derivative that was derived on paper, brought into the stable form.

Differentiating a stable program does not give a stable derivative: autograd turns log1p(s) − d into p_t − 1, which
cancels where p_t is near 1. The derived gradient f_j Σ t / Σ f − t_j goes through the same passes as the loss; there
the rewrite "diagonal cancellation" (or, for one logit, "complementary split") takes the cancelling term out on paper.

The second derivative is needed only along a direction v, d/dε ∇E(z + εv) at ε = 0, and by the chain rule that is a
graph again, of the same size: one rule an operation, every operation being differentiable where the loss is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from numeric import graph
from numeric.factors import FACTORS
from numeric.graph import ONE, ZERO, Node
from numeric.lowering import lower_gradients, own_axes, sources
from numeric.mixtures import MIXTURES
from numeric.rewriting import rewrite
from numeric.stable import LOGARITHMS, SHIFT, expand
from numeric.triangular import TRIANGULAR

if TYPE_CHECKING:
    from derive.strategy.loss import LinkedLoss


def closed_form(loss: LinkedLoss) -> tuple[Node, ...]:
    """The derivatives of one observation's loss, one an input: cancelling terms cancelled, labels still general."""
    return tuple(map(expand, lower_gradients(loss)))


def tangents(loss: LinkedLoss) -> tuple[Node, ...]:
    """The direction in which a second derivative is taken: an array or scalar beside each input."""
    inputs = [entry.link.input for entry in loss.inputs]
    return tuple(
        graph.source(f"tangent_{n}" if n > 1 else "tangent", own_axes(variable)) for n, variable in enumerate(inputs, 1)
    )


def curvature(loss: LinkedLoss) -> tuple[Node, ...]:
    """The Hessian of one observation's loss times the tangents, one entry an input, labels still general."""
    names = sources(loss)
    inputs = [names[entry.link.input.key] for entry in loss.inputs]
    moves = tuple(
        (i, graph.apply("lower", t) if len(t.own) > 1 else t) for i, t in zip(inputs, tangents(loss), strict=True)
    )
    found = []
    for derivative in lower_gradients(loss):
        gradient = rewrite(rewrite(rewrite(derivative, (*LOGARITHMS, *MIXTURES)), (*FACTORS, *TRIANGULAR)), SHIFT)
        parts = (directional(gradient, variable, tangent) for variable, tangent in moves)
        found.append(rewrite(graph.add(*parts), (*FACTORS, *TRIANGULAR)))
    return tuple(found)


def directional(node: Node, variable: Node, tangent: Node) -> Node:
    """The derivative of the node along `tangent`, where `variable` moves by it; ValueError without a rule."""

    def along(part: Node) -> Node:
        return directional(part, variable, tangent)

    if node == variable:
        return tangent
    if variable not in node.walk():
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
        case "log":
            return graph.mul(graph.power(node.args[0], -1), along(node.args[0]))
        case "log1p":
            return graph.mul(graph.power(graph.add(ONE, node.args[0]), -1), along(node.args[0]))
        case "softplus":
            return graph.mul(graph.apply("logistic", node.args[0]), along(node.args[0]))
        case "lower" | "diagonal" | "on_diagonal":
            return graph.apply(node.op, along(node.args[0]))
        case "outer":
            first, second = node.args
            return graph.add(graph.apply("outer", along(first), second), graph.apply("outer", first, along(second)))
        case "solve" | "back":  # L w = u: dw = L⁻¹ (du − dL w), and so for Lᵀ
            product = graph.apply({"solve": "product", "back": "transposed"}[node.op], along(node.args[0]), node)
            return graph.apply(node.op, node.args[0], graph.add(along(node.args[1]), graph.negative(product)))
        case op if op in SLOPES:
            return graph.mul(SLOPES[op](node), along(node.args[0]))
        case "logistic":
            rise = graph.mul(node, graph.apply("logistic", graph.negative(node.args[0])))
            return graph.mul(rise, along(node.args[0]))
        case "difference":
            return graph.difference(*map(along, node.args))
        case "sum":
            return graph.total(along(node.args[0]), node.axis)
        case "take":
            return graph.take(along(node.args[0]), node.args[1], node.axis)
        case "largest":
            return graph.take(along(node.args[0]), graph.argmax(node.args[0], node.axis), node.axis)
    raise ValueError(f"no derivative for {node.op}: {node}")


def _bessel_slope(node: Node) -> Node:
    """d/df e^−f I_0(f) = e^−f (I_1 − I_0), and d/df e^−f I_1(f) = e^−f (I_0 − I_1/f − I_1)."""
    (inner,) = node.args
    first, second = graph.bessel(0, inner), graph.bessel(1, inner)
    if not node.value:
        return graph.add(second, graph.negative(first))
    return graph.add(first, graph.negative(second), graph.negative(graph.mul(second, graph.power(inner, -1))))


#: The derivative of a function of one number by that number.
SLOPES: dict[str, Callable[[Node], Node]] = {
    "expm1": lambda node: graph.apply("exp", node.args[0]),
    "tanh": lambda node: graph.add(ONE, graph.negative(graph.power(node, 2))),
    "sin": lambda node: graph.apply("cos", node.args[0]),
    "cos": lambda node: graph.negative(graph.apply("sin", node.args[0])),
    "abs": lambda node: graph.apply("sign", node.args[0]),
    "sign": lambda node: ZERO,
    "lgamma": lambda node: graph.polygamma(0, node.args[0]),
    "polygamma": lambda node: graph.polygamma(int(node.value) + 1, node.args[0]),
    "bessel": _bessel_slope,
}
