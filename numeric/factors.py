"""Terms that nearly cancel, and factors that they share.

A gradient on a link's scale comes with its chain-rule factors multiplied in: e^{−s} e^{−u} − e^{−s}. Rounding there is
relative to the terms and not to their difference. Where two terms differ by a factor e^u, σ(u) or cos u alone, the
difference has a name of its own (e^u − 1 = expm1 u, 2σ(u) − 1 = tanh(u/2), 1 − cos u = 2 sin²(u/2)) that machines
compute to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from numeric import graph
from numeric.graph import ONE, Node
from numeric.rewriting import Rewrite


def factors_of(node: Node) -> tuple[Node, ...]:
    """The factors of a product, or the node alone; numbers are left out."""
    _, rest = graph.coefficient(node)
    return rest.args if rest.op == "mul" else () if rest == ONE else (rest,)


def without(node: Node, factor: Node) -> Node:
    """The product without one of its factors."""
    number, _ = graph.coefficient(node)
    return graph.mul(graph.constant(number), *(f for f in factors_of(node) if f != factor))


def multiplied_out(term: Node) -> list[Node]:
    """The terms of a multiple of a sum; any other term alone."""
    number, inner = graph.coefficient(term)
    return [graph.mul(graph.constant(number), t) for t in inner.args] if inner.op == "add" else [term]


def _power_of_product(node: Node) -> Node | None:
    if node.op == "power" and node.args[0].op == "mul" and node.value.denominator == 1:
        return graph.mul(*(graph.power(f, node.value) for f in node.args[0].args))
    return None


def _common_factor(node: Node) -> Node | None:
    """The factors that all terms share: of exponentials the smallest power, of anything else the one nearest to 0."""
    if node.op != "add":
        return None
    numbers = {abs(graph.coefficient(t)[0]) for t in node.args}
    shared = [graph.constant(numbers.pop())] if len(numbers) == 1 else []
    tables = [dict(map(graph.base_and_exponent, factors_of(t))) for t in node.args]
    for base, first in tables[0].items():
        exponents = [t.get(base, Fraction(0)) for t in tables]
        if base.op == "exp" and all(exponents):
            shared.append(graph.power(base, min(exponents)))
        elif all(e * first > 0 for e in exponents):
            shared.append(graph.power(base, min(exponents, key=abs)))
    common = graph.mul(*shared)
    if common == ONE:
        return None
    inverse = graph.mul(*(graph.power(f, -1) for f in (*shared, ONE)))
    return graph.mul(common, graph.add(*(graph.mul(inverse, t) for t in node.args)))


def _sign_of_sum(node: Node) -> Node | None:
    """x − z stands as it was first met in every product: one subtraction serves for both signs."""
    if node.op not in ("mul", "power"):
        return None
    for factor in factors_of(node):
        base, exponent = graph.base_and_exponent(factor)
        if base.op == "add" and exponent.denominator == 1 and graph.coefficient(base.args[0])[0] < 0:
            turned = graph.power(graph.add(*map(graph.negative, base.args)), exponent)
            sign = graph.constant(-1 if exponent.numerator % 2 else 1)
            return graph.mul(sign, turned, without(node, factor))
    return None


def _exponential_into_power(node: Node) -> Node | None:
    """(g + e^u)^n e^{−mu} with m ≥ n as (g e^−u + 1)^n e^{−(m−n)u}: e^u overflows where the product does not."""
    if node.op != "mul":
        return None
    table = dict(map(graph.base_and_exponent, factors_of(node)))
    for base, times in table.items():
        for grown, decay in table.items():
            if base.op != "add" or times.denominator != 1 or grown.op != "exp" or not 0 < times <= -decay:
                continue
            if any(dict(map(graph.base_and_exponent, factors_of(t))).get(grown) == 1 for t in base.args):
                divided = graph.add(*(graph.mul(graph.power(grown, -1), t) for t in base.args))
                rest = (graph.power(b, e) for b, e in table.items() if b not in (base, grown))
                number = graph.constant(graph.coefficient(node)[0])
                return graph.mul(number, graph.power(divided, times), graph.power(grown, decay + times), *rest)
    return None


def _cancelling_sum(node: Node) -> Node | None:
    """A sum within a sum is taken apart where terms of the two cancel on paper."""
    if node.op != "add":
        return None
    for term in node.args:
        number, inner = graph.coefficient(term)
        if inner.op == "add":
            others = [t for t in node.args if t != term]
            apart = graph.add(*others, *(graph.mul(graph.constant(number), t) for t in inner.args))
            left = len(apart.args) if apart.op == "add" else 0 if apart == graph.ZERO else 1
            if left <= len(others) + len(inner.args) - 2:
                return apart
    return None


def _pair(op: str, ratio: int, combined: Callable[[Node, Node], Node]) -> Callable[[Node], Node | None]:
    """Two terms f and ratio · f · op(u) of a sum as one: combined(f, u)."""

    def rule(node: Node) -> Node | None:
        if node.op != "add":
            return None
        for second in node.args:
            for marked in factors_of(second):
                if marked.op != op:
                    continue
                first = graph.mul(graph.constant(Fraction(1, ratio)), without(second, marked))
                if first in node.args and first != second:
                    rest = (t for t in node.args if t not in (first, second))
                    return graph.add(*rest, combined(first, marked.args[0]))
        return None

    return rule


def _from_one(first: Node, exponent: Node) -> Node:
    return graph.negative(graph.mul(first, graph.apply("expm1", exponent)))


def _from_half(first: Node, argument: Node) -> Node:
    return graph.negative(graph.mul(first, graph.apply("tanh", graph.mul(graph.constant(Fraction(1, 2)), argument))))


def _from_cosine(first: Node, angle: Node) -> Node:
    half = graph.apply("sin", graph.mul(graph.constant(Fraction(1, 2)), angle))
    return graph.mul(graph.constant(2), first, graph.power(half, 2))


def _linear_beside_softplus(node: Node) -> Node | None:
    if node.op != "add":
        return None
    for second in node.args:
        for soft in factors_of(second):
            if soft.op != "softplus":
                continue
            inner, own = soft.args[0], factors_of(soft.args[0])
            for first in node.args:
                mine = factors_of(first)
                if first == second or not own or not set(own) <= set(mine):
                    continue
                scale = graph.coefficient(first)[0] / graph.coefficient(inner)[0]
                slope = graph.mul(graph.constant(scale), *(f for f in mine if f not in own))
                if scale < 0:
                    weight = graph.add(without(second, soft), slope)
                    falling = graph.mul(slope, graph.apply("softplus", graph.negative(inner)))
                    rest = (t for t in node.args if t not in (first, second))
                    return graph.add(*rest, graph.mul(weight, soft), graph.negative(falling))
    return None


def _log_bessel(node: Node) -> Node | None:
    if node.op == "log" and node.args[0].op == "bessel" and not node.args[0].value:
        return graph.apply("log_bessel", *node.args[0].args)
    return None


def _log_gamma(node: Node) -> Node | None:
    return graph.apply("lgamma", *node.args[0].args) if node.op == "log" and node.args[0].op == "gamma" else None


def _log_beside_one(node: Node) -> Node | None:
    if node.op == "log" and node.args[0].op == "add" and node.args[0].args[0] == ONE:
        return graph.apply("log1p", graph.add(*node.args[0].args[1:]))
    return None


FACTORS = (
    Rewrite("power of a product", "(Π f)^q = Π f^q", "q is an integer", _power_of_product),
    Rewrite("sign of a sum", "(h − g)^q = (−1)^q (g − h)^q", "q is an integer", _sign_of_sum),
    Rewrite(
        "exponential into a power",
        "(g + e^u)^n e^{−mu} = (g e^−u + 1)^n e^{−(m−n)u}",
        "n is a positive integer, m ≥ n",
        _exponential_into_power,
    ),
    Rewrite("sum within a sum", "1 − (1 − f) = f", "terms of the two sums cancel", _cancelling_sum),
    Rewrite("log of gamma", "log Γ(f) = lgamma f", "f > 0", _log_gamma),
    Rewrite("log of a Bessel function", "log(e^−f I_0(f)) has a series of its own", "f ≥ 0", _log_bessel),
    Rewrite("log beside one", "log(1 + f) = log1p f", "f > −1", _log_beside_one),
    Rewrite("difference from one", "f − f e^u = −f expm1 u", "always", _pair("exp", -1, _from_one)),
    Rewrite("difference from a half", "f − 2 f σ(u) = −f tanh(u/2)", "always", _pair("logistic", -2, _from_half)),
    Rewrite("difference from the cosine", "f − f cos u = 2 f sin²(u/2)", "always", _pair("cos", -1, _from_cosine)),
    Rewrite(
        "linear term beside a softplus",
        "c u + b softplus(u) = (b + c) softplus(u) − c softplus(−u)",
        "c < 0, so that terms of one sign are added",
        _linear_beside_softplus,
    ),
    Rewrite("common factor", "f g + f h = f (g + h)", "f ≠ 0 where its power is negative", _common_factor),
)
