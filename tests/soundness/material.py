"""The steps that ship: of every family, also with numbers put in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import derive
from derive.algebra.context import Context
from derive.derivation import Derivation, Step
from derive.estimation import DataError, observe
from derive.families import FAMILIES
from derive.strategy.example import with_data

#: Small data, tried in this order until a family takes them; counts where it observes classes.
COUNTS = ("2,5,2,4,2,5", "1,3,2", "3,0,1")
VALUES = ("1,0,1,1", "2,5,3", "0.5,1.25,2", "0.2,0.7,0.4")


@dataclass(frozen=True)
class Material:
    """One step with where it stands, its context, and the other steps of its derivation."""

    name: str
    step: Step
    context: Context
    others: tuple[Step, ...]


@cache
def material() -> tuple[Material, ...]:
    """Every step of every derivation that ships, each once."""
    found: list[Material] = []
    for family in FAMILIES:
        seen: set[Step] = set()
        for derivation in _derivations(family):
            steps = list(derivation.steps())
            everything = tuple(s for _, s in steps)
            for n, (section, step) in enumerate(steps):
                if step not in seen:
                    seen.add(step)
                    name = f"{family}/{section.id}/{n} {step.rule}"
                    found.append(Material(name, step, derivation.context, everything))
    return tuple(found)


def _derivations(family: str) -> list[Derivation]:
    model = derive.load(family)
    plain = model.derivation()
    found, wanted = [plain], COUNTS if model.data.axes else VALUES
    for text in wanted:
        try:
            data = observe(model, counts=text) if model.data.axes else observe(model, values=text)
            found.append(with_data(plain, data))
        except (DataError, NotImplementedError, ValueError):
            continue
    return found[:3]
