"""The derivation of the categorical model, made once: where the general formulas of the tutorial come from."""

from __future__ import annotations

from functools import lru_cache

import derive
from derive.derivation import Derivation, Step
from source.lines import Check, Line, Words


@lru_cache(maxsize=4)
def of(model: str = "categorical") -> Derivation:
    """The derivation of a model."""
    return derive.load(model).derivation()


def steps(section: str, model: str = "categorical") -> list[Step]:
    """The steps of a section."""
    return list(of(model).section(section).steps)


def find(section: str, rule: str, place: int = 0, model: str = "categorical") -> Step:
    """The step of a section that a rule made; LookupError where there is none, so that a changed engine is noticed."""
    found = [step for step in steps(section, model) if step.rule == rule]
    if place >= len(found):
        raise LookupError(f"no step {rule!r} number {place + 1} in section {section!r} of {model}")
    return found[place]


def lines(*taken: Step, model: str = "categorical", why: dict[int, Words] | None = None) -> list[Line]:
    """Steps of the derivation as lines, with words of one's own for some of them."""
    context = of(model).context
    own = why or {}
    return [
        Line(step.before, step.relation, step.after, (Check(step, context),), own.get(place, step))
        for place, step in enumerate(taken)
    ]
