"""Range and rounding: exponents at most 0, only positive terms added, and what a subtraction rounds off put back.

With d_k = u_k − max u, every e^{d_k} lies in [0, 1] and the largest is exactly 1. Where sums leave one
entry out they are written as the sum without the largest plus a difference, both at least 0, so nothing cancels.
The rounding of d_k is up to half an ULP of d_k, hence |d_k|/2 ULP of e^{d_k}: a two-difference recovers it.
"""

from __future__ import annotations

from numeric import graph
from numeric.graph import ONE, ZERO, Node
from numeric.rewriting import Rewrite
from numeric.shifting import is_shift, others, shift


def _log_sum_exp_apart(node: Node) -> Node | None:
    if node.op != "logsumexp":
        return None
    shifted = shift(node.args[0], node.axis)
    return graph.add(shifted.args[1], graph.apply("log1p", others(shifted, node.axis)))


def _largest_apart(node: Node) -> Node | None:
    if node.op == "sum" and node.args[0].op == "exp" and is_shift(node.args[0].args[0]):
        return graph.add(ONE, others(node.args[0].args[0], node.axis))
    return None


def _leave_one_out(node: Node) -> Node | None:
    if node.op != "leave_one_out":
        return None
    term = node.args[0]
    if term.op == "exp" and is_shift(term.args[0]):
        return graph.add(others(term.args[0], node.axis), graph.apply("difference", ONE, term))
    shifted = shift(term, node.axis)
    left_out = shifted.args[1]
    return graph.add(graph.sum_without(term, shifted, left_out, node.axis), graph.difference(left_out, term))


def _weight(node: Node) -> Node | None:
    if node.op != "mul":
        return None
    factor, product = graph.coefficient(node)
    parts = product.args if product.op == "mul" else (product,)
    given = [p for p in parts if _given(p)]
    rest = graph.mul(*(p for p in parts if p not in given))
    if given and _unbounded(rest):
        return graph.mul(graph.constant(factor), Node("weighted", (graph.mul(*given), rest)))
    return None


def _given(node: Node) -> bool:
    """Whether the node is an observation, or affine in it: data that can be 0 exactly."""
    return _affine(node) and any(part.op == "input" and part.name == "target" for part in node.walk())


def _affine(node: Node) -> bool:
    if node.op == "input":
        return node.name.split("_")[0] in ("target", "known")
    return node.op in ("add", "mul") and all(a.op == "constant" or _affine(a) for a in node.args)


def _unbounded(node: Node) -> bool:
    """Whether the node can be infinite where an input is: what stands under an exponential at most 0 cannot."""
    if node.op in (
        "constant",
        "number",
        "size",
        "exp",
        "logistic",
        "argmax",
        "delta",
        "rounding",
        "tanh",
        "sin",
        "cos",
    ):
        return False
    if node.op == "sum_without":
        return _unbounded(node.args[0])
    if node.op in ("softplus", "log", "logsumexp"):
        return True
    if node.op == "input":
        return not _affine(node)
    return any(map(_unbounded, node.args[1:] if node.op == "select" else node.args))


def _softplus_range(node: Node) -> Node | None:
    if node.op != "softplus":
        return None
    sign, size = _sign_and_size(node.args[0])
    decayed = graph.apply("exp", graph.apply("select", size, size, graph.negative(size)))
    grown = (ZERO, size) if sign > 0 else (graph.negative(size), ZERO)
    return graph.add(graph.apply("select", size, *grown), graph.apply("log1p", decayed))


def _logistic_range(node: Node) -> Node | None:
    if node.op != "logistic":
        return None
    sign, size = _sign_and_size(node.args[0])
    decayed = graph.apply("exp", graph.apply("select", size, size, graph.negative(size)))
    parts = (decayed, ONE) if sign > 0 else (ONE, decayed)
    return graph.mul(graph.apply("select", size, *parts), graph.power(graph.add(ONE, decayed), -1))


def _constant_part(node: Node) -> Node | None:
    """What does not vary along a weighted sum is put before it, times the sum of the weights."""
    if node.op != "sum" or node.args[0].op != "weighted" or node.args[0].args[1].op != "add":
        return None
    weight, value = node.args[0].args
    outside = graph.add(*(t for t in value.args if node.axis not in t.axes))
    inside = graph.add(*(t for t in value.args if node.axis in t.axes))
    if ZERO in (outside, inside):
        return None
    shifted = shift(weight, node.axis)
    left_out = shifted.args[1]
    whole = graph.add(graph.sum_without(weight, shifted, left_out, node.axis), left_out)
    return graph.add(graph.mul(outside, whole), graph.total(Node("weighted", (weight, inside)), node.axis))


def _common_divisor(node: Node) -> Node | None:
    """One division for the terms that have the divisor; any divisor but 1 + e^u could keep a term from overflow."""
    if node.op != "add":
        return None
    for first in node.args:
        for divisor in first.args if first.op == "mul" else ():
            shared = [t for t in node.args if t.op == "mul" and divisor in t.args]
            if len(shared) > 1 and _between_one_and_two(divisor):
                above = graph.add(*(graph.mul(*(f for f in t.args if f != divisor)) for t in shared))
                return graph.add(*(t for t in node.args if t not in shared), graph.mul(above, divisor))
    return None


