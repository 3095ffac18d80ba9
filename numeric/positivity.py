"""Which nodes are positive, as far as their form shows."""

from __future__ import annotations

from numeric.graph import Node

#: Operations whose values are positive; `gamma` stands in densities, of positive numbers.
POSITIVE = frozenset(["exp", "size", "logistic", "gamma", "bessel", "number", "softplus"])


def positive(node: Node) -> bool:
    """Whether the node is positive wherever it is defined."""
    if node.op == "constant":
        return node.value > 0
    if node.op in ("add", "mul", "sum", "power"):
        return all(map(positive, node.args))
    return node.op in POSITIVE
