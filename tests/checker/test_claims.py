"""Each kind of claim: shown where it holds, refuted or ill-formed where it does not."""

from __future__ import annotations

import pytest
import sympy as sp

import derive
from derive.algebra.context import COUNT, NONNEGATIVE, POSITIVE, REAL, Context, Definition, SumFact, array, scalar
from derive.checker import check_step, equal
from derive.derivation import Step
from tests.expressions import CONTEXT, K, N, T, a, c, counts, i, j, k, l, mu, n, w, x, y, z

COUNTED = array("t", [K], COUNT)
FREQUENCIES = Context(
    sizes=(N, K),
    variables=(COUNTED, y, scalar("lambda", REAL)),
    indices=CONTEXT.indices,
    facts=(SumFact(COUNTED, 0, N), SumFact(y, 0, sp.S.One)),
)
LAMBDA = sp.Symbol("lambda", real=True)
t = COUNTED.base
LOG_LIKELIHOOD = sp.Sum(t[k] * sp.log(y.base[k]), (k, 1, K))


def eq(left: object, right: object) -> sp.Eq:
    return sp.Eq(left, right, evaluate=False)


def positive(expr: sp.Expr) -> sp.Rel:
    return sp.StrictGreaterThan(expr, 0, evaluate=False)


def status(step: Step, context: Context = CONTEXT) -> str:
    return check_step(step, context).status


def test_equal_states_what_it_assumed() -> None:
    p, q = sp.symbols("p q", real=True)
    verdict = derive.equal(
        sp.log(p * q), sp.log(p) + sp.log(q), Context(variables=(scalar("p", REAL), scalar("q", REAL)))
    )
    assert verdict.status == "proved"
    assert {"p > 0", "q > 0"} <= set(verdict.given)


def test_a_refutation_shows_small_numbers() -> None:
    verdict = equal(sp.Sum(y.base[k], (k, 1, K)), N, CONTEXT)
    assert verdict.status == "refuted"
    assert verdict.counterexample is not None
    assert verdict.counterexample["N"] == "2" and verdict.counterexample["K"] == "2"


ILL_FORMED = [
    (sp.Sum(y.base[k], (k, 1, K + 1)), sp.S.One, "end at K"),
    (sp.Sum(y.base[k], (k, 0, K)), sp.S.One, "start at 1"),
    (sp.Sum(T.base[k, k], (k, 1, K)), sp.S.One, "end at N"),
    (y.base[k], y.base[k], "free"),
    (sp.Indexed(sp.IndexedBase("q"), j), sp.S.One, "not declared"),
    (sp.log(-c.base), sp.S.Zero, "never positive"),
    (1 / sp.Sum(a.base[k] - a.base[k], (k, 1, K)), sp.S.Zero, "which is 0"),
    (sp.log(y.base[j]), sp.log(y.base[j]) + 0 * N, "y[j] > 0"),
]


@pytest.mark.parametrize(("left", "right", "words"), ILL_FORMED)
def test_ill_formed(left: sp.Expr, right: sp.Expr, words: str) -> None:
    verdict = check_step(Step("equal", left, right), CONTEXT)
    assert verdict.status == "ill-formed"
    assert words in verdict.reason


def test_equations_with_the_same_solutions() -> None:
    given = (positive(y.base[j]), sp.Ne(LAMBDA, 0, evaluate=False))
    stationary = eq(t[j] / y.base[j] - LAMBDA, 0)
    right = Step("equivalent", stationary, eq(y.base[j], t[j] / LAMBDA), "⇔", given=given)
    assert status(right, FREQUENCIES) == "proved"
    for wrong in (eq(y.base[j], -t[j] / LAMBDA), eq(y.base[j], t[j]), eq(y.base[j], LAMBDA / t[j])):
        assert status(Step("equivalent", stationary, wrong, "⇔", given=given), FREQUENCIES) in ("refuted", "ill-formed")


def test_squaring_an_equation_adds_a_solution() -> None:
    step = Step("equivalent", eq(mu.base, c.base), eq(mu.base**2, c.base**2), "⇔")
    assert status(step) != "proved"


def test_multiplying_by_what_may_vanish_is_not_an_equivalence() -> None:
    step = Step("equivalent", eq(c.base * mu.base, 0), eq(mu.base, 0), "⇔")
    assert status(step) == "proved"
    assert status(Step("equivalent", eq(mu.base * (mu.base - c.base), 0), eq(mu.base, 0), "⇔")) != "proved"


SYSTEM = sp.Tuple(eq(t[j] / y.base[j] - LAMBDA, 0), eq(sp.Sum(y.base[k], (k, 1, K)), 1))


def test_the_only_stationary_point() -> None:
    values = sp.Tuple(eq(y.base[j], t[j] / N), eq(LAMBDA, N))
    interior = (positive(t[k]),)
    assert status(Step("solves", SYSTEM, values, "⇔", given=interior), FREQUENCIES) == "proved"
    assert status(Step("solves", SYSTEM, values, "⇔"), FREQUENCIES) == "ill-formed"  # y_j = 0 where t_j = 0
    for wrong in (
        sp.Tuple(eq(y.base[j], t[j] / K), eq(LAMBDA, N)),
        sp.Tuple(eq(y.base[j], t[j] / N), eq(LAMBDA, K)),
        sp.Tuple(eq(y.base[j], 1 / K), eq(LAMBDA, N)),
    ):
        assert status(Step("solves", SYSTEM, wrong, "⇔", given=interior), FREQUENCIES) == "refuted"


