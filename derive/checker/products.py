"""Claims about matrices: their shapes, the entries to which a claim comes down, and their values by multiplication.

The values are worked out as matrices, row by column; the symbolic lane writes the same entries as sums.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sympy as sp
from flint import fmpq
from sympy.core.relational import Relational

from derive.algebra.context import Context, IndexRange
from derive.algebra.products import EntryOf, MatrixProduct, ShapeError, Table, Transposed, is_matrix, shape
from derive.derivation import Step

Value = Any  # fmpq | arb | arb_series
Rows = list[list[Value]]


def by_entries(step: Step, context: Context) -> tuple[Step, Context]:
    """A claim about matrices as the claim about their entries in any row and column; ShapeError where sizes differ."""
    assumed = [part for relation in (*step.given, *step.bind, *context.hypotheses) for part in relation.args]
    if any(map(is_matrix, assumed)):
        raise ShapeError("what is assumed is said of numbers, not of whole matrices")
    sides = [
        side
        for expr in (step.before, step.after)
        for side in (expr.args if isinstance(expr, Relational) else (expr,))
        if isinstance(side, sp.Basic)
    ]
    if not any(map(is_matrix, sides)) or step.kind not in ("equal", "equivalent") or step.relation not in ("=", "⇔"):
        return step, context  # of other claims the lint says that a matrix is no number
    if not all(map(is_matrix, sides)):
        raise ShapeError("a matrix is set against a number")
    shapes = [shape(side) for side in sides]
    if len(set(shapes)) > 1:
        told = ", ".join(f"{rows} × {columns}" for rows, columns in dict.fromkeys(shapes))
        raise ShapeError(f"the matrices differ in shape: {told}")
    row, column = (
        sp.S.One if n == 1 else sp.Dummy(name, integer=True)
        for name, n in zip(("row", "column"), shapes[0], strict=True)
    )
    ranges = [IndexRange(i, sp.S.One, n) for i, n in zip((row, column), shapes[0], strict=True) if n != 1]

    def entry(side: sp.Basic) -> sp.Basic:
        if isinstance(side, Relational):
            return side.func(*map(entry, side.args), evaluate=False)
        return EntryOf(side, row, column)

    return replace(step, before=entry(step.before), after=entry(step.after)), context.extended(indices=ranges)


def rows_of(matrix: sp.Expr, value: Callable[[sp.Expr, dict[sp.Symbol, Value]], Value]) -> Rows:
    """The values of a matrix's entries; `value` evaluates an expression with some indices bound."""
    if isinstance(matrix, Table):
        counts = [_count(value(limit[2], {})) for limit in matrix.limits]
        row, *column = (limit[0] for limit in matrix.limits)
        if not column:
            return [[value(matrix.function, {row: fmpq(m)})] for m in counts[0]]
        return [[value(matrix.function, {row: fmpq(m), column[0]: fmpq(n)}) for n in counts[1]] for m in counts[0]]
    if isinstance(matrix, Transposed):
        return [list(column) for column in zip(*rows_of(matrix.args[0], value), strict=True)]
    if not isinstance(matrix, MatrixProduct):
        raise ShapeError("a matrix is needed")
    first, *others = (rows_of(factor, value) for factor in matrix.args)
    for other in others:
        first = _multiplied(first, other)
    return first


def _count(size: Value) -> range:
    if not isinstance(size, fmpq) or size.q != 1 or size < 1:
        raise ShapeError("a matrix without rows or columns")
    return range(1, int(size.p) + 1)


def _multiplied(left: Rows, right: Rows) -> Rows:
    if any(len(row) != len(right) for row in left):
        raise ShapeError("the columns of one matrix are not as many as the rows of the next")
    columns = list(zip(*right, strict=True))
    return [[sum((a * b for a, b in zip(row, column, strict=True)), fmpq(0)) for column in columns] for row in left]