def _between_one_and_two(divisor: Node) -> bool:
    """Whether the node is (1 + e^u)^−1."""
    base = divisor.args[0] if divisor.op == "power" and divisor.value == -1 else ONE
    return base.op == "add" and len(base.args) == 2 and base.args[0] == ONE and base.args[1].op == "exp"


def _one_choice(node: Node) -> Node | None:
    """Two choices by one sign as one: their terms, times numbers or data, are added on either side of it."""
    if node.op != "add":
        return None
    found = [(term, *scaled) for term in node.args if (scaled := _scaled_choice(term))]
    for first, scale, choice in found:
        for second, other_scale, other in found:
            if first != second and choice.args[0] == other.args[0]:
                sides = zip(choice.args[1:], other.args[1:], strict=True)
                joined = (_two_terms(graph.mul(scale, a), graph.mul(other_scale, b)) for a, b in sides)
                rest = (t for t in node.args if t not in (first, second))
                return graph.add(*rest, graph.apply("select", choice.args[0], *joined))
    return None


def _two_terms(first: Node, second: Node) -> Node:
    """first + second, where a sum, such as 1 − x for data x, stays as it is: taken apart it would cancel."""
    if "add" in (first.op, second.op):
        minus, plus = sorted((first, second), key=lambda node: graph.coefficient(node)[0] > 0)
        return graph.difference(plus, graph.negative(minus))
    return graph.add(first, second)


def _scaled_choice(term: Node) -> tuple[Node, Node] | None:
    """(f, choice) where the term is f · choice, f made of numbers and data."""
    factors = term.args if term.op == "mul" else (term,)
    choices = [f for f in factors if f.op == "select"]
    scale = graph.mul(*(f for f in factors if f.op != "select"))
    data = all(f.op == "constant" or _given(f) for f in factors if f.op != "select")
    return (scale, choices[0]) if len(choices) == 1 and data else None


def _sign_and_size(node: Node) -> tuple[int, Node]:
    """The node as ±v: both signs of v then branch on one condition, so that derivatives agree at 0 too."""
    factor, rest = graph.coefficient(node)
    return (-1, graph.negative(node)) if factor < 0 and rest != ONE else (1, node)


RANGE = (
    Rewrite("constant part", "Σ_k w_k (c + f_k) = c (Σ_{k≠a} w_k + w_a) + Σ_k w_k f_k", "w_a = max w", _constant_part),
    Rewrite("zero weight", "x · v with 0 · ∞ = 0", "x is given; v may be infinite", _weight),
    Rewrite("largest term apart", "logsumexp(u) = u_a + log1p(Σ_{k≠a} e^{u_k−u_a})", "u_a = max u", _log_sum_exp_apart),
    Rewrite("largest term is one", "Σ_k e^{u_k−u_a} = 1 + Σ_{k≠a} e^{u_k−u_a}", "u_a = max u", _largest_apart),
    Rewrite(
        "excluded sum", "Σ_{k≠j} f_k = Σ_{k≠a} f_k + (f_a − f_j), f_a = max f", "none: exact for f ≥ 0", _leave_one_out
    ),
    Rewrite("softplus in range", "softplus(u) = max(u, 0) + log1p(e^−|u|)", "always", _softplus_range),
    Rewrite("one choice", "[u < 0 ? f : g] + [u < 0 ? h : k] = [u < 0 ? f + h : g + k]", "always", _one_choice),
    Rewrite("logistic in range", "σ(u) = e^{min(u, 0)} / (1 + e^−|u|)", "always", _logistic_range),
    Rewrite("common divisor", "f / (1 + e^u) + g / (1 + e^u) = (f + g) / (1 + e^u)", "always", _common_divisor),
)


def _compensated(node: Node) -> Node | None:
    if node.op == "exp" and node.args[0].op == "difference":
        lost = graph.apply("rounding", node.args[0])
        return graph.apply("corrected", node, lost)
    return None


def _compensated_angle(node: Node) -> Node | None:
    """Sine and cosine of c (a − b), for a and b that are given: the difference is known to twice the digits."""
    if node.op not in ("sin", "cos"):
        return None
    factor, angle = graph.coefficient(node.args[0])
    if angle.op != "add" or len(angle.args) != 2 or any(graph.coefficient(a)[1].op != "input" for a in angle.args):
        return None
    (one, first), (other, second) = map(graph.coefficient, angle.args)
    if one != -other:
        return None
    difference = graph.difference(first, second)
    scale = graph.constant(factor * one)
    turned = graph.mul(scale, difference)
    lost = graph.mul(scale, graph.apply("rounding", difference))
    if node.op == "sin":
        return graph.add(graph.apply("sin", turned), graph.mul(lost, graph.apply("cos", turned)))
    return graph.add(graph.apply("cos", turned), graph.negative(graph.mul(lost, graph.apply("sin", turned))))


ROUNDING = (
    Rewrite(
        "compensated exponential",
        "e^{f−g} = e^{fl(f−g)} (1 + r), r = (f−g) − fl(f−g)",
        "r² is negligible",
        _compensated,
    ),
    Rewrite(
        "compensated angle",
        "sin d = sin fl(d) + r cos fl(d), cos d = cos fl(d) − r sin fl(d), d = c (a − b), r = d − fl(d)",
        "r² is negligible; a and b are given",
        _compensated_angle,
    ),
)
