"""Matrices: derivatives of the log-determinant and of the inverse, and a matrix that meets its inverse.

The entries of a matrix are differentiated as independent variables, also where the matrix is symmetric. A point at
which all these derivatives are 0 is stationary along symmetric changes too, since such a change is a combination of
entries; and the other way round, a symmetric array of derivatives that vanishes along every symmetric change is 0.

Source: Petersen and Pedersen, The Matrix Cookbook (2012), sections 2.1 and 2.2.
"""

from __future__ import annotations

import sympy as sp

from derive.algebra.binding import depends_on, rename_apart
from derive.algebra.context import POSITIVE_DEFINITE, REAL, Context, IndexRange, array, index, key, size
from derive.algebra.matrices import Det, InverseEntry, SquareMatrix, matrix
from derive.algebra.naming import readable
from derive.algebra.normal_form import normal
from derive.rules.places import everywhere
from derive.rules.rule import Example, Rewrite, Rule

_D = size("D")
_a, _b, _c, _j, _m = map(index, "abcjm")
_S = array("Sigma", [_D, _D], POSITIVE_DEFINITE)
_x = array("x", [_D], REAL)
_M = matrix(_S)
_FREE = tuple(IndexRange(i, sp.S.One, _D) for i in (_a, _c, _j, _m))
_CONTEXT = Context(sizes=(_D,), variables=(_S, _x), indices=_FREE)


def _entry_of(found: SquareMatrix, x: sp.Expr) -> bool:
    """Whether a variable is an entry of the matrix itself, so that the derivative needs no chain rule."""
    body = found.function
    return isinstance(body, sp.Indexed) and key(body) == key(x) and body.indices[-2:] == (found.row, found.column)


def _terms(expr: sp.Expr, _: Context) -> Rewrite | None:
    """∂(Σ_i c·f_i) = Σ_i c·∂f_i, where an f_i is a determinant's logarithm or an entry of an inverse."""
    if not isinstance(expr, sp.Derivative) or len(expr.variables) != 1 or not expr.expr.has(Det, InverseEntry):
        return None
    (x,) = expr.variables

    def walk(e: sp.Expr) -> sp.Expr:
        if not depends_on(e, x):
            return sp.S.Zero
        if isinstance(e, sp.Add):
            return sp.Add(*(walk(term) for term in e.args))
        if isinstance(e, sp.Sum):
            return sp.Sum(walk(e.function), *e.limits)
        if isinstance(e, sp.Mul):
            dependent = [f for f in e.args if depends_on(f, x)]
            if len(dependent) == 1:
                return sp.Mul(*(f for f in e.args if f != dependent[0])) * walk(dependent[0])
        return sp.Derivative(e, x, evaluate=False)

    result = walk(rename_apart(expr.expr))
    return None if isinstance(result, sp.Derivative) else Rewrite(readable(result))


def _log_det(expr: sp.Expr, _: Context) -> Rewrite | None:
    if not isinstance(expr, sp.Derivative) or len(expr.variables) != 1:
        return None
    inner = expr.expr.args[0] if isinstance(expr.expr, sp.log) else None
    if not isinstance(inner, Det) or not _entry_of(inner.matrix, expr.variables[0]):
        return None
    row, column = expr.variables[0].indices[-2:]
    return Rewrite(InverseEntry(inner.matrix, column, row))


def _inverse(expr: sp.Expr, _: Context) -> Rewrite | None:
    if not isinstance(expr, sp.Derivative) or len(expr.variables) != 1:
        return None
    found = expr.expr
    if not isinstance(found, InverseEntry) or not _entry_of(found.matrix, expr.variables[0]):
        return None
    row, column = expr.variables[0].indices[-2:]
    return Rewrite(-InverseEntry(found.matrix, found.row, row) * InverseEntry(found.matrix, column, found.column))


def _meets_inverse(expr: sp.Expr, context: Context) -> Rewrite | None:
    """Σ_b Σ_ab (Σ⁻¹)_bc f_c = δ_ac f_c, with δ resolved, where no inverse is left afterwards."""
    if not isinstance(expr, sp.Sum) or not expr.has(InverseEntry):
        return None
    result = normal(expr, context)
    before, after = (sum(isinstance(e, InverseEntry) for e in sp.preorder_traversal(f)) for f in (expr, result))
    return Rewrite(readable(sp.factor_terms(result))) if after < before else None


