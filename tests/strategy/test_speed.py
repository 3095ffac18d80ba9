"""Symbolic N and K must not cost more than a quarter of what a concrete K costs SymPy."""

from __future__ import annotations

from tests.timing import estimate_ratio


def test_the_estimate_for_every_k_costs_a_quarter_of_sympys_for_six() -> None:
    assert estimate_ratio(repeats=5) <= 0.25
