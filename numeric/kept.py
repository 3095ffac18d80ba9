"""What a loss hands to its gradient: sums and largest entries that both need, numbers of one observation."""

from __future__ import annotations

from numeric.emit import NAMES
from numeric.graph import REDUCING, Node


def kept(loss: Node, gradient: Node) -> dict[str, Node]:
    """The reductions that the loss computes and the gradient needs again, by name, none inside another's use.

    A reduction below another is kept only where the gradient needs it by itself too.
    """
    shared = {node for node in loss.walk() if node.op in REDUCING}
    needed: set[Node] = set()
    seen: set[Node] = set()
    stack = [gradient]
    while stack:
        node = stack.pop()
        if node in shared:
            needed.add(node)
        elif node not in seen:
            seen.add(node)
            stack.extend(node.args)
    names: dict[str, Node] = {}
    for node in loss.walk():
        if node in needed:
            name = NAMES[node.op]
            count = sum(known.op == node.op for known in names.values())
            names[f"{name}_{count + 1}" if count else name] = node
    return names