SPLIT_DERIVATIVE = Rule(
    name="derivative_of_terms",
    words={"en": "differentiate term by term", "ja": "項ごとに微分する"},
    apply=everywhere(_terms),
    examples=(
        Example(
            sp.Derivative(
                sp.log(Det(_M)) + sp.Sum(_x.base[_b] * _x.base[_j] * InverseEntry(_M, _j, _b), (_b, 1, _D)),
                _S.base[_j, _m],
            ),
            _CONTEXT,
        ),
    ),
)

LOG_DET = Rule(
    name="derivative_of_log_det",
    words={
        "en": "the derivative of a log-determinant, {statement}; the entries count as independent variables, and as "
        "the result is symmetric, it is 0 for them exactly where it is 0 along every symmetric change",
        "ja": "行列式の対数の微分 {statement}。成分は互いに独立な変数とみなす(結果は対称なので、"
        "対称な変化に限っても停留点は変わらない)",
    },
    apply=everywhere(_log_det),
    statement=sp.Eq(sp.Derivative(sp.log(Det(_M)), _S.base[_j, _m]), InverseEntry(_M, _m, _j), evaluate=False),
    examples=(Example(sp.Derivative(sp.log(Det(_M)), _S.base[_j, _m]), _CONTEXT),),
    counters=(Example(sp.Derivative(sp.log(Det(_M)), _x.base[_j]), _CONTEXT),),
    lemma="derive_log_det",
)

INVERSE = Rule(
    name="derivative_of_inverse",
    words={"en": "the derivative of an inverse matrix, {statement}", "ja": "逆行列の微分 {statement}"},
    apply=everywhere(_inverse),
    statement=sp.Eq(
        sp.Derivative(InverseEntry(_M, _a, _b), _S.base[_j, _m]),
        -InverseEntry(_M, _a, _j) * InverseEntry(_M, _m, _b),
        evaluate=False,
    ),
    examples=(Example(sp.Derivative(InverseEntry(_M, _a, _c), _S.base[_j, _m]), _CONTEXT),),
    counters=(Example(sp.Derivative(InverseEntry(_M, _a, _c), _x.base[_j]), _CONTEXT),),
    lemma="derive_inverse",
)

MEETS_INVERSE = Rule(
    name="matrix_meets_inverse",
    words={
        "en": "a matrix times its inverse is the identity, {statement}",
        "ja": "行列とその逆行列の積は単位行列なので {statement}",
    },
    apply=everywhere(_meets_inverse),
    statement=sp.Eq(
        sp.Sum(_S.base[_a, _b] * InverseEntry(_M, _b, _c), (_b, 1, _D)), sp.KroneckerDelta(_a, _c), evaluate=False
    ),
    examples=(
        Example(sp.Sum(_S.base[_j, _b] * InverseEntry(_M, _b, _m), (_b, 1, _D)), _CONTEXT),
        Example(sp.Sum(_S.base[_j, _b] * InverseEntry(_M, _b, _c) * _x.base[_c], (_c, 1, _D), (_b, 1, _D)), _CONTEXT),
    ),
    counters=(Example(sp.Sum(_x.base[_b] * InverseEntry(_M, _b, _c), (_b, 1, _D)), _CONTEXT),),
    lemma="matrix_meets_inverse",
)

MAXIMUM = Rule(
    name="maximum_over_matrices",
    words={
        "en": "with S for the right-hand side and r for the eigenvalues of Σ⁻¹S, the logarithm depends on Σ through a "
        "positive multiple of the sum of log r − r, which is largest where every r is 1, that is at Σ = S alone",
        "ja": "右辺を S、Σ⁻¹S の固有値を r とすると、対数尤度は log r − r の和の正の定数倍を通じてのみ Σ に依存し、"
        "すべての r が 1、すなわち Σ = S のときに限り最大になる",
    },
)

MULTIPLY = Rule(
    name="multiply_by_matrix",
    words={
        "en": "multiply by the matrix along every index; it has an inverse, so no solution is lost or gained",
        "ja": "すべての添字について行列を掛ける。行列は可逆なので、解は増えも減りもしない",
    },
)

RULES = (SPLIT_DERIVATIVE, LOG_DET, INVERSE, MEETS_INVERSE, MULTIPLY, MAXIMUM)
