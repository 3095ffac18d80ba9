"""The graph: an expression of one observation, as immutable nodes over named axes.

A node denotes a real function of the inputs and of one position along each of its axes. An axis is named by its size
(K), so the bound index of a sum has no name left: Σ_k t_k is `total(t, "K")`, and whatever is substituted later cannot
be captured. Two nodes are equal where they are built alike, so common subexpressions are shared by equality.

Operations, with f, g nodes and a, c labels (nodes whose value is a position):

    input name        an array or scalar that the caller gives        constant, size        numbers
    add, mul, power   f + g, f·g, f^q for a rational q                exp, log, log1p       of one node
    difference        f − g, kept together: never regrouped           sum                   Σ_k f_k over an axis
    sum_without       Σ_{k≠a} f_k for one a with d_a = 0              leave_one_out         j ↦ Σ_{k≠j} f_k
    largest           max_k f_k                                       argmax                the first position of max f
    take              f_a: the entry at a label
    delta             1 where the position is the label, else 0       cases                 g where delta is 1, else h
    softplus          log(1 + e^f)                                    logistic              1 / (1 + e^−f)
    logsumexp         log Σ_k e^{f_k}                                 select                g where f < 0, else h
    weighted          f·g with 0·∞ = 0                                rounding              f − fl(f), f a difference
    corrected         f·(1 + r), kept together                        number                π or ∞, by name

With a lower triangular matrix L over an axis twice (its columns are an axis of their own) and vectors f, g along it:

    solve             L⁻¹f                                            back                  L⁻ᵀf
    product           L f                                             transposed            Lᵀf
    diagonal          the entries L_dd                                on_diagonal           the matrix with diagonal f
    outer             f gᵀ                                            lower                 a matrix's lower triangle
    back_matrix       L⁻ᵀ

and the functions of one node in `functions`: sin, log Γ, its derivatives, Bessel functions, …

`rounding` is 0 in exact arithmetic: it is what a machine's subtraction leaves over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from numeric.functions import FUNCTIONS

#: Operations that act at each position by itself, so that taking an entry commutes with them.
POINTWISE = frozenset(
    [
        *("add", "mul", "power", "exp", "log", "log1p", "difference", "softplus", "logistic"),
        *("select", "weighted", "rounding", "corrected", "cases"),
        *FUNCTIONS,
    ]
)
#: Operations that use up the axis they act on.
REDUCING = frozenset(["sum", "sum_without", "argmax", "largest", "logsumexp"])
#: Operations that give a vector from a matrix, the last argument being a vector unless it is a matrix's diagonal.
VECTORS = frozenset(["solve", "back", "product", "transposed", "diagonal"])


def columns(axis: str) -> str:
    """The axis of a square matrix's columns, where `axis` is that of its rows."""
    return f"{axis}'"


def is_row(axis: str) -> bool:
    """Whether an axis is no axis of columns."""
    return not axis.endswith("'")


@dataclass(frozen=True)
class Node:
    """One operation with its arguments; `axis`, `name`, `value` and `own` belong to the operations that need them."""

    op: str
    args: tuple[Node, ...] = ()
    axis: str = ""
    name: str = ""
    value: Fraction = field(default=Fraction(0))
    own: tuple[str, ...] = ()

    @cached_property
    def axes(self) -> frozenset[str]:
        """The named axes along which the node varies."""
        if self.op == "input":
            return frozenset(self.own)
        if self.op == "take":
            return (self.args[0].axes - {self.axis}) | self.args[1].axes
        if self.op in VECTORS:
            return self.args[-1].axes if self.op != "diagonal" else frozenset(a for a in self.args[0].axes if is_row(a))
        if self.op in ("outer", "on_diagonal"):
            rows = self.args[0].axes
            return rows | frozenset(map(columns, rows))
        if self.op == "delta":
            return self.args[0].axes | {self.axis}
        joined = frozenset[str]().union(*(a.axes for a in self.args))
        return joined - {self.axis} if self.op in REDUCING else joined

    @cached_property
    def _hash(self) -> int:
        return hash((self.op, self.args, self.axis, self.name, self.value, self.own))

    def __hash__(self) -> int:
        return self._hash

    def walk(self) -> Iterator[Node]:
        """Every node below and this one, arguments first, each once."""
        seen: set[Node] = set()
        stack = [(self, False)]
        while stack:
            node, done = stack.pop()
            if node in seen:
                continue
            if done:
                seen.add(node)
                yield node
            else:
                stack.append((node, True))
                stack.extend((a, False) for a in reversed(node.args))

    def __str__(self) -> str:
        if self.op == "constant":
            return str(self.value)
        if self.op in ("input", "size", "number"):
            return self.name or f"|{self.axis}|"
        axis = [self.axis] if self.axis else []
        power = [str(self.value)] if self.op in ("power", "polygamma", "bessel") else []
        return f"{self.op}({', '.join([*map(str, self.args), *axis, *power])})"


def source(name: str, axes: tuple[str, ...] = ()) -> Node:
    """An array with one entry a position along `axes`, or a scalar, that the caller gives."""
    return Node("input", name=name, own=axes)


def constant(value: int | Fraction) -> Node:
    """An exact rational number."""
    return Node("constant", value=Fraction(value))


ZERO, ONE = constant(0), constant(1)
PI, INFINITY = Node("number", name="pi"), Node("number", name="inf")


def add(*terms: Node) -> Node:
    """The sum of the terms: constants and equal terms are collected, everything else keeps its order."""
    number = Fraction(0)
    collected: dict[Node, Fraction] = {}
    for term in terms:
        for part in term.args if term.op == "add" else (term,):
            factor, rest = coefficient(part)
            if rest == ONE:
                number += factor
            else:
                collected[rest] = collected.get(rest, Fraction(0)) + factor
    parts = [scaled(f, rest) for rest, f in collected.items() if f]
    if number:
        parts.insert(0, constant(number))
    return parts[0] if len(parts) == 1 else Node("add", tuple(parts)) if parts else ZERO


