"""From a SymPy expression over symbolic sizes to the graph.

Every index is replaced by the axis over which it runs: `Sum(t[k], (k, 1, K))` becomes the sum over the axis K of the
array t, and a free index j with 1 ≤ j ≤ K becomes a position along K. An array's entry may be read only at an index
of its own axis, and inside a sum over K no other index over K may appear: such a product would need two positions
along one axis. What the graph cannot say is refused with the expression that cannot be said.
"""

from __future__ import annotations

import keyword
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy as sp

from derive.algebra.matrices import Det, InverseEntry
from numeric import graph
from numeric.contraction import cholesky_factor, contracted, has_matrices
from numeric.graph import Node

if TYPE_CHECKING:
    from derive.algebra.context import Variable
    from derive.model import Model
    from derive.strategy.loss import LinkedLoss

#: The roles of what a caller gives: links' inputs, the observation, constants.
INPUT, TARGET, KNOWN = "input", "target", "known"


#: Functions of one number that are called alike on both sides.
POINTWISE = {
    sp.exp: "exp",
    sp.log: "log",
    sp.Abs: "abs",
    sp.sign: "sign",
    sp.sin: "sin",
    sp.cos: "cos",
    sp.tanh: "tanh",
    sp.gamma: "gamma",
    sp.loggamma: "lgamma",
}


def linked(model: Model) -> LinkedLoss:
    """One observation's loss on the scale of the model's link, with its derivative, from the derivation."""
    from derive.strategy.loss import linked_loss

    return linked_loss(model)


def linked_ways(model: Model) -> tuple[LinkedLoss, ...]:
    """The same for every way in which the parameters can be given."""
    from derive.strategy.loss import linked_losses

    return linked_losses(model)


def weighted_ways(ways: tuple[LinkedLoss, ...]) -> tuple[LinkedLoss, ...]:
    """The same with the outcome 1 weighted, for 0-or-1 observations."""
    from derive.strategy.loss import weighted_outcomes

    return tuple(w for w in map(weighted_outcomes, ways) if w is not None)


def identifier(name: str) -> str:
    """The name itself where it may stand in generated code; ValueError where it may not."""
    if not name.isidentifier() or not name.isascii() or keyword.iskeyword(name) or name.startswith("_"):
        raise ValueError(
            f"{name!r} cannot be a name in Python source; use letters, digits and _, and start with a letter"
        )
    return name


def lower_loss(loss: LinkedLoss) -> Node:
    """The graph of one observation's loss, without the terms that hold no input."""
    return lower(loss.loss, sources(loss), {})


def lower_constant(loss: LinkedLoss) -> Node:
    """The graph of the terms without any input."""
    return lower(loss.constant, sources(loss), {})


def lower_gradients(loss: LinkedLoss) -> tuple[Node, ...]:
    """The graphs of the loss's derivatives, one an input: along the input's axes where it has some.

    A matrix is a lower triangular one, and its gradient is too.
    """
    found = []
    for entry, gradient in zip(loss.inputs, loss.gradients, strict=True):
        axes = dict(zip(loss.indices, own_axes(entry.link.input), strict=False))
        node = lower(gradient, sources(loss), axes)
        found.append(graph.apply("lower", node) if len(axes) > 1 else node)
    return tuple(found)


def sources(loss: LinkedLoss) -> dict[tuple[str, int], Node]:
    """The nodes for the inputs, the observation and the constants that a caller gives, by name and number of indices.

    They are called by their roles, since what a caller calls them is no matter of the graph: input, input_2, …, target,
    known, known_2, ….
    """
    variables = [entry.link.input for entry in loss.inputs]
    roles = [*_numbered(INPUT, variables), *_numbered(KNOWN, loss.known), (TARGET, loss.target)]
    return {variable.key: graph.source(role, own_axes(variable)) for role, variable in roles}


def own_axes(variable: Variable) -> tuple[str, ...]:
    """The axes of an array by name; those of a square matrix differ, since a position has a row and a column."""
    names = [identifier(str(axis)) for axis in variable.axes]
    return tuple(graph.columns(name) if name in names[:n] else name for n, name in enumerate(names))


