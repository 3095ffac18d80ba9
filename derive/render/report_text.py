"""Reports for people at a screen: the first wrong step on top, with both sides' values and the likely slip.

What stands in an article is printed without the characters by which a text could move the cursor, hide or recolour.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from derive.read.report import NO_CLAIM, OPEN, WRONG, FileReport, Finding, Report

MARKS = {"proved": "✓", "tested": "≈", "refuted": "✗", "ill-formed": "✗", "undecided": "?", "unread": "?"}
#: In this order verdicts are counted.
ORDER = (*WRONG, *OPEN, "proved", "tested", *NO_CLAIM)
COLOURS = {"·": "cyan", "✗": "bold red", "?": "yellow", "✓": "green", "≈": "green", "!": "magenta"}
#: What is said of a file without steps.
NOTHING = "no steps found: nothing was checked"
#: Longer formulas are cut short on the screen; the other formats have them whole.
LONGEST = 600
#: So many steps that are wrong, or left open, and so many warnings and assumptions of a file are printed.
WRONG_SHOWN, OPEN_SHOWN, WARNINGS_SHOWN, GIVEN_SHOWN = 50, 20, 20, 10


def plain(report: Report) -> str:
    """The report without colours."""
    buffer = io.StringIO()
    print_report(report, Console(file=buffer, color_system=None, force_terminal=False, width=100))
    return buffer.getvalue().rstrip("\n")


def print_report(report: Report, console: Console) -> None:
    """Print the report; in colours where the console shows them."""
    for number, file in enumerate(report.files):
        if number:
            console.print()
        for line in _file(file):
            console.print(line, soft_wrap=True, highlight=False)
    if len(report.files) > 1:
        wrong = sum(file.first_wrong is not None for file in report.files)
        said = f"{len(report.files)} files, {wrong or 'none'} with something wrong: {counted(report.summary)}"
        console.print(Text(f"\n{said}", "bold"), soft_wrap=True, highlight=False)


def counted(summary: dict[str, int]) -> str:
    """How many steps got which verdict, in words."""
    known = [verdict for verdict in ORDER if summary.get(verdict)]
    return ", ".join(f"{summary[verdict]} {plural(verdict, summary[verdict])}" for verdict in known) or "no steps"


def plural(verdict: str, count: int) -> str:
    """Verdicts that are nouns have a plural."""
    nouns = {"hypothesis": "hypotheses", "definition": "definitions", "substitution": "substitutions"}
    return nouns.get(verdict, verdict) if count > 1 else verdict


def printable(text: str, lines: bool = False) -> str:
    """A text without control characters and without marks that turn the direction of writing; in one line or more."""
    shown = "".join(ch if ch == "\n" or unicodedata.category(ch) not in ("Cc", "Cf", "Cs") else " " for ch in text)
    return shown if lines else " ".join(shown.split())


def _file(file: FileReport) -> list[Text]:
    wrong = [(n, step) for n, step in enumerate(file.steps) if step.verdict in WRONG]
    left = [(n, step) for n, step in enumerate(file.steps) if step.verdict in OPEN]
    lines: list[Text] = []
    for number, step in wrong[:WRONG_SHOWN]:
        lines += [*_wrong(file.path, number, step), Text()]
    lines += _more(len(wrong) - WRONG_SHOWN, "wrong steps")
    said = f"{len(wrong)} of {len(file.steps)} steps wrong" if wrong else "nothing wrong found"
    told = f"{said}: {counted(file.summary)}" if file.steps else NOTHING
    lines.append(Text.assemble((printable(file.path), "bold"), f": {told}"))
    for number, step in left[:OPEN_SHOWN]:
        lines.append(_line("?", f"{place(file.path, number, step)}: {step.verdict}: {printable(step.reason)}"))
    lines += _more(len(left) - OPEN_SHOWN, "steps left open")
    for warned in file.warnings[:WARNINGS_SHOWN]:
        where = printable(file.path) + (f":{warned.line}" if warned.line is not None else "")
        lines.append(_line("!", f"{where}: {printable(warned.message)}"))
    lines += _more(len(file.warnings) - WARNINGS_SHOWN, "warnings")
    return [*lines, *_assumed(file)]


def place(path: str, number: int, step: Finding) -> str:
    """Where a step stands: file:line:column, or the number of the step in its section."""
    if step.line is not None:
        return f"{printable(path)}:{step.line}:{step.column or 1}"
    return f"{printable(path)}: step {number + 1}" + (f" ({printable(step.section)})" if step.section else "")


def _wrong(path: str, number: int, step: Finding) -> Iterable[Text]:
    """A wrong step: where, what stands there, why it is wrong and where it fails."""
    yield Text.assemble(("✗ ", COLOURS["✗"]), (place(path, number, step), "bold"), (f": {step.verdict}", COLOURS["✗"]))
    before, after = step.plain or (step.before, step.after)
    relation = printable(step.relation)
    indent = " " * (5 + len(relation))
    yield from (Text(f"{indent}{line}") for line in _formula(before))
    for row, line in enumerate(_formula(after)):
        yield Text(f"    {relation} {line}" if row == 0 else f"{indent}{line}")
    yield Text(f"    {printable(step.reason)}")
    if step.values and not all(value in step.reason for value in step.values):
        yield Text(f"    left side {printable(step.values[0])}, right side {printable(step.values[1])}")
    if step.counterexample:
        values = ", ".join(f"{name} = {value}" for name, value in step.counterexample.items())
        yield Text(f"    at {printable(values)}")
    if step.slip:
        yield Text.assemble("    likely slip: ", (printable(step.slip), "bold"))


def _formula(source: str) -> list[str]:
    """The source of a formula as it stands, line by line, cut short where it is very long."""
    short = source if len(source) <= LONGEST else source[:LONGEST] + " …"
    return [line.strip() for line in printable(short, lines=True).split("\n") if line.strip()]


def _line(mark: str, said: str) -> Text:
    return Text.assemble((f"  {mark} ", COLOURS[mark]), said)


def _more(count: int, what: str) -> list[Text]:
    return [Text(f"    … and {count} more {what} (--format json has all of them)")] if count > 0 else []


def _assumed(file: FileReport) -> list[Text]:
    """What right steps needed, and where; a saved derivation states that itself."""
    lines: dict[str, list[int]] = {}
    for step in file.steps:
        for condition in step.given if step.line is not None and step.verdict in ("proved", "tested") else ():
            places = lines.setdefault(printable(condition), [])
            places += [step.line] if step.line is not None and step.line not in places else []
    shown = [
        _line("·", f"assumed: {condition} (line{'s' if len(places) > 1 else ''} {_listed(places)})")
        for condition, places in list(lines.items())[:GIVEN_SHOWN]
    ]
    return [*shown, *_more(len(lines) - GIVEN_SHOWN, "assumptions")]


def _listed(places: list[int]) -> str:
    return ", ".join(map(str, places[:8])) + (", …" if len(places) > 8 else "")
