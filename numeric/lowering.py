"""From a SymPy expression over symbolic sizes to the graph.

Every index is replaced by the axis over which it runs: `Sum(t[k], (k, 1, K))` becomes the sum over the axis K of the
array t, and a free index j with 1 ≤ j ≤ K becomes a position along K. An array's entry may be read only at an index
of its own axis, and inside a sum over K no other index over K may appear: such a product would need two positions
along one axis. What the graph cannot say is refused with the expression that cannot be said.
"""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy as sp

from numeric import graph
from numeric.graph import Node

if TYPE_CHECKING:
    from derive.model import Model
    from derive.strategy.loss import LinkedLoss

#: What the emitted file calls the link's input and the observation.
INPUT, TARGET = "input", "target"


def linked(model: Model) -> LinkedLoss:
    """One observation's loss on the scale of the model's link, with its derivative, from the derivation."""
    from derive.strategy.loss import linked_loss

    return linked_loss(model)


def identifier(name: str) -> str:
    """The name itself where it may stand in generated code; ValueError where it may not."""
    if not name.isidentifier() or not name.isascii() or keyword.iskeyword(name) or name.startswith("_"):
        raise ValueError(
            f"{name!r} cannot be a name in Python source; use letters, digits and _, and start with a letter"
        )
    return name


def lower_loss(loss: LinkedLoss) -> Node:
    """The graph of one observation's loss; the observation's entries are the input `target`."""
    return lower(loss.loss, _names(loss), {})


def lower_gradient(loss: LinkedLoss) -> Node:
    """The graph of the loss's derivative by the input: along the input's axis where it has one."""
    if loss.index is None:
        return lower(loss.gradient, _names(loss), {})
    return lower(loss.gradient, _names(loss), {loss.index: str(loss.input.axes[0])})


def _names(loss: LinkedLoss) -> dict[tuple[str, int], Node]:
    """The nodes for the link's input and the observation, by name and number of indices."""
    return {
        variable.key: graph.source(role, tuple(identifier(str(axis)) for axis in variable.axes))
        for variable, role in ((loss.input, INPUT), (loss.target, TARGET))
    }


def lower(expr: sp.Expr, names: Mapping[tuple[str, int], Node], axes: Mapping[sp.Symbol, str]) -> Node:
    """The graph of an expression.

    `names` gives the node of each array or scalar, by name and number of indices; `axes` the axis of each index that
    is free here. ValueError names the part that the graph cannot say.
    """
    if isinstance(expr, sp.Rational):
        return graph.constant(Fraction(int(expr.p), int(expr.q)))
    if isinstance(expr, sp.Indexed):
        return _entry(expr, names, axes)
    if isinstance(expr, sp.Symbol):
        return _scalar(expr, names)
    if isinstance(expr, sp.Sum):
        return _sum(expr, names, axes)
    if isinstance(expr, sp.KroneckerDelta):
        return _delta(expr, names, axes)
    if isinstance(expr, sp.Pow) and isinstance(expr.exp, sp.Rational):
        return graph.power(lower(expr.base, names, axes), Fraction(int(expr.exp.p), int(expr.exp.q)))
    parts = [lower(a, names, axes) for a in _ordered(expr)]
    if isinstance(expr, sp.Add):
        return graph.add(*parts)
    if isinstance(expr, sp.Mul):
        return graph.mul(*parts)
    if isinstance(expr, (sp.exp, sp.log)):
        return graph.apply(type(expr).__name__, *parts)
    raise ValueError(f"no graph for {type(expr).__name__}: {expr}")


def _ordered(expr: sp.Expr) -> list[sp.Expr]:
    """The arguments in an order that depends on the expression alone, so that generation is deterministic."""
    if isinstance(expr, (sp.Add, sp.Mul)):
        return sorted(expr.args, key=sp.default_sort_key)
    return list(expr.args)


def _entry(expr: sp.Indexed, names: Mapping[tuple[str, int], Node], axes: Mapping[sp.Symbol, str]) -> Node:
    node = names.get((str(expr.base.label), len(expr.indices)))
    if node is None:
        raise ValueError(f"{expr.base.label} is neither the input nor the observation: {expr}")
    if tuple(axes.get(i) for i in expr.indices) != node.own:
        raise ValueError(f"{expr} is not read at one free or summed index over {', '.join(node.own)}")
    return node


def _scalar(expr: sp.Symbol, names: Mapping[tuple[str, int], Node]) -> Node:
    node = names.get((str(expr), 0))
    if node is None:
        raise ValueError(f"{expr} is neither the input nor the observation")
    return node


def _sum(expr: sp.Sum, names: Mapping[tuple[str, int], Node], axes: Mapping[sp.Symbol, str]) -> Node:
    if len(expr.limits) != 1 or len(expr.limits[0]) != 3 or expr.limits[0][1] != 1:
        raise ValueError(f"only sums over one whole axis, from 1 to its size, have a graph: {expr}")
    index, _, size = expr.limits[0]
    axis = identifier(str(size))
    others = {i: a for i, a in axes.items() if a != axis}  # an outer index over the same axis is out of reach here
    return graph.total(lower(expr.function, names, {**others, index: axis}), axis)


def _delta(expr: sp.KroneckerDelta, names: Mapping[tuple[str, int], Node], axes: Mapping[sp.Symbol, str]) -> Node:
    position, label = sorted(expr.args, key=lambda a: a not in axes)
    if position not in axes or label in axes:
        raise ValueError(f"a delta must compare one index with one label: {expr}")
    return graph.delta(lower(label, names, axes), axes[position])
