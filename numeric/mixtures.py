"""Sums of exponentials that are written out: mixtures, and hyperbolic functions.

Far from every component of a mixture all of its terms underflow, and the logarithm of their sum is −∞. As for a sum
over an axis, the logarithm is taken of each term and the larger one stands apart, log(f + g) = log f + log1p(e^{log g −
log f}) for f > g, and a term's share of the sum, which is what gradients are made of, is σ(log f − log g).
"""

from __future__ import annotations

from numeric import graph
from numeric.factors import factors_of, multiplied_out
from numeric.graph import Node
from numeric.positivity import positive
from numeric.rewriting import Rewrite


def _has_exponential(node: Node) -> bool:
    return any(f.op == "exp" for f in factors_of(node))


def _is_mixture(node: Node) -> bool:
    """Whether the node is a sum of positive terms, written out, of which one or more are exponentials."""
    return node.op == "add" and positive(node) and any(map(_has_exponential, node.args))


def _log_of_sum(node: Node) -> Node | None:
    if node.op != "log" or not _is_mixture(node.args[0]):
        return None
    first, *others = node.args[0].args
    one, other = graph.apply("log", first), graph.apply("log", graph.add(*others))
    above = graph.add(other, graph.negative(one))
    larger = graph.apply("select", above, one, other)
    beyond = graph.apply("exp", graph.apply("select", above, above, graph.negative(above)))
    return graph.add(larger, graph.apply("log1p", beyond))


def _mixture_below(node: Node) -> Node | None:
    """The mixture by which a product is divided."""
    if node.op != "mul":
        return None
    below = (f.args[0] for f in node.args if f.op == "power" and f.value == -1)
    return next((m for m in below if _is_mixture(m)), None)


def _share(node: Node) -> Node | None:
    mixture = _mixture_below(node)
    if mixture is None:
        return None
    table = dict(map(graph.base_and_exponent, factors_of(node)))
    for term in mixture.args:
        own = dict(map(graph.base_and_exponent, factors_of(term)))
        if own and all(_holds(table.get(base, 0), times, base.op == "exp") for base, times in own.items()):
            others = graph.add(*(t for t in mixture.args if t != term))
            odds = graph.add(graph.apply("log", term), graph.negative(graph.apply("log", others)))
            return graph.mul(node, mixture, graph.power(term, -1), graph.apply("logistic", odds))
    return None


def _holds(whole: object, part: object, exactly: bool) -> bool:
    """Whether one exponent has another in it: of the same sign and no nearer to 0; of an exponential the very same."""
    return whole == part if exactly else whole * part >= part * part  # type: ignore[operator]


def _spread(node: Node) -> Node | None:
    if _mixture_below(node) is None:
        return None
    for factor in factors_of(node):
        if factor.op == "add" and any(map(_has_exponential, factor.args)):
            rest = graph.mul(node, graph.power(factor, -1))
            return graph.add(*(graph.mul(rest, term) for term in factor.args))
    return None


def _odds(node: Node) -> Node | None:
    if node.op != "add":
        return None
    terms = [part for term in node.args for part in multiplied_out(term)]
    for first in terms:
        number, rising = graph.coefficient(first)
        if rising.op == "softplus":
            falling = graph.mul(graph.constant(-number), graph.apply("softplus", graph.negative(rising.args[0])))
            if falling in terms:
                rest = (t for t in terms if t not in (first, falling))
                return graph.add(*rest, graph.mul(graph.constant(number), rising.args[0]))
    return None


MIXTURES = (
    Rewrite(
        "log of a written sum", "log(f + g) = max(log f, log g) + log1p(e^−|log f − log g|)", "f, g > 0", _log_of_sum
    ),
    Rewrite("spread over a written sum", "(f + g) / h = f / h + g / h", "h is a sum of exponentials", _spread),
    Rewrite("share of a written sum", "f / (f + g) = σ(log f − log g)", "f, g > 0", _share),
    Rewrite("log odds", "softplus(u) − softplus(−u) = u", "always", _odds),
)