def mul(*factors: Node) -> Node:
    """The product of the factors: constants and powers of one base are collected; nothing is distributed."""
    number = Fraction(1)
    collected: dict[Node, Fraction] = {}
    for factor in factors:
        for part in factor.args if factor.op == "mul" else (factor,):
            if part.op == "constant":
                number *= part.value
            else:
                base, exponent = base_and_exponent(part)
                collected[base] = collected.get(base, Fraction(0)) + exponent
    if not number:
        return ZERO
    return scaled(number, *(power(b, e) for b, e in collected.items() if e))


def base_and_exponent(node: Node) -> tuple[Node, Fraction]:
    """The node as base^q for a rational q: e^{−2u} is (e^u)^−2."""
    if node.op == "power":
        return node.args[0], node.value
    if node.op == "exp":
        factor, rest = coefficient(node.args[0])
        if rest != ONE:
            return Node("exp", (rest,)), factor
    return node, Fraction(1)


def scaled(number: Fraction, *parts: Node) -> Node:
    """number · Π parts, where the parts are no constants and no two of them powers of one base."""
    flat = [q for p in parts for q in (p.args if p.op == "mul" else (p,))]
    known = [q for q in flat if q.op == "constant"]
    rest = [q for q in flat if q.op != "constant"]
    for k in known:
        number *= k.value
    if not number or not rest:
        return constant(number)
    if number != 1:
        rest.insert(0, constant(number))
    return rest[0] if len(rest) == 1 else Node("mul", tuple(rest))


def coefficient(node: Node) -> tuple[Fraction, Node]:
    """The node as number · rest; rest is 1 for a constant."""
    if node.op == "constant":
        return node.value, ONE
    if node.op == "mul" and node.args[0].op == "constant":
        return node.args[0].value, scaled(Fraction(1), *node.args[1:])
    return Fraction(1), node


def negative(node: Node) -> Node:
    """−node."""
    return mul(constant(-1), node)


def power(base: Node, exponent: Fraction | int) -> Node:
    """base^exponent for a rational exponent."""
    exponent = Fraction(exponent)
    if exponent == 0:
        return ONE
    if exponent == 1:
        return base
    if base.op == "constant" and exponent.denominator == 1 and base.value:
        return constant(base.value**exponent.numerator)
    if base.op == "exp":
        return Node("exp", (mul(constant(exponent), base.args[0]),))
    if base.op == "power" and exponent.denominator == 1:
        return power(base.args[0], base.value * exponent)
    return Node("power", (base,), value=exponent)


def apply(op: str, *args: Node) -> Node:
    """A pointwise function of its arguments."""
    return Node(op, args)


def polygamma(order: int, node: Node) -> Node:
    """ψ of the node for order 0, and its derivatives."""
    return Node("polygamma", (node,), value=Fraction(order))


def bessel(order: int, node: Node) -> Node:
    """e^−f I_order(f)."""
    return Node("bessel", (node,), value=Fraction(order))


def difference(first: Node, second: Node) -> Node:
    """first − second, as one subtraction that no later step takes apart; 0 where the two are the same."""
    return ZERO if first == second else Node("difference", (first, second))


def total(node: Node, axis: str) -> Node:
    """Σ over the axis; factors that do not vary along it stand before the sum."""
    factors = node.args if node.op == "mul" else (node,)
    outside = [f for f in factors if axis not in f.axes]
    inside = [f for f in factors if axis in f.axes]
    if not inside:
        return mul(*outside, Node("size", axis=axis))
    return mul(*outside, Node("sum", (mul(*inside),), axis=axis))


def sum_without(node: Node, distance: Node, left_out: Node, axis: str) -> Node:
    """Σ_k node_k without one entry where the distance, at most 0, is 0: there every entry is `left_out`."""
    return Node("sum_without", (node, distance, left_out), axis=axis)


def leave_one_out(node: Node, axis: str) -> Node:
    """For each position j, Σ_{k≠j} node_k."""
    return Node("leave_one_out", (node,), axis=axis)


def largest(node: Node, axis: str) -> Node:
    """The largest entry."""
    return Node("largest", (node,), axis=axis)


def argmax(node: Node, axis: str) -> Node:
    """The first position of the largest entry."""
    return Node("argmax", (node,), axis=axis)


def delta(label: Node, axis: str) -> Node:
    """1 at the position that the label names, 0 elsewhere."""
    return Node("delta", (label,), axis=axis)


def take(node: Node, label: Node, axis: str) -> Node:
    """The entry at the label: pushed inwards to the arrays themselves."""
    if axis not in node.axes:
        return node
    if node.op in POINTWISE:
        return rebuild(node, lambda a: take(a, label, axis))
    return Node("take", (node, label), axis=axis)


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with `change` applied to its arguments, simplified as when it was first built."""
    args = tuple(change(a) for a in node.args)
    if args == node.args:
        return node
    if node.op == "add":
        return add(*args)
    if node.op == "mul":
        return mul(*args)
    if node.op == "power":
        return power(args[0], node.value)
    if node.op == "difference":
        return difference(*args)
    if node.op == "sum":
        return total(args[0], node.axis)
    if node.op == "take":
        return take(args[0], args[1], node.axis)
    return replace(node, args=args)


def substitute(node: Node, old: Node, new: Node) -> Node:
    """The node with `new` for every `old`. Axes have no bound names, so nothing can be captured."""
    if node == old:
        return new
    return rebuild(node, lambda a: substitute(a, old, new))
