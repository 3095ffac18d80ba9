"""The graph and the way into it: what is simplified, what is refused, what derivatives are."""

from __future__ import annotations

import mpmath as mp
import pytest
import sympy as sp

from derive.algebra.context import index, size
from derive.families import load
from numeric import graph, lowering
from numeric.gradient import closed_form, curvature
from numeric.graph import ONE, ZERO
from numeric.labels import harden
from numeric.rewriting import rewrite
from numeric.stable import expand, settle
from tests.numeric.values import value

K = size("K")
k, m, j = index("k"), index("m"), index("j")
z_, t_ = sp.IndexedBase("z", real=True), sp.IndexedBase("t", real=True)
NAMES = {("z", 1): graph.source("input", ("K",)), ("t", 1): graph.source("target", ("K",))}
z, t, u = NAMES["z", 1], NAMES["t", 1], graph.source("u")


def test_sums_and_products_collect_but_never_distribute() -> None:
    assert graph.add(u, ONE, u, graph.constant(-1)) == graph.mul(graph.constant(2), u)
    assert graph.add(u, graph.negative(u)) == ZERO
    assert graph.mul(u, graph.power(u, -1)) == ONE
    grouped = graph.mul(graph.constant(-1), graph.add(u, ONE))
    assert grouped.op == "mul" and graph.negative(grouped) == graph.add(u, ONE)
    assert graph.difference(u, u) == ZERO


def test_what_does_not_vary_stands_before_the_sum() -> None:
    assert graph.total(graph.mul(u, t), "K") == graph.mul(u, graph.total(t, "K"))
    assert str(graph.total(u, "K")) == "mul(u, |K|)"


def test_inner_sums_over_the_same_axis_do_not_capture() -> None:
    """Σ_k t_k Σ_k e^{z_k}: the inner k is another k."""
    lowered = lowering.lower(sp.Sum(t_[k] * sp.Sum(sp.exp(z_[k]), (k, 1, K)), (k, 1, K)), NAMES, {})
    given = {"input": [mp.mpf(1), mp.mpf(2)], "target": [mp.mpf(3), mp.mpf(5)]}
    assert mp.almosteq(value(lowered, given, 2), 8 * (mp.e + mp.e**2))


@pytest.mark.parametrize(
    ("expr", "words"),
    [
        (sp.Sum(t_[k], (k, 2, K)), "one whole axis"),
        (sp.Sum(t_[k] * z_[j], (k, 1, K)), "not read at one"),
        (z_[j + 1], "not read at one"),
        (sp.Symbol("q"), "no input, observation or known constant"),
        (sp.erf(z_[j]), "no graph for erf"),
        (sp.besseli(2, z_[j]), "no graph for besseli of order 2"),
        (sp.KroneckerDelta(k, m), "one index with one label"),
    ],
)
def test_what_the_graph_cannot_say_is_refused(expr: sp.Expr, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        lowering.lower(expr, NAMES, {j: "K"})


@pytest.mark.parametrize("name", ["x); import os", "class", "_hidden", "naïve", "1st", ""])
def test_names_that_are_no_identifiers_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a name"):
        lowering.identifier(name)


def test_the_hard_loss_comes_from_the_soft_one_by_contraction() -> None:
    soft = expand(lowering.lower_loss(lowering.linked(load("categorical"))))
    hard = settle(harden(soft, t, graph.source("label")))
    operations = {n.op for n in hard.walk()}
    assert not operations & {"delta", "sum", "weighted"} and hard.axes == frozenset()
    for label in range(4):
        given = {"input": [mp.mpf(v) for v in (3, -1, 2, 0)], "label": label}
        one_hot = {**given, "target": [mp.mpf(k == label) for k in range(4)]}
        assert mp.almosteq(value(hard, given, 4), value(soft, one_hot, 4))


@pytest.mark.parametrize("name", ["categorical", "bernoulli"])
def test_gradient_and_curvature_are_the_derivatives_of_the_loss(name: str) -> None:
    """Against numerical differentiation with fifty digits, before and after the stable rewrites."""
    derived = lowering.linked(load(name))
    loss = lowering.lower_loss(derived)
    (first,), (second,) = closed_form(derived), curvature(derived)
    at = [mp.mpf("0.3"), mp.mpf("-1.2"), mp.mpf("2.5")]
    weights, tangent = [mp.mpf("0.5"), mp.mpf(2), mp.mpf("0.1")], [mp.mpf(1), mp.mpf(-2), mp.mpf("0.7")]
    rank = derived.input.rank
    entries = range(3 if rank else 1)

    def along(node: graph.Node, step: object, direction: list[object], position: int) -> object:
        moved = [a + step * d for a, d in zip(at, direction, strict=True)]  # type: ignore[operator]
        given = {"input": moved, "target": weights, "tangent": tangent}
        return value(node, given if rank else {n: v[0] for n, v in given.items()}, 3, position)

    with mp.workdps(50):
        for p in entries:
            unit = [mp.mpf(p == q) for q in range(3)]
            slope = mp.diff(lambda e, d=unit: along(loss, e, d, 0), 0)
            bend = mp.diff(lambda e, q=p: along(first, e, tangent, q), 0)
            for node in (first, settle(first)):
                assert abs(along(node, mp.mpf(0), unit, p) - slope) < mp.mpf(10) ** -20
            for node in (second, settle(second)):
                assert abs(along(node, mp.mpf(0), unit, p) - bend) < mp.mpf(10) ** -20


def test_rewriting_ends_where_nothing_applies() -> None:
    derived = lowering.linked(load("categorical"))
    stable = settle(expand(lowering.lower_loss(derived)))
    assert rewrite(stable, ()) == stable
    assert settle(settle(expand(lowering.lower_loss(derived)))).axes == frozenset()
