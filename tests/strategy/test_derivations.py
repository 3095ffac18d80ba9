"""The engine on the models that ship: what it derives, and that every step of it is proved."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
import sympy as sp

import derive
from derive.algebra.context import index
from derive.algebra.normal_form import are_equal
from derive.checker.verdict import NO_CLAIM
from derive.derivation import SECTIONS
from derive.estimation import estimate, observe
from derive.families import FAMILIES
from derive.strategy.example import with_data
from derive.strategy.loss import linked_loss
from derive.strategy.posterior import POSTERIOR
from tests.expressions import K, N

i, j, k, n = (index(name) for name in "ijkn")
t, y = sp.IndexedBase("t", nonnegative=True, integer=True), sp.IndexedBase("y", nonnegative=True)


@pytest.fixture(scope="module", params=FAMILIES)
def derivation(request: pytest.FixtureRequest) -> derive.Derivation:
    return derive.load(request.param).derivation()


def test_every_step_is_proved(derivation: derive.Derivation) -> None:
    report = derivation.check()
    open_steps = [
        (section.id, step.before, step.after, verdict)
        for (section, step), verdict in zip(derivation.steps(), report.verdicts, strict=True)
        if verdict.status not in ("proved", *NO_CLAIM)
    ]
    assert not open_steps
    assert report.summary["proved"] >= 10


def test_every_section_is_there(derivation: derive.Derivation) -> None:
    found = [s.id for s in derivation.sections]
    assert found == [id for id in SECTIONS if id in found], "in this order"
    assert tuple(found[:8]) == SECTIONS[:8], "the others only where there is something to say"
    assert all(s.steps or s.note for s in derivation.sections)


def test_no_step_says_x_is_x_and_none_is_given_numbers(derivation: derive.Derivation) -> None:
    for _, step in derivation.steps():
        assert step.before != step.after
        assert not any(isinstance(s, sp.Dummy) for s in step.before.free_symbols | step.after.free_symbols)
        for series in step.after.atoms(sp.Sum, sp.Product):
            assert all(not upper.is_number for _, _, upper in series.limits), "sizes stay symbols"


def test_chains_hang_together(derivation: derive.Derivation) -> None:
    for section_id in ("likelihood", "log_likelihood"):
        steps = [s for s in derivation.section(section_id).steps if s.kind == "equal"]
        starts = [sp.log(POSTERIOR.base)]  # a prior begins a chain of its own
        fresh = [s for s in steps if isinstance(s.before, sp.Derivative)]  # as does a posterior that is recognised
        assert all(b.before in (a.after, *starts) or b in fresh for a, b in pairwise(steps))


def test_the_loaded_die() -> None:
    derivation = derive.load("categorical").derivation()
    results = derivation.results
    (estimate,) = results["estimate"].args
    context = derivation.context
    assert results["likelihood"] == sp.Product(y[k] ** t[k], (k, 1, K))
    assert results["log_likelihood"] == sp.Sum(t[k] * sp.log(y[k]), (k, 1, K))
    assert estimate.rhs == t[k] / N
    assert are_equal(results["loss"], -sp.Sum(t[i, k] * sp.log(y[i, k]), (k, 1, K), (i, 1, N)) / N, context)
    assert results["gradient"] == (y[n, j] - t[n, j]) / N


def test_the_unconstrained_gradient_never_vanishes_and_is_said_to() -> None:
    steps = derive.load("categorical").derivation().section("score").steps
    assert steps[-1].kind == "inequality" and steps[-1].relation == ">"
    assert steps[-1].before == t[j] / y[j]


def test_the_multiplier_is_the_number_of_throws() -> None:
    steps = derive.load("categorical").derivation().section("estimate").steps
    solved = [s.after for s in steps if s.kind == "equivalent"]
    assert any(e.lhs.name == "lambda" and e.rhs == N for e in solved if e.lhs.is_Symbol)
    kinds = [s.kind for s in steps]
    assert kinds.index("definition") < kinds.index("equivalent") < kinds.index("substitution") < kinds.index("solves")


def test_the_log_rules_are_steps_of_their_own_with_their_condition() -> None:
    steps = {s.rule: s for s in derive.load("categorical").derivation().section("log_likelihood").steps}
    positive = sp.StrictGreaterThan(y[k], 0, evaluate=False)
    assert steps["log_of_product"].given == (positive,)
    assert steps["log_of_power"].given == (positive,)


def test_bernoulli() -> None:
    results = derive.load("bernoulli").derivation().results
    (estimate,) = results["estimate"].args
    x = sp.IndexedBase("x", nonnegative=True, integer=True)
    theta = sp.IndexedBase("theta", nonnegative=True)
    assert estimate.rhs == sp.Sum(x[i], (i, 1, N)) / N
    assert results["gradient"] == (theta[n] - x[n]) / N


def test_one_observation_on_the_links_scale() -> None:
    linked = linked_loss(derive.load("categorical"))
    z, labels = linked.input.base, linked.target.base
    l = index("l")  # noqa: E741
    softmax = sp.exp(z[j]) / sp.Sum(sp.exp(z[l]), (l, 1, K))
    soft = softmax * sp.Sum(labels[k], (k, 1, K)) - labels[j]  # soft labels need not add up to 1
    assert are_equal(linked.gradient, soft, linked.context)
    assert linked.loss.has(sp.Sum)


def test_an_example_is_put_in_and_checked() -> None:
    model = derive.load("categorical")
    shown = with_data(model.derivation(), observe(model, counts="2,5,2,4,2,5"))
    values = [s.after for s in shown.section("example").steps[-6:]]
    assert values == [sp.Rational(c, 20) for c in (2, 5, 2, 4, 2, 5)]
    assert shown.check().ok


def test_huge_counts_are_put_in_like_small_ones() -> None:
    model = derive.load("categorical")
    shown = with_data(model.derivation(), observe(model, counts=f"{10**30},1"))
    assert shown.check().ok


def test_the_time_does_not_depend_on_the_number_of_classes() -> None:
    """Sizes stay symbols: deriving for 6 and for 1,000 counts is the same work, reading the counts apart."""
    model = derive.load("categorical")

    def derived(counts: str) -> float:
        data = observe(model, counts=counts)
        start = time.perf_counter()
        derivation = model.derivation()
        elapsed = time.perf_counter() - start
        assert len(estimate(derivation, data).exact["y"]) == len(counts.split(","))
        return elapsed

    few, many = "2,5,2,4,2,5", ",".join(["3"] * 1000)
    derived(few)
    times = [(derived(few), derived(many)) for _ in range(7)]
    assert min(b for _, b in times) < 1.2 * min(a for a, _ in times)
