"""The shift by the largest entry: d_k = u_k − max u, the frame in which exponentials are summed."""

from __future__ import annotations

from numeric import graph
from numeric.graph import ONE, Node


def shift(exponent: Node, axis: str) -> Node:
    """u − max u along the axis."""
    return graph.difference(exponent, graph.largest(exponent, axis))


def is_shift(node: Node) -> bool:
    """Whether the node is u − max u."""
    return node.op == "difference" and node.args[1].op == "largest" and node.args[1].args[0] == node.args[0]


def others(shifted: Node, axis: str) -> Node:
    """Σ_{k≠a} e^{d_k} for one a with d_a = 0: all but the largest term, which is 1."""
    return graph.sum_without(graph.apply("exp", shifted), shifted, ONE, axis)
