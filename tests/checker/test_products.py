"""Claims about matrices and vectors: the two lanes agree on random products, and what makes no sense is ill-formed."""

from __future__ import annotations

import random

import pytest
import sympy as sp

from derive.algebra.context import POSITIVE, REAL, Context, Definition, IndexRange, array, index, scalar, size
from derive.algebra.products import EntryOf, MatrixProduct, Table, Trace, Transposed, shape, written_out
from derive.checker import check_step
from derive.checker.evaluator import evaluate
from derive.checker.sampler import points
from derive.checker.verdict import Verdict
from derive.derivation import Step

N, D = size("N"), size("D")
a, b, j, n = map(index, "abjn")
x, y, w, p = array("x", [N, D], REAL), array("y", [N], REAL), array("w", [D], REAL), array("p", [N, D], POSITIVE)
E = scalar("E", REAL)
X, P = (Table(v.base[a, b], (a, 1, N), (b, 1, D)) for v in (x, p))
Y, W = Table(y.base[a], (a, 1, N)), Table(w.base[a], (a, 1, D))
LEAVES = (X, P, Y, W)
CONTEXT = Context(
    sizes=(N, D),
    variables=(x, y, w, p),
    indices=(IndexRange(j, sp.S.One, D), IndexRange(n, sp.S.One, N)),
    definitions=(Definition(E, (), sp.Sum(y.base[a] ** 2, (a, 1, N))),),
)


def check(before: sp.Basic, after: sp.Basic, kind: str = "equal", relation: str = "=", **rest: object) -> Verdict:
    return check_step(Step(kind, before, after, relation, **rest), CONTEXT)  # type: ignore[arg-type]


def random_matrix(draw: random.Random, depth: int) -> sp.Expr:
    """A matrix of leaves, transposes, products and functions of entries whose shapes fit."""
    if depth == 0:
        return draw.choice(LEAVES)
    kind = draw.choice(["transposed", "product", "product", "table"])
    first = random_matrix(draw, depth - 1)
    if kind == "transposed":
        return Transposed(first)
    rows, columns = shape(first)
    if kind == "table":
        entry = EntryOf(first, a, b if columns != 1 else 1)
        limits = [(a, 1, rows), *([(b, 1, columns)] if columns != 1 else [])]
        return Table(draw.choice([2 * entry + 1, -entry, entry / N]), *limits)
    fitting = [m for leaf in LEAVES for m in (leaf, Transposed(leaf)) if shape(m)[0] == columns]
    return MatrixProduct(first, draw.choice(fitting)) if fitting else Transposed(first)


@pytest.mark.parametrize("seed", range(40))
def test_multiplied_out_and_written_as_sums_are_the_same(seed: int) -> None:
    draw = random.Random(seed)
    found = random_matrix(draw, draw.randint(1, 3))
    places = {sp.S.One: sp.S.One, N: n, D: j}
    entry = EntryOf(found, *(places[extent] for extent in shape(found)))
    sums = written_out(entry)
    assert not sums.has(Table, EntryOf)
    for point in points(CONTEXT, rounds=1):
        assert evaluate(entry, point) == evaluate(sums, point)
    assert check(entry, sums).status == "proved"
    assert check(entry, sums + 1).status == "refuted"


def test_matrices_are_equal_entry_by_entry() -> None:
    gram = MatrixProduct(Transposed(X), X)
    assert check(gram, Transposed(gram)).status == "proved"
    assert check(MatrixProduct(gram, W), MatrixProduct(Transposed(X), MatrixProduct(X, W))).status == "proved"
    assert check(E.base, Trace(MatrixProduct(Y, Transposed(Y)))).status == "proved"
    assert check(MatrixProduct(Transposed(X), P), MatrixProduct(Transposed(P), X)).status == "refuted"
    slope = Table(sp.Derivative(E.base, y.base[a]), (a, 1, N))
    assert check(slope, Table(2 * y.base[a], (a, 1, N))).status == "proved"
    assert check(slope, Table(-2 * y.base[a], (a, 1, N))).status == "refuted"


ILL_FORMED = [
    (X, Transposed(X)),
    (X, sp.Integer(0)),
    (MatrixProduct(X, Y), Y),
    (Trace(X), sp.Integer(1)),
    (EntryOf(X, n, n), sp.Integer(0)),  # N need not be D
    (EntryOf(Y, n, 2), sp.Integer(0)),
    (EntryOf(X, 0, j), sp.Integer(0)),
    (Table(x.base[a, b], (a, 1, N), (b, 1, a)), X),
    (Table(x.base[a, b], (a, 2, N), (b, 1, D)), X),
    (Table(x.base[a, b], (a, 1, D), (b, 1, N)), Transposed(X)),  # its entries lie outside
    (Table(y.base[n] * index("q"), (a, 1, N)), Y),  # q is neither declared nor bound
    (sp.log(Trace(MatrixProduct(Transposed(Y), Y))), sp.log(E.base)),  # may be 0
    (X + P, P + X),
    (sp.Sum(Y, (n, 1, N)), Y),
]


@pytest.mark.parametrize(("before", "after"), ILL_FORMED)
def test_what_has_no_meaning_is_not_judged(before: sp.Basic, after: sp.Basic) -> None:
    assert check(before, after).status in ("ill-formed", "undecided")


def test_other_claims_and_assumptions_are_about_numbers() -> None:
    same = sp.Eq(X, P, evaluate=False)
    assert check(X, P, given=(same,)).status == "ill-formed"
    assert check(E.base, E.base, given=(same,)).status == "ill-formed"
    assert check(X, X, "inequality", "≤").status == "ill-formed"
    assert check(X, P, "inequality", "<").status == "ill-formed"
    named = scalar("M", REAL)
    context = CONTEXT.extended(definitions=[Definition(named, (), X)])
    assert check_step(Step("equal", named.base, named.base * 1), context).status != "proved"
