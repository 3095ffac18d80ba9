"""Totals of densities: right ones proved or tested, wrong normalisers refuted, hard ends, and a bounded time."""

from __future__ import annotations

import time

import pytest
import sympy as sp
from flint import arb

from derive.algebra.codec import Decoder, encode
from derive.algebra.context import COUNT, POSITIVE, POSITIVE_INTEGER, REAL, Context, scalar
from derive.checker import Verdict, check_step
from derive.checker.evaluator import UndefinedError, evaluate
from derive.checker.sampler import points
from derive.derivation import Step

oo, pi, half = sp.oo, sp.pi, sp.S.Half
a, b, m, n = scalar("a", POSITIVE), scalar("b", POSITIVE), scalar("m", REAL), scalar("n", POSITIVE_INTEGER)
CONTEXT = Context(variables=(a, b, m, n))
A, B, M, N = a.base, b.base, m.base, n.base
x, p = sp.Symbol("x", real=True), sp.Symbol("x", positive=True)
k = sp.Symbol("k", integer=True)

LINE, HALF, UNIT = (x, -oo, oo), (p, 0, oo), (p, 0, 1)

PROVED = {
    "gaussian": (sp.Integral(sp.exp(-((x - M) ** 2) / (2 * A**2)) / sp.sqrt(2 * pi * A**2), LINE), 1),
    "cauchy": (sp.Integral(1 / (pi * A * (1 + (x - M) ** 2 / A**2)), LINE), 1),
    "laplace": (sp.Integral(sp.exp(-sp.Abs(x - M) / A) / (2 * A), LINE), 1),
    "weibull": (sp.Integral(A / B * (p / B) ** (A - 1) * sp.exp(-((p / B) ** A)), HALF), 1),
    "inverse gamma": (sp.Integral(B**A / sp.gamma(A) * p ** (-A - 1) * sp.exp(-B / p), HALF), 1),
    "half-normal": (sp.Integral(sp.sqrt(2) / (A * sp.sqrt(pi)) * sp.exp(-(p**2) / (2 * A**2)), HALF), 1),
    "lomax": (sp.Integral(A / B * (1 + p / B) ** (-A - 1), HALF), 1),
    "kumaraswamy": (sp.Integral(A * B * p ** (A - 1) * (1 - p**A) ** (B - 1), UNIT), 1),
    "arcsine": (sp.Integral(1 / sp.sqrt(p * (1 - p)), UNIT), pi),
    "shifted exponential": (sp.Integral(A * sp.exp(-A * (x - M)), (x, M, oo)), 1),
    "truncated exponential": (sp.Integral(A * sp.exp(-A * p) / (1 - sp.exp(-A * B)), (p, 0, B)), 1),
    "log x": (sp.Integral(sp.log(p), UNIT), -1),
    "a mean": (sp.Integral(p * B**A / sp.gamma(A) * p ** (A - 1) * sp.exp(-B * p), HALF), A / B),
    "E log x": (
        sp.Integral(sp.log(p) * B**A / sp.gamma(A) * p ** (A - 1) * sp.exp(-B * p), HALF),
        sp.digamma(A) - sp.log(B),
    ),
    "logarithmic": (sp.Sum(sp.exp(-A * k) / k, (k, 1, oo)), -sp.log(1 - sp.exp(-A))),
    "poisson": (sp.Sum(k * A**k * sp.exp(-A) / sp.factorial(k), (k, 0, oo)), A),
    "binomial": (sp.Sum(sp.binomial(N, k) * A**k * B ** (N - k), (k, 0, N)), (A + B) ** N),
}


def verdict(total: sp.Expr, value: object, context: Context = CONTEXT) -> Verdict:
    return check_step(Step("equal", total, sp.Integer(value) if isinstance(value, int) else value), context)


@pytest.mark.parametrize("name", PROVED)
def test_right_totals_are_proved(name: str) -> None:
    found = verdict(*PROVED[name])
    assert found.status == "proved", found.reason


@pytest.mark.parametrize("name", PROVED)
def test_a_wrong_total_is_refuted_with_a_counterexample(name: str) -> None:
    total, value = PROVED[name]
    found = verdict(total, value * sp.Rational(101, 100))
    assert found.status == "refuted", found.reason
    assert found.counterexample is not None


@pytest.mark.parametrize(
    ("total", "value"),
    [
        (sp.Integral((sp.exp(-A * p) - sp.exp(-B * p)) / p, HALF), sp.log(B) - sp.log(A)),
        (sp.Integral(sp.exp(-((x - 3) ** 4)), LINE), 2 * sp.gamma(sp.Rational(5, 4))),
        (sp.Integral(sp.Abs(x - 1) + sp.Abs(x - A), (x, 0, 1)), half + sp.Integral(sp.Abs(x - A), (x, 0, 1))),
    ],
)
def test_what_is_in_no_table_is_tested(total: sp.Expr, value: sp.Expr) -> None:
    found = verdict(total, value)
    assert found.status == "tested", found.reason


