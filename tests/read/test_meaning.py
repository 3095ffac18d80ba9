"""What single claims mean, and whether they hold: right ones, wrong ones, and those that nobody can decide."""

from __future__ import annotations

import time

import pytest

from derive.read.judging import judge_pair

HOLD = [
    (r"\log ab", r"\log a + \log b"),
    (r"\log a^b", r"b \log a"),
    (r"(a+b)^2", r"a^2 + 2ab + b^2"),
    (r"e^{a+b}", r"e^a e^b"),
    (r"\frac{a}{b} + \frac{c}{d}", r"\frac{ad + bc}{bd}"),
    (r"\Gamma(x+1)", r"x \Gamma(x)"),
    (r"\psi(x)", r"\frac{\mathrm{d} \log \Gamma(x)}{\mathrm{d}x}"),
    (r"\binom{n}{k}", r"\frac{n!}{k!(n-k)!}"),
    (r"{n \choose {y_1, \ldots, y_k}}", r"\frac{n!}{y_1! \cdot \ldots \cdot y_k!}"),
    (r"\sum_{i=1}^n i", r"\frac{n(n+1)}{2}"),
    (r"\prod_{i=1}^n a", r"a^n"),
    (r"a_1 + a_2 + \ldots + a_n", r"\sum_{i=1}^n a_i"),
    (r"\sum_{i=1}^n (x_i - \bar{x})^2", r"\sum_{i=1}^n x_i^2 - n \bar{x}^2"),
    (r"\frac{\partial}{\partial \mu} \sum_{i=1}^n (x_i-\mu)^2", r"-2 \sum_{i=1}^n (x_i - \mu)"),
    (r"\int_0^1 x^2 \, dx", r"\frac{1}{3}"),
    (r"\int_{-\infty}^\infty e^{-x^2} \, dx", r"\sqrt{\pi}"),
    (r"\int_0^1 x^{a-1} (1-x)^{b-1} \, \mathrm{d}x", r"\frac{\Gamma(a) \Gamma(b)}{\Gamma(a+b)}"),
    (r"\sum_{x=0}^\infty \frac{\lambda^x}{x!}", r"e^\lambda"),
    (r"\lim_{x \to \infty} \frac{1}{x}", r"0"),
    (r"\mathrm{E}[aX + b]", r"a \mathrm{E}[X] + b"),
    (r"\mathrm{Var}(aX)", r"a^2 \mathrm{Var}(X)"),
    (r"(AB)^\mathrm{T}", r"B^\mathrm{T} A^\mathrm{T}"),
    (r"\mathrm{tr}(AB)", r"\mathrm{tr}(BA)"),
    (r"|AB|", r"|A| |B|"),
    (r"\log_2 8", r"3"),
    (r"\frac{1}{3}", r"0.33"),
    (r"\log 2", r"0.6931"),
    (r"\sum_{i=1}^n \delta_{ij} x_i", r"x_j"),
]

WRONG = [
    (r"\log a^b", r"a \log b"),
    (r"(a+b)^2", r"a^2 + b^2"),
    (r"e^{a+b}", r"e^a + e^b"),
    (r"\frac{a}{b} + \frac{c}{d}", r"\frac{a+c}{b+d}"),
    (r"\Gamma(x+1)", r"(x+1) \Gamma(x)"),
    (r"\sum_{i=1}^n i", r"\frac{n(n-1)}{2}"),
    (r"\sum_{k=1}^K a_k b_k", r"\left(\sum_{k=1}^K a_k\right) \left(\sum_{k=1}^K b_k\right)"),
    (r"\frac{d}{dx} \log x", r"\frac{1}{x^2}"),
    (r"\int_0^1 x^2 \, dx", r"\frac{1}{2}"),
    (r"(AB)^\mathrm{T}", r"A^\mathrm{T} B^\mathrm{T}"),
    (r"\log 2", r"0.6941"),
    (r"3", r"4"),
]

OPEN = [(r"p(x,y)", r"p(x|y) p(y)"), (r"\mathrm{Var}(aX)", r"a \mathrm{Var}(X)"), (r"\tanh x", r"2 \sigma(2x) - 1")]


@pytest.mark.parametrize(("lhs", "rhs"), HOLD)
def test_right_claims_hold(lhs: str, rhs: str) -> None:
    found = judge_pair(lhs, rhs)
    assert found.verdict in ("proved", "tested"), found.reason


@pytest.mark.parametrize(("lhs", "rhs"), WRONG)
def test_wrong_claims_are_refuted_with_the_values_of_both_sides(lhs: str, rhs: str) -> None:
    found = judge_pair(lhs, rhs)
    assert found.verdict == "refuted", found.reason
    assert found.values is not None and found.values[0] != found.values[1]


@pytest.mark.parametrize(("lhs", "rhs"), OPEN)
def test_what_nobody_can_know_stays_open(lhs: str, rhs: str) -> None:
    assert judge_pair(lhs, rhs).verdict == "undecided"


def test_the_assumptions_of_a_proof_are_listed() -> None:
    assert judge_pair(r"\log ab", r"\log a + \log b").given == ("a > 0", "b > 0")
    assert judge_pair(r"\sqrt{x^2}", "x").given == ("x > 0",)


def test_a_counterexample_is_in_the_symbols_of_the_text_and_can_be_put_in_by_hand() -> None:
    found = judge_pair(r"(\theta_{1} + b)^2", r"\theta_{1}^2 + b^2")
    assert found.counterexample is not None and set(found.counterexample) == {r"\theta_{1}", "b"}
    theta, b = (float(eval_fraction(str(found.counterexample[k]))) for k in (r"\theta_{1}", "b"))
    assert (theta + b) ** 2 != theta**2 + b**2


def eval_fraction(text: str) -> float:
    above, _, below = text.partition("/")
    return float(above) / float(below or 1)


def test_printed_digits_count_to_half_a_unit_of_the_last() -> None:
    assert judge_pair(r"\frac{2}{3}", "0.667").verdict == "proved"
    assert judge_pair(r"\frac{2}{3}", "0.66").verdict == "refuted"


@pytest.mark.parametrize(
    ("base", "verdict"), [("infer", "proved"), ("e", "refuted"), ("10", "proved"), ("2", "refuted")]
)
def test_the_base_of_logarithms(base: str, verdict: str) -> None:
    found = judge_pair(r"\log 0.33", "-0.481486", log_base=base)
    assert found.verdict == verdict
    if base == "infer":
        assert found.given == ("log base 10",)
    if base == "e":
        assert "10" in found.reason


def test_the_size_of_a_sum_that_is_written_out() -> None:
    found = judge_pair(r"\sum_{k=1}^K a_k", "a_1 + a_2 + a_3")
    assert found.verdict == "proved" and "K = 3" in found.given


@pytest.mark.parametrize(
    "side", [r"10^{10^{10}}", r"(10^{9})!", r"\sum_{i=1}^{10^9} i", r"e^{e^{e^{100}}}", "2^{2^{2^{2^{2}}}}"]
)
def test_numbers_that_nobody_can_write_down_do_no_harm(side: str) -> None:
    start = time.monotonic()
    assert judge_pair(side, "1").verdict in ("refuted", "undecided")
    assert time.monotonic() - start < 5
