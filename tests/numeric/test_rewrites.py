"""Every rewrite is an identity: both sides are sampled with fifty digits. Out of its condition it does not apply."""

from __future__ import annotations

import random

import mpmath as mp
import pytest

from numeric import graph, ranges, shifting
from numeric.graph import ONE, Node
from numeric.rewriting import Rewrite
from numeric.stable import REWRITES
from tests.numeric.values import value

z, t = graph.source("input", ("K",)), graph.source("target", ("K",))
u, x, c = graph.source("u"), graph.source("target"), graph.source("label")


def exp(node: Node) -> Node:
    return graph.apply("exp", node)


def log(node: Node) -> Node:
    return graph.apply("log", node)


def logistic(node: Node) -> Node:
    return graph.apply("logistic", node)


def minus(a: Node, b: Node) -> Node:
    return graph.add(a, graph.negative(b))


total = graph.total(exp(z), "K")
lse = Node("logsumexp", (z,), axis="K")
mark = graph.delta(c, "K")
shifted = exp(shifting.shift(z, "K"))
share = graph.mul(exp(z), graph.power(total, -1))

#: name → where it applies, where it looks alike and does not
TABLE: dict[str, tuple[list[Node], list[Node]]] = {
    "logistic": ([graph.power(graph.add(ONE, exp(u)), -1)], [graph.power(graph.add(ONE, exp(u)), -2), exp(u)]),
    "tilted logistic": ([graph.mul(exp(u), logistic(graph.negative(u)))], [graph.mul(exp(u), logistic(u))]),
    "complement of a logistic": ([minus(ONE, logistic(u))], [graph.add(ONE, logistic(u))]),
    "softplus of negated argument": ([log(logistic(u))], [log(exp(u)), logistic(u)]),
    "softplus": ([log(graph.add(ONE, exp(u)))], [log(graph.add(graph.constant(2), exp(u)))]),
    "log of an exponential": ([log(exp(u))], [log(u)]),
    "log of a power": ([log(graph.power(exp(u), 3)), log(graph.power(total, -1))], [log(graph.power(u, 2))]),
    "log of a product": ([log(share)], [log(graph.mul(u, exp(u)))]),
    "log-sum-exp": ([log(total)], [log(graph.total(z, "K")), total]),
    "log-sum-exp margin": (
        [minus(lse, z), minus(z, lse), minus(lse, graph.take(z, c, "K")), graph.add(x, lse, graph.negative(z))],
        [graph.add(lse, z), minus(lse, t), graph.add(lse, graph.mul(graph.constant(-2), z))],
    ),
    "shift by the largest": (
        [share, graph.mul(share, graph.total(t, "K"))],
        [graph.mul(exp(t), graph.power(total, -1))],
    ),
    "diagonal cancellation": (
        [minus(graph.mul(share, graph.total(t, "K")), t), minus(t, graph.mul(share, graph.total(t, "K")))],
        [graph.add(graph.mul(share, graph.total(t, "K")), t), minus(share, t)],
    ),
    "complementary split": ([minus(logistic(u), x), minus(x, logistic(u))], [graph.add(logistic(u), x)]),
    "delta contraction": (
        [graph.total(mark, "K"), graph.total(graph.mul(mark, exp(z), t), "K")],
        [graph.total(graph.mul(t, exp(z)), "K")],
    ),
    "all but the label": ([graph.leave_one_out(mark, "K")], [graph.leave_one_out(t, "K")]),
    "cases of a delta": (
        [graph.add(mark, exp(z)), minus(graph.mul(exp(z), minus(ONE, mark)), graph.mul(mark, t))],
        [graph.mul(mark, exp(z)), graph.add(t, z)],
    ),
    "zero weight": ([graph.mul(x, graph.apply("softplus", u))], [graph.mul(t, exp(z)), graph.mul(logistic(u), x)]),
    "largest term apart": ([lse], [total]),
    "largest term is one": ([graph.total(shifted, "K")], [total]),
    "excluded sum": ([graph.leave_one_out(shifted, "K"), graph.leave_one_out(t, "K")], [graph.total(t, "K")]),
    "softplus in range": ([graph.apply("softplus", u), graph.apply("softplus", graph.negative(u))], [exp(u)]),
    "logistic in range": ([logistic(u), logistic(graph.negative(u))], [exp(u)]),
    "compensated exponential": ([shifted], [exp(z)]),
}
CASES = [(rule, node) for rule in REWRITES for node in TABLE[rule.name][0]]


def sample(seed: int, size: int) -> dict[str, object]:
    draw = random.Random(seed)
    return {
        "input": [mp.mpf(draw.uniform(-9, 9)) for _ in range(size)],
        "target": [mp.mpf(draw.uniform(0, 2)) for _ in range(size)],
        "u": mp.mpf(draw.uniform(-30, 30)),
        "label": draw.randrange(size),
    }


def scalar_target(given: dict[str, object]) -> dict[str, object]:
    return {**given, "target": mp.mpf("0.3")}


def test_every_rewrite_is_in_the_table() -> None:
    assert {rule.name for rule in REWRITES} == set(TABLE)


@pytest.mark.parametrize(("rule", "before"), CASES, ids=lambda a: a.name if isinstance(a, Rewrite) else "")
def test_both_sides_are_equal(rule: Rewrite, before: Node) -> None:
    after = rule.apply(before)
    assert after is not None and after != before
    with mp.workdps(50):
        for size in (1, 2, 5):
            for seed in range(3):
                given = sample(seed, size)
                if any(n == x for n in before.walk()):
                    given = scalar_target(given)
                for at in range(size):
                    left, right = value(before, given, size, at), value(after, given, size, at)
                    assert abs(left - right) <= mp.mpf(10) ** -40 * (1 + abs(left)), f"{before} → {after}"  # type: ignore[operator,arg-type]


@pytest.mark.parametrize("rule", REWRITES, ids=lambda r: r.name)
def test_what_only_looks_alike_is_left_alone(rule: Rewrite) -> None:
    for other in TABLE[rule.name][1]:
        assert rule.apply(other) is None, str(other)


def test_zero_weight_leaves_bounded_factors() -> None:
    """What stands under an exponential cannot be infinite, so 0 · ∞ cannot arise and nothing is guarded."""
    assert ranges.RANGE[0].apply(graph.mul(t, graph.leave_one_out(shifted, "K"))) is None
