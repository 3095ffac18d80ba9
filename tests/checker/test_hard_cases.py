"""Statements that look right and are wrong, or look wrong and are right: each once fooled the checker or could."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

import derive
from derive.algebra.context import (
    BINARY,
    COUNT,
    INTEGER,
    NONNEGATIVE,
    POSITIVE,
    REAL,
    UNIT,
    Context,
    Definition,
    IndexRange,
    SumFact,
    array,
    index,
    scalar,
    size,
)
from derive.checker import check_step, equal
from derive.derivation import Step

ONE, ZERO = sp.S.One, sp.S.Zero
N, K, D = size("N"), size("K"), size("D")
i, j, k, m = map(index, "ijkm")
X, Y = scalar("x", REAL), scalar("y", REAL)
x, y = X.base, Y.base
THETA, WHOLE, V = scalar("theta", UNIT), scalar("n", INTEGER), scalar("v", REAL)
theta, whole, v = THETA.base, WHOLE.base, V.base
A = array("a", [K], REAL)
a = A.base
P, R, B = array("p", [K], POSITIVE), array("r", [N], REAL), array("b", [K], BINARY)
Q = array("q", [K, K], NONNEGATIVE)
T, COUNTS = array("t", [N, K], BINARY), array("t", [K], COUNT)
J = IndexRange(j, ONE, K)

PLAIN = Context((N, K), (X, Y, A, P, THETA, WHOLE), (J,))
CENTRED = Context((N,), (R,), (), (SumFact(R, 0, ZERO),))
WEIGHTS = Context((N,), (R,), (IndexRange(i, ONE, N),), (SumFact(R, 0, ONE),))
SIMPLEX = Context((N, K), (P,), (J,), (SumFact(P, 0, ONE),))
COUNTED = Context((N, K), (T,), (), (), (Definition(COUNTS, (k,), sp.Sum(T.base[i, k], (i, 1, N))),))


def eq(left: object, right: object) -> sp.Eq:
    return sp.Eq(left, right, evaluate=False)


def total(body: sp.Expr, limits: sp.Symbol, upper: sp.Expr) -> sp.Expr:
    return sp.Sum(body, (limits, 1, upper))


def solves(equation: sp.Eq, value: sp.Eq, relation: str = "⇔") -> Step:
    return Step("solves", sp.Tuple(equation), sp.Tuple(value), relation)


def maximum(objective: sp.Expr, value: sp.Eq) -> Step:
    return Step("maximises", objective, sp.Tuple(value), "")


CASES: dict[str, tuple[str, Step, Context]] = {
    "other entries of the unknown are unknown too": (
        "undecided", solves(eq(a[j] - total(a[k], k, K) / K, 0), eq(a[j], 0)), PLAIN),
    "a solution outside the domain": ("refuted", solves(eq(theta - 5, 0), eq(theta, 5)), PLAIN),
    "a solution that is no integer": ("refuted", solves(eq(2 * whole, 1), eq(whole, sp.Rational(1, 2))), PLAIN),
    "a definition outside its domain": (
        "ill-formed", Step("definition", theta, sp.Integer(5), ":="),
        Context(definitions=(Definition(THETA, (), sp.Integer(5)),))),
    "a local maximum beside a pole": ("ill-formed", maximum(-((x - 100) ** -2) + x / 500000, eq(x, 0)), PLAIN),
    "the same maximum, called local": (
        "proved", Step("maximises", x**3 - 3 * x, sp.Tuple(eq(x, -1)), "local"), PLAIN),
    "a local minimum": ("refuted", Step("maximises", x**3 - 3 * x, sp.Tuple(eq(x, 1)), "local"), PLAIN),
    "a saddle": ("undecided", Step("maximises", x**3, sp.Tuple(eq(x, 0)), "local"), PLAIN),
    "a maximum at the end of the domain": ("proved", maximum(theta**2 + theta, eq(theta, 1)), PLAIN),
    "the wrong end of the domain": ("refuted", maximum(theta**2 + theta, eq(theta, 0)), PLAIN),
    "an entry beside the one that is meant": (
        "ill-formed", maximum(-total(a[k] ** 2, k, K), eq(a[k], P.base[k + 1])), PLAIN),
    "a squared difference in a denominator": (
        "refuted", Step("inequality", 1 / (2 - theta) ** 2 - 2, ZERO, ">"), PLAIN),
    "a value stated by itself": ("ill-formed", maximum(-(x**2), eq(x, x)), PLAIN),
    "a maximum of one entry only": ("ill-formed", maximum(-total(a[k] ** 2, k, K), eq(a[1], 0)), PLAIN),
    "two sizes that are not the same": ("refuted", Step("equal", D, K), Context((D, K), (A,))),
    "a sum of 0 does not make all entries 0": ("refuted", Step("equal", total(R.base[i] ** 2, i, N), ZERO), CENTRED),
    "weights may be negative": ("refuted", Step("inequality", R.base[i], ZERO, "≥"), WEIGHTS),
    "squaring adds solutions": ("refuted", Step("equivalent", eq(x, y), eq(x**2, y**2), "⇔"), PLAIN),
    "an equation that always holds": ("refuted", Step("equivalent", eq(x + y, 3), eq(x + y, y + x), "⇔"), PLAIN),
    "sizes are not small": ("refuted", Step("inequality", N, sp.Integer(6), "≤"), PLAIN),
    "values are not small": ("refuted", Step("inequality", sp.exp(x), sp.Integer(60), "≤"), PLAIN),
    "zero is among the values": ("refuted", Step("inequality", sp.exp(x), x + 1, ">"), PLAIN),
    "small is not zero": ("undecided", Step("equal", sp.log(1 + sp.exp(-1000)), ZERO), PLAIN),
    "an array defined otherwise, by another letter": (
        "refuted", Step("definition", COUNTS.base[m], 5 * total(T.base[i, m], i, N) + 1, ":="), COUNTED),
    "one entry defined otherwise": ("refuted", Step("definition", COUNTS.base[1], sp.Integer(77), ":="), COUNTED),
    "an array defined by another letter": (
        "definition", Step("definition", COUNTS.base[m], total(T.base[i, m], i, N), ":="), COUNTED),
    "a value outside the domain put in": (
        "ill-formed", Step("substitution", theta, sp.Integer(7), bind=(eq(theta, 7),)), PLAIN),
    "two values for one name": (
        "ill-formed", Step("substitution", x, sp.Integer(2), bind=(eq(x, 1), eq(x, 2))), PLAIN),
    "an equation that is given": ("undecided", Step("equal", x, y, given=(eq(x, y),)), PLAIN),
    "probabilities declared positive are": ("proved", Step("inequality", P.base[j], ZERO, ">"), SIMPLEX),
    "two ones among zeros": (
        "tested", Step("equal", B.base[j] ** 2, B.base[j]), Context((K,), (B,), (J,), (SumFact(B, 0, sp.Integer(2)),))),
    "rows and columns add up": (
        "proved", Step("equal", total(total(Q.base[i, k], i, K), k, K), K),
        Context((K,), (Q,), (), (SumFact(Q, 0, ONE), SumFact(Q, 1, ONE)))),
    "an empty sum counts nothing": (
        "refuted", Step("inequality", K - 2 + total(P.base[k], k, K - 2), ZERO, "≥"), SIMPLEX),
    "a scalar named like a bound variable": (
        "proved", Step("equal", sp.Derivative(total(a[k] * k * v**2, k, K), v), 2 * v * total(k * a[k], k, K)),
        Context((K,), (A, V))),
    "a definition named like a bound variable": (
        "proved", Step("equal", total(a[k] * v, k, K), x**2 * total(a[k], k, K)),
        Context((K,), (A, X), definitions=(Definition(V, (), x**2),))),
    "the derivative of |x|": ("proved", Step("equal", sp.Derivative(sp.Abs(x), x), sp.sign(x)), PLAIN),
    "a root of what may be negative": ("ill-formed", Step("equal", sp.sqrt(x), sp.sqrt(x)), PLAIN),
    "a power that may have no value": (
        "ill-formed", Step("equal", theta ** (whole - 1) * theta, theta**whole), PLAIN),
    "the same letter bound twice": (
        "proved", Step("equal", total(a[k] * total(a[k], k, K), k, K), total(a[k], k, K) ** 2), PLAIN),
    "a likelihood may be 0": ("refuted", Step("inequality", theta**N, ZERO, ">"), PLAIN),
    "a derivative by a defined name": (
        "ill-formed", Step("equal", sp.Derivative(v**2, v), 2 * v), Context(definitions=(Definition(V, (), x**2),),
                                                                            variables=(X,))),
    "strictly less than itself": ("refuted", Step("inequality", sp.log(2 * N), sp.log(N) + sp.log(2), "<"), PLAIN),
    "a square that was multiplied out is not negative": (
        "proved", Step("inequality", x**2 - 2 * x * y + y**2 + 1, ZERO, ">"), PLAIN),
    "a square that was multiplied out may be 0": (
        "proved", Step("inequality", x**2 - 2 * x * y + y**2, ZERO, "≥"), PLAIN),
    "what is more than a square may be negative": (
        "refuted", Step("inequality", x**2 - 3 * x * y + y**2, ZERO, "≥"), PLAIN),
    "a hypothesis outside the domain": (
        "refuted", Step("hypothesis", sp.Contains(B.base[k], sp.FiniteSet(2, 3), evaluate=False), sp.true, ""),
        Context((K,), (B,))),
    "a hypothesis that may hold": (
        "hypothesis", Step("hypothesis", sp.Contains(B.base[k], sp.FiniteSet(1), evaluate=False), sp.true, ""),
        Context((K,), (B,))),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_hard_cases(name: str) -> None:
    status, step, context = CASES[name]
    verdict = check_step(step, context)
    assert verdict.status == status, verdict
    assert verdict.reason


def test_the_reason_claims_no_more_than_the_relation() -> None:
    verdict = check_step(solves(eq(x**2, 4), eq(x, 2), "="), PLAIN)
    assert verdict.status == "proved" and "no other" not in verdict.reason


def test_equal_takes_numbers_and_refuses_text() -> None:
    assert equal(x - x, 0, PLAIN).status == "proved"
    with pytest.raises(TypeError, match="SymPy"):
        equal("x", 0, PLAIN)


def test_a_counterexample_counts_though_a_proof_is_looked_for_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    from derive.algebra.budgets import tick
    from derive.checker import symbolic

    def for_ever(*_: object) -> bool:
        while True:
            tick()

    monkeypatch.setattr(symbolic, "holds", for_ever)
    assert check_step(Step("equal", total(a[k], k, K), K), PLAIN).status == "refuted"
    assert check_step(solves(eq(x, 4), eq(x, 2)), PLAIN).status == "refuted"


def test_a_name_lies_in_its_domain_only_where_its_value_does() -> None:
    """With s := √(Σ a_k²), declared positive, 1/s needs that not all a_k are 0, as the definition of s does."""
    squares = total(a[k] ** 2, k, K)
    s = scalar("s", POSITIVE)
    context = replace(PLAIN, definitions=(Definition(s, (), sp.sqrt(squares)),))
    claims = [
        Step("inequality", -1 / s.base**2, ZERO, "≤"),
        Step("inequality", s.base, ZERO, ">"),
        Step("equal", sp.log(s.base**2), 2 * sp.log(s.base)),
    ]
    known = (sp.StrictGreaterThan(squares, 0, evaluate=False),)
    for step in claims:
        assert check_step(step, context).status == "ill-formed"
        assert check_step(replace(step, given=known), context).status == "proved"
    assert check_step(Step("equal", s.base**2, squares), context).status == "ill-formed", (
        "the name itself has no meaning"
    )


def test_an_array_and_a_scalar_of_one_name_are_two_things() -> None:
    b, entries = scalar("b", REAL), array("b", [K], REAL)
    context = Context((K,), (b, entries), (J,))
    both = b.base**2 + total(entries.base[k] ** 2, k, K)
    assert check_step(Step("equal", sp.Derivative(both, b.base), 2 * b.base), context).status == "proved"
    assert (
        check_step(Step("equal", sp.Derivative(both, entries.base[j]), 2 * entries.base[j]), context).status == "proved"
    )
    assert check_step(Step("equal", sp.Derivative(both, b.base), ZERO), context).status == "refuted"


def test_a_maximum_lies_where_what_is_assumed_of_the_unknown_holds() -> None:
    """Uniform on [0, θ] with θ > 0: where all data are 0, max x_i is no value of θ."""
    derivation = derive.load("uniform").derivation()
    (step,) = (s for _, s in derivation.steps() if s.kind == "maximises")
    assert step.given and check_step(step, derivation.context).status == "proved"
    verdict = check_step(replace(step, given=()), derivation.context)
    assert verdict.status in ("refuted", "undecided") and "assumed" in verdict.reason
