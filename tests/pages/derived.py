"""A family derived and checked once, for all languages and formats."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from derive.checker.verdict import Report
from derive.derivation import Derivation
from derive.families import load

#: What the test-suite looks at: short to derive, and between them all kinds of page (counts, a simplex, long formulas
#: without closed form, ends of a support, a matrix, a regression).
SIX = ("categorical", "gamma", "uniform", "poisson", "logistic_regression", "normal_gaussian")


@dataclass(frozen=True)
class Derived:
    """A derivation with what the checker found."""

    derivation: Derivation
    report: Report


@lru_cache(maxsize=8)
def derived(name: str) -> Derived:
    """The derivation of a family and the report on it."""
    derivation = load(name).derivation()
    return Derived(derivation, derivation.check())
