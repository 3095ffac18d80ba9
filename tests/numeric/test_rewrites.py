"""Every rewrite is an identity: both sides are sampled with fifty digits. Out of its condition it does not apply."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

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

v, w, n = graph.source("v"), graph.source("w"), graph.source("known")


def of(op: str, *nodes: Node) -> Node:
    return graph.apply(op, *nodes)


def times(number: int, *factors: Node) -> Node:
    return graph.mul(graph.constant(number), *factors)


root = graph.source("root", ("K", graph.columns("K")))  # lower triangular
solved = of("solve", root, z)
outer = of("outer", z, t)

scaled = graph.mul(u, exp(v))
over = graph.power(graph.add(ONE, graph.mul(n, graph.power(scaled, 2))), -1)

mixture = graph.add(graph.mul(logistic(u), exp(v)), exp(w))

beside_one = graph.add(ONE, exp(u))

one_by = graph.power(graph.add(ONE, exp(u)), -1)


def one_by_times(node: Node) -> Node:
    return graph.mul(node, one_by)


#: name → where it applies, where it looks alike and does not
TABLE: dict[str, tuple[list[Node], list[Node]]] = {
    "logistic": ([graph.power(beside_one, -1), graph.power(beside_one, -2)], [graph.power(beside_one, 2), exp(u)]),
    "tilted logistic": (
        [graph.mul(exp(u), graph.power(logistic(graph.negative(u)), power), v) for power in (1, 2)],
        [graph.mul(exp(u), logistic(u)), graph.mul(exp(u), graph.power(logistic(graph.negative(u)), -1))],
    ),
    "complement of a logistic": ([minus(ONE, logistic(u))], [graph.add(ONE, logistic(u))]),
    "softplus of negated argument": ([log(logistic(u))], [log(exp(u)), logistic(u)]),
    "softplus": ([log(graph.add(ONE, exp(u)))], [log(graph.add(graph.constant(2), exp(u)))]),
    "log of an exponential": ([log(exp(u))], [log(u)]),
    "log of a power": ([log(graph.power(beside_one, 3)), log(graph.power(total, -1))], [log(graph.power(u, 2))]),
    "log of a product": ([log(share)], [log(graph.mul(u, exp(u)))]),
    "log of a written sum": (
        [log(mixture), log(graph.add(ONE, exp(u), exp(v))), log(graph.add(exp(u), exp(v)))],
        [log(graph.add(u, exp(v))), log(minus(exp(u), exp(v))), log(logistic(u))],
    ),
    "spread over a written sum": (
        [graph.mul(w, minus(exp(v), exp(u)), graph.power(mixture, -1))],
        [graph.mul(minus(w, v), graph.power(mixture, -1)), graph.mul(minus(exp(u), exp(v)), graph.power(n, -1))],
    ),
    "share of a written sum": (
        [graph.mul(w, logistic(u), exp(v), graph.power(mixture, -1)), graph.mul(exp(w), graph.power(mixture, -1))],
        [graph.mul(exp(v), graph.power(mixture, -1)), graph.mul(w, graph.power(mixture, -1))],
    ),
    "log odds": (
        [
            minus(of("softplus", u), of("softplus", graph.negative(u))),
            graph.add(w, times(2, of("softplus", u)), times(-2, graph.add(v, of("softplus", graph.negative(u))))),
        ],
        [graph.add(of("softplus", u), of("softplus", graph.negative(u))), minus(of("softplus", u), of("softplus", v))],
    ),
    "power of a product": (
        [Node("power", (graph.mul(u, exp(v)),), value=Fraction(q)) for q in (2, -3)],
        [graph.power(u, 2), Node("power", (graph.mul(u, v),), value=Fraction(1, 2))],
    ),
    "sign of a sum": (
        [graph.mul(w, graph.add(graph.negative(u), v)), graph.power(graph.add(graph.negative(u), v), 2)],
        [graph.mul(w, minus(u, v)), graph.add(graph.negative(u), v)],
    ),
    "log of gamma": ([log(of("gamma", exp(v)))], [log(of("gamma", exp(v)).args[0]), of("gamma", v)]),
    "log of a Bessel function": ([log(graph.bessel(0, exp(v)))], [log(graph.bessel(1, exp(v)))]),
    "log beside one": ([log(graph.add(ONE, exp(u), exp(v)))], [log(exp(u)), log(graph.add(graph.constant(2), exp(u)))]),
    "difference from one": (
        [minus(v, graph.mul(v, exp(u))), graph.add(w, graph.mul(v, exp(u)), graph.negative(v))],
        [graph.add(v, graph.mul(v, exp(u))), minus(v, graph.mul(w, exp(u))), minus(v, times(2, v, exp(u)))],
    ),
    "difference from a half": (
        [minus(v, times(2, v, logistic(u))), graph.add(w, times(4, v, logistic(u)), times(-2, v))],
        [minus(v, graph.mul(v, logistic(u))), graph.add(v, times(2, v, logistic(u)))],
    ),
    "difference from the cosine": (
        [minus(v, graph.mul(v, of("cos", u))), graph.add(w, times(2, v, of("cos", u)), times(-2, v))],
        [graph.add(v, graph.mul(v, of("cos", u))), minus(v, of("cos", u))],
    ),
    "linear term beside a softplus": (
        [
            minus(of("softplus", u), graph.mul(x, u)),
            graph.add(times(2, of("softplus", graph.mul(v, u))), graph.negative(graph.mul(v, u)), w),
        ],
        [graph.add(of("softplus", u), u), minus(of("softplus", u), v)],
    ),
    "common factor": (
        [
            graph.add(graph.mul(u, exp(v)), graph.mul(w, exp(v))),
            minus(graph.mul(u, exp(times(-2, v))), graph.mul(w, exp(graph.negative(v)))),
            minus(graph.power(u, -1), graph.mul(v, graph.power(u, -2))),
            graph.add(times(2, u), times(-2, v)),
        ],
        [graph.add(u, graph.mul(v, w)), graph.add(graph.power(u, -1), graph.mul(u, v)), graph.add(times(2, u), v)],
    ),
    "quadratic form": (
        [graph.total(graph.mul(t, of("back", root, solved)), "K")],
        [graph.total(graph.mul(t, of("back", root, z)), "K"), graph.total(graph.mul(t, solved), "K")],
    ),
    "product undoes a solve": ([of("transposed", root, of("back", root, z))], [of("product", root, solved)]),
    "lower triangle of a sum": (
        [of("lower", minus(outer, root)), of("lower", times(-3, outer))],
        [of("lower", outer), minus(outer, root)],
    ),
    "number outside": (
        [
            of("solve", root, times(-2, z)),
            of("back", root, graph.add(graph.negative(t), z)),
            of("outer", z, times(2, t)),
        ],
        [solved, of("solve", root, minus(z, t))],
    ),
    "number before": ([of("outer", times(2, z), t)], [outer]),
    "linear in nothing": ([of("solve", root, graph.ZERO), of("outer", graph.ZERO, z)], [solved, outer]),
    "lower triangle of an inverse": ([of("lower", of("back_matrix", root))], [of("lower", outer)]),
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
    "gain of a gamma function": (
        [
            minus(of("lgamma", exp(v)), of("lgamma", graph.add(n, exp(v)))),
            graph.add(
                u, times(-2, n, graph.polygamma(0, exp(v))), times(2, n, graph.polygamma(0, graph.add(x, exp(v))))
            ),
        ],
        [
            graph.add(of("lgamma", exp(v)), of("lgamma", graph.add(n, exp(v)))),
            minus(of("lgamma", exp(v)), of("lgamma", n)),
            minus(graph.polygamma(1, exp(v)), graph.polygamma(1, graph.add(n, exp(v)))),
        ],
    ),
    "square of a scaled number": (
        [times(3, graph.power(u, 2), exp(times(-2, v)), n), graph.mul(graph.power(u, 2), exp(times(2, v)))],
        [graph.mul(u, exp(times(2, v))), graph.mul(graph.power(u, 2), exp(v))],
    ),
    "quotient turned over": (
        [graph.mul(graph.power(scaled, p), n, over) for p in (1, 2)] + [times(-2, u, exp(times(2, v)), over)],
        [graph.mul(n, over), graph.mul(scaled, graph.power(graph.add(ONE, graph.mul(n, scaled)), -1))],
    ),
    "log1p of a square": ([of("log1p", graph.mul(n, graph.power(scaled, 2)))], [of("log1p", graph.power(u, 2))]),
    "zero weight": (
        [graph.mul(x, of("softplus", u)), graph.mul(minus(n, x), v)],
        [graph.mul(t, exp(z)), graph.mul(logistic(u), x), graph.mul(u, v), graph.mul(n, v)],
    ),
    "largest term apart": ([lse], [total]),
    "largest term is one": ([graph.total(shifted, "K")], [total]),
    "excluded sum": ([graph.leave_one_out(shifted, "K"), graph.leave_one_out(t, "K")], [graph.total(t, "K")]),
    "softplus in range": ([graph.apply("softplus", u), graph.apply("softplus", graph.negative(u))], [exp(u)]),
    "constant part": (
        [graph.total(Node("weighted", (t, minus(graph.apply("log1p", total), z))), "K")],
        [graph.total(Node("weighted", (t, minus(z, exp(z)))), "K"), graph.total(graph.mul(t, z), "K")],
    ),
    "common divisor": (
        [minus(graph.mul(x, one_by), graph.mul(exp(u), one_by)), graph.add(u, graph.mul(x, one_by), one_by_times(u))],
        [
            minus(graph.mul(x, one_by), exp(u)),
            minus(graph.mul(x, graph.power(x, -1)), graph.mul(u, graph.power(x, -1))),
        ],
    ),
    "one choice": (  # the second with data before the choices
        [
            graph.add(of("select", u, v, w), times(-2, of("select", u, w, exp(v))), x),
            minus(graph.mul(minus(ONE, x), of("select", u, v, ONE)), graph.mul(x, of("select", u, ONE, v))),
        ],
        [
            graph.add(of("select", u, v, w), of("select", v, w, u)),
            graph.add(of("select", u, v, w), graph.mul(exp(v), of("select", u, w, v))),
            of("select", u, v, w),
        ],
    ),
    "logistic in range": ([logistic(u), logistic(graph.negative(u))], [exp(u)]),
    "compensated exponential": ([shifted], [exp(z)]),
    "sum within a sum": (
        [
            minus(ONE, minus(ONE, u)),
            graph.add(u, v, times(-2, graph.add(w, graph.mul(graph.constant(Fraction(1, 2)), v)))),
        ],
        [minus(u, minus(v, w)), minus(ONE, graph.mul(u, minus(ONE, v)))],
    ),
    "compensated angle": (
        [of("sin", minus(u, v)), of("cos", times(2, minus(v, u))), of("cos", minus(v, w))],
        [of("sin", graph.add(u, v)), of("cos", minus(u, exp(v))), exp(minus(u, v)), of("sin", u)],
    ),
    "exponential into a power": (
        [
            graph.mul(graph.power(minus(v, exp(u)), 2), exp(times(-2, u)), w),
            graph.mul(graph.add(v, exp(u)), exp(times(-2, u))),
        ],
        [
            graph.mul(graph.power(minus(v, exp(u)), 2), exp(graph.negative(u))),
            graph.mul(graph.power(minus(v, exp(u)), 2), exp(times(-2, w))),
        ],
    ),
}
CASES = [(rule, node) for rule in REWRITES for node in TABLE[rule.name][0]]


def sample(seed: int, size: int) -> dict[str, object]:
    draw = random.Random(seed)
    return {
        "input": [mp.mpf(draw.uniform(-9, 9)) for _ in range(size)],
        "target": [mp.mpf(draw.uniform(0, 2)) for _ in range(size)],
        "root": [[mp.mpf(draw.uniform(0.5, 2)) if j >= k else mp.mpf(0) for k in range(size)] for j in range(size)],
        "u": mp.mpf(draw.uniform(-30, 30)),
        "v": mp.mpf(draw.uniform(-3, 3)),
        "w": mp.mpf(draw.uniform(-9, 9)),
        "known": mp.mpf(draw.uniform(1, 9)),
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
                columns = range(size) if graph.columns("K") in before.axes else (0,)
                for at, column in product(range(size), columns):
                    left, right = (value(side, given, size, at, column) for side in (before, after))
                    assert abs(left - right) <= mp.mpf(10) ** -40 * (1 + abs(left)), f"{before} → {after}"  # type: ignore[operator,arg-type]


@pytest.mark.parametrize("rule", REWRITES, ids=lambda r: r.name)
def test_what_only_looks_alike_is_left_alone(rule: Rewrite) -> None:
    for other in TABLE[rule.name][1]:
        assert rule.apply(other) is None, str(other)


def test_zero_weight_leaves_bounded_factors() -> None:
    """What stands under an exponential cannot be infinite, so 0 · ∞ cannot arise and nothing is guarded."""
    assert ranges.RANGE[0].apply(graph.mul(t, graph.leave_one_out(shifted, "K"))) is None
