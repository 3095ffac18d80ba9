"""What was found in a file: steps with their verdicts, warnings, and where it first goes wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

#: The version of the published format.
VERSION = 1
#: Verdicts that say that something is wrong; those that leave it open; and those that are no claim.
WRONG = ("refuted", "ill-formed")
OPEN = ("undecided", "unread")
NO_CLAIM = ("definition", "hypothesis", "substitution")


@dataclass(frozen=True)
class Finding:
    """One step as it stands in the file, and what is to be said of it.

    `line` and `column` (from 1) are where the right-hand side starts; None for a saved derivation, whose `section`
    tells the place instead. `before` and `after` are LaTeX as written; `plain` is the same for a screen, where
    somebody knows. `values` are those of both sides at the counterexample. `slip` is the likely slip where one fits
    ("a sign", "base 10"), in words.
    """

    line: int | None
    column: int | None
    before: str
    relation: str
    after: str
    verdict: str
    reason: str
    given: tuple[str, ...] = ()
    counterexample: dict[str, Any] | None = None
    values: tuple[str, str] | None = None
    slip: str | None = None
    section: str | None = None
    plain: tuple[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        """The step of the published format."""
        found: dict[str, Any] = {
            "line": self.line,
            "column": self.column,
            "from": self.before,
            "relation": self.relation,
            "to": self.after,
            "verdict": self.verdict,
            "given": list(self.given),
            "reason": self.reason,
            "counterexample": self.counterexample or None,
        }
        if self.values:
            found["values"] = list(self.values)
        if self.slip:
            found["slip"] = self.slip
        return found


@dataclass(frozen=True)
class Warned:
    """Something a reader should know that is no wrong step: a symbol defined twice, another base of logarithms."""

    line: int | None
    message: str


@dataclass(frozen=True)
class FileReport:
    """One file: its steps in order, and its warnings."""

    path: str
    steps: tuple[Finding, ...]
    warnings: tuple[Warned, ...] = ()

    @property
    def first_wrong(self) -> int | None:
        """Index of the first step that is refuted or ill-formed."""
        return next((n for n, step in enumerate(self.steps) if step.verdict in WRONG), None)

    @property
    def summary(self) -> dict[str, int]:
        """How many steps got which verdict."""
        return dict(Counter(step.verdict for step in self.steps))

    def to_json(self) -> dict[str, Any]:
        """The file of the published format."""
        return {
            "path": self.path,
            "first_wrong": self.first_wrong,
            "steps": [step.to_json() for step in self.steps],
            "warnings": [{"line": warned.line, "message": warned.message} for warned in self.warnings],
        }


@dataclass(frozen=True)
class Report:
    """Files that were checked together."""

    files: tuple[FileReport, ...] = field(default_factory=tuple)

    @property
    def summary(self) -> dict[str, int]:
        """How many steps of all files got which verdict."""
        total: Counter[str] = Counter()
        for file in self.files:
            total.update(file.summary)
        return dict(total)

    @property
    def wrong(self) -> int:
        """How many steps are refuted or ill-formed."""
        return sum(self.summary.get(verdict, 0) for verdict in WRONG)

    @property
    def open(self) -> int:
        """How many steps are undecided or unread: neither right nor wrong."""
        return sum(self.summary.get(verdict, 0) for verdict in OPEN)

    @property
    def ok(self) -> bool:
        """Whether no step is wrong and none is left open."""
        return not self.wrong and not self.open

    @property
    def first_wrong(self) -> Finding | None:
        """The first step of the first file that is refuted or ill-formed."""
        return next((f.steps[f.first_wrong] for f in self.files if f.first_wrong is not None), None)

    def _repr_html_(self) -> str:
        """The report in a notebook, formulas typeset."""
        from derive.render.report_html import fragment

        return fragment(self)

    def __str__(self) -> str:
        """The report as the command prints it."""
        from derive.render.report_text import plain

        return plain(self)

    def to_json(self) -> dict[str, Any]:
        """The published format, version 1."""
        return {"version": VERSION, "files": [file.to_json() for file in self.files], "summary": self.summary}
