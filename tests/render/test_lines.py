"""Long formulas are broken before their signs, and every line is whole LaTeX."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.render.latex_formula import formula
from derive.render.latex_lines import lines
from derive.render.presentation import layout
from tests.render.test_family_formulas import TABLE as OF_FAMILIES
from tests.render.test_family_formulas import N, S, mu, sigma, x
from tests.render.test_formulas import TABLE

LONG = -N * sp.log(2 * sp.pi) / 2 - N * sp.log(sigma) - S((x[sp.Symbol("i", integer=True)] - mu) ** 2) / (2 * sigma**2)


def test_a_sum_is_broken_before_a_sign() -> None:
    assert lines(layout(LONG), 16) == [
        r"-\frac{N}{2} \log(2 \pi) - N \log \sigma",
        r"- \frac{1}{2 \sigma^{2}}\sum_{i=1}^{N} (x_i-\mu)^{2}",
    ]


def test_within_a_bracket_the_bracket_spans_the_lines() -> None:
    broken = lines(layout(sp.Derivative(LONG, mu)), 18)
    assert broken[0].startswith(r"\frac{\partial}{\partial \mu}\Bigl(-\frac{N}{2}")
    assert broken[-1].endswith(r"\Bigr)")
    mean = lines(layout(sp.Mul(1 / N, LONG, evaluate=False)), 18)
    assert mean[0].startswith(r"\frac{1}{N}\Bigl(")


def test_a_short_formula_stays_whole() -> None:
    assert lines(layout(LONG), 100) == [formula(layout(LONG))]


@pytest.mark.parametrize("limit", [6, 12, 20])
def test_every_line_is_whole_and_nothing_is_lost(limit: int) -> None:
    for expr, whole, _ in [*TABLE, *OF_FAMILIES]:
        broken = lines(layout(expr), limit)
        for line in broken:
            assert line.count("{") == line.count("}")
            assert line.count(r"\left") == line.count(r"\right")
        assert "".join(broken).count(r"\Bigl") == "".join(broken).count(r"\Bigr")
        assert sorted(_letters("".join(broken))) == sorted(_letters(whole))


def _letters(latex: str) -> str:
    """The formula without what breaking may add: dots between factors, brackets, a factor 1/N taken out."""
    for size in (r"\left", r"\right", r"\Bigl", r"\Bigr", r"\cdot", " ", *"(){}1"):
        latex = latex.replace(size, "")
    return latex
