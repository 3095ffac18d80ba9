"""Determinant and inverse over the evaluator's values: exact rationals, balls, power series. Gaussian elimination."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import arb_series, fmpq

Value = Any  # fmpq | arb | arb_series
Rows = list[list[Value]]

#: Larger matrices are not worked out.
LARGEST = 24


class SingularError(ArithmeticError):
    """The matrix has no inverse, or none that can be worked out."""


def determinant(rows: Rows) -> Value:
    """The determinant; exactly 0 where exact rows show it, SingularError where balls leave it open."""
    work, result = [list(row) for row in rows], fmpq(1)
    for n in range(len(work)):
        pivot = _pivot(work, n)
        if pivot is None:
            if all(isinstance(value, fmpq) for row in work[n:] for value in row[n:]):
                return fmpq(0)
            raise SingularError("the determinant of what may be a singular matrix")
        if pivot != n:
            work[n], work[pivot], result = work[pivot], work[n], -result
        result = work[n][n] * result
        _clear(work, n, range(n + 1, len(work)))
    return result


def inverse(rows: Rows) -> Rows:
    """The inverse; SingularError where there is none."""
    size = len(rows)
    work = [[*row, *(fmpq(int(m == n)) for m in range(size))] for n, row in enumerate(rows)]
    for n in range(size):
        pivot = _pivot(work, n)
        if pivot is None:
            raise SingularError("the inverse of what may be a singular matrix")
        work[n], work[pivot] = work[pivot], work[n]
        work[n] = [value / work[n][n] for value in work[n]]
        _clear(work, n, (m for m in range(size) if m != n))
    return [row[size:] for row in work]


def _clear(work: Rows, n: int, others: Iterable[int]) -> None:
    """Take multiples of row n away from the others, so that their entries in column n become 0."""
    for m in others:
        factor = work[m][n] / work[n][n]
        if not (isinstance(factor, fmpq) and factor == 0):
            work[m] = [value - factor * above for value, above in zip(work[m], work[n], strict=True)]


def _pivot(work: Rows, n: int) -> int | None:
    """The row from n on whose entry in column n is certainly not 0, and is the largest."""
    best, row = None, None
    for m in range(n, len(work)):
        at = work[m][n]
        at = at[0] if isinstance(at, arb_series) else at
        size = abs(at) if isinstance(at, fmpq) else at.abs_lower()
        if size > 0 and (best is None or size > best):
            best, row = size, m
    return row


def is_positive_definite(rows: Rows) -> bool:
    """Whether a matrix is certainly symmetric and positive definite: every pivot of the elimination is positive."""
    work = [list(row) for row in rows]
    if any(not _same(work[m][n], work[n][m]) for m in range(len(work)) for n in range(m)):
        return False
    for n in range(len(work)):
        if not work[n][n] > 0:
            return False
        _clear(work, n, range(n + 1, len(work)))
    return True


def _same(x: Value, y: Value) -> bool:
    difference = x - y
    return bool(difference == 0) if isinstance(difference, fmpq) else bool(difference.contains(0))
