"""From what the lint and the two lanes say to a verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import sympy as sp

from derive.algebra.budgets import OutOfTimeError, budget
from derive.checker.linting import Lint
from derive.checker.numeric import Outcome
from derive.checker.verdict import Verdict

#: Seconds in which a proof of what is refuted is looked for.
BRIEFLY = 0.5


class LanesDisagreeError(AssertionError):
    """The symbolic lane proved what the numeric lane refutes: a fault of the checker itself."""


def is_shown(prove: Callable[[], bool], refuted: bool) -> bool:
    """Whether a proof is found.

    Of what numbers have refuted it is looked for only briefly: it would show a fault of the checker, and that none was
    found in time must not turn a certain answer into none.
    """
    if not refuted:
        return prove()
    try:
        with budget(BRIEFLY):
            return prove()
    except OutOfTimeError:
        return False


def decide(
    shown_for_all: bool, outcome: Outcome, given: tuple[str, ...], how: str, points_tell: bool = True
) -> Verdict:
    """The verdict from what the two lanes say. Of inequalities and maxima points tell little: none is `tested`."""
    if outcome.refuted:
        if shown_for_all:
            raise LanesDisagreeError(f"proved, yet {outcome.sides} at {outcome.counterexample}")
        return Verdict("refuted", outcome.sides, given, outcome.counterexample)
    if shown_for_all and outcome.enough:
        return Verdict("proved", f"{how}; agrees at {outcome.agreed} points", given)
    if not shown_for_all and not points_tell and outcome.agreed:
        said = f"no proof was found; it holds at {outcome.agreed} points, which says little"
        return Verdict("undecided", said, given)
    if outcome.enough_unproved:
        return Verdict("tested", f"no proof was found; agrees to 30 digits at {outcome.agreed} points", given)
    if shown_for_all:
        return Verdict("undecided", f"{how}, but not confirmed with numbers: {outcome.trouble}", given)
    return Verdict("undecided", outcome.trouble or "neither lane decides", given)


def ill_formed(found: Lint, strict: bool = True) -> Verdict | None:
    """The verdict on what the lint found; None where there is nothing to object to."""
    if found.faults:
        return Verdict("ill-formed", found.faults[0])
    if strict and found.missing:
        return Verdict("ill-formed", f"it is not stated that {_list(found.missing)}, which the step needs")
    return None


def _list(relations: Iterable[sp.Basic]) -> str:
    return ", ".join(sp.sstr(r) for r in relations)