def test_parts_that_diverge_are_not_treated_one_by_one() -> None:
    """Each half of Frullani's integral diverges: by x → x/a they would look alike."""
    total = sp.Integral((sp.exp(-A * p) - sp.exp(-B * p)) / p, HALF)
    assert verdict(total, sp.S.Zero).status == "refuted"


def test_a_second_bump_far_out_is_not_overlooked() -> None:
    bumps = sp.Integral(sp.exp(-((x - 10**6) ** 2)) + sp.exp(-(x**2)), LINE)
    assert verdict(bumps, 2 * sp.sqrt(pi)).status == "proved"


@pytest.mark.parametrize(
    "total",
    [
        sp.Integral(1 / p, HALF),
        sp.Integral(x / (pi * (1 + x**2)), LINE),
        sp.Integral(1 / p, UNIT),
        sp.Sum(1 / k, (k, 1, oo)),
    ],
)
def test_what_diverges_has_no_value(total: sp.Expr) -> None:
    found = verdict(total, 1)
    assert found.status == "undecided", found.reason


def test_a_small_difference_refutes_over_a_finite_range_only() -> None:
    """What lies beyond the last block is not certified, so a difference in the 20th digit says nothing there."""
    tiny = sp.Rational(1, 10**20)
    finite = sp.Integral(sp.exp(-(x**2)), (x, 0, 1))
    assert verdict(finite, finite + tiny).status == "refuted"
    assert verdict(sp.Integral(p * sp.exp(-(p**2)), HALF), half + tiny).status == "undecided"
    far = verdict(sp.Integral(p * sp.exp(-(p**2)), HALF), half + sp.Rational(1, 1000))
    assert far.status == "refuted"
    assert "not certified" in far.reason


def test_ends_in_the_wrong_order_are_ill_formed() -> None:
    """Inside, the variable is known to lie between the ends: from 1 to −1 that would say anything."""
    backwards = sp.Integral(sp.Abs(x), (x, 1, -1))
    assert verdict(backwards, sp.Integral(x, (x, 1, -1))).status == "ill-formed"
    assert verdict(sp.Integral(x, (x, A, B)), (B**2 - A**2) / 2).status == "ill-formed"
    assert verdict(sp.Integral(k, (k, 0, 1)), half).status == "ill-formed"


def test_a_bound_variable_hides_a_free_one() -> None:
    own = sp.Symbol("m", real=True)
    assert verdict(M * sp.Integral(sp.exp(-(own**2)), (own, -oo, oo)), M * sp.sqrt(pi)).status == "proved"
    assert verdict(M * sp.Integral(sp.exp(-(own**2)), (own, -oo, oo)), M**2).status == "refuted"


def test_values_are_balls_and_only_asked_for_ones_are_uncertain() -> None:
    point = next(points(Context()))
    finite = evaluate(sp.Integral(sp.exp(x), (x, 0, 1)), point)
    assert finite.contains(arb(1).exp() - 1)
    assert finite.rad() < 1e-30
    with pytest.raises(UndefinedError, match="not certified"):
        evaluate(sp.Integral(sp.exp(-p), HALF), point)
    point.tolerant = True
    assert evaluate(sp.Integral(sp.exp(-p), HALF), point).contains(1)
    assert point.uncertified


@pytest.mark.parametrize(("first", "second"), [("1/100", "1/100"), ("1/2", "50"), ("300", "1/300")])
def test_singular_ends(first: str, second: str) -> None:
    """x^{a−1} at 0 and (1 − x)^{b−1} at 1, also for very small exponents."""
    r, s = sp.Rational(first), sp.Rational(second)
    point = next(points(Context()))
    point.tolerant = True
    start = time.process_time()
    value = evaluate(sp.Integral(p ** (r - 1) * (1 - p) ** (s - 1), UNIT), point)
    assert time.process_time() - start < 2
    truth = arb(int(r.p)) / int(r.q), arb(int(s.p)) / int(s.q)
    assert value.overlaps(truth[0].gamma() * truth[1].gamma() / (truth[0] + truth[1]).gamma())
    assert value.rel_accuracy_bits() > 100


def test_the_time_is_bounded() -> None:
    hard = sp.Integral(sp.cos(sp.exp(p)) * sp.gamma(p) ** sp.cos(p) / (1 + p), HALF)
    start = time.process_time()
    assert verdict(hard, 1).status == "undecided"
    assert time.process_time() - start < 8


def test_integrals_and_infinity_in_json() -> None:
    for total, _ in PROVED.values():
        again = Decoder(CONTEXT).expression(encode(total))
        assert encode(again) == encode(total)
    from derive.algebra.codec import CodecError

    for wrong in (["oo"], ["+", 1, ["oo"]], ["integral", 1, ["x", 0]], ["^", 2, ["-oo"]]):
        with pytest.raises(CodecError):
            Decoder(CONTEXT).expression(wrong)


def test_counts_of_a_sum_without_end_are_integers() -> None:
    c = scalar("c", COUNT)
    assert verdict(
        sp.Sum(sp.Rational(1, 2) ** (k + c.base), (k, 0, oo)), 2 ** (1 - c.base), Context(variables=(c,))
    ).status in ("proved", "tested")