def test_a_solution_that_is_not_the_only_one_is_not_proved_to_be() -> None:
    step = Step("solves", sp.Tuple(eq(mu.base**2, c.base**2)), sp.Tuple(eq(mu.base, c.base)), "⇔")
    assert status(step) == "undecided"


CONSTRAINT = SumFact(y, 0, sp.S.One).equation()


def test_the_global_maximum_on_the_closed_simplex() -> None:
    value = sp.Tuple(eq(y.base[k], t[k] / N))
    assert status(Step("maximises", LOG_LIKELIHOOD, value, "", bind=(CONSTRAINT,)), FREQUENCIES) == "proved"


@pytest.mark.parametrize(
    ("objective", "value"),
    [
        (LOG_LIKELIHOOD, 1 / K),
        (-LOG_LIKELIHOOD, t[k] / N),  # a minimum is no maximum
        (LOG_LIKELIHOOD, t[k] / (2 * N)),  # not on the simplex
        (sp.Sum(t[k] ** 2 * sp.log(y.base[k]), (k, 1, K)), t[k] / N),
    ],
)
def test_wrong_maximisers(objective: sp.Expr, value: sp.Expr) -> None:
    step = Step("maximises", objective, sp.Tuple(eq(y.base[k], value)), "", bind=(CONSTRAINT,))
    assert status(step, FREQUENCIES) == "refuted"


def test_a_maximum_with_the_constraint_left_out_is_ill_formed() -> None:
    step = Step("maximises", LOG_LIKELIHOOD, sp.Tuple(eq(y.base[k], t[k] / N)))
    assert status(step, FREQUENCIES) == "ill-formed"


def test_a_stationary_point_that_is_a_saddle_is_not_a_maximum() -> None:
    step = Step("maximises", mu.base**3, sp.Tuple(eq(mu.base, 0)))
    assert status(step) == "refuted"


def test_a_local_maximum_is_not_the_global_one() -> None:
    step = Step("maximises", mu.base**3 - 3 * mu.base, sp.Tuple(eq(mu.base, -1)))
    assert status(step) == "refuted"


def test_inequalities() -> None:
    squares = sp.Sum(a.base[k] ** 2, (k, 1, K))
    assert status(Step("inequality", -squares, sp.S.Zero, "≤")) == "proved"
    assert status(Step("inequality", squares, sp.S.Zero, ">")) != "proved"
    assert status(Step("inequality", sp.Sum(a.base[k], (k, 1, K)), sp.S.Zero, "≤")) == "refuted"


def test_definitions_must_agree_with_the_context_and_their_domain() -> None:
    head = counts.base[k]
    assert status(Step("definition", head, sp.Sum(T.base[i, k], (i, 1, N)), ":=")) == "definition"
    assert status(Step("definition", head, sp.Sum(T.base[i, k], (i, 1, N - 1)), ":=")) == "refuted"
    false = scalar("p", POSITIVE)
    context = CONTEXT.extended(definitions=[Definition(false, (), -c.base)])
    assert status(Step("definition", false.base, -c.base, ":="), context) == "ill-formed"
    looped = scalar("r", REAL)
    context = CONTEXT.extended(definitions=[Definition(looped, (), looped.base + 1)])
    assert status(Step("definition", looped.base, looped.base + 1, ":="), context) == "ill-formed"


def test_a_hypothesis_may_not_contradict_the_context() -> None:
    assert status(Step("hypothesis", CONSTRAINT, sp.true, "")) == "hypothesis"
    assert status(Step("hypothesis", eq(sp.Sum(y.base[k], (k, 1, K)), 2), sp.true, "")) == "refuted"


def test_substitutions_are_worked_out() -> None:
    before = sp.Sum(x.base[i], (i, 1, N)) / N
    values = (eq(N, 2), eq(x.base[1], 3), eq(x.base[2], 5))
    assert status(Step("substitution", before, sp.Integer(4), bind=values)) == "substitution"
    assert status(Step("substitution", before, sp.Integer(5), bind=values)) == "refuted"


def test_a_false_fact_about_a_defined_name_proves_nothing() -> None:
    """A context may claim Σ_k t_k = 1 of counts it defines; the definition wins."""
    lying = CONTEXT.extended(facts=[SumFact(counts, 0, sp.S.One)])
    assert status(Step("equal", sp.Sum(counts.base[k], (k, 1, K)), sp.S.One), lying) == "refuted"


def test_a_condition_on_one_entry_is_not_one_on_all() -> None:
    logs = sp.Sum(sp.log(y.base[l]), (l, 1, K))
    assert status(Step("equal", logs, logs, given=(positive(y.base[k]),))) == "proved"
    assert status(Step("equal", logs, logs, given=(positive(y.base[j]),))) == "ill-formed"


def test_hypotheses_match_index_by_index() -> None:
    rows = positive(sp.Sum(z.base[i, k], (i, 1, N)))
    columns = sp.log(sp.Sum(z.base[n, l], (l, 1, K)))
    assert status(Step("equal", columns, columns, given=(rows,))) == "ill-formed"
    assert NONNEGATIVE.lower == 0 and w.domain == POSITIVE
