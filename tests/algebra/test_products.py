"""Matrices and vectors over indexed expressions: shapes, entries, binding, JSON."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.algebra.binding import free_symbols, substitute
from derive.algebra.codec import CodecError, Decoder, encode
from derive.algebra.context import REAL, Context, IndexRange, array, index, size
from derive.algebra.normal_form import are_equal
from derive.algebra.products import (
    EntryOf,
    MatrixProduct,
    ShapeError,
    Table,
    Trace,
    Transposed,
    shape,
    shape_faults,
    written_out,
)

N, D = size("N"), size("D")
a, b, d, i, j, m = map(index, "abdijm")
x, y, w = array("x", [N, D], REAL), array("y", [N], REAL), array("w", [D], REAL)
CONTEXT = Context(sizes=(N, D), variables=(x, y, w), indices=tuple(IndexRange(s, sp.S.One, D) for s in (j, m)))
X = Table(x.base[a, b], (a, 1, N), (b, 1, D))
Y, W = Table(y.base[a], (a, 1, N)), Table(w.base[a], (a, 1, D))
XW = MatrixProduct(X, W)
REST = Table(y.base[a] - EntryOf(XW, a), (a, 1, N))


def test_shapes() -> None:
    assert shape(X) == (N, D)
    assert shape(Transposed(X)) == (D, N)
    assert shape(W) == (D, sp.S.One)
    assert shape(MatrixProduct(Transposed(X), X, W)) == (D, sp.S.One)
    for wrong in (MatrixProduct(X, Y), MatrixProduct(W, X), MatrixProduct(X, X)):
        with pytest.raises(ShapeError):
            shape(wrong)
        assert shape_faults(1 + Trace(wrong))
    assert shape_faults(Trace(X))  # not square
    assert not shape_faults(Trace(MatrixProduct(X, Transposed(X))))
    with pytest.raises(ShapeError):
        shape(Table(x.base[a, b], (a, 1, N), (b, 1, a)))
    with pytest.raises(TypeError):
        MatrixProduct(X, sp.Integer(2))


def test_entries_are_sums() -> None:
    sums = sp.Sum(x.base[i, j] * (y.base[i] - sp.Sum(w.base[d] * x.base[i, d], (d, 1, D))), (i, 1, N))
    assert are_equal(written_out(EntryOf(MatrixProduct(Transposed(X), REST), j)), sums, CONTEXT)
    square = sp.Sum((y.base[i] - sp.Sum(w.base[d] * x.base[i, d], (d, 1, D))) ** 2, (i, 1, N))
    assert are_equal(written_out(Trace(MatrixProduct(Transposed(REST), REST))), square, CONTEXT)
    gram = written_out(EntryOf(MatrixProduct(Transposed(X), X), j, m))
    assert are_equal(gram, sp.Sum(x.base[i, j] * x.base[i, m], (i, 1, N)), CONTEXT)


def test_a_table_binds_its_indices() -> None:
    entry = EntryOf(Table(x.base[a, b] * w.base[j], (a, 1, N), (b, 1, D)), 1, m)
    assert free_symbols(entry) == {N, D, j, m}
    moved = substitute(entry, {j: b})  # b is also the name of the bound column: it must not be caught
    assert free_symbols(moved) == {N, D, b, m}
    assert written_out(moved) == x.base[1, m] * w.base[b]


FORMS = [
    EntryOf(MatrixProduct(Transposed(X), REST), j),
    Trace(MatrixProduct(Transposed(REST), REST)) / N,
    sp.Eq(MatrixProduct(Transposed(X), X, W), MatrixProduct(Transposed(X), Y), evaluate=False),
    Table(sp.exp(EntryOf(XW, a)), (a, 1, N)),
]


@pytest.mark.parametrize("form", FORMS)
def test_json_both_ways(form: sp.Basic) -> None:
    assert Decoder(CONTEXT).expression(encode(form)) == form


TABLE = ["table", ["entry", "y", "a"], ["a", 1, "N"]]


@pytest.mark.parametrize(
    "data",
    [
        ["+", TABLE, 1],
        ["*", TABLE, TABLE],
        ["matmul", TABLE],
        ["matmul", TABLE, 2],
        ["transpose", 3],
        ["transpose", TABLE, TABLE],
        ["trace", TABLE, 1],
        ["entry_of", TABLE, 1],
        ["entry_of", 1, TABLE, 1],
        ["log", TABLE],
        ["=", TABLE, 0],
        ["table", ["entry", "y", "a"]],
        ["table", ["entry", "x", "a", "a"], ["a", 1, "N"], ["a", 1, "D"]],
        ["table", ["entry", "y", "a"], ["a", 1, "N"], ["b", 1, "N"], ["d", 1, "N"]],
        ["det", TABLE],
        ["sum", TABLE, ["i", 1, "N"]],
        ["table", TABLE, ["i", 1, "N"]],
        ["<=", TABLE, TABLE],
    ],
)
def test_what_is_no_matrix_expression_is_refused(data: object) -> None:
    with pytest.raises(CodecError):
        Decoder(CONTEXT).expression(data)
