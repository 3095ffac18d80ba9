"""The oracle on what densities bring: integrals, infinite sums, order statistics, matrices, several unknowns."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import islice
from random import Random

import mpmath
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
from tests.soundness.arithmetic import same
from tests.soundness.densities import OF_DENSITIES
from tests.soundness.judge import UndecidedError, judge
from tests.soundness.oracle import value
from tests.soundness.special import determinant, inverse_entry
from tests.soundness.tree import sites
from tests.soundness.worlds import worlds
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


SQUARES = sp.Sum(x.base[i] ** 2, (i, 1, N))
FAR = -sp.exp(300 * mu.base)
LOG_OF_FAR = sp.log(sp.exp(FAR, evaluate=False), evaluate=False)
ENTRY, DIAGONAL = InverseEntry(M, j, k), sp.KroneckerDelta(j, k)


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        # a slope found from exact fractions is near the derivative, not equal to it
        (sp.Derivative(SQUARES / sigma.base**2, sigma.base), -2 * SQUARES / sigma.base**3, -2 * SQUARES / sigma.base),
        # e^{−e^{300 μ}} is not 0 where nobody can write it out, and its logarithm not log 0
        (LOG_OF_FAR, FAR, 2 * FAR),
        # near the end of the range log e^v is 0 for small v, but not in truth
        (sp.Integral(v / sp.log(sp.exp(v)) * sp.exp(-v), (v, 0, sp.oo)), sp.S.One, sp.S.Half),
        # what cancels settles to no digit of its own size
        (sp.Integral((t - mu.base) * BELL, (t, -sp.oo, sp.oo)), sp.S.Zero, sp.Rational(1, 10**9)),
    ],
    ids=["slope", "far", "near", "cancelling"],
)
def test_digits_are_lost_nowhere(before: sp.Expr, after: sp.Expr, wrong: sp.Expr) -> None:
    for seed in range(4):
        assert judge(Step("equal", before, after), CONTEXT, Random(seed)) is None
        assert judge(Step("equal", before, wrong), CONTEXT, Random(seed)) is not None


def test_a_symmetric_matrix_is_one_unknown() -> None:
    """Of S_{jk} = σ δ_{jk} for all j and k one entry alone cannot be asked for: it would make S asymmetric."""
    spherical, inverted = eq(S.base[j, k], sigma.base * DIAGONAL), eq(ENTRY, DIAGONAL / sigma.base)
    for seed in range(4):
        assert judge(Step("equivalent", inverted, spherical, "⇔"), CONTEXT, Random(seed)) is None
        for wrong in (eq(S.base[j, k], sigma.base**2 * DIAGONAL), eq(S.base[j, k], DIAGONAL / sigma.base)):
            assert judge(Step("equivalent", inverted, wrong, "⇔"), CONTEXT, Random(seed)) is not None


def test_what_was_worked_out_is_forgotten_where_a_value_changes() -> None:
    world = next(worlds(CONTEXT, (), Random(1), 1))
    mean = value(MEAN, world)
    first = ("x", (1,))
    with world.having({first: world.values[first] + 1}):
        assert value(MEAN, world) == mean + Fraction(1, world.sizes[N])
    assert value(MEAN, world) == mean
    entries = [value(sp.Sum(S.base[j, d], (d, 1, D)), world)]
    for n in range(1, world.sizes[D] + 1):
        with world.at({j: n}):
            entries.append(value(sp.Sum(S.base[j, d], (d, 1, D)), world))
    assert entries[0] == entries[world.indices[j]] and len(set(entries)) > 1


def test_a_matrix_with_mixed_numbers_is_inverted() -> None:
    rows = [[Fraction(1, 3), mpmath.mpf(2)], [mpmath.mpf(5), Fraction(1, 7)]]
    assert same(determinant(rows), Fraction(1, 21) - 10)
    assert same(inverse_entry(rows, 0, 1), -2 / (mpmath.mpf(1) / 21 - 10))


def test_a_jump_is_not_decided_by_rounding() -> None:
    """sin πN is 0, and 10⁻¹⁰⁹ or minus that in numbers: on which side of the cut nobody knows."""
    nothing = sp.sin(sp.pi * N, evaluate=False)
    for step in (
        Step("equal", sp.atan2(nothing, -N, evaluate=False), sp.pi),
        Step("equal", sp.sign(nothing, evaluate=False), sp.S.Zero),
    ):
        with pytest.raises(UndecidedError):
            judge(step, CONTEXT, Random(3))
    assert judge(Step("equal", sp.atan2(nothing, N, evaluate=False), sp.S.Zero), CONTEXT, Random(3)) is None


def test_an_equation_that_nearly_holds_far_out_has_no_solution_there() -> None:
    far = Step(
        "solves", sp.Tuple(eq((end.base - sigma.base) / sigma.base**4, 0)), sp.Tuple(eq(sigma.base, end.base)), "⇔"
    )
    two = Step("solves", sp.Tuple(eq((end.base - sigma.base) * (sigma.base - 2), 0)), far.after, "⇔")
    for seed in range(4):
        assert judge(far, CONTEXT, Random(seed)) is None
    assert any(judge(two, CONTEXT, Random(seed)) for seed in range(4))


def test_a_free_index_on_one_side_only_is_read_for_all_its_values() -> None:
    score = eq((sp.Sum(sp.log(1 + x.base[i] ** 2), (i, 1, N)) - N * mu.base) / sigma.base**2, 0)
    right = eq(sp.Sum(sp.log(1 + x.base[i] ** 2), (i, 1, N)) - N * mu.base, 0)
    wrong = eq(sp.Sum(sp.log(1 + x.base[j] ** 2), (i, 1, N)) - N * mu.base, 0)
    context = replace(CONTEXT, indices=(IndexRange(j, sp.S.One, N),))
    assert judge(Step("equivalent", score, right, "⇔"), context, Random(3)) is None
    assert judge(Step("equivalent", score, wrong, "⇔"), context, Random(3)) is not None


def test_large_numbers_that_cancel_are_worked_out_with_more_digits() -> None:
    large = sp.exp(400 + mu.base)
    same_sides = Step("equal", large - sp.exp(400) * sp.exp(mu.base, evaluate=False), sp.S.Zero)
    for seed in range(4):
        assert judge(same_sides, CONTEXT, Random(seed)) is None
        assert judge(replace(same_sides, after=sp.S.One), CONTEXT, Random(seed)) is not None


def test_a_number_may_be_small_and_positive() -> None:
    small = sp.exp(-400 - mu.base)
    assert judge(Step("inequality", small, sp.S.Zero, ">"), CONTEXT, Random(3)) is None
    assert judge(Step("inequality", -small, sp.S.Zero, ">"), CONTEXT, Random(3)) is not None
    nothing = small - sp.exp(-400) * sp.exp(-mu.base, evaluate=False)
    assert judge(Step("inequality", nothing, sp.S.Zero, ">"), CONTEXT, Random(3)) is not None
