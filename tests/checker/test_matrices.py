"""Claims about determinants, inverses and positive definite matrices: right ones proved, wrong ones not."""

from __future__ import annotations

import pytest
import sympy as sp
from flint import fmpq, fmpq_mat
from sympy.core.relational import Relational

from derive.algebra.context import POSITIVE_DEFINITE, REAL, Context, Definition, IndexRange, array, index, size
from derive.algebra.matrices import Det, InverseEntry, SquareMatrix, matrix
from derive.checker import check_step
from derive.checker.evaluator import evaluate
from derive.checker.linear import SingularError, determinant, inverse, is_positive_definite
from derive.checker.sampler import points
from derive.derivation import Step

N, D = size("N"), size("D")
a, b, d, e, i, j, m, p, q = map(index, "abdeijmpq")
Sigma = array("Sigma", [D, D], POSITIVE_DEFINITE)
A = array("A", [D, D], REAL)
x, mu = array("x", [N, D], REAL), array("mu", [D], REAL)
mean = array("mu_hat", [D], REAL)
CONTEXT = Context(
    sizes=(N, D),
    variables=(Sigma, A, x, mu),
    indices=tuple(IndexRange(s, sp.S.One, D) for s in (j, m, p, q)),
    definitions=(Definition(mean, (d,), sp.Sum(x.base[i, d], (i, 1, N)) / N),),
)
M, GENERAL = matrix(Sigma), matrix(A)
INVERTIBLE = sp.Ne(Det(GENERAL), 0, evaluate=False)


def status(step: Step, context: Context = CONTEXT) -> str:
    return check_step(step, context).status


def equal(before: sp.Expr, after: sp.Expr, *given: Relational) -> str:
    return status(Step("equal", before, after, given=given))


def test_elimination_against_flint() -> None:
    rows = [[fmpq(0), fmpq(2), fmpq(1)], [fmpq(1, 3), fmpq(1), fmpq(-1)], [fmpq(4), fmpq(0), fmpq(5)]]
    reference = fmpq_mat(3, 3, [value for row in rows for value in row])
    assert determinant(rows) == reference.det()
    assert inverse(rows) == [[reference.inv()[m, n] for n in range(3)] for m in range(3)]
    singular = [[fmpq(1), fmpq(2)], [fmpq(2), fmpq(4)]]
    assert determinant(singular) == 0
    with pytest.raises(SingularError):
        inverse(singular)
    assert not is_positive_definite(singular)
    assert is_positive_definite([[fmpq(2), fmpq(1)], [fmpq(1), fmpq(1)]])
    assert not is_positive_definite([[fmpq(2), fmpq(1)], [fmpq(0), fmpq(1)]])


def test_drawn_matrices_are_positive_definite() -> None:
    for point in points(CONTEXT):
        count = point.sizes[D]
        rows = [[point.entry(Sigma.base[m, n], (m, n)) for n in range(1, count + 1)] for m in range(1, count + 1)]
        assert is_positive_definite(rows)
        assert evaluate(sp.Sum(Sigma.base[j, b] * InverseEntry(M, b, m), (b, 1, D)), point) == int(
            point.indices[j] == point.indices[m]
        )


@pytest.mark.parametrize("variable", [Sigma, A], ids=["definite", "general"])
def test_derivatives(variable: object) -> None:
    found = matrix(variable)  # type: ignore[arg-type]
    given = () if variable is Sigma else (INVERTIBLE,)
    by = variable.base[j, m]  # type: ignore[attr-defined]
    slope = sp.Derivative(InverseEntry(found, p, q), by)
    assert equal(slope, -InverseEntry(found, p, j) * InverseEntry(found, m, q), *given) == "proved"
    assert equal(slope, InverseEntry(found, p, j) * InverseEntry(found, m, q), *given) == "refuted"
    growth = sp.Derivative(Det(found), by)
    assert equal(growth, Det(found) * InverseEntry(found, m, j), *given) == "proved"
    assert equal(growth, Det(found) * InverseEntry(found, m, j) / 2, *given) == "refuted"


