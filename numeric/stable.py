"""Rewrites that keep precision: each a record with its identity and its condition, none written for one family.

A formula that is right on paper can lose every digit on a machine: log(1 − p) for small p, a largest logit that is
subtracted from a sum dominated by itself, exp of a difference that was rounded. The rewrites put such places in a form
in which only positive terms are added and every exponent is at most 0. They run in the order of `PASSES`; within a
pass, bottom up until none applies. Each is an identity over the reals: tests sample both sides with many digits.
"""

from __future__ import annotations

from numeric import graph
from numeric.factors import FACTORS
from numeric.gammas import GAMMAS
from numeric.graph import ONE, Node
from numeric.labels import CASES, LABELS
from numeric.mixtures import MIXTURES
from numeric.positivity import positive
from numeric.ranges import RANGE, ROUNDING
from numeric.rewriting import Rewrite, everywhere_once, outermost, rewrite
from numeric.shifting import is_shift, others, shift
from numeric.squares import SQUARES
from numeric.triangular import TRIANGULAR

# --- logarithms ------------------------------------------------------------------------------------------------------


def _exponent_beside_one(node: Node) -> Node | None:
    """u where the node is 1 + e^u."""
    if node.op == "add" and len(node.args) == 2 and node.args[0] == ONE and node.args[1].op == "exp":
        return node.args[1].args[0]
    return None


def _logistic(node: Node) -> Node | None:
    whole = node.op == "power" and node.value < 0 and node.value.denominator == 1
    exponent = _exponent_beside_one(node.args[0]) if whole else None
    return None if exponent is None else graph.power(graph.apply("logistic", graph.negative(exponent)), -node.value)


def _tilted_logistic(node: Node) -> Node | None:
    if node.op != "mul":
        return None
    for rising in node.args:
        falling = graph.apply("logistic", graph.negative(rising.args[0])) if rising.op == "exp" else None
        for divided in node.args:
            base, times = graph.base_and_exponent(divided)
            if base == falling and times > 0:
                rest = (f for f in node.args if f not in (rising, divided))
                return graph.mul(*rest, graph.power(base, times - 1), graph.apply("logistic", rising.args[0]))
    return None


def _complement(node: Node) -> Node | None:
    if node.op == "add" and len(node.args) == 2 and node.args[0] == ONE:
        factor, rest = graph.coefficient(node.args[1])
        if factor == -1 and rest.op == "logistic":
            return graph.apply("logistic", graph.negative(rest.args[0]))
    return None


def _log_of_logistic(node: Node) -> Node | None:
    if node.op == "log" and node.args[0].op == "logistic":
        return graph.negative(graph.apply("softplus", graph.negative(node.args[0].args[0])))
    return None


def _softplus(node: Node) -> Node | None:
    exponent = _exponent_beside_one(node.args[0]) if node.op == "log" else None
    return None if exponent is None else graph.apply("softplus", exponent)


def _log_of_exponential(node: Node) -> Node | None:
    return node.args[0].args[0] if node.op == "log" and node.args[0].op == "exp" else None


def _log_of_power(node: Node) -> Node | None:
    if node.op == "log" and node.args[0].op == "power" and positive(node.args[0].args[0]):
        return graph.mul(graph.constant(node.args[0].value), graph.apply("log", node.args[0].args[0]))
    return None


def _log_of_product(node: Node) -> Node | None:
    if node.op == "log" and node.args[0].op == "mul" and all(map(positive, node.args[0].args)):
        return graph.add(*(graph.apply("log", f) for f in node.args[0].args))
    return None


def _log_sum_exp(node: Node) -> Node | None:
    if node.op == "log" and node.args[0].op == "sum" and node.args[0].args[0].op == "exp":
        return Node("logsumexp", node.args[0].args[0].args, axis=node.args[0].axis)
    return None


LOGARITHMS = (
    Rewrite("logistic", "(1 + e^u)^−q = σ(−u)^q", "q is a positive integer", _logistic),
    Rewrite("tilted logistic", "e^u σ(−u)^q = σ(u) σ(−u)^(q−1)", "q > 0", _tilted_logistic),
    Rewrite("complement of a logistic", "1 − σ(u) = σ(−u)", "always", _complement),
    Rewrite("softplus of negated argument", "log σ(u) = −softplus(−u)", "always", _log_of_logistic),
    Rewrite("softplus", "log(1 + e^u) = softplus(u)", "always", _softplus),
    Rewrite("log of an exponential", "log e^u = u", "u is real", _log_of_exponential),
    Rewrite("log of a power", "log f^q = q log f", "f > 0", _log_of_power),
    Rewrite("log of a product", "log Π f = Σ log f", "every f > 0", _log_of_product),
    Rewrite("log-sum-exp", "log Σ_k e^{u_k} = logsumexp(u)", "always", _log_sum_exp),
)


# --- cancellation ----------------------------------------------------------------------------------------------------


