"""The report: one row a format and regime, as a table for a reader and as plain data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from numeric.validation.agreement import Check
from numeric.validation.figures import Measured, Outcome, Spread
from numeric.validation.throughput import Throughput


@dataclass(frozen=True)
class Row:
    """What was measured of one regime in one format, and of torch's builtin on the same numbers.

    Distances are in units in the last place: of the exact result where `unit` is "value", of the largest term of the
    sum that makes it where `unit` is "term" (where terms cancel no formula keeps more). A row is `named` where an error
    beyond the tolerance comes from a function whose argument was rounded, or from special functions of torch's (gamma,
    Bessel; `special` says of value and gradients whether they have any), and is within four times the tolerance of how
    far that reaches. `note` says what went wrong where the loss could not be computed at all.
    """

    dtype: str
    regime: str
    observations: int
    outcome: Outcome | None
    builtin: Outcome | None
    names: tuple[str, ...]
    unit: str
    tolerance: float
    note: str = ""
    special: tuple[bool, ...] = ()

    @property
    def max_ulp_value(self) -> float:
        """The worst distance of the value; nan where there is none."""
        return self.outcome.value.judged.max if self.outcome else math.nan

    @property
    def max_ulp_gradient(self) -> float:
        """The worst distance of the gradient by any input."""
        return self.outcome.gradient if self.outcome else math.nan

    @property
    def nonfinite(self) -> int:
        """How many results are nan or infinite where the truth is not."""
        return self.outcome.nonfinite if self.outcome else 0

    @property
    def torch_ulp_value(self) -> float:
        """The builtin's worst distance of the value; nan where torch has none."""
        return self.builtin.value.judged.max if self.builtin else math.nan

    @property
    def torch_ulp_gradient(self) -> float:
        """The builtin's worst distance of the gradient."""
        return self.builtin.gradient if self.builtin else math.nan

    @property
    def ok(self) -> bool:
        """Whether value and gradient are within tolerance or named, and finite where the truth is."""
        return not self.note and not self.nonfinite and (self._within or self.named)

    @property
    def _within(self) -> bool:
        return max(self.max_ulp_value, self.max_ulp_gradient) <= self.tolerance

    @property
    def named(self) -> bool:
        """Whether it is beyond the tolerance, and within four times as many units of the reach."""
        if self.unit != "term" or self._within or self.outcome is None:
            return False
        parts = (self.outcome.value, *self.outcome.gradients)
        return all(
            part.judged.max <= self.tolerance
            or (part.reach.max <= 4 * self.tolerance and (special or part.reach.max < part.judged.max))
            for part, special in zip(parts, self.special, strict=True)
        )

    def to_json(self) -> dict[str, Any]:
        """The row as plain data; a distance that is infinite or unknown is null."""
        gradients = self.outcome.gradients if self.outcome else ()
        return {
            "dtype": self.dtype,
            "regime": self.regime,
            "max_ulp_value": finite(self.max_ulp_value),
            "max_ulp_gradient": finite(self.max_ulp_gradient),
            "nonfinite": self.nonfinite,
            "ok": self.ok,
            "observations": self.observations,
            "tolerance": self.tolerance,
            "unit": self.unit,
            "named": self.named,
            "value": _measured(self.outcome.value) if self.outcome else None,
            "gradients": {n: _measured(g) for n, g in zip(self.names, gradients, strict=False)},
            "torch": {
                "max_ulp_value": finite(self.torch_ulp_value),
                "max_ulp_gradient": finite(self.torch_ulp_gradient),
            },
            "note": self.note,
        }


def _measured(figures: Measured) -> dict[str, Any]:
    return {"ulp": _spread(figures.judged), "plain_ulp": _spread(figures.plain), "worst": figures.worst}


def _spread(spread: Spread) -> dict[str, float | None]:
    return {"max": finite(spread.max), "median": finite(spread.median), "p999": finite(spread.most)}


