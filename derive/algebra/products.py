"""Rectangular matrices and vectors as a second layer over indexed expressions: tables, transposes, products, traces.

`Table` binds a row index (and a column index) as a sum binds one: it is the matrix whose entries a formula gives. What
acts entry by entry (sums, multiples, log) is written in that formula. Only `Transposed` and `MatrixProduct` need nodes
of their own, and `EntryOf` and `Trace` lead back to numbers. A table with one index is a column.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from derive.algebra.binding import fresh, rebuild, substitute


class ShapeError(ValueError):
    """Matrices whose shapes do not fit: why, in words."""


class Table(ExprWithLimits):  # type: ignore[misc]
    """The matrix whose entry in row a and column b is `function`: limits (a, 1, N), (b, 1, K); a column has one."""

    __slots__ = ()

    def __new__(cls, function: sp.Expr, *limits: object) -> Table:
        """A matrix, or a column, from its entries and the ranges of its indices."""
        # Not ExprWithLimits.__new__, which merges a node with one of its own kind inside it.
        triples = tuple(sp.Tuple(*limit) for limit in limits)  # type: ignore[misc]
        if len(triples) not in (1, 2) or any(len(t) != 3 or not isinstance(t[0], sp.Symbol) for t in triples):
            raise ValueError("a table needs a row index and perhaps a column index, each with its range")
        obj: Table = sp.Expr.__new__(cls, sp.S(function), *triples)
        obj.is_commutative = True
        return obj

    def entry(self, row: sp.Expr, column: sp.Expr) -> sp.Expr:
        """The entry in a row and a column."""
        places = dict(zip((limit[0] for limit in self.limits), (row, column), strict=False))
        result: sp.Expr = substitute(self.function, places)
        return result


class Transposed(sp.Expr):  # type: ignore[misc]
    """A matrix with rows and columns exchanged."""

    __slots__ = ()
    is_commutative = True

    def __new__(cls, matrix: sp.Expr) -> Transposed:
        """The transpose of a matrix."""
        _only_matrices(matrix)
        obj: Transposed = sp.Expr.__new__(cls, matrix)
        return obj


class MatrixProduct(sp.Expr):  # type: ignore[misc]
    """The product of matrices, in this order."""

    __slots__ = ()
    is_commutative = True

    def __new__(cls, *factors: sp.Expr) -> MatrixProduct:
        """The product of two or more matrices."""
        _only_matrices(*factors)
        if len(factors) < 2:
            raise ValueError("a matrix product has two factors or more")
        obj: MatrixProduct = sp.Expr.__new__(cls, *factors)
        return obj


class _NumberOf(sp.Expr):  # type: ignore[misc]
    """A real number that belongs to a matrix."""

    __slots__ = ()
    is_commutative = True
    is_extended_real = True
    is_real = True


class EntryOf(_NumberOf):
    """The entry of a matrix in a row and a column."""

    __slots__ = ()

    def __new__(cls, matrix: sp.Expr, row: sp.Expr, column: sp.Expr = sp.S.One) -> EntryOf:
        """The entry in a row and a column; a vector has one column."""
        _only_matrices(matrix)
        obj: EntryOf = sp.Expr.__new__(cls, matrix, sp.S(row), sp.S(column))
        return obj


class Trace(_NumberOf):
    """The sum of the diagonal of a square matrix; of one with a single entry, that entry."""

    __slots__ = ()

    def __new__(cls, matrix: sp.Expr) -> Trace:
        """The trace of a square matrix."""
        _only_matrices(matrix)
        obj: Trace = sp.Expr.__new__(cls, matrix)
        return obj


#: What is a matrix, and what is a number made of one.
MATRICES = (Table, Transposed, MatrixProduct)
NUMBERS = (EntryOf, Trace)


def _only_matrices(*args: sp.Expr) -> None:
    for arg in args:
        if not isinstance(arg, MATRICES):
            raise TypeError(f"a matrix is needed, not {arg}")


def is_matrix(expr: sp.Basic) -> bool:
    """Whether an expression is a matrix or a vector, and no number."""
    return isinstance(expr, MATRICES)


def has_matrices(expr: sp.Basic) -> bool:
    """Whether matrices or vectors occur in an expression."""
    return bool(expr.has(*MATRICES))


def shape(matrix: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Rows and columns; ShapeError where factors do not fit."""
    if isinstance(matrix, Table):
        bound = {limit[0] for limit in matrix.limits}
        if len(bound) < len(matrix.limits) or any(lower != 1 or upper.has(*bound) for _, lower, upper in matrix.limits):
            raise ShapeError("the rows and columns of a matrix are counted from 1 to a fixed size")
        sizes = [limit[2] for limit in matrix.limits]
        return (sizes[0], sizes[1]) if len(sizes) == 2 else (sizes[0], sp.S.One)
    if isinstance(matrix, Transposed):
        rows, columns = shape(matrix.args[0])
        return columns, rows
    if not isinstance(matrix, MatrixProduct):
        raise ShapeError("a matrix is needed")
    (rows, inner), *others = map(shape, matrix.args)
    for other, columns in others:
        if other != inner:
            raise ShapeError(f"a matrix with {inner} columns is multiplied by one with {other} rows")
        inner = columns
    return rows, inner


def shape_faults(expr: sp.Basic) -> list[str]:
    """What does not fit in the shapes of the matrices that an expression holds."""
    faults: list[str] = []
    for arg in expr.args:
        faults += shape_faults(arg)
    if faults or not isinstance(expr, (*MATRICES, *NUMBERS)):
        return faults
    try:
        rows, columns = shape(expr if is_matrix(expr) else expr.args[0])
    except ShapeError as error:
        return [str(error)]
    if isinstance(expr, Trace) and rows != columns:
        return [f"the trace of a matrix with {rows} rows and {columns} columns"]
    return []


def written_out(expr: sp.Basic) -> sp.Basic:
    """The expression with entries and traces of matrices written as sums over their factors' entries."""
    if not has_matrices(expr):
        return expr
    args = tuple(written_out(arg) for arg in expr.args)
    if isinstance(expr, EntryOf):
        return _entry(*args)
    if isinstance(expr, Trace):
        rows, columns = shape(args[0])
        if rows != columns:
            raise ShapeError("only a square matrix has a trace")
        return _summed(lambda v: _entry(args[0], v, v), rows)
    return rebuild(expr, args)


def _entry(matrix: sp.Expr, row: sp.Expr, column: sp.Expr) -> sp.Expr:
    if isinstance(matrix, Table):
        return matrix.entry(row, column)
    if isinstance(matrix, Transposed):
        return _entry(matrix.args[0], column, row)
    *first, last = matrix.args
    left = MatrixProduct(*first) if len(first) > 1 else first[0]
    shape(matrix)  # the inner sizes must agree
    return _summed(lambda v: _entry(left, row, v) * _entry(last, v, column), shape(last)[0])


def _summed(term: Callable[[sp.Expr], sp.Expr], size: sp.Expr) -> sp.Expr:
    if size == 1:
        return term(sp.S.One)
    v = fresh()
    return sp.Sum(term(v), (v, sp.S.One, size))
