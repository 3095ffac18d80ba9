"""Matrices and vectors as wholes: how they are written in LaTeX and in text."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.algebra.matrices import InverseEntry, SquareMatrix
from derive.algebra.products import EntryOf, MatrixProduct, Table, Trace, Transposed
from derive.render import latex, text
from derive.render.names import text_bold
from derive.render.svg import picture

N, K, D = (sp.Symbol(name, integer=True, positive=True) for name in "NKD")
a, b, j, d = (sp.Symbol(name, integer=True) for name in "abjd")
x, y, w, z, t, wh = (sp.IndexedBase(name, real=True) for name in ("x", "y", "w", "z", "t", "w_hat"))
p, theta = (sp.IndexedBase(name, positive=True) for name in ("p", "theta"))
S = sp.IndexedBase("Sigma", real=True)
sigma, E = sp.Symbol("sigma", positive=True), sp.Symbol("E", real=True)


def column(entry: sp.Expr, size: sp.Expr = N) -> Table:
    return Table(entry, (a, 1, size))


def table(entry: sp.Expr, rows: sp.Expr = N, columns: sp.Expr = K) -> Table:
    return Table(entry, (a, 1, rows), (b, 1, columns))


X, Y, W, T, P = table(x[a, b], N, D), column(y[a]), column(w[a], D), table(t[a, b]), table(p[a, b])
XT, ONES = Transposed(X), column(sp.S.One)
XW = MatrixProduct(X, W)
REST = column(y[a] - EntryOf(XW, a))
U = EntryOf(XW, a)
INVERSE = InverseEntry(SquareMatrix(S[a, b], (a, 1, D), (b, 1, D)), a, b)

ROWS = [
    (X, r"\mathbf{X}", "𝐗"),
    (Y, r"\mathbf{y}", "𝐲"),
    (column(theta[a]), r"\boldsymbol{\theta}", "𝛉"),
    (table(theta[a, b]), r"\boldsymbol{\Theta}", "𝚯"),
    (table(S[a, b], D, D), r"\boldsymbol{\Sigma}", "𝚺"),
    (table(INVERSE, D, D), r"\boldsymbol{\Sigma}^{-1}", "𝚺⁻¹"),
    (column(wh[a], D), r"\hat{\mathbf{w}}", "𝐰̂"),
    (column(sp.S.Zero), r"\mathbf{0}", "𝟎"),
    (column(sigma), r"\sigma \mathbf{1}", "σ𝟏"),
    (XT, r"\mathbf{X}^{\top}", "𝐗ᵀ"),
    (table(x[b, a], D, N), r"\mathbf{X}^{\top}", "𝐗ᵀ"),
    (MatrixProduct(XT, X, W), r"\mathbf{X}^{\top} \mathbf{X} \mathbf{w}", "𝐗ᵀ𝐗𝐰"),
    (MatrixProduct(XT, REST), r"\mathbf{X}^{\top}(\mathbf{y} - \mathbf{X} \mathbf{w})", "𝐗ᵀ(𝐲 − 𝐗𝐰)"),
    (Trace(MatrixProduct(Transposed(Y), Y)), r"\mathbf{y}^{\top} \mathbf{y}", "𝐲ᵀ𝐲"),
    (
        Trace(MatrixProduct(Transposed(REST), REST)) / (2 * N * sigma**2),
        r"\frac{1}{2 N \sigma^{2}}(\mathbf{y} - \mathbf{X} \mathbf{w})^{\top}(\mathbf{y} - \mathbf{X} \mathbf{w})",
        "(1/(2Nσ²))(𝐲 − 𝐗𝐰)ᵀ(𝐲 − 𝐗𝐰)",
    ),
    (
        -Trace(MatrixProduct(T, Transposed(table(sp.log(p[a, b]))))) / N,
        r"-\frac{1}{N} \mathrm{tr}(\mathbf{T}(\log \mathbf{P})^{\top})",
        "−(1/N) tr(𝐓(log 𝐏)ᵀ)",
    ),
    (
        Trace(MatrixProduct(table(sp.log(p[a, b])), Transposed(T))),
        r"\mathrm{tr}((\log \mathbf{P}) \mathbf{T}^{\top})",
        "tr((log 𝐏) 𝐓ᵀ)",
    ),
    (table((p[a, b] - t[a, b]) / N), r"\frac{1}{N}(\mathbf{P}-\mathbf{T})", "(1/N)(𝐏 − 𝐓)"),
    (column(1 - theta[a]), r"\mathbf{1}-\boldsymbol{\theta}", "𝟏 − 𝛉"),
    (column(-2 * y[a]), r"-2 \mathbf{y}", "−2𝐲"),
    (
        MatrixProduct(Transposed(ONES), column(sp.log(U))),
        r"\mathbf{1}^{\top} \log(\mathbf{X} \mathbf{w})",
        "𝟏ᵀ log(𝐗𝐰)",
    ),
    (column(sp.exp(U)), r"\exp(\mathbf{X} \mathbf{w})", "exp(𝐗𝐰)"),
    (column(1 / (1 + sp.exp(-U))), r"\mathrm{sigmoid}(\mathbf{X} \mathbf{w})", "sigmoid(𝐗𝐰)"),
    (column(sp.exp(U) / (1 + sp.exp(U))), r"\mathrm{sigmoid}(\mathbf{X} \mathbf{w})", "sigmoid(𝐗𝐰)"),
    (column(sp.Derivative(E, w[a]), D), r"\frac{\partial E}{\partial \mathbf{w}}", "∂E/∂𝐰"),
    (table(sp.Derivative(E, z[a, b])), r"\frac{\partial E}{\partial \mathbf{Z}}", "∂E/∂𝐙"),
    (EntryOf(MatrixProduct(XT, X), j, d), r"(\mathbf{X}^{\top} \mathbf{X})_{jd}", "(𝐗ᵀ𝐗)_{jd}"),
    (EntryOf(MatrixProduct(XT, Y), j), r"(\mathbf{X}^{\top} \mathbf{y})_j", "(𝐗ᵀ𝐲)ⱼ"),
    # what is no function of matrices entry by entry is written by its entries
    (table(x[a, b] * p[a, b]), "(p_{ab} x_{ab})_{ab}", "(p_{ab} x_{ab})_{ab}"),
    (table(y[a] + p[a, b]), "(y_a+p_{ab})_{ab}", "(yₐ + p_{ab})_{ab}"),
    (
        sp.Eq(MatrixProduct(XT, X, W), MatrixProduct(XT, Y), evaluate=False),
        r"\mathbf{X}^{\top} \mathbf{X} \mathbf{w} = \mathbf{X}^{\top} \mathbf{y}",
        "𝐗ᵀ𝐗𝐰 = 𝐗ᵀ𝐲",
    ),
]


@pytest.mark.parametrize(("expr", "expected", "plain"), ROWS)
def test_how_it_is_written(expr: sp.Basic, expected: str, plain: str) -> None:
    assert latex.expression(expr) == expected
    assert text.expression(expr) == plain
    assert "operatorname" not in expected
    assert picture(expected).parts  # it can be drawn


def test_bold_letters_of_text() -> None:
    assert [text_bold(name) for name in ("A", "z", "0", "Omega", "omega", "w1")] == ["𝐀", "𝐳", "𝟎", "𝛀", "𝛚", "𝐰𝟏"]
