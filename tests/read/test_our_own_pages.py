"""What the tool writes, it reads back: no formula of its own pages is refuted, ill-formed or unread."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.read import own

#: Short to derive, and between them: products and sums, a simplex, an end of a support, matrices of entries, counts.
FEW = ("bernoulli", "categorical", "poisson", "exponential", "uniform", "logistic_regression", "normal_gaussian")


@pytest.mark.parametrize("lang", own.LANGUAGES)
@pytest.mark.parametrize("family", FEW)
def test_a_family_is_read_back(family: str, lang: str) -> None:
    page = own.read(family, own.page_of(family, lang))
    assert page.faults == ()
    shown = page.counts.get("proved", 0) + page.counts.get("tested", 0)
    assert shown >= 0.8 * (shown + page.counts.get("undecided", 0))


@pytest.mark.parametrize("family", FEW)
def test_both_languages_say_the_same(family: str) -> None:
    """Words beside a formula are no part of it, so that each formula is found in both languages."""
    first, second = (own.report_of(own.page_of(family, lang)) for lang in own.LANGUAGES)
    assert Counter(step.after for step in first.steps) == Counter(step.after for step in second.steps)


@pytest.mark.parametrize("family", ["categorical", "poisson", "inverse_gaussian", "uniform"])
def test_a_worked_example_is_read_back(family: str) -> None:
    page = own.read(family, own.example_page(family, "ja"))
    assert page.faults == ()
    assert page.counts["substitution"] >= 3


@pytest.mark.parametrize("path", own.tutorial_pages(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_tutorial_is_read_back(path: object) -> None:
    (page,) = own.file_page(path)  # type: ignore[arg-type]
    assert page.faults == ()


@pytest.mark.parametrize(
    ("family", "right", "wrong"),
    [
        ("exponential", r"\frac{N}{\lambda} - \sum", r"\frac{N}{\lambda} + \sum"),
        ("poisson", r"\frac{1}{\lambda}\sum_{i=1}^{N} x_i - N &&", r"\frac{1}{\lambda}\sum_{i=1}^{N} x_i - 2 N &&"),
        ("bernoulli", r"\log(1-\theta)", r"\log(1+\theta)"),
        ("logistic_regression", r"\log(1+e^{\eta_i})", r"\log(2+e^{\eta_i})"),
    ],
)
def test_a_slip_put_into_a_page_is_found(family: str, right: str, wrong: str) -> None:
    """Else it would mean little that none is found."""
    text = own.page_of(family, "en")
    assert right in text
    place = text.index(right)
    slipped = text[:place] + wrong + text[place + len(right) :]
    line = text[:place].count("\n") + 1
    found = [step.line for step in own.report_of(slipped).steps if step.verdict in ("refuted", "ill-formed")]
    assert any(near is not None and abs(near - line) <= 2 for near in found)
