"""The oracle on what densities bring: integrals, infinite sums, order statistics, matrices, several unknowns."""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest
import sympy as sp

from derive.algebra.context import (
    POSITIVE,
    POSITIVE_DEFINITE,
    REAL,
    Context,
    Domain,
    IndexRange,
    array,
    index,
    scalar,
    size,
)
from derive.algebra.matrices import Det, InverseEntry, matrix
from derive.algebra.order import Largest, Median, Smallest
from derive.derivation import Step
from tests.soundness.densities import OF_DENSITIES
from tests.soundness.judge import UndecidedError, judge
from tests.soundness.tree import sites
from tests.soundness.wrong_steps import is_readable, mutants

N, D = size("N"), size("D")
i, j, k, d, e = map(index, "ijkde")
mu, sigma, alpha, rate = scalar("mu", REAL), scalar("sigma", POSITIVE), scalar("alpha", POSITIVE), scalar("r", POSITIVE)
end = scalar("c", POSITIVE)
x = array("x", [N], REAL)
bounded = array("u", [N], Domain("in [0, c]", sp.S.Zero, end.base, lower_open=False, upper_open=False))
S = array("S", [D, D], POSITIVE_DEFINITE)
RANGES = (IndexRange(j, sp.S.One, D), IndexRange(k, sp.S.One, D))
CONTEXT = Context((N, D), (mu, sigma, alpha, rate, end, x, bounded, S), RANGES)

t, v = sp.Symbol("t", real=True), sp.Symbol("v", positive=True)
n = sp.Symbol("n", integer=True, nonnegative=True)
BELL = sp.exp(-((t - mu.base) ** 2) / (2 * sigma.base**2)) / sp.sqrt(2 * sp.pi * sigma.base**2)
GAMMA = rate.base**alpha.base * v ** (alpha.base - 1) * sp.exp(-rate.base * v) / sp.gamma(alpha.base)
POISSON = rate.base**n * sp.exp(-rate.base) / sp.factorial(n)
M = matrix(S)
MEAN = sp.Sum(x.base[i], (i, 1, N)) / N
LOGS = -N * sp.log(sigma.base) - sp.Sum((x.base[i] - mu.base) ** 2, (i, 1, N)) / (2 * sigma.base**2)


def eq(left: object, right: object) -> sp.Eq:
    return sp.Eq(left, right, evaluate=False)


def gt(left: sp.Expr) -> sp.Rel:
    return sp.StrictGreaterThan(left, 0, evaluate=False)


def both(spread: sp.Expr) -> sp.Tuple:
    return sp.Tuple(eq(mu.base, MEAN), eq(sigma.base, spread))


SPREAD = sp.sqrt(sp.Sum((x.base[i] - mu.base) ** 2, (i, 1, N)) / N)
TRUE = [
    Step("equal", sp.Integral(BELL, (t, -sp.oo, sp.oo)), sp.S.One),
    Step("equal", sp.Integral(GAMMA, (v, 0, sp.oo)), sp.S.One),
    Step("equal", sp.Integral(sp.exp(-sp.Abs(t - mu.base) / sigma.base), (t, -sp.oo, sp.oo)), 2 * sigma.base),
    Step("equal", sp.Sum(POISSON, (n, 0, sp.oo)), sp.S.One),
    Step("equal", sp.Derivative(sp.loggamma(alpha.base), alpha.base), sp.digamma(alpha.base)),
    Step("inequality", Smallest(x.base[i], (i, 1, N)), MEAN, "≤"),
    Step("inequality", Largest(bounded.base[i], (i, 1, N)), end.base, "≤"),
    Step("equal", Largest(-x.base[i], (i, 1, N)), -Smallest(x.base[i], (i, 1, N))),
    Step("equal", sp.Sum(InverseEntry(M, j, d) * S.base[d, k], (d, 1, D)), sp.KroneckerDelta(j, k)),
    Step("inequality", Det(M), sp.S.Zero, ">"),
    Step("maximises", LOGS, both(SPREAD), given=(gt(sp.Sum((x.base[i] - MEAN) ** 2, (i, 1, N))),)),
    Step("maximises", -N * sp.log(end.base), sp.Tuple(eq(end.base, Largest(bounded.base[i], (i, 1, N)))),
         given=(gt(Largest(bounded.base[i], (i, 1, N))),)),
    Step("maximises", -sp.Sum(sp.Abs(x.base[i] - mu.base), (i, 1, N)),
         sp.Tuple(eq(mu.base, Median(x.base[i], (i, 1, N))))),
]  # fmt: skip
FALSE = [
    Step("equal", sp.Integral(BELL, (t, 0, sp.oo)), sp.S.One),
    Step("equal", sp.Integral(sp.gamma(alpha.base) * GAMMA, (v, 0, sp.oo)), sp.S.One),
    Step("equal", sp.Sum(POISSON, (n, 1, sp.oo)), sp.S.One),
    Step("equal", sp.Derivative(sp.loggamma(alpha.base), alpha.base), sp.log(alpha.base)),
    Step("inequality", Largest(x.base[i], (i, 1, N)), MEAN, "≤"),
    Step("equal", Median(x.base[i], (i, 1, N)), MEAN),
    Step("equal", sp.Sum(S.base[j, d] * S.base[d, k], (d, 1, D)), sp.KroneckerDelta(j, k)),
    Step("equal", Det(M), InverseEntry(M, j, j)),
    Step("maximises", LOGS, both(SPREAD**2)),
    Step("maximises", -N * sp.log(end.base), sp.Tuple(eq(end.base, Smallest(bounded.base[i], (i, 1, N))))),
    Step("maximises", -sp.Sum(sp.Abs(x.base[i] - mu.base), (i, 1, N)), sp.Tuple(eq(mu.base, MEAN))),
]  # fmt: skip


