"""The shift by the largest entry: d_k = u_k − u_a with a = argmax u, the frame in which exponentials are summed."""

from __future__ import annotations

from numeric import graph
from numeric.graph import Node


def shift(exponent: Node, axis: str) -> Node:
    """u − max u along the axis."""
    return graph.difference(exponent, graph.take(exponent, graph.argmax(exponent, axis), axis))


def is_shift(node: Node) -> bool:
    """Whether the node is u − u_a with a = argmax u."""
    if node.op != "difference" or node.args[1].op != "take":
        return False
    return node.args[1].args[1] == graph.argmax(node.args[0], node.args[1].axis)


def others(shifted: Node, axis: str) -> Node:
    """Σ_{k≠a} e^{u_k − u_a}, all but the largest term."""
    return graph.sum_without(graph.apply("exp", shifted), graph.argmax(shifted.args[0], axis), axis)
