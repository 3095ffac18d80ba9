"""SARIF 2.1.0, which code review reads: one rule a kind of finding, one result a step that is not in order.

Standard: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from derive.read.report import FileReport, Finding, Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
#: Each kind of finding: its level, and what it means.
RULES = {
    "refuted": ("error", "The two sides differ: a counterexample inside the stated domain."),
    "ill-formed": ("error", "Shapes, types, scope or bound variables do not fit."),
    "undecided": ("note", "Neither shown to hold nor refuted."),
    "unread": ("note", "The formula was not understood."),
    "warning": ("warning", "Something that a reader should know and that is no wrong step."),
}
NAMES = {
    "refuted": "RefutedStep",
    "ill-formed": "IllFormedStep",
    "undecided": "UndecidedStep",
    "unread": "UnreadFormula",
    "warning": "Warning",
}
#: Longer formulas are cut short in messages.
LONGEST = 300


def log(report: Report) -> dict[str, Any]:
    """The report as a SARIF log with one run."""
    from derive import __version__

    results = [result for file in report.files for result in _results(file)]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "derive check", "semanticVersion": __version__, "rules": list(map(_rule, RULES))}
                },
                "columnKind": "unicodeCodePoints",
                "artifacts": [{"location": {"uri": _uri(file.path)}} for file in report.files],
                "results": results,
            }
        ],
    }


def _rule(rule: str) -> dict[str, Any]:
    level, said = RULES[rule]
    return {
        "id": rule,
        "name": NAMES[rule],
        "shortDescription": {"text": said},
        "defaultConfiguration": {"level": level},
    }


def _results(file: FileReport) -> list[dict[str, Any]]:
    steps = [
        _result(step.verdict, _message(step), file.path, step.line, step.column)
        for step in file.steps
        if step.verdict in RULES
    ]
    return steps + [_result("warning", warned.message, file.path, warned.line, None) for warned in file.warnings]


def _result(rule: str, message: str, path: str, line: int | None, column: int | None) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(path)}}
    if line is not None:
        place["region"] = {"startLine": line} | ({"startColumn": column} if column else {})
    return {
        "ruleId": rule,
        "ruleIndex": list(RULES).index(rule),
        "level": RULES[rule][0],
        "message": {"text": message},
        "locations": [{"physicalLocation": place}],
    }


def _message(step: Finding) -> str:
    """The claim, the reason, where it fails and the likely slip."""
    parts = [f"{_short(step.before)} {step.relation} {_short(step.after)}".strip(), step.reason]
    if step.values and not all(value in step.reason for value in step.values):
        parts.append(f"left side {step.values[0]}, right side {step.values[1]}")
    if step.counterexample:
        parts.append("at " + ", ".join(f"{name} = {value}" for name, value in step.counterexample.items()))
    if step.slip:
        parts.append(f"likely slip: {step.slip}")
    return "; ".join(part for part in parts if part)


def _short(formula: str) -> str:
    joined = " ".join(formula.split())
    return joined if len(joined) <= LONGEST else joined[:LONGEST] + " …"


def _uri(path: str) -> str:
    """A path as a relative reference, or as an absolute one where it starts at the root."""
    if path == "-":
        return "stdin"
    slashed = path.replace("\\", "/").encode("utf-8", "surrogateescape")
    return ("file://" if slashed.startswith(b"/") else "") + quote(slashed.removeprefix(b"./"))