def test_an_inverse_needs_an_inverse() -> None:
    assert equal(sp.Sum(A.base[j, b] * InverseEntry(GENERAL, b, m), (b, 1, D)), sp.KroneckerDelta(j, m)) == "ill-formed"
    assert (
        equal(sp.Sum(A.base[j, b] * InverseEntry(GENERAL, b, m), (b, 1, D)), sp.KroneckerDelta(j, m), INVERTIBLE)
        == "proved"
    )
    transposed = sp.Sum(A.base[b, j] * InverseEntry(GENERAL, b, m), (b, 1, D))
    assert equal(transposed, sp.KroneckerDelta(j, m), INVERTIBLE) == "refuted"


@pytest.mark.parametrize(
    "expr",
    [
        sp.Sum(InverseEntry(M, j, b), (b, 1, D + 1)),
        Det(SquareMatrix(Sigma.base[a, b], (a, 1, D), (b, 1, D + 1))),
        Det(SquareMatrix(Sigma.base[a, b], (a, 1, D), (b, 2, D))),
        Det(SquareMatrix(x.base[a, b], (a, 1, D), (b, 1, D))),
        InverseEntry(M, b, j),
        SquareMatrix(Sigma.base[a, b], (a, 1, D), (b, 1, D)),
    ],
)
def test_ill_formed(expr: sp.Expr) -> None:
    assert equal(expr, expr + 1) in ("ill-formed", "refuted") and equal(expr, expr) == "ill-formed"


def deviations(u: sp.Expr, w: sp.Expr, centre: sp.Expr = mean.base) -> sp.Expr:
    return sp.Sum((x.base[i, u] - centre[u]) * (x.base[i, w] - centre[w]), (i, 1, N))


def scatter(u: sp.Expr, w: sp.Expr) -> sp.Expr:
    return deviations(u, w) / N


REGULAR = sp.StrictGreaterThan(Det(SquareMatrix(scatter(a, b), (a, 1, D), (b, 1, D))), 0, evaluate=False)
DISTANCES = sp.Sum(
    (x.base[i, a] - mu.base[a]) * (x.base[i, b] - mu.base[b]) * InverseEntry(M, a, b), (b, 1, D), (a, 1, D), (i, 1, N)
)
OBJECTIVE = -N * sp.log(Det(M)) / 2 - DISTANCES / 2
PROFILE = (
    -N * sp.log(Det(M)) / 2
    - sp.Sum(
        (x.base[i, a] - mean.base[a]) * (x.base[i, b] - mean.base[b]) * InverseEntry(M, a, b),
        (b, 1, D),
        (a, 1, D),
        (i, 1, N),
    )
    / 2
)
VECTOR_SCORE = sp.Sum(InverseEntry(M, j, b) * (x.base[i, b] - mu.base[b]), (b, 1, D), (i, 1, N))
MATRIX_SCORE = (
    -N * InverseEntry(M, m, j) / 2
    + sp.Sum(deviations(a, b) * InverseEntry(M, a, j) * InverseEntry(M, m, b), (b, 1, D), (a, 1, D)) / 2
)


def equation(left: sp.Expr, right: sp.Expr = sp.S.Zero) -> Relational:
    return sp.Eq(left, right, evaluate=False)


def test_multiplied_by_a_matrix() -> None:
    target = equation(sp.Sum(x.base[i, j], (i, 1, N)) - N * mu.base[j])
    assert status(Step("equivalent", equation(VECTOR_SCORE), target, "⇔")) == "proved"
    wrong = equation(sp.Sum(x.base[i, j], (i, 1, N)) - 2 * N * mu.base[j])
    assert status(Step("equivalent", equation(VECTOR_SCORE), wrong, "⇔")) != "proved"
    cleared = equation(deviations(j, m) - N * Sigma.base[j, m])
    assert status(Step("equivalent", equation(MATRIX_SCORE), cleared, "⇔")) == "proved"
    assert status(Step("equivalent", cleared, equation(Sigma.base[j, m], scatter(j, m)), "⇔")) == "proved"


