"""What a loss hands to its gradient: sums and largest entries of a row, which are numbers of one observation."""

from __future__ import annotations

from numeric.emit import NAMES
from numeric.graph import REDUCING, Node


def kept_numbers(loss: Node, gradient: Node) -> dict[str, Node]:
    """The reductions that the gradient needs, by name, those that the loss computes first.

    Computed beside the loss they share its passes over a row, and the gradient is left with one. A reduction within
    another is kept only where the gradient needs it by itself too.
    """
    needed: list[Node] = []
    seen: set[Node] = set()
    stack = [gradient]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op in REDUCING and node.op != "argmax":
            needed.append(node)
        else:
            stack.extend(node.args)
    order = {node: place for place, node in enumerate([*loss.walk(), *gradient.walk()][::-1])}
    names: dict[str, Node] = {}
    for node in sorted(needed, key=order.__getitem__, reverse=True):
        name = NAMES[node.op]
        count = sum(known.op == node.op for known in names.values())
        names[f"{name}_{count + 1}" if count else name] = node
    return names
