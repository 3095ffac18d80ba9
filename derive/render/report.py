"""Reports of the checker on files: as data and as text. The first wrong step comes first."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sympy as sp

from derive.checker.verdict import WRONG, Report, Verdict
from derive.derivation import Derivation, Step
from derive.render import latex, text

VERSION = 1
Checked = tuple[str, Derivation, Report]  # path, what was read, verdicts

MARKS = {"proved": "✓", "tested": "≈", "refuted": "✗", "ill-formed": "✗", "undecided": "?", "unread": "?"}


def as_json(files: list[Checked]) -> dict[str, Any]:
    """The report as data: one entry a file, one a step, and how many steps got which verdict."""
    summary = Counter(v.status for _, _, report in files for v in report.verdicts)
    return {
        "version": VERSION,
        "files": [
            {
                "path": path,
                "first_wrong": report.first_wrong,
                "steps": [_step(s, v) for (_, s), v in zip(derivation.steps(), report.verdicts, strict=True)],
                "warnings": [{"line": None, "message": message} for message in unsupported_results(derivation)],
            }
            for path, derivation, report in files
        ],
        "summary": dict(summary),
    }


def unsupported_results(derivation: Derivation) -> list[str]:
    """Results that no step arrives at, an equation that is left to be solved among them; hats make no difference."""
    reached: set[str] = set()
    for _, step in derivation.steps():
        found = step.before if step.kind == "hypothesis" else step.after
        reached |= {_bare(e) for e in (found, *(found.args if isinstance(found, sp.Tuple) else ()))}
    names = []
    for name, result in derivation.results.items():
        values = result.args if isinstance(result, sp.Tuple) else (result,)
        missing = (v for v in values if not reached & {_bare(v), _bare(getattr(v, "rhs", v))})
        names += [f"no step arrives at the result {name!r}" for _ in missing]
    return names


def _bare(expr: sp.Basic) -> str:
    return str(sp.sstr(expr)).replace("_hat", "")


def _step(step: Step, verdict: Verdict) -> dict[str, Any]:
    return {
        "line": None,  # a saved derivation has no lines
        "column": None,
        "from": _latex(step.before),
        "relation": step.relation,
        "to": "" if step.kind == "hypothesis" else _latex(step.after),
        "verdict": verdict.status,
        "given": [_latex(g) for g in step.given],
        "reason": verdict.reason,
        "counterexample": verdict.counterexample,
    }


def _latex(expr: sp.Basic) -> str:
    """LaTeX; what cannot be typeset is described."""
    try:
        return latex.expression(expr)
    except NotImplementedError as error:
        return f"\\text{{{error}}}"


def _text(expr: sp.Basic) -> str:
    try:
        return text.expression(expr)
    except NotImplementedError as error:
        return f"({error})"


def as_text(files: list[Checked]) -> str:
    """The report for people: the first wrong step with its counterexample, then how the others fared."""
    parts = []
    for path, derivation, report in files:
        lines = [f"{path}: {', '.join(f'{n} {status}' for status, n in sorted(report.summary.items()))}"]
        steps = list(derivation.steps())
        for number, ((section, step), verdict) in enumerate(zip(steps, report.verdicts, strict=True)):
            if verdict.status in WRONG or verdict.status in ("undecided", "unread"):
                lines += _fault(number, section.id, step, verdict)
        lines += [f"  ! {message}" for message in unsupported_results(derivation)]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _fault(number: int, section: str, step: Step, verdict: Verdict) -> list[str]:
    before, after = _text(step.before), _text(step.after)
    lines = [f"  {MARKS[verdict.status]} step {number} ({section}): {verdict.status}", f"      {before}"]
    if step.kind != "hypothesis":
        lines.append(f"    {step.relation} {after}")
    lines.append(f"      {verdict.reason}")
    if verdict.counterexample:
        values = ", ".join(f"{name} = {value}" for name, value in verdict.counterexample.items())
        lines.append(f"      at {values}")
    return lines