def test_the_only_solution() -> None:
    value = equation(mu.base[j], sp.Sum(x.base[i, j], (i, 1, N)) / N)
    assert status(Step("solves", sp.Tuple(equation(VECTOR_SCORE)), sp.Tuple(value), "⇔")) == "proved"
    value = equation(Sigma.base[j, m], scatter(j, m))
    step = Step("solves", sp.Tuple(equation(MATRIX_SCORE)), sp.Tuple(value), "⇔", given=(REGULAR,))
    assert status(step) == "proved"
    assert status(Step("solves", step.before, step.after, "⇔")) != "proved"  # det > 0 is not stated
    for wrong in (2 * scatter(j, m), deviations(j, m), sp.KroneckerDelta(j, m)):
        claimed = sp.Tuple(equation(Sigma.base[j, m], wrong))
        assert status(Step("solves", step.before, claimed, "⇔", given=(REGULAR,))) == "refuted"


def maximises(objective: sp.Expr, head: sp.Expr, value: sp.Expr, *given: Relational) -> str:
    return status(Step("maximises", objective, sp.Tuple(equation(head, value)), "", given=given))


def test_the_maximum_over_vectors() -> None:
    assert maximises(OBJECTIVE, mu.base[d], mean.base[d]) == "proved"
    assert maximises(OBJECTIVE, mu.base[d], mean.base[d] + 1) == "refuted"
    assert maximises(-OBJECTIVE, mu.base[d], mean.base[d]) == "refuted"


def test_the_maximum_over_positive_definite_matrices() -> None:
    assert maximises(PROFILE, Sigma.base[d, e], scatter(d, e), REGULAR) == "proved"
    for value in (2 * scatter(d, e), scatter(d, e) + sp.KroneckerDelta(d, e), deviations(d, e)):
        assert maximises(PROFILE, Sigma.base[d, e], value, REGULAR) == "refuted"
    assert maximises(-PROFILE, Sigma.base[d, e], scatter(d, e), REGULAR) == "refuted"
    assert maximises(PROFILE, Sigma.base[d, e], scatter(d, e)) != "proved"  # det > 0 is not stated
    half = PROFILE - N * sp.log(Det(M)) / 2  # twice the log-determinant
    assert maximises(half, Sigma.base[d, e], scatter(d, e), REGULAR) == "refuted"
    assert maximises(half, Sigma.base[d, e], scatter(d, e) / 2, REGULAR) in ("tested", "undecided", "proved")


def test_a_value_that_is_not_positive_definite_is_no_definition() -> None:
    hat = array("S", [D, D], POSITIVE_DEFINITE)
    for value, given, expected in (
        (scatter(d, e), (REGULAR,), "definition"),
        (scatter(d, e), (), "ill-formed"),
        (-scatter(d, e), (REGULAR,), "ill-formed"),
        (Sigma.base[d, e] + scatter(d, e), (), "definition"),
        (Sigma.base[d, e] - scatter(d, e), (), "ill-formed"),
        (2 * InverseEntry(M, d, e), (), "definition"),
    ):
        context = CONTEXT.extended(definitions=[Definition(hat, (d, e), value)])
        assert status(Step("definition", hat.base[d, e], value, ":=", given=given), context) == expected


def test_quadratic_forms_have_a_sign() -> None:
    form = sp.Sum(mu.base[a] * mu.base[b] * InverseEntry(M, a, b), (a, 1, D), (b, 1, D))
    assert status(Step("inequality", -form, sp.S.Zero, "≤")) == "proved"
    assert status(Step("inequality", form, sp.S.Zero, "≤")) == "refuted"
    general = sp.Sum(mu.base[a] * mu.base[b] * A.base[a, b], (a, 1, D), (b, 1, D))
    assert status(Step("inequality", -general, sp.S.Zero, "≤")) == "refuted"
