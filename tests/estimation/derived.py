"""Derivations of the families, each made once a run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import derive
from derive.derivation import Derivation
from derive.estimation import Estimation, estimate, observe


@cache
def derivation(name: str) -> Derivation:
    return derive.load(name).derivation()


def estimated(name: str, values: str | None = None, known: Sequence[str] = (), counts: str | None = None) -> Estimation:
    data = observe(derive.load(name), counts=counts, values=values, known=known)
    return estimate(derivation(name), data)
