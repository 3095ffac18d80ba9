"""Square matrices inside scalar expressions: determinants and entries of the inverse.

`SquareMatrix` binds a row and a column index as a sum binds one, so that renaming, scopes, free variables, definitions
and the substitution of whole arrays need no case of their own. It is no number: it stands only where a determinant or
an entry of the inverse is taken.
"""

from __future__ import annotations

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from derive.algebra.context import Context, Variable


class SquareMatrix(ExprWithLimits):  # type: ignore[misc]
    """The matrix whose entry in row a and column b is `function`; its limits are (a, 1, D), (b, 1, D)."""

    __slots__ = ()

    def __new__(cls, function: sp.Expr, *limits: object) -> SquareMatrix:
        """A matrix from its entries and the ranges of its indices."""
        # Not ExprWithLimits.__new__, which merges a node with one of its own kind inside it.
        triples = tuple(sp.Tuple(*limit) for limit in limits)  # type: ignore[misc]
        if len(triples) != 2 or any(len(t) != 3 or not isinstance(t[0], sp.Symbol) for t in triples):
            raise ValueError("a square matrix needs a row index and a column index, each with its range")
        obj: SquareMatrix = sp.Expr.__new__(cls, function, *triples)
        obj.is_commutative = True
        return obj

    @property
    def row(self) -> sp.Symbol:
        """The row index."""
        return self.limits[0][0]

    @property
    def column(self) -> sp.Symbol:
        """The column index."""
        return self.limits[1][0]

    @property
    def size(self) -> sp.Expr:
        """The number of rows, which is the number of columns."""
        return self.limits[0][2]

    def entry(self, row: sp.Expr, column: sp.Expr) -> sp.Expr:
        """The entry in a row and a column."""
        from derive.algebra.binding import substitute

        result: sp.Expr = substitute(self.function, {self.row: row, self.column: column})
        return result


class _OfMatrix(sp.Expr):  # type: ignore[misc]
    """A real number that belongs to a square matrix."""

    __slots__ = ()
    is_commutative = True
    is_extended_real = True
    is_real = True

    def __new__(cls, matrix: sp.Expr, *rest: sp.Expr) -> _OfMatrix:
        if not isinstance(matrix, SquareMatrix):
            raise TypeError(f"{cls.__name__} takes a square matrix, not {matrix}")
        obj: _OfMatrix = sp.Expr.__new__(cls, matrix, *(sp.S(r) for r in rest))
        return obj

    @property
    def matrix(self) -> SquareMatrix:
        """The matrix it belongs to."""
        found: SquareMatrix = self.args[0]
        return found


class Det(_OfMatrix):
    """The determinant of a square matrix."""

    __slots__ = ()

    def __new__(cls, matrix: sp.Expr) -> Det:
        """The determinant of a matrix."""
        obj: Det = super().__new__(cls, matrix)
        return obj


class InverseEntry(_OfMatrix):
    """The entry of the inverse of a square matrix in a row and a column: (M⁻¹)_{ab}."""

    __slots__ = ()

    def __new__(cls, matrix: sp.Expr, row: sp.Expr, column: sp.Expr) -> InverseEntry:
        """The entry of a matrix's inverse in a row and a column."""
        obj: InverseEntry = super().__new__(cls, matrix, row, column)
        return obj

    @property
    def row(self) -> sp.Expr:
        """The row of the entry."""
        return self.args[1]

    @property
    def column(self) -> sp.Expr:
        """The column of the entry."""
        return self.args[2]


MATRIX_NODES = (SquareMatrix, Det, InverseEntry)


def matrix(variable: Variable, *leading: sp.Expr) -> SquareMatrix:
    """A declared array as a matrix over its last two axes, with the indices before them at `leading`."""
    rows, columns = variable.axes[-2:]
    if rows != columns or len(leading) != variable.rank - 2:
        raise ValueError(f"{variable.name} is no square matrix")
    a, b = sp.Symbol("a", integer=True), sp.Symbol("b", integer=True)
    return SquareMatrix(variable.base[(*leading, a, b)], (a, sp.S.One, rows), (b, sp.S.One, columns))


def is_definite(found: SquareMatrix, context: Context) -> bool:
    """Whether a matrix is, entry by entry, a declared one that is symmetric and positive definite."""
    entry = found.function
    variable = context.variable(entry) if isinstance(entry, sp.Indexed) else None
    if variable is None or not variable.domain.definite or set(entry.indices[-2:]) != {found.row, found.column}:
        return False
    whole = all(
        tuple(limit[1:]) == (sp.S.One, axis) for limit, axis in zip(found.limits, variable.axes[-2:], strict=True)
    )
    return whole and not any({found.row, found.column} & i.free_symbols for i in entry.indices[:-2])


def symmetric(expr: sp.Expr, context: Context) -> sp.Expr:
    """The expression with the indices of symmetric arrays, and of the inverses of symmetric matrices, in order."""
    if not expr.has(*MATRIX_NODES) and not any(v.domain.definite for v in context.variables):
        return expr
    return _ordered(expr, context)


def _ordered(expr: sp.Basic, context: Context) -> sp.Basic:
    if not expr.args or isinstance(expr, sp.IndexedBase):
        return expr
    if isinstance(expr, sp.Indexed):
        variable = context.variable(expr)
        if variable is None or not variable.domain.definite:
            return expr
        return expr.base[(*expr.indices[:-2], *sorted(expr.indices[-2:], key=sp.default_sort_key))]
    args = tuple(_ordered(a, context) for a in expr.args)
    if isinstance(expr, InverseEntry):
        first = args[0]
        if is_symmetric(first, context):
            return InverseEntry(first, *sorted(args[1:], key=sp.default_sort_key))
    return expr if args == expr.args else expr.func(*args)


def is_symmetric(found: SquareMatrix, context: Context) -> bool:
    """Whether row and column may be exchanged, as far as the form of the entries shows."""
    swapped = found.function.xreplace({found.row: found.column, found.column: found.row})
    same = found.function == swapped or _ordered(swapped, context) == _ordered(found.function, context)
    return bool(same) and found.limits[0][1:] == found.limits[1][1:]
