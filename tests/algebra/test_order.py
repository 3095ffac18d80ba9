"""Order statistics as nodes of expressions."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.algebra.binding import free_symbols, substitute
from derive.algebra.context import REAL, array, index, size
from derive.algebra.order import ORDER_STATISTICS, Largest, Median, OrderStatistic

A, B, N, K = index("i"), index("j"), size("N"), size("K")
X = array("x", [N, K], REAL)


@pytest.mark.parametrize("kind", ORDER_STATISTICS)
def test_one_inside_another_of_its_kind_stays_two(kind: type[OrderStatistic]) -> None:
    """The median of medians is not the median of all, as SymPy's merging of limits would have it."""
    inner = kind(X.base[A, B], (A, 1, N))
    outer = kind(inner, (B, 1, K))
    assert outer.function == inner and len(outer.limits) == 1
    assert outer.func(*outer.args) == outer
    assert free_symbols(outer) & {A, B} == set()


def test_it_binds_its_index() -> None:
    inner = Median(X.base[A, B], (A, 1, N))
    assert B in free_symbols(inner) and A not in free_symbols(inner)
    first = substitute(inner, {B: sp.S.One})
    assert first.function == X.base[first.limits[0][0], 1]
    moved = substitute(inner, {B: A})
    assert A in free_symbols(moved) and moved.limits[0][0] != A


def test_an_index_needs_its_range() -> None:
    for limits in ((), ((A,),), ((A, N),), ((sp.S.One, 1, N),)):
        with pytest.raises(ValueError, match="range"):
            Largest(X.base[A, 1], *limits)
