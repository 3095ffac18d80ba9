"""The steps that ship: of every family, also with numbers put in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

import derive
from derive.algebra.context import Context
from derive.algebra.products import EntryOf, MatrixProduct, Table, Trace, Transposed
from derive.derivation import Derivation, Step
from derive.estimation import observe
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


#: A family and the number of a step in it.
Place = tuple[str, int]


def is_of_matrices(step: Step) -> bool:
    """Whether a step speaks of whole matrices: the oracle knows none; tests/strategy/test_vector.py breaks those."""
    return step.rule.startswith("matrix_") or any(
        part.has(Table, Transposed, MatrixProduct, EntryOf, Trace) for part in (step.before, step.after)
    )


@cache
def of_family(family: str) -> tuple[Material, ...]:
    """Every step of a family's derivation, and of those with numbers put in, each once."""
    found: list[Material] = []
    seen: set[Step] = set()
    for derivation in _derivations(family):
        steps = list(derivation.steps())
        everything = tuple(s for _, s in steps)
        for n, (section, step) in enumerate(steps):
            if step not in seen and not is_of_matrices(step):
                seen.add(step)
                name = f"{family}/{section.id}/{n} {step.rule}"
                found.append(Material(name, step, derivation.context, everything))
    return tuple(found)


@cache
def not_derived(family: str) -> str | None:
    """Why a family has no derivation; None where it has one."""
    try:
        of_family(family)
    except Exception as error:  # whatever it is, it is to be listed
        return f"{family}: {type(error).__name__}, {error}"
    return None


def places(families: tuple[str, ...] = FAMILIES, sample: int | None = None, seed: int = 0) -> list[Place]:
    """Every step of some families, or so many of each family, drawn at random."""
    found: list[Place] = []
    for family in families:
        if not_derived(family) is None:
            numbers = list(range(len(of_family(family))))
            if sample is not None and sample < len(numbers):
                numbers = sorted(Random(f"{seed} {family}").sample(numbers, sample))
            found += [(family, n) for n in numbers]
    return found


def material(families: tuple[str, ...] = FAMILIES) -> list[Material]:
    """Every step of some families."""
    return [of_family(family)[n] for family, n in places(families)]


def _derivations(family: str) -> list[Derivation]:
    model = derive.load(family)
    plain = model.derivation()
    found, wanted = [plain], COUNTS if model.data.axes else VALUES
    for text in wanted:
        try:
            data = observe(model, counts=text) if model.data.axes else observe(model, values=text)
            found.append(with_data(plain, data))
        except Exception:  # these data do not suit it, or it has no worked example
            continue
    return found[:3]
