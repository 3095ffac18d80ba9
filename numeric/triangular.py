"""Rewrites with triangular matrices: quadratic forms as sums of squares, and products that undo a solve.

With w = L⁻¹a and v = L⁻ᵀw: a quadratic form Σ_d a_d v_d loses its sign to rounding where Σ_d w_d² cannot, and Lᵀv is w
again. L has no entries above its diagonal, so neither has a gradient by L: of L⁻ᵀ, which is upper triangular, only
1/L_dd is left.
"""

from __future__ import annotations

from numeric import graph
from numeric.graph import Node
from numeric.rewriting import Rewrite


def _quadratic_form(node: Node) -> Node | None:
    if node.op != "sum" or node.args[0].op != "mul" or len(node.args[0].args) != 2:
        return None
    for first, second in (node.args[0].args, node.args[0].args[::-1]):
        if second.op == "back" and second.args[1].op == "solve" and second.args[1].args[0] == second.args[0]:
            solved = graph.apply("solve", second.args[0], first)
            return graph.total(graph.mul(solved, second.args[1]), node.axis)
    return None


def _number_outside(node: Node) -> Node | None:
    if node.op not in ("solve", "back", "product", "transposed", "outer"):
        return None
    *rest, last = node.args
    number, vector = graph.coefficient(last)
    if number == 1 and last.op == "add" and graph.coefficient(last.args[0])[0] < 0:
        number, vector = -number, graph.add(*map(graph.negative, last.args))  # x − z as it was first met
    return graph.mul(graph.constant(number), graph.apply(node.op, *rest, vector)) if number != 1 else None


def _number_before(node: Node) -> Node | None:
    if node.op != "outer":
        return None
    number, vector = graph.coefficient(node.args[0])
    return graph.mul(graph.constant(number), graph.apply("outer", vector, node.args[1])) if number != 1 else None


def _undone(node: Node) -> Node | None:
    if node.op == "transposed" and node.args[1].op == "back" and node.args[1].args[0] == node.args[0]:
        return node.args[1].args[1]
    return None


def _lower_of_back(node: Node) -> Node | None:
    if node.op == "lower" and node.args[0].op == "back_matrix":
        diagonal = graph.apply("diagonal", *node.args[0].args)
        return graph.apply("on_diagonal", graph.power(diagonal, -1))
    return None


def _lower_of_sum(node: Node) -> Node | None:
    if node.op != "lower":
        return None
    if node.args[0].op == "add":
        return graph.add(*(graph.apply("lower", term) for term in node.args[0].args))
    number, rest = graph.coefficient(node.args[0])
    return graph.mul(graph.constant(number), graph.apply("lower", rest)) if number != 1 else None


def _nothing(node: Node) -> Node | None:
    if node.op in LINEAR and graph.ZERO in node.args[LINEAR[node.op] :]:
        return graph.ZERO
    if node.op in ("outer", "product", "transposed") and graph.ZERO in node.args:
        return graph.ZERO
    return None


#: Operations that are 0 where their arguments from this one on are.
LINEAR = {"solve": 1, "back": 1, "lower": 0, "diagonal": 0, "on_diagonal": 0}

TRIANGULAR = (
    Rewrite("quadratic form", "Σ_d a_d (L⁻ᵀL⁻¹b)_d = Σ_d (L⁻¹a)_d (L⁻¹b)_d", "L is invertible", _quadratic_form),
    Rewrite("product undoes a solve", "Lᵀ L⁻ᵀ w = w", "L is invertible", _undone),
    Rewrite("lower triangle of a sum", "tril(f + c g) = tril f + c tril g", "always", _lower_of_sum),
    Rewrite("number outside", "L⁻¹(c f) = c L⁻¹f, f (c g)ᵀ = c f gᵀ", "c is a number", _number_outside),
    Rewrite("number before", "(c f) gᵀ = c f gᵀ", "c is a number", _number_before),
    Rewrite("linear in nothing", "L⁻¹0 = 0, f 0ᵀ = 0", "always", _nothing),
    Rewrite("lower triangle of an inverse", "tril L⁻ᵀ = diag(1 / L_dd)", "L is lower triangular", _lower_of_back),
)
