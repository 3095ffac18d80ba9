"""The report: one row a format and regime, as a table for a reader and as plain data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """The worst of one regime in one format, in units in the last place, and torch's builtin on the same numbers.

    `nonfinite` counts results that are nan or infinite where the truth is not. Where `unit` is "term", the gradient is
    measured in units of its largest term: the terms cancel, and no formula keeps more. `note` says what went wrong
    where the loss could not be computed at all.
    """

    dtype: str
    regime: str
    max_ulp_value: float
    max_ulp_gradient: float
    nonfinite: int
    tolerance: float
    torch_ulp_value: float
    torch_ulp_gradient: float
    unit: str = "value"
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether value and gradient are within tolerance, finite where the truth is."""
        return not self.note and not self.nonfinite and max(self.max_ulp_value, self.max_ulp_gradient) <= self.tolerance

    def to_json(self) -> dict[str, Any]:
        """The row as plain data; a distance that is infinite or unknown is null."""
        return {
            "dtype": self.dtype,
            "regime": self.regime,
            "max_ulp_value": _finite(self.max_ulp_value),
            "max_ulp_gradient": _finite(self.max_ulp_gradient),
            "nonfinite": self.nonfinite,
            "ok": self.ok,
            "tolerance": self.tolerance,
            "unit": self.unit,
            "torch": {
                "max_ulp_value": _finite(self.torch_ulp_value),
                "max_ulp_gradient": _finite(self.torch_ulp_gradient),
            },
            "note": self.note,
        }


@dataclass(frozen=True)
class ValidationReport:
    """What was validated, against which family, on which device; the rows; the regimes the loss does not take."""

    subject: str
    family: str
    device: str
    rows: tuple[Row, ...]
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every row is."""
        return bool(self.rows) and all(row.ok for row in self.rows)

    def to_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "subject": self.subject,
            "family": self.family,
            "device": self.device,
            "ok": self.ok,
            "rows": [row.to_json() for row in self.rows],
            "skipped": [{"regime": regime, "reason": reason} for regime, reason in self.skipped],
        }

    def table(self) -> Table:
        """The report as a table: units in the last place, the loss beside torch's builtin."""
        table = Table(title=f"{self.subject} against {self.family}, on {self.device}", title_justify="left")
        table.add_column("dtype")
        table.add_column("regime")
        for head in ("value", "gradient", "torch value", "torch gradient", "at most"):
            table.add_column(head, justify="right")
        table.add_column("")
        for row in self.rows:
            figures = (row.max_ulp_value, row.max_ulp_gradient, row.torch_ulp_value, row.torch_ulp_gradient)
            starred = "*" if row.unit == "term" else ""
            texts = [figure(f) + (starred if i % 2 else "") for i, f in enumerate(figures)]
            verdict = "ok" if row.ok else f"[red]{row.note or 'out of tolerance'}[/red]"
            table.add_row(row.dtype, row.regime, *texts, figure(row.tolerance), verdict)
        return table


def figure(number: float) -> str:
    """A distance as a reader wants it: one digit after the point, or a power of ten, or why there is none."""
    if math.isnan(number):
        return "–"
    if math.isinf(number):
        return "not finite"
    return f"{number:.1f}" if number < 1000 else f"{number:.0e}"


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def print_report(report: ValidationReport, console: Console | None = None) -> None:
    """Print the table, what was left out, and the outcome in a sentence; to the terminal where no console is given."""
    console = console or Console()
    console.print(report.table())
    if any(row.unit == "term" for row in report.rows):
        console.print("* in units of the gradient's largest term: the terms cancel, no formula keeps more")
    for regime, reason in report.skipped:
        console.print(f"not measured: {regime} ({reason})", markup=False)
    wrong = sum(not row.ok for row in report.rows)
    many = len(report.rows)
    outcome = f"all {many} rows are within tolerance" if report.ok else f"{wrong} of {many} rows are out of tolerance"
    console.print(f"Units in the last place against certified truth: {outcome}.")
