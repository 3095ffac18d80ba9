"""Verdicts: what the checker says of a step, always with a reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal[
    "proved", "tested", "refuted", "ill-formed", "definition", "hypothesis", "substitution", "undecided", "unread"
]

#: Verdicts that say a step is wrong.
WRONG: tuple[Status, ...] = ("refuted", "ill-formed")
#: Verdicts on steps that claim nothing.
NO_CLAIM: tuple[Status, ...] = ("definition", "hypothesis", "substitution")


@dataclass(frozen=True)
class Verdict:
    """What is known of one step.

    `given` lists the assumptions used, as LaTeX-free text; `counterexample` maps names to values where the step is
    refuted: numbers that a reader can put in by hand.
    """

    status: Status
    reason: str
    given: tuple[str, ...] = ()
    counterexample: dict[str, str] | None = field(default=None, hash=False)

    def __str__(self) -> str:
        needs = f" (given {', '.join(self.given)})" if self.given else ""
        at = ", ".join(f"{name} = {value}" for name, value in (self.counterexample or {}).items())
        return f"{self.status}: {self.reason}{needs}{f'; at {at}' if at else ''}"


@dataclass(frozen=True)
class Report:
    """The verdicts on a derivation, in the order of its steps."""

    verdicts: tuple[Verdict, ...]

    @property
    def summary(self) -> dict[str, int]:
        """How many steps got which verdict."""
        return dict(Counter(v.status for v in self.verdicts))

    @property
    def first_wrong(self) -> int | None:
        """The index of the first step that is refuted or ill-formed."""
        return next((n for n, v in enumerate(self.verdicts) if v.status in WRONG), None)

    @property
    def ok(self) -> bool:
        """Whether no step is wrong and none is left open."""
        return all(v.status == "proved" or v.status in NO_CLAIM for v in self.verdicts)

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {status}" for status, count in self.summary.items())
        wrong = self.first_wrong
        return counts if wrong is None else f"{counts}; first wrong: step {wrong}, {self.verdicts[wrong]}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))  # in a notebook, where the verdicts one by one would fill the page