def _numbered(role: str, variables: Sequence[Variable]) -> list[tuple[str, Variable]]:
    return [(f"{role}_{n}" if n > 1 else role, variable) for n, variable in enumerate(variables, 1)]


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
    if isinstance(expr, sp.log) and isinstance(expr.args[0], Det):
        root = lower(cholesky_factor(expr.args[0].matrix), names, {})
        pivots = graph.apply("log", graph.apply("diagonal", root))
        return graph.mul(graph.constant(2), graph.total(pivots, root.own[0]))
    if isinstance(expr, sp.IndexedBase):
        return _array(expr, names)
    if isinstance(expr, (sp.Sum, InverseEntry)) and has_matrices(expr):
        return _contraction(expr, names, axes)
    if isinstance(expr, sp.Sum):
        return _sum(expr, names, axes)
    if isinstance(expr, sp.KroneckerDelta):
        return _delta(expr, names, axes)
    if expr == sp.pi:
        return graph.PI
    if isinstance(expr, sp.Pow) and isinstance(expr.exp, sp.Rational):
        return graph.power(lower(expr.base, names, axes), Fraction(int(expr.exp.p), int(expr.exp.q)))
    if isinstance(expr, (sp.polygamma, sp.besseli)):
        return _of_order(expr, names, axes)
    parts = [lower(a, names, axes) for a in _ordered(expr)]
    if isinstance(expr, sp.Add):
        return graph.add(*parts)
    if isinstance(expr, sp.Mul):
        return graph.mul(*parts)
    if isinstance(expr, sp.Pow):
        return graph.apply("exp", graph.mul(parts[1], graph.apply("log", parts[0])))
    if isinstance(expr, sp.factorial):
        return _factorial(parts[0])
    if isinstance(expr, sp.binomial):
        whole, part = parts
        chosen = graph.mul(_factorial(part), _factorial(graph.add(whole, graph.negative(part))))
        return graph.mul(_factorial(whole), graph.power(chosen, -1))
    if isinstance(expr, (sp.cosh, sp.sinh)):  # sinh u = tanh u · cosh u
        grown, fallen = graph.apply("exp", parts[0]), graph.apply("exp", graph.negative(parts[0]))
        cosine = graph.mul(graph.constant(Fraction(1, 2)), graph.add(grown, fallen))
        return cosine if isinstance(expr, sp.cosh) else graph.mul(graph.apply("tanh", parts[0]), cosine)
    if type(expr) in POINTWISE:
        return graph.apply(POINTWISE[type(expr)], *parts)
    raise ValueError(f"no graph for {type(expr).__name__}: {expr}")


def _factorial(node: Node) -> Node:
    """n! = Γ(n + 1)."""
    return graph.apply("gamma", graph.add(graph.ONE, node))


def _of_order(expr: sp.Expr, names: Mapping[tuple[str, int], Node], axes: Mapping[sp.Symbol, str]) -> Node:
    """A function that takes an order besides its argument: ψ, and I_0 and I_1 as e^f times the scaled ones."""
    order, argument = expr.args
    if not isinstance(order, sp.Integer) or order < 0 or (isinstance(expr, sp.besseli) and order > 1):
        raise ValueError(f"no graph for {type(expr).__name__} of order {order}: {expr}")
    inner = lower(argument, names, axes)
    if isinstance(expr, sp.polygamma):
        return graph.polygamma(int(order), inner)
    return graph.mul(graph.apply("exp", inner), graph.bessel(int(order), inner))


def _ordered(expr: sp.Expr) -> list[sp.Expr]:
    """The arguments in an order that depends on the expression alone, so that generation is deterministic."""
    if isinstance(expr, (sp.Add, sp.Mul)):
        return sorted(expr.args, key=sp.default_sort_key)
    return list(expr.args)


def _entry(expr: sp.Indexed, names: Mapping[tuple[str, int], Node], axes: Mapping[sp.Symbol, str]) -> Node:
    node = names.get((str(expr.base.label), len(expr.indices)))
    if node is None:
        raise ValueError(f"{expr.base.label} is no input, observation or known constant: {expr}")
    if tuple(axes.get(i) for i in expr.indices) != node.own:
        raise ValueError(f"{expr} is not read at one free or summed index over {', '.join(node.own)}")
    return node


def _scalar(expr: sp.Symbol, names: Mapping[tuple[str, int], Node]) -> Node:
    node = names.get((str(expr), 0))
    if node is None and any(str(expr) in array.own for array in names.values()):
        return Node("size", axis=str(expr))
    if node is None:
        raise ValueError(f"{expr} is no input, observation or known constant")
    return node


def _array(base: sp.IndexedBase, names: Mapping[tuple[str, int], Node]) -> Node:
    """The node of a matrix as a whole."""
    node = names.get((str(base.label), 2))
    if node is None:
        raise ValueError(f"{base.label} is no matrix that a caller gives")
    return node


def _contraction(expr: sp.Expr, names: Mapping[tuple[str, int], Node], axes: Mapping[sp.Symbol, str]) -> Node:
    """A sum with entries of an inverse, over whole axes."""
    limits = expr.limits if isinstance(expr, sp.Sum) else ()
    if any(first != 1 for _, first, _ in limits):
        raise ValueError(f"only sums over one whole axis, from 1 to its size, have a graph: {expr}")
    bound = {index: identifier(str(size)) for index, _, size in limits}
    factors = sp.Mul.make_args(expr.function if isinstance(expr, sp.Sum) else expr)
    return contracted(factors, bound, dict(axes), lambda part, inner: lower(part, names, inner))


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