def _margin(node: Node) -> Node | None:
    if node.op != "add":
        return None
    for first in node.args:
        factor, lse = graph.coefficient(first)
        if lse.op != "logsumexp":
            continue
        shifted = shift(lse.args[0], lse.axis)
        for second in node.args:
            opposite, own = graph.coefficient(second)
            if opposite == -factor and _entry_of(own, lse.args[0], lse.axis):
                above = graph.difference(own, shifted.args[1])
                margin = graph.add(graph.apply("log1p", others(shifted, lse.axis)), graph.negative(above))
                rest = [t for t in node.args if t not in (first, second)]
                return graph.add(*rest, graph.mul(graph.constant(factor), margin))
    return None


def _entry_of(node: Node, array: Node, axis: str) -> bool:
    """Whether the node is the array at some position: everywhere along the axis, or at one label."""
    return node == array or (node.op == "take" and node.args[0] == array and node.axis == axis)


def _shift_by_largest(node: Node) -> Node | None:
    if node.op != "mul":
        return None
    for divisor in node.args:
        summed = _inverse_sum(divisor)
        if summed is None or summed.args[0].op != "exp" or summed.args[0] not in node.args:
            continue
        exponent = summed.args[0].args[0]
        if not is_shift(exponent):
            shifted = graph.apply("exp", shift(exponent, summed.axis))
            pair = graph.mul(shifted, graph.power(graph.total(shifted, summed.axis), -1))
            return graph.mul(*(f for f in node.args if f not in (divisor, summed.args[0])), pair)
    return None


def _inverse_sum(node: Node) -> Node | None:
    """Σ f where the node is (Σ f)^−1."""
    return node.args[0] if node.op == "power" and node.value == -1 and node.args[0].op == "sum" else None


def _diagonal(node: Node) -> Node | None:
    if node.op != "add" or len(node.args) != 2:
        return None
    for first, second in (node.args, node.args[::-1]):
        factor, own = graph.coefficient(second)
        outer, product = graph.coefficient(first)
        if outer != -factor or product.op != "mul" or len(product.args) != 3:
            continue
        for divisor in product.args:
            summed = _inverse_sum(divisor)
            if summed is None:
                continue
            share, whole = summed.args[0], Node("sum", (own,), axis=summed.axis)
            if share in product.args and whole in product.args and share != whole:
                kept = graph.mul(share, graph.leave_one_out(own, summed.axis))
                lost = graph.mul(own, graph.leave_one_out(share, summed.axis))
                return graph.mul(graph.constant(outer), graph.add(kept, graph.negative(lost)), divisor)
    return None


def _complementary(node: Node) -> Node | None:
    if node.op != "add" or len(node.args) != 2:
        return None
    for first, second in (node.args, node.args[::-1]):
        factor, chance = graph.coefficient(first)
        opposite, observed = graph.coefficient(second)
        if chance.op == "logistic" and opposite == -factor and observed.op == "input":
            other = graph.apply("logistic", graph.negative(chance.args[0]))
            unobserved = graph.add(ONE, graph.negative(observed))
            split = graph.add(graph.mul(unobserved, chance), graph.negative(graph.mul(observed, other)))
            return graph.mul(graph.constant(factor), split)
    return None


SHIFT = (
    Rewrite(
        "shift by the largest", "e^{u_j} / Σ_k e^{u_k} is the same for u − max u", "max u is finite", _shift_by_largest
    ),
)

CANCELLATION = (
    Rewrite(
        "log-sum-exp margin",
        "logsumexp(u) − u_c = log1p(Σ_{k≠a} e^{u_k−u_a}) − (u_c − u_a), u_a = max u",
        "c is a position of u",
        _margin,
    ),
    *SHIFT,
    Rewrite(
        "diagonal cancellation",
        "f_j Σ_k g_k / Σ_k f_k − g_j = (f_j Σ_{k≠j} g_k − g_j Σ_{k≠j} f_k) / Σ_k f_k",
        "Σ f ≠ 0",
        _diagonal,
    ),
    Rewrite("complementary split", "σ(u) − x = (1 − x) σ(u) − x σ(−u)", "x is given", _complementary),
)


# --- passes ----------------------------------------------------------------------------------------------------------

#: Every rewrite there is: what the tests sample.
REWRITES: tuple[Rewrite, ...] = (
    *LOGARITHMS,
    *MIXTURES,
    *FACTORS,
    *TRIANGULAR,
    *CANCELLATION,
    *LABELS,
    *CASES,
    *GAMMAS,
    *SQUARES,
    *RANGE,
    *ROUNDING,
)


def expand(node: Node) -> Node:
    """First half, with the observation still general: logarithms taken apart, cancelling terms cancelled on paper."""
    return rewrite(rewrite(rewrite(node, (*LOGARITHMS, *MIXTURES)), (*FACTORS, *TRIANGULAR)), CANCELLATION)


def settle(node: Node) -> Node:
    """Second half: labels contracted, exponents brought to at most 0, rounding put back."""
    contracted = outermost(rewrite(node, LABELS), CASES)
    return everywhere_once(rewrite(rewrite(contracted, (*GAMMAS, *SQUARES)), RANGE), ROUNDING)
