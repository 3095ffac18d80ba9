"""Determinants and inverses inside expressions: binding, normal form, signs, derivatives, JSON."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.algebra.binding import depends_on, free_symbols, rename_apart, substitute, substitute_array
from derive.algebra.calculus import derivative
from derive.algebra.codec import CodecError, Decoder, decode_context, encode, encode_context
from derive.algebra.context import POSITIVE_DEFINITE, REAL, Context, IndexRange, array, index, size
from derive.algebra.definite import squares
from derive.algebra.matrices import Det, InverseEntry, SquareMatrix, is_definite, is_symmetric, matrix
from derive.algebra.normal_form import are_equal, normal
from derive.algebra.signs import ANY, NONNEGATIVE, POSITIVE, sign

N, D = size("N"), size("D")
a, b, c, i, j, m, n, p = map(index, "abcijmnp")
Sigma, Psi = array("Sigma", [D, D], POSITIVE_DEFINITE), array("Psi", [D, D], POSITIVE_DEFINITE)
A = array("A", [D, D], REAL)
x, v = array("x", [N, D], REAL), array("v", [D], REAL)
CONTEXT = Context(
    sizes=(N, D), variables=(Sigma, Psi, A, x, v), indices=tuple(IndexRange(s, sp.S.One, D) for s in (j, m, p))
)
M, GENERAL = matrix(Sigma), matrix(A)


def mean(d: sp.Expr) -> sp.Expr:
    return sp.Sum(x.base[n, d], (n, 1, N)) / N


def scatter(d: sp.Expr, e: sp.Expr) -> sp.Expr:
    return sp.Sum((x.base[i, d] - mean(d)) * (x.base[i, e] - mean(e)), (i, 1, N)) / N


SCATTER = SquareMatrix(scatter(a, b), (a, 1, D), (b, 1, D))


def test_a_matrix_binds_its_indices() -> None:
    expr = sp.log(Det(M)) + InverseEntry(M, j, m)
    assert free_symbols(expr) == {D, j, m}
    assert depends_on(expr, Sigma.base[j, m])
    moved = substitute(expr, {j: a})  # a is also the name of the bound row: it must not be caught
    assert free_symbols(moved) == {D, a, m}
    assert are_equal(moved, sp.log(Det(M)) + InverseEntry(matrix(Sigma), a, m), CONTEXT)
    assert normal(rename_apart(expr), CONTEXT) == normal(expr, CONTEXT)


def test_a_whole_array_can_be_put_in() -> None:
    put_in = substitute_array(Det(M), Sigma.key, (p, n), x.base[1, p] * x.base[2, n])
    assert put_in == Det(SquareMatrix(x.base[1, a] * x.base[2, b], (a, 1, D), (b, 1, D))) or are_equal(
        put_in, Det(SquareMatrix(x.base[1, a] * x.base[2, b], (a, 1, D), (b, 1, D))), CONTEXT
    )


def test_a_matrix_inside_a_matrix_is_not_merged_with_it() -> None:
    inner = InverseEntry(M, a, b)
    outer = SquareMatrix(inner, (a, 1, D), (b, 1, D))
    assert outer.function == inner
    assert len(SquareMatrix(outer.function, *outer.limits).limits) == 2


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (sp.Sum(Sigma.base[j, b] * InverseEntry(M, b, m), (b, 1, D)), sp.KroneckerDelta(j, m)),
        (sp.Sum(Sigma.base[b, j] * InverseEntry(M, m, b), (b, 1, D)), sp.KroneckerDelta(j, m)),
        (sp.Sum(Sigma.base[a, j] * Sigma.base[b, m] * InverseEntry(M, a, b), (b, 1, D), (a, 1, D)), Sigma.base[m, j]),
        (sp.Sum(A.base[j, b] * InverseEntry(GENERAL, b, m), (b, 1, D)), sp.KroneckerDelta(j, m)),
        (sp.Sum(A.base[b, m] * InverseEntry(GENERAL, j, b), (b, 1, D)), sp.KroneckerDelta(j, m)),
        (sp.Sum(scatter(j, b) * InverseEntry(SCATTER, b, m), (b, 1, D)), sp.KroneckerDelta(j, m)),
        (sp.Sum(scatter(a, b) * InverseEntry(SCATTER, a, b), (b, 1, D), (a, 1, D)), D),
        (InverseEntry(M, j, m), InverseEntry(M, m, j)),
        (Sigma.base[j, m], Sigma.base[m, j]),
        (
            sp.Sum(v.base[a] * InverseEntry(M, a, b) * x.base[1, b], (a, 1, D), (b, 1, D)),
            sp.Sum(v.base[b] * InverseEntry(M, a, b) * x.base[1, a], (a, 1, D), (b, 1, D)),
        ),
    ],
)
def test_a_matrix_meets_its_inverse(expr: sp.Expr, expected: sp.Expr) -> None:
    assert are_equal(expr, expected, CONTEXT)


@pytest.mark.parametrize(
    ("expr", "other"),
    [
        (sp.Sum(A.base[b, j] * InverseEntry(GENERAL, b, m), (b, 1, D)), sp.KroneckerDelta(j, m)),  # Aᵀ·A⁻¹
        (sp.Sum(Psi.base[j, b] * InverseEntry(M, b, m), (b, 1, D)), sp.KroneckerDelta(j, m)),
        (sp.Sum(Sigma.base[j, b] * InverseEntry(M, b, m), (b, 1, D - 1)), sp.KroneckerDelta(j, m)),
        (InverseEntry(GENERAL, j, m), InverseEntry(GENERAL, m, j)),
        (sp.Sum(Sigma.base[b, b] * InverseEntry(M, b, m), (b, 1, D)), sp.S.One),
        (sp.Sum(scatter(j, b) * InverseEntry(M, b, m), (b, 1, D)), sp.KroneckerDelta(j, m)),
    ],
)
def test_what_does_not_meet_stays(expr: sp.Expr, other: sp.Expr) -> None:
    assert not are_equal(expr, other, CONTEXT)


def test_signs() -> None:
    assert sign(Det(M), CONTEXT) == POSITIVE
    assert sign(Det(GENERAL), CONTEXT) == ANY
    assert sign(Det(SCATTER), CONTEXT) == NONNEGATIVE
    assert sign(Sigma.base[j, j], CONTEXT) == sign(InverseEntry(M, j, j), CONTEXT) == POSITIVE
    assert sign(Sigma.base[j, m], CONTEXT) == sign(InverseEntry(M, j, m), CONTEXT) == ANY
    form = sp.Sum(v.base[a] * v.base[b] * InverseEntry(M, a, b), (a, 1, D), (b, 1, D))
    assert sign(form, CONTEXT) == NONNEGATIVE
    assert sign(sp.Sum(v.base[a] * x.base[1, b] * Sigma.base[a, b], (a, 1, D), (b, 1, D)), CONTEXT) == ANY
    assert sign(sp.Sum(v.base[a] * v.base[b] * InverseEntry(GENERAL, a, b), (a, 1, D), (b, 1, D)), CONTEXT) == ANY
    assert sign(sp.Sum(v.base[a] * v.base[b] * InverseEntry(M, a, b), (a, 1, D), (b, 1, N)), CONTEXT) == ANY


def test_squares() -> None:
    assert squares(SCATTER) == 1 / N
    weighted = sp.Sum(x.base[i, 1] * x.base[i, a] * x.base[i, b], (i, 1, N))  # the weight may be negative
    assert squares(SquareMatrix(weighted, (a, 1, D), (b, 1, D))) is None
    assert squares(SquareMatrix(x.base[1, a] * x.base[2, b], (a, 1, D), (b, 1, D))) is None
    assert is_definite(M, CONTEXT) and not is_definite(GENERAL, CONTEXT) and not is_definite(SCATTER, CONTEXT)
    assert is_symmetric(SCATTER, CONTEXT) and not is_symmetric(GENERAL, CONTEXT)


def test_derivatives_count_entries_as_independent() -> None:
    log_det = derivative(sp.log(Det(GENERAL)), A.base[j, m])
    assert are_equal(log_det, InverseEntry(GENERAL, m, j), CONTEXT)
    assert not are_equal(log_det, InverseEntry(GENERAL, j, m), CONTEXT)
    inverse = derivative(InverseEntry(GENERAL, p, p), A.base[j, m])
    assert are_equal(inverse, -InverseEntry(GENERAL, p, j) * InverseEntry(GENERAL, m, p), CONTEXT)
    assert derivative(Det(M), v.base[j]) == 0


def test_json_both_ways() -> None:
    expr = sp.log(Det(M)) + InverseEntry(SCATTER, j, m)
    assert Decoder(CONTEXT).expression(encode(expr)) == expr
    assert decode_context(encode_context(CONTEXT)) == CONTEXT


@pytest.mark.parametrize(
    "data",
    [
        ["det", "D"],
        ["+", ["matrix", 1, ["a", 1, "D"], ["b", 1, "D"]], 1],
        ["det", ["matrix", 1, ["a", 1, "D"]]],
        ["det", ["matrix", 1, ["a", 1, "D"], ["a", 1, "D"]]],
        ["inverse", ["matrix", 1, ["a", 1, "D"], ["b", 1, "D"]], 1],
        ["inverse", ["matrix", 1, ["a", 1, "D"], ["b", 1, "D"]], 1, ["=", 1, 1]],
    ],
)
def test_bad_json_is_refused(data: object) -> None:
    with pytest.raises(CodecError):
        Decoder(CONTEXT).expression(data)


def test_only_square_arrays_can_be_definite() -> None:
    with pytest.raises(ValueError, match="no square matrix"):
        array("S", [D], POSITIVE_DEFINITE)
    with pytest.raises(ValueError, match="no square matrix"):
        array("S", [N, D], POSITIVE_DEFINITE)
    data = encode_context(CONTEXT)
    data["variables"][0]["axes"] = ["D"]
    with pytest.raises(CodecError, match="no square matrix"):
        decode_context(data)
