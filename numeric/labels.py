"""Hard labels: the observation is 1 at one position, t_k = δ_{kc}, and 0 elsewhere.

Nothing is derived anew: δ is put for the observation in the general loss and gradient, sums over it contract
(Σ_k δ_{kc} f_k = f_c), and what remains is a choice between the value at the label and the value elsewhere.
"""

from __future__ import annotations

from numeric import graph
from numeric.graph import ONE, ZERO, Node
from numeric.rewriting import Rewrite


def _contraction(node: Node) -> Node | None:
    if node.op != "sum":
        return None
    factors = node.args[0].args if node.args[0].op == "mul" else node.args
    for mark in factors:
        if mark.op == "delta" and mark.axis == node.axis:
            rest = graph.mul(*(f for f in factors if f != mark))
            return graph.take(rest, mark.args[0], node.axis)
    return None


def _all_but_the_label(node: Node) -> Node | None:
    if node.op == "leave_one_out" and node.args[0].op == "delta" and node.args[0].axis == node.axis:
        return graph.add(ONE, graph.negative(node.args[0]))
    return None


def _cases(node: Node) -> Node | None:
    if node.op not in ("add", "mul"):
        return None
    for mark in node.walk():
        marked = [a for a in node.args if mark in a.walk()]
        if mark.op == "delta" and mark.axis in node.axes and (node.op == "add" or len(marked) > 1):
            there, elsewhere = (graph.substitute(node, mark, value) for value in (ONE, ZERO))
            return Node("cases", (mark, graph.take(there, mark.args[0], mark.axis), elsewhere))
    return None


LABELS = (
    Rewrite("delta contraction", "Σ_k δ_{kc} f_k = f_c", "1 ≤ c ≤ K", _contraction),
    Rewrite("all but the label", "Σ_{k≠j} δ_{kc} = 1 − δ_{jc}", "1 ≤ c ≤ K", _all_but_the_label),
)

CASES = (
    Rewrite("cases of a delta", "f(δ) = f(1) at the label, where it is f_c, and f(0) elsewhere", "δ is 0 or 1", _cases),
)


def harden(node: Node, array: Node, label: Node) -> Node:
    """The node for an observation that is 1 at the label and 0 elsewhere: δ for the array."""
    (axis,) = array.own
    return graph.substitute(node, array, graph.delta(label, axis))
