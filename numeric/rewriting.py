"""What a rewrite is, and the three ways in which a pass applies its rewrites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from numeric import graph
from numeric.graph import Node

Rule = Callable[[Node], "Node | None"]


@dataclass(frozen=True)
class Rewrite:
    """One rewrite: the identity and its condition as a reader writes them; `apply` gives None where it does not fit."""

    name: str
    statement: str
    condition: str
    apply: Rule


def rewrite(node: Node, rules: tuple[Rewrite, ...]) -> Node:
    """The node with the rules applied bottom up until none fits."""
    done: dict[Node, Node] = {}

    def visit(current: Node) -> Node:
        if current not in done:
            done[current] = _settle(graph.rebuild(current, visit))
        return done[current]

    def _settle(current: Node) -> Node:
        for rule in rules:
            changed = rule.apply(current)
            if changed is not None and changed != current:
                return visit(changed)
        return current

    return visit(node)


def outermost(node: Node, rules: tuple[Rewrite, ...]) -> Node:
    """The node with the rules applied from the top; what a rule gives is searched again."""
    for rule in rules:
        changed = rule.apply(node)
        if changed is not None:
            return outermost(changed, rules)
    return graph.rebuild(node, lambda a: outermost(a, rules))


def everywhere_once(node: Node, rules: tuple[Rewrite, ...]) -> Node:
    """The node with each rule applied once at each place, bottom up."""
    done: dict[Node, Node] = {}

    def visit(current: Node) -> Node:
        if current not in done:
            rebuilt = graph.rebuild(current, visit)
            done[current] = next((c for r in rules if (c := r.apply(rebuilt)) is not None), rebuilt)
        return done[current]

    return visit(node)