@pytest.mark.parametrize("step", TRUE, ids=lambda s: f"{s.kind}: {s.before}")
def test_true_claims_pass(step: Step) -> None:
    assert judge(step, CONTEXT, Random(3)) is None


@pytest.mark.parametrize("step", FALSE, ids=lambda s: f"{s.kind}: {s.before}")
def test_false_claims_are_found(step: Step) -> None:
    assert judge(step, CONTEXT, Random(3)) is not None


@pytest.mark.parametrize(
    "step",
    [
        Step("equal", sp.Integral(1 / v, (v, 1, sp.oo)), sp.S.One),
        Step("equal", sp.Sum(1 / (n + 1), (n, 0, sp.oo)), sp.S.One),
        Step("equal", sp.Function("f")(mu.base), sp.S.One),
    ],
    ids=str,
)
def test_what_cannot_be_told_is_left_open(step: Step) -> None:
    with pytest.raises(UndecidedError):
        judge(step, CONTEXT, Random(3))


def test_every_mistake_made_with_densities_is_made() -> None:
    whole = sp.Tuple(
        TRUE[0].before,
        TRUE[1].before,
        Largest(x.base[i], (i, 1, N)),
        InverseEntry(M, j, k),
        sp.cos(mu.base - rate.base),
    )
    made = {kind for kind, mutation in OF_DENSITIES.items() for site in sites(whole) if mutation(site, CONTEXT)}
    assert made == set(OF_DENSITIES)


def test_mistakes_under_an_integral_keep_its_infinite_range() -> None:
    step = TRUE[1]
    some = islice(mutants(step, CONTEXT, [], Random(1)), 120)
    kinds = {m.kind for m in some if m.step.before.has(sp.Integral)}
    assert {"lost gamma", "wrong range of an integral", "lost normaliser", "swapped parameters"} <= kinds
    assert is_readable(step.before) and not is_readable(sp.Integral(sp.oo, (v, 0, 1)))


def test_numbers_near_0_do_not_pass_for_0() -> None:
    nothing = sp.exp(sp.log(N), evaluate=False) - N  # 10⁻¹¹⁰ or so instead of 0
    assert judge(Step("equal", sp.S.Zero**nothing, sp.S.One), CONTEXT, Random(1)) is None
    assert judge(Step("equal", 1 + 0 * N, sp.S.Zero**N), CONTEXT, Random(1)) is not None


def test_an_integral_is_known_to_twenty_digits_after_the_point() -> None:
    moved = Step("equal", TRUE[1].before - 1, sp.S.Zero)
    assert judge(moved, CONTEXT, Random(1)) is None
    assert judge(Step("inequality", TRUE[1].before, sp.S.One, ">"), CONTEXT, Random(1)) is not None
