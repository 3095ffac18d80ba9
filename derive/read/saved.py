"""A saved derivation with its verdicts, as the same kind of report as an article has."""

from __future__ import annotations

import re

import sympy as sp

from derive.checker import check_derivation
from derive.checker.verdict import Verdict
from derive.derivation import Derivation, Step
from derive.read.report import FileReport, Finding, Warned

#: How the checker tells the values of both sides at a counterexample.
_VALUES = re.compile(r"left side (\S+), right side (\S+)")


def check_saved(path: str, derivation: Derivation, seconds: float | None = None) -> FileReport:
    """The verdicts on every step of a derivation; steps that come up after so many seconds stay undecided.

    LanesDisagreeError where the checker contradicts itself.
    """
    verdicts = check_derivation(derivation, seconds).verdicts
    steps = tuple(
        _finding(section.id, step, verdict)
        for (section, step), verdict in zip(derivation.steps(), verdicts, strict=True)
    )
    return FileReport(path, steps, tuple(Warned(None, said) for said in unsupported_results(derivation)))


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


def _finding(section: str, step: Step, verdict: Verdict) -> Finding:
    sides = (step.before,) if step.kind == "hypothesis" else (step.before, step.after)
    formulas, texts = [_typeset(side, "latex") for side in sides], [_typeset(side, "text") for side in sides]
    values = _VALUES.search(verdict.reason) if verdict.status == "refuted" else None
    return Finding(
        line=None,
        column=None,
        before=formulas[0],
        relation=step.relation,
        after=formulas[1] if len(sides) > 1 else "",
        verdict=verdict.status,
        reason=verdict.reason,
        given=tuple(_typeset(condition, "latex") for condition in step.given),
        counterexample=dict(verdict.counterexample) if verdict.counterexample else None,
        values=(values[1], values[2]) if values else None,
        section=section,
        plain=(texts[0], texts[1] if len(sides) > 1 else ""),
    )


def _typeset(expr: sp.Basic, form: str) -> str:
    """LaTeX or plain text; what cannot be typeset is described."""
    from derive.render import latex, text

    try:
        return latex.expression(expr) if form == "latex" else text.expression(expr)
    except NotImplementedError as error:
        return f"\\text{{{error}}}" if form == "latex" else f"({error})"
