"""One step's share of the work: make variants of it, decide by numbers whether they are right, ask the checker."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

import sympy as sp

from derive.algebra.context import Context
from derive.checker import LanesDisagreeError, check_step
from derive.checker.verdict import WRONG
from derive.derivation import Step
from tests.soundness.arithmetic import UnknownError
from tests.soundness.judge import LIGHT, THOROUGH, Effort, UndecidedError, judge
from tests.soundness.material import Place, of_family
from tests.soundness.patience import OutOfPatienceError, patience
from tests.soundness.right_steps import rewritten
from tests.soundness.wrong_steps import mutants

Sort = Literal["mutant", "rewrite"]
FAULT = "fault of the test"
OPEN = "left open by the oracle"
#: Seconds of processor time that the oracle may think about one claim.
PATIENCE = 10
ACCEPTED = ("proved", "tested", "definition", "hypothesis", "substitution")


@dataclass(frozen=True)
class Finding:
    """What became of one variant. `why` is the oracle's reason where it is wrong, None where it is right."""

    sort: Sort
    kind: str
    origin: str
    verdict: str
    reason: str
    why: str | None
    text: str
    seconds: float

    @property
    def row(self) -> str:
        """The row of the table it belongs to: several rewrites at once have one in common."""
        several = f"{self.kind.count(' + ') + 1} at once"
        kind = several if " + " in self.kind else self.kind
        return f"random: {kind}" if self.origin.startswith("random/") and self.sort == "rewrite" else kind

    @property
    def accepted(self) -> bool:
        """Whether the checker let it pass."""
        return self.verdict in ACCEPTED

    @property
    def rejected(self) -> bool:
        """Whether the checker called it wrong."""
        return self.verdict in WRONG

    @property
    def fault(self) -> bool:
        """Whether these tests failed, not the checker: a rewrite changed the value, the oracle did not answer."""
        return self.verdict == FAULT

    @property
    def open(self) -> bool:
        """Whether the oracle could not tell if a mutant is wrong: counted, not judged."""
        return self.verdict == OPEN

    @property
    def broken(self) -> bool:
        """Whether the checker itself failed."""
        return self.verdict in ("lanes disagree", "crash")


def asked(step: Step, context: Context) -> tuple[str, str, float]:
    """The checker's verdict with its reason and its time; a failure of the checker is a verdict of its own."""
    start = time.process_time()
    found: tuple[str, str]
    try:
        verdict = check_step(step, context)
        found = verdict.status, verdict.reason
    except LanesDisagreeError as error:
        found = "lanes disagree", str(error)
    except Exception as error:  # whatever it is, it is to be reported
        found = "crash", f"{type(error).__name__}: {error}"
    return *found, time.process_time() - start


def base(place: Place) -> tuple[str, str, float]:
    """The verdict on a step as it ships."""
    item = of_family(place[0])[place[1]]
    return asked(item.step, item.context)


def shown(step: Step) -> str:
    """A step as text from which it can be built again."""
    given = f" given={step.given}" if step.given else ""
    bind = f" bind={step.bind}" if step.bind else ""
    return f"{step.kind}: {sp.sstr(step.before)}  {step.relation or '→'}  {sp.sstr(step.after)}{given}{bind}"


def share(sort: Sort, place: Place, seed: int, start: int, count: int) -> list[Finding]:
    """`count` judged variants of the step at a place, after the first `start`; fewer where there are no more.

    Mutants that are not wrong come on top: they are not judged.
    """
    stream = _mutants(place, seed) if sort == "mutant" else _rewrites(place, seed)
    found: list[Finding] = []
    judged = 0
    for finding in stream:
        counts = finding.why is not None or sort == "rewrite"
        judged += counts
        if judged > start and (counts or judged >= start):
            found.append(finding)
        if judged >= start + count or len(found) > 5 * count + 10:
            break
    return found


def finding(
    sort: Sort, kind: str, origin: str, step: Step, context: Context, rnd: Random, effort: Effort = THOROUGH
) -> Finding:
    """What numbers and the checker say of a variant. A rewrite that numbers speak against is a fault of the rewrite."""
    try:
        with patience(PATIENCE):
            why = judge(step, context, rnd, effort)
    except (UndecidedError, UnknownError, OutOfPatienceError) as error:
        if sort == "mutant":
            return Finding(sort, kind, origin, OPEN, str(error) or "no time", None, shown(step), 0.0)
        why = None  # a rewrite is right by construction
    except Exception as error:  # whatever it is, it says nothing about the checker
        return Finding(sort, kind, origin, FAULT, f"{type(error).__name__}: {error}", None, shown(step), 0.0)
    if sort == "rewrite" and why is not None:
        return Finding(sort, kind, origin, FAULT, f"it changes the value: {why}", None, shown(step), 0.0)
    verdict, reason, seconds = asked(step, context)
    return Finding(sort, kind, origin, verdict, reason, why, shown(step), seconds)


def _mutants(place: Place, seed: int) -> Iterator[Finding]:
    item = of_family(place[0])[place[1]]
    rnd = Random(f"{seed} mutants {item.name}")
    for n, mutant in enumerate(mutants(item.step, item.context, list(item.others), rnd)):
        yield finding("mutant", mutant.kind, item.name, mutant.step, item.context, Random(f"{seed} {item.name} {n}"))


def _rewrites(place: Place, seed: int) -> Iterator[Finding]:
    item = of_family(place[0])[place[1]]
    rnd = Random(f"{seed} rewrites {item.name}")
    for n, new in enumerate(rewritten(item.step, item.context, rnd)):
        yield finding("rewrite", new.kind, item.name, new.step, item.context, Random(f"{seed} {item.name} {n}"), LIGHT)
