"""Squares that overflow where what is made of them does not.

(x/σ)² is infinite in single precision once x is 10¹⁹ σ; log(1 + (x/σ)²/ν) is 88 there, and its slope is 2σ/x. So the
square is taken last, of x/σ as a whole; a quotient whose divisor grows with the square of its numerator is turned
over; and the logarithm of a large square is twice a logarithm.
"""

from __future__ import annotations

from numeric import graph
from numeric.factors import factors_of
from numeric.graph import ONE, Node
from numeric.rewriting import Rewrite


def _scaled_square(node: Node) -> Node | None:
    if node.op != "mul":
        return None
    table = dict(map(graph.base_and_exponent, factors_of(node)))
    for first, times in table.items():
        for second, power in table.items():
            if first.op != "exp" and second.op == "exp" and times == 2 and abs(power) == 2:
                whole = graph.power(graph.mul(first, graph.power(second, power / 2)), 2)
                rest = (graph.power(b, e) for b, e in table.items() if b not in (first, second))
                return graph.mul(graph.constant(graph.coefficient(node)[0]), whole, *rest)
    return None


def _square_in(node: Node) -> tuple[Node, Node] | None:
    """s and h where the node is h s² for s a product with an exponential."""
    for factor in factors_of(node):
        if factor.op == "power" and factor.value == 2 and factor.args[0].op == "mul":
            return factor.args[0], graph.mul(node, graph.power(factor, -1))
    return None


def _turned_over(node: Node) -> Node | None:
    if node.op != "mul":
        return None
    for divisor in factors_of(node):
        base = divisor.args[0] if divisor.op == "power" and divisor.value == -1 else ONE
        square = _square_in(base.args[1]) if base.op == "add" and base.args[0] == ONE and len(base.args) == 2 else None
        if square is None:
            continue
        root, scale = square
        table = dict(map(graph.base_and_exponent, factors_of(node)))
        for power in (2, 1):
            if power == 2:
                held = table.get(root) == 2
                rest = graph.mul(node, graph.power(root, -2), base)
            else:
                parts = dict(map(graph.base_and_exponent, factors_of(root)))
                held = all(table.get(b, 0) * e >= e * e for b, e in parts.items())
                rest = graph.mul(node, *(graph.power(f, -1) for f in factors_of(root)), base)
            if held:
                small, large = graph.power(root, -power), graph.mul(scale, graph.power(root, 2 - power))
                return graph.mul(rest, graph.power(graph.add(small, large), -1))
    return None


def _log_of_square(node: Node) -> Node | None:
    square = _square_in(node.args[0]) if node.op == "log1p" else None
    return None if square is None else graph.apply("log1p_square", *square)


SQUARES = (
    Rewrite("square of a scaled number", "f² e^{2u} = (f e^u)²", "always", _scaled_square),
    Rewrite("quotient turned over", "s^p / (1 + h s²) = 1 / (s^−p + h s^(2−p))", "p = 1 or 2, 1/0 = ∞", _turned_over),
    Rewrite("log1p of a square", "log(1 + h s²) without the square of a large s", "1 + h s² > 0", _log_of_square),
)
