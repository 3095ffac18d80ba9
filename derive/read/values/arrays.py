"""Vectors and matrices of numbers, as articles use them: products by shape, transposes, inverses.

A single column and a single row are vectors. What does not fit raises `Meaningless` with both shapes in the message.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from derive.checker import linear
from derive.checker.evaluator import UndefinedError
from derive.read.meanings.terms import Meaningless

Value = Any  # fmpq | arb | arb_series | Array
#: Matrices are raised to no larger power.
MOST_FACTORS = 200


@dataclass(frozen=True)
class Array:
    """Rows of numbers."""

    rows: tuple[tuple[Any, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.rows), len(self.rows[0])

    @property
    def entries(self) -> list[Any]:
        """All numbers, row by row."""
        return [value for row in self.rows for value in row]

    @property
    def is_vector(self) -> bool:
        """Whether it is a single row or a single column."""
        return 1 in self.shape

    def each(self, change: Callable[[Any], Any]) -> Array:
        """The same change to every entry."""
        return Array(tuple(tuple(change(value) for value in row) for row in self.rows))


def words(shape: tuple[int, int]) -> str:
    """A shape as a reader writes it."""
    return f"{shape[0]}×{shape[1]}"


def array(rows: list[list[Any]]) -> Value:
    """Rows as an array; a single number stays one."""
    if len(rows) == 1 and len(rows[0]) == 1:
        return rows[0][0]
    return Array(tuple(tuple(row) for row in rows))


def plus(a: Value, b: Value) -> Value:
    """a + b; a number is added to every entry of a vector, as statisticians write it."""
    if isinstance(a, Array) and isinstance(b, Array):
        if a.shape != b.shape:
            raise Meaningless(f"a {words(a.shape)} and a {words(b.shape)} matrix cannot be added")
        pairs = zip(a.rows, b.rows, strict=True)
        return Array(tuple(tuple(x + y for x, y in zip(r, s, strict=True)) for r, s in pairs))
    if isinstance(a, Array) or isinstance(b, Array):
        whole, single = (a, b) if isinstance(a, Array) else (b, a)
        if isinstance(single, fmpq) and single == 0:
            return whole
        if not whole.is_vector:
            raise Meaningless(f"a number and a {words(whole.shape)} matrix cannot be added")
        return whole.each(lambda x: x + single)
    return a + b


def times(a: Value, b: Value, operator: str = "") -> Value:
    """a·b by shape; a dot between vectors of the same length is their inner product, ∘ and ⊙ multiply entries."""
    if not isinstance(a, Array) and not isinstance(b, Array):
        return a * b
    if not isinstance(a, Array):
        return b.each(lambda x: a * x)
    if not isinstance(b, Array):
        return a.each(lambda x: x * b)
    if operator in ("\\circ", "\\odot"):
        if a.shape != b.shape:
            raise Meaningless(f"a {words(a.shape)} and a {words(b.shape)} matrix have no product entry by entry")
        pairs = zip(a.rows, b.rows, strict=True)
        return Array(tuple(tuple(x * y for x, y in zip(r, s, strict=True)) for r, s in pairs))
    if a.shape[1] == b.shape[0]:
        columns = list(zip(*b.rows, strict=True))
        return array([[sum((x * y for x, y in zip(r, c, strict=True)), fmpq(0)) for c in columns] for r in a.rows])
    if operator == "\\cdot" and a.shape == b.shape and a.is_vector:
        return sum((x * y for x, y in zip(a.entries, b.entries, strict=True)), fmpq(0))
    raise Meaningless(f"a {words(a.shape)} matrix cannot be multiplied by a {words(b.shape)} one")


def transposed(a: Value) -> Value:
    """Rows become columns; a number stays."""
    return Array(tuple(zip(*a.rows, strict=True))) if isinstance(a, Array) else a


def _square(a: Array, what: str) -> list[list[Any]]:
    if a.shape[0] != a.shape[1]:
        raise Meaningless(f"a {words(a.shape)} matrix has no {what}")
    return [list(row) for row in a.rows]


def inverse(a: Value) -> Value:
    """The inverse of a matrix, 1/a of a number."""
    if not isinstance(a, Array):
        if isinstance(a, fmpq) and a == 0:
            raise UndefinedError("division by 0")
        return 1 / a
    try:
        return array(linear.inverse(_square(a, "inverse")))
    except (linear.SingularError, ZeroDivisionError) as error:
        raise UndefinedError(str(error)) from None


def determinant(a: Value) -> Value:
    """The determinant; a number is its own."""
    if not isinstance(a, Array):
        return a
    try:
        return linear.determinant(_square(a, "determinant"))
    except (linear.SingularError, ZeroDivisionError) as error:
        raise UndefinedError(str(error)) from None


def trace(a: Value) -> Value:
    """The trace; a number is its own."""
    if not isinstance(a, Array):
        return a
    rows = _square(a, "trace")
    return sum((rows[n][n] for n in range(len(rows))), fmpq(0))


def integer_power(a: Array, n: int) -> Value:
    """A matrix to an integer power."""
    if abs(n) > MOST_FACTORS:
        raise UndefinedError("a matrix to a large power")
    base = inverse(a) if n < 0 else a
    if not isinstance(base, Array):
        raise UndefinedError("no matrix")
    rows = _square(base, "power")
    result: Value = identity(len(rows))
    for _ in range(abs(n)):
        result = times(result, base)
    return result


def identity(size: int) -> Array:
    """The identity matrix."""
    return Array(tuple(tuple(fmpq(int(m == n)) for n in range(size)) for m in range(size)))
