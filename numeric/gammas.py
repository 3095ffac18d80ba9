"""Differences of log Γ and of ψ, which cancel: log Γ(r + x) − log Γ(r) is about x log r where both are about r log r.

By Stirling's series (Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 6.1.41 and 6.3.18) the difference
has a form of its own for large r, in which every term has the difference x as a factor.
"""

from __future__ import annotations

from numeric import graph
from numeric.factors import factors_of, multiplied_out, without
from numeric.graph import ONE, Node
from numeric.rewriting import Rewrite


def _size(node: Node) -> int:
    return sum(1 for _ in node.walk())


def _step(start: Node, end: Node) -> Node:
    """end − start, multiples of sums multiplied out."""
    return graph.add(*multiplied_out(end), *map(graph.negative, multiplied_out(start)))


def _gain(node: Node) -> Node | None:
    if node.op != "add":
        return None
    best: tuple[int, Node] | None = None
    terms = [part for term in node.args for part in multiplied_out(term)]
    for first in terms:
        for start in factors_of(first):
            if start.op != "lgamma" and not (start.op == "polygamma" and not start.value):
                continue
            scale = without(first, start) if first != start else ONE
            for second in terms:
                for end in factors_of(second):
                    if (end.op, end.value) != (start.op, start.value) or end == start:
                        continue
                    step = _step(start.args[0], end.args[0])
                    if graph.add(scale, without(second, end)) != graph.ZERO or _size(step) >= _size(end.args[0]):
                        continue
                    gained = graph.apply(f"{start.op}_gain", start.args[0], step)
                    rest = (t for t in terms if t not in (first, second))
                    found = graph.add(*rest, graph.negative(graph.mul(scale, gained)))
                    if best is None or _size(found) < best[0]:
                        best = _size(found), found
    return None if best is None else best[1]


GAMMAS = (
    Rewrite(
        "gain of a gamma function",
        "log Γ(f) − log Γ(f + g) and ψ(f) − ψ(f + g) as one function of f and g",
        "g is simpler than f + g",
        _gain,
    ),
)
