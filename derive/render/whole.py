"""Matrices and vectors written as wholes: bold letters, products without indices, functions entry by entry.

A table is written as a whole where its formula gives each entry from the same entry of matrices that have a form of
their own; what has none is written by its entries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import sympy as sp

from derive.algebra.binding import free_symbols
from derive.algebra.matrices import InverseEntry, SquareMatrix
from derive.algebra.products import EntryOf, MatrixProduct, Table, Trace, Transposed, shape
from derive.render import names
from derive.render.order import is_negative, ordered_terms
from derive.render.tree import (
    Call,
    Derivative,
    Entry,
    Factorial,
    Factors,
    Fence,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Prefix,
    Terms,
)

Lay = Callable[[sp.Basic], Node]
TRANSPOSED = Name("⊤")
ONES, ZERO = Name("1", bold=True), Name("0", bold=True)


class _NotWholeError(Exception):
    """A formula that is more than a function of the same entry of several matrices."""


def table(expr: Table, lay: Lay) -> Node:
    """A table: a name, or a formula of matrices, or its entries."""
    places = tuple(limit[0] for limit in expr.limits)
    try:
        return _whole(expr.function, places, lay)
    except _NotWholeError:
        return Entry(lay(expr.function), tuple(map(lay, places)))


def transposed(expr: Transposed, lay: Lay) -> Node:
    """Aᵀ."""
    return Power(_closed(lay(expr.args[0])), TRANSPOSED)


def product(expr: MatrixProduct, lay: Lay) -> Node:
    """A B w."""
    *first, last = (lay(factor) for factor in expr.args)
    nodes = (*(n for factor in first for n in _factors(_closed(factor))), *_factors(last))
    return Factors(nodes)


def trace(expr: Trace, lay: Lay) -> Node:
    """The trace of a matrix; one with a single entry is that number."""
    (matrix,) = expr.args
    return lay(matrix) if shape(matrix) == (1, 1) else Call(Name("tr"), (lay(matrix),))


def entry_of(expr: EntryOf, lay: Lay) -> Node:
    """(A B)_{jk}; the entry of a vector has one index."""
    matrix, row, column = expr.args
    rows, columns = shape(matrix)
    places = tuple(lay(i) for i, n in ((row, rows), (column, columns)) if n != 1)
    return Entry(lay(matrix), places) if places else lay(matrix)


def _factors(node: Node) -> tuple[Node, ...]:
    return node.factors if isinstance(node, Factors) else (node,)


def _closed(node: Node) -> Node:
    """log Y stands in brackets where a matrix follows it."""
    return Fence("round", node) if isinstance(node, (Prefix, Derivative)) else node


def _whole(e: sp.Expr, places: tuple[sp.Symbol, ...], lay: Lay) -> Node:
    """The matrix whose entry at `places` is e."""
    if not _depends(e, places):
        return _constant(e, lay)
    if isinstance(e, sp.Add):
        signed = []
        for term in ordered_terms(e.args):
            node = _whole(term, places, lay)
            signed.append((-1, node.body) if is_negative(term) and isinstance(node, Negative) else (1, node))
        return Terms(tuple(signed))
    inside = logistic(e)
    if inside is not None:
        return Call(Name("sigmoid"), (_whole(inside, places, lay),))
    if isinstance(e, sp.Mul):
        parts = [f for f in e.args if _depends(f, places)]
        if len(parts) > 1:
            raise _NotWholeError
        number = sp.Mul(*(f for f in e.args if f not in parts))
        return _multiple(number, _whole(parts[0], places, lay), lay)
    if isinstance(e, sp.exp):
        return Call(Name("exp"), (_whole(e.args[0], places, lay),))
    if isinstance(e, sp.log):
        return Prefix("log", _whole(e.args[0], places, lay))
    if isinstance(e, sp.factorial):
        return Factorial(_whole(e.args[0], places, lay))
    if isinstance(e, sp.Derivative) and len(e.variables) == 1 and not _depends(e.expr, places):
        return Derivative(lay(e.expr), ((_whole(e.variables[0], places, lay), 1),))
    return _named(e, places, lay)


def _depends(e: sp.Basic, places: tuple[sp.Symbol, ...]) -> bool:
    return not free_symbols(e).isdisjoint(places)


def _named(e: sp.Expr, places: tuple[sp.Symbol, ...], lay: Lay) -> Node:
    """X for x[a, b], Xᵀ for x[b, a], A B for the entry of a product, Σ⁻¹ for the entry of an inverse."""
    if isinstance(e, sp.Indexed):
        leading, own = e.indices[: -len(places)], tuple(e.indices[-len(places) :])
        node: Node = bold(str(e.base.label), len(places), tuple(map(lay, leading)))
    elif isinstance(e, EntryOf):
        leading, own = (e.args[0],), e.args[1:] if len(places) > 1 else e.args[1:2]
        if len(places) == 1 and shape(e.args[0])[1] != 1:
            raise _NotWholeError
        node = lay(e.args[0])
    elif isinstance(e, InverseEntry):
        leading, own = (e.matrix,), (e.row, e.column)
        node = Power(_matrix(e.matrix, lay), Negative(Number("1")))
    else:
        raise _NotWholeError
    if any(_depends(part, places) for part in leading):
        raise _NotWholeError
    if own == places:
        return node
    if own == places[::-1]:
        return Power(_closed(node), TRANSPOSED)
    raise _NotWholeError


def _matrix(matrix: SquareMatrix, lay: Lay) -> Node:
    node = lay(matrix)
    return replace(node, bold=True) if isinstance(node, Name) else node


def bold(name: str, rank: int, indices: tuple[Node, ...] = ()) -> Name:
    """The letter of an array as a whole: capital for a matrix, small for a vector."""
    parts = names.parts(name)
    capital = parts.base.capitalize()
    known = len(capital) == 1 or capital in names.GREEK
    return Name(capital if rank > 1 and known else parts.base, parts.accents, parts.labels, indices, bold=True)


def _constant(number: sp.Expr, lay: Lay) -> Node:
    """The matrix that has the same number everywhere."""
    if number == 0:
        return ZERO
    return ONES if number == 1 else _multiple(number, ONES, lay)


def _multiple(number: sp.Expr, matrix: Node, lay: Lay) -> Node:
    if is_negative(number):
        inner = -number
        return Negative(matrix if inner == 1 else _multiple(inner, matrix, lay))
    return Factors((*_factors(lay(number)), *_factors(_closed(matrix))))


def logistic(e: sp.Expr) -> sp.Expr | None:
    """u where e is the logistic function of u, 1/(1 + exp(−u)) or exp(u)/(1 + exp(u)); else None."""
    for power in sp.Mul.make_args(e):
        if isinstance(power, sp.Pow) and power.exp == -1 and isinstance(power.base, sp.Add):
            rest = power.base - 1
            if isinstance(rest, sp.exp):
                u = rest.args[0]
                if e == power:
                    return -u
                return u if e == rest * power else None
    return None