@dataclass(frozen=True)
class ValidationReport:
    """What was validated, against which family, on which device; the rows; what was not measured, and why.

    `checks` are those on a whole large batch, `throughput` what was measured there of speed and memory.
    """

    subject: str
    family: str
    device: str
    rows: tuple[Row, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    checks: tuple[Check, ...] = ()
    throughput: tuple[Throughput, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every row and every check is."""
        return bool(self.rows) and all(row.ok for row in self.rows) and all(check.ok for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "subject": self.subject,
            "family": self.family,
            "device": self.device,
            "ok": self.ok,
            "rows": [row.to_json() for row in self.rows],
            "skipped": [{"regime": regime, "reason": reason} for regime, reason in self.skipped],
            "checks": [check.to_json() for check in self.checks],
            "throughput": [one.to_json() for one in self.throughput],
        }

    def table(self) -> Table:
        """The report as a table: units in the last place, the loss beside torch's builtin."""
        table = Table(title=f"{self.subject} against {self.family}, on {self.device}", title_justify="left")
        table.add_column("dtype")
        table.add_column("regime")
        for head in ("value", "median", "99.9 %", "plain"):
            table.add_column(head, justify="right")
        several = any(len(row.names) > 1 for row in self.rows)
        table.add_column("gradients" if several else "gradient", justify="right")
        for head in ("median", "plain", "not finite", "torch value", "torch gradient"):
            table.add_column(head, justify="right")
        table.add_column("")
        for row in self.rows:
            table.add_row(row.dtype, row.regime, *_cells(row))
        return table

    def whole(self) -> Table:
        """The checks on a whole batch as a table."""
        table = Table(title="On a whole batch, in units in the last place of the largest entry", title_justify="left")
        for head, where in (
            ("dtype", "left"),
            ("check", "left"),
            ("apart", "right"),
            ("at most", "right"),
            ("", "left"),
        ):
            table.add_column(head, justify=where)  # type: ignore[arg-type]
        for one in self.checks:
            verdict = "ok" if one.ok else f"[red]{one.note or 'out of tolerance'}[/red]"
            table.add_row(one.dtype, one.check, figure(one.max_ulp), figure(one.tolerance), verdict)
        return table

    def worst(self) -> list[str]:
        """For each format the observation whose value is worst, and that whose gradient is."""
        lines = []
        for dtype in dict.fromkeys(row.dtype for row in self.rows):
            rows = [row for row in self.rows if row.dtype == dtype and row.outcome]
            if not rows:
                continue
            at = max(rows, key=lambda row: row.max_ulp_value)
            lines.append(f"{dtype}, worst value, {figure(at.max_ulp_value)}, at {_of(at).value.worst}")
            at = max(rows, key=lambda row: row.max_ulp_gradient)
            place = max(range(len(_of(at).gradients)), key=lambda i: _of(at).gradients[i].judged.max)
            name, found = at.names[place], _of(at).gradients[place]
            lines.append(f"{dtype}, worst gradient by {name}, {figure(found.judged.max)}, at {found.worst}")
        return lines


def _of(row: Row) -> Outcome:
    assert row.outcome is not None
    return row.outcome


def _cells(row: Row) -> list[str]:
    verdict = ("named" if row.named else "ok") if row.ok else f"[red]{row.note or 'out of tolerance'}[/red]"
    theirs = [figure(row.torch_ulp_value), figure(row.torch_ulp_gradient)]
    if row.outcome is None:
        return ["–"] * 7 + ["0", *theirs, verdict]
    star = "*" if row.unit == "term" else ""
    value, slopes = row.outcome.value, row.outcome.gradients
    return [
        figure(value.judged.max) + star,
        figure(value.judged.median),
        figure(value.judged.most),
        figure(value.plain.max),
        ", ".join(figure(g.judged.max) + star for g in slopes),
        ", ".join(figure(g.judged.median) for g in slopes),
        ", ".join(figure(g.plain.max) for g in slopes),
        str(row.nonfinite),
        *theirs,
        verdict,
    ]


def figure(number: float) -> str:
    """A distance as a reader wants it: one digit after the point, or a power of ten, or why there is none."""
    if math.isnan(number):
        return "–"
    if math.isinf(number):
        return "not finite"
    return f"{number:.1f}" if number < 1000 else f"{number:.0e}"


def finite(number: float) -> float | None:
    """The number, None where it is infinite or unknown."""
    return number if math.isfinite(number) else None


def print_report(report: ValidationReport, console: Console | None = None) -> None:
    """Print the table, what was left out, and the outcome in a sentence; to the terminal where no console is given."""
    console = console or Console()
    console.print(report.table())
    if any(row.unit == "term" for row in report.rows):
        console.print(
            "* in units of the largest term of the sum that makes it: where terms cancel no formula keeps more"
        )
    if any(row.named for row in report.rows):
        console.print(
            "named: beyond the tolerance, since a special function or one whose argument was rounded cannot reach it; "
            "within four times the tolerance of how far that reaches"
        )
    for line in report.worst():
        console.print(line, markup=False)
    for regime, reason in report.skipped:
        console.print(f"not measured: {regime} ({reason})", markup=False)
    if report.checks:
        console.print(report.whole())
    for one in report.throughput:
        console.print(
            f"{one.dtype}: {one.per_second:.3g} elements a second, value and gradient, on {one.elements}: "
            f"{one.share_of_copy:.2f} of a copy's speed; at most {one.peak_over_input:.1f} times the input in memory"
        )
    wrong = sum(not row.ok for row in report.rows)
    many = len(report.rows)
    outcome = f"{wrong} of {many} rows are out of tolerance" if wrong else f"all {many} rows are within tolerance"
    apart = [one.check for one in report.checks if not one.ok]
    if apart:
        outcome += f"; on the whole batch, {len(apart)} of {len(report.checks)} checks are out of tolerance"
    console.print(f"Units in the last place against certified truth: {outcome}.")
