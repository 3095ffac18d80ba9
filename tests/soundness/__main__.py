"""python -m tests.soundness --mutants 10000 --rewrites 10000: the bars that the checker has to meet."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from derive.families import FAMILIES
from tests.soundness.record import Record
from tests.soundness.run import Outcome, run, tally
from tests.soundness.work import Finding

VERDICTS = (
    "refuted", "ill-formed", "undecided", "proved", "tested", "definition", "hypothesis", "substitution",
    "lanes disagree", "crash",
)  # fmt: skip


def main() -> int:
    """Run, print, and say by the exit status whether the bars are met."""
    parser = argparse.ArgumentParser(prog="python -m tests.soundness", description=__doc__)
    parser.add_argument("--mutants", type=int, default=1000, help="wrong steps to judge")
    parser.add_argument("--rewrites", type=int, default=1000, help="right steps to rewrite")
    parser.add_argument("--fuzz", type=int, default=None, help="random expressions (a tenth of the rewrites)")
    parser.add_argument("--families", default="", help="names after commas (all of them)")
    parser.add_argument("--sample", type=int, default=None, help="steps of each family, drawn at random (all of them)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--log", type=Path, help="keep what is found in a file, one line a variant, and go on from it")
    parser.add_argument("--tally", action="store_true", help="only print what the log holds")
    parser.add_argument("--json", action="store_true", help="print data instead of tables")
    parser.add_argument("--list", type=int, default=20, help="how many examples of a complaint to print")
    args = parser.parse_args()
    fuzz = args.rewrites // 10 if args.fuzz is None else args.fuzz
    if args.tally:
        return report(tally(Record(args.log)), args.json, args.list)
    columns = (TextColumn("variants"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    errors = Console(stderr=True)
    with Progress(*columns, console=errors) as bar:
        task = bar.add_task("", total=None)
        told = 0

        def progress(done: int, total: int) -> None:
            nonlocal told
            bar.update(task, completed=done, total=total)
            if not errors.is_terminal and 20 * done // total > told:  # a log shows no bar
                told = 20 * done // total
                print(f"{done} of {total} variants", file=sys.stderr, flush=True)

        families = tuple(args.families.split(",")) if args.families else FAMILIES
        record = Record(args.log)
        outcome = run(args.mutants, args.rewrites, fuzz, args.seed, args.jobs, progress, families, args.sample, record)
    return report(outcome, args.json, args.list)


def report(outcome: Outcome, as_json: bool, most: int) -> int:
    """Print an outcome; 0 where the bars are met, else 1."""
    if as_json:
        print(json.dumps(as_data(outcome), ensure_ascii=False, indent=1))
    else:
        show(outcome, Console(width=None if sys.stdout.isatty() else 200), most)
    return 0 if outcome.ok else 1


def show(outcome: Outcome, console: Console, most: int) -> None:
    """Tables, examples of everything that is not as it should be, and the bars."""
    mutants, rewrites = outcome.of("mutant"), outcome.of("rewrite")
    for title, findings in (
        ("Wrong steps", mutants),
        ("Mutants that are still true (not judged)", outcome.equal_mutants),
        ("Right steps, rewritten", rewrites),
    ):
        console.print(_table(title, outcome.table(findings)))
    complaints = (
        ("FAULTS OF THESE TESTS", outcome.faults),
        ("FAILURES OF THE CHECKER", [f for f in outcome.findings if f.broken]),
        ("LEFT OPEN BY THE ORACLE (not judged)", outcome.left_open),
        ("WRONG STEPS ACCEPTED", [f for f in mutants if f.accepted]),
        ("RIGHT STEPS REJECTED", [f for f in rewrites if f.rejected]),
        ("TRUE MUTANTS REJECTED (for a look)", [f for f in outcome.equal_mutants if f.rejected]),
        ("WRONG STEPS LEFT OPEN", [f for f in mutants if not f.accepted and not f.rejected and not f.broken]),
        ("RIGHT STEPS NOT PROVED", [f for f in rewrites if f.verdict in ("tested", "undecided")]),
    )
    for title, findings in complaints:
        if findings:
            console.print(f"\n[bold]{title}: {len(findings)}[/bold]")
            for finding in _varied(findings, most):
                _example(finding, console)
    for title, lines in (
        ("SHIPPED STEPS NOT ACCEPTED", outcome.not_shipped_right),
        ("SHIPPED STEPS TESTED ONLY (no variants made)", outcome.tested),
        ("NOT DERIVED", outcome.not_derived),
    ):
        if lines:
            console.print(f"\n[bold]{title}: {len(lines)}[/bold]")
            for line in lines:
                console.print(f"- {line[:400]}", markup=False, highlight=False)
    for name, median, late, met in outcome.times():
        console.print(f"{name}: median {1000 * median:.1f} ms, 95 % {1000 * late:.1f} ms {'' if met else '(slow)'}")
    for name, figure, met in outcome.bars():
        console.print(f"{'met   ' if met else 'MISSED'} {name}: {figure}", style="green" if met else "red")


def _table(title: str, rows: dict[str, Counter[str]]) -> Table:
    table = Table(title=title)
    present = [v for v in VERDICTS if any(v in row for row in rows.values())]
    for column in ("kind", *present, "all"):
        table.add_column(column, justify="left" if column == "kind" else "right")
    for kind, row in rows.items():
        table.add_row(kind, *(str(row[v] or "") for v in present), str(row.total()))
    totals = sum(rows.values(), Counter[str]())
    table.add_row("[bold]all[/bold]", *(str(totals[v]) for v in present), str(totals.total()))
    return table


def _varied(findings: list[Finding], most: int) -> list[Finding]:
    """Examples of as many kinds as possible, the shortest of each first."""
    groups: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=lambda f: len(f.text)):
        groups.setdefault(finding.row, []).append(finding)
    rounds = [group[n] for n in range(max(map(len, groups.values()))) for group in groups.values() if n < len(group)]
    return rounds[:most]


def _example(finding: Finding, console: Console) -> None:
    lines = [f"- {finding.kind} in {finding.origin}: {finding.verdict}, {finding.reason[:200]}", f"    {finding.text}"]
    if finding.why is not None:
        lines.append(f"    wrong, since {finding.why[:300]}")
    console.print("\n".join(lines), markup=False, highlight=False)


def as_data(outcome: Outcome) -> dict[str, object]:
    """The outcome as data."""
    complaints = [
        f
        for f in outcome.findings
        if f.broken or (f.why is not None and not f.rejected) or (f.sort == "rewrite" and f.verdict != "proved")
    ]
    return {
        "ok": outcome.ok,
        "bars": [{"bar": name, "figure": figure, "met": met} for name, figure, met in outcome.bars()],
        "times": [{"lanes": n, "median": m, "quantile_95": q, "met": met} for n, m, q, met in outcome.times()],
        "mutants": outcome.table(outcome.of("mutant")),
        "true_mutants": outcome.table(outcome.equal_mutants),
        "rewrites": outcome.table(outcome.of("rewrite")),
        "complaints": [vars(f) for f in complaints],
        "true_mutants_rejected": [vars(f) for f in outcome.equal_mutants if f.rejected],
        "not_accepted_as_shipped": outcome.not_shipped_right,
        "tested_as_shipped": outcome.tested,
        "not_derived": outcome.not_derived,
        "left_open_by_the_oracle": [vars(f) for f in outcome.left_open],
        "faults": [vars(f) for f in outcome.faults],
    }


if __name__ == "__main__":
    sys.exit(main())
