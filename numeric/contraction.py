"""Sums of products with matrices, as solves and products: what stands in place of an inverse.

A matrix is given by its Cholesky factor L, Σ = L Lᵀ. Each factor of a product is a vector (it has one index), an entry
of L or an entry of Σ⁻¹ = L⁻ᵀ L⁻¹ (they have two). A bound index that joins a vector to a matrix is summed away: what is
left is a vector along the matrix's other index, L⁻ᵀ L⁻¹ a for Σ_e (Σ⁻¹)_je a_e. No inverse is ever formed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from derive.algebra.matrices import Det, InverseEntry, SquareMatrix
from numeric import graph
from numeric.graph import Node


@dataclass(frozen=True)
class Matrix:
    """An entry of L ("factor"), of (L Lᵀ)⁻¹ ("inverse") or of L⁻ᵀ ("back"), at a row and a column index."""

    kind: str
    factor: Node
    row: sp.Symbol
    column: sp.Symbol

    def along(self, bound: sp.Symbol, vector: Node) -> tuple[sp.Symbol, Node]:
        """The other index, and the vector along it that is left when this one is summed away."""
        if self.kind == "inverse":
            solved = graph.apply("back", self.factor, graph.apply("solve", self.factor, vector))
            return self.column if bound == self.row else self.row, solved
        operations = {"factor": ("product", "transposed"), "back": ("back", "solve")}[self.kind]
        if bound == self.column:
            return self.row, graph.apply(operations[0], self.factor, vector)
        return self.column, graph.apply(operations[1], self.factor, vector)


def has_matrices(expr: sp.Expr) -> bool:
    """Whether an inverse or a determinant stands in the expression."""
    return bool(expr.has(InverseEntry, Det))


def cholesky_factor(found: SquareMatrix) -> sp.IndexedBase:
    """L where the matrix is Σ_c L_ac L_bc; ValueError for any other."""
    total = found.function
    if isinstance(total, sp.Sum) and len(total.limits) == 1 and isinstance(total.function, sp.Mul):
        bound = total.limits[0][0]
        first, *rest = total.function.args
        if len(rest) == 1 and all(isinstance(f, sp.Indexed) and f.indices[-1] == bound for f in (first, *rest)):
            places = {f.indices[0] for f in (first, *rest)}
            if first.base == rest[0].base and places == {found.row, found.column}:
                return first.base
    raise ValueError(f"only a matrix that is given by its Cholesky factor has a graph: {found}")


def contracted(
    factors: tuple[sp.Expr, ...],
    bound: dict[sp.Symbol, str],
    free: dict[sp.Symbol, str],
    lower: Callable[[sp.Expr, dict[sp.Symbol, str]], Node],
) -> Node:
    """The graph of Σ Π factors over the bound indices; `lower` gives the graph of a factor with one index or none.

    `bound` and `free` give the axis of each index. ValueError for a product that solves and products cannot say.
    """
    numbers: list[Node] = []
    vectors: dict[sp.Symbol, Node] = {}
    matrices: list[Matrix] = []
    axes = {**free, **bound}
    for factor in factors:
        indices = sorted(factor.free_symbols & set(axes), key=str)
        if isinstance(factor, InverseEntry):
            root = lower(cholesky_factor(factor.matrix), {})
            matrices.append(Matrix("inverse", root, factor.row, factor.column))
        elif isinstance(factor, sp.Indexed) and len(factor.indices) == 2:
            matrices.append(Matrix("factor", lower(factor.base, {}), *factor.indices))
        elif len(indices) > 1:
            raise ValueError(f"a factor with several indices that is no entry of a matrix: {factor}")
        elif indices:
            vectors[indices[0]] = graph.mul(vectors.get(indices[0], graph.ONE), lower(factor, axes))
        else:
            numbers.append(lower(factor, {}))
    _sum_away(set(bound), vectors, matrices)
    left = [graph.total(vectors.pop(index), axis) for index, axis in bound.items() if index in vectors]
    return graph.mul(*numbers, *left, *_open(vectors, matrices, free))


def _sum_away(bound: set[sp.Symbol], vectors: dict[sp.Symbol, Node], matrices: list[Matrix]) -> None:
    """Apply matrices to the vectors at bound indices, and matrices to matrices, until none is left at a bound index."""
    while True:
        for found in list(matrices):
            ends = [e for e in (found.row, found.column) if e in bound and _meeting(e, matrices) == 1 and e in vectors]
            if ends:
                matrices.remove(found)
                index, vector = found.along(ends[0], vectors.pop(ends[0]))
                vectors[index] = graph.mul(vectors.get(index, graph.ONE), vector)
                break
        else:
            pair = _joined(bound, vectors, matrices)
            if pair is None:
                return
            first, second = pair
            matrices.remove(first)
            matrices.remove(second)
            inner = second.row  # Σ_n (Σ⁻¹)_jn L_nm = (L⁻ᵀ)_jm
            outer = first.row if first.column == inner else first.column
            matrices.append(Matrix("back", first.factor, outer, second.column))


def _meeting(index: sp.Symbol, matrices: list[Matrix]) -> int:
    return sum((m.row == index) + (m.column == index) for m in matrices)


def _joined(
    bound: set[sp.Symbol], vectors: dict[sp.Symbol, Node], matrices: list[Matrix]
) -> tuple[Matrix, Matrix] | None:
    """An inverse and the factor of the same matrix that meet at a bound index, at the factor's row."""
    for first in matrices:
        for second in matrices:
            same = first.factor == second.factor and (first.kind, second.kind) == ("inverse", "factor")
            inner = second.row
            if same and inner in (first.row, first.column) and inner in bound and inner not in vectors:
                return first, second
    return None


def _open(vectors: dict[sp.Symbol, Node], matrices: list[Matrix], free: dict[sp.Symbol, str]) -> list[Node]:
    """What is left at the free indices: a vector, a product of two vectors, or a matrix."""
    places = list(free)
    if not matrices and len(vectors) <= 1:
        return list(vectors.values())
    if not matrices and len(vectors) == 2 and set(vectors) <= set(places):
        return [graph.apply("outer", *(vectors[p] for p in places))]
    if len(matrices) == 1 and not vectors and [matrices[0].row, matrices[0].column] == places:
        return [graph.apply("back_matrix", matrices[0].factor)]
    raise ValueError("a product of matrices that solves and products cannot say")
