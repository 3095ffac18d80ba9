"""A derivation as data: LaTeX for readers, a lossless form for machines, one verdict a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.context import Context, index_names
from derive.derivation import Derivation, Section, Step
from derive.render import reasons
from derive.render.latex import expression
from derive.render.outlines import link_name, model_of
from derive.render.remarks import named_equations
from derive.render.words import section_title

if TYPE_CHECKING:
    from derive.checker.verdict import Report, Verdict

VERSION = 1


def derivation(derivation: Derivation, lang: str = "en", report: Report | None = None) -> dict[str, Any]:
    """The derivation as a JSON object; it is checked where no report is given."""
    verdicts = iter((derivation.check() if report is None else report).verdicts)
    link = link_name(model_of(derivation))
    return {
        "version": VERSION,
        "model": derivation.model,
        "language": lang,
        "context": _context(derivation.context),
        "sections": [
            {
                "id": section.id,
                "title": section_title(section.id, lang, derivation.results),
                "steps": [_step(step, next(verdicts), lang, link) for step in section.steps],
            }
            | _note(section, lang)
            for section in derivation.sections
        ],
        "results": _results(derivation),
    }


def _note(section: Section, lang: str) -> dict[str, Any]:
    """What is said of the section as a whole, by its rule and in words."""
    if not section.note:
        return {}
    said = reasons.typeset(reasons.note(section.note, lang), lambda expr: f"${expression(expr, lang)}$")
    return {"note": {"rule": section.note, "text": said}}


def _context(context: Context) -> dict[str, Any]:
    from derive.algebra.codec import encode_context

    domains = {}
    for variable in context.variables:
        indices = index_names(variable.axes)
        domains[expression(variable.base[indices] if indices else variable.base)] = variable.domain.name
    return {
        "sizes": [expression(size) for size in context.sizes],
        "domains": domains,
        "facts": [expression(fact.equation()) for fact in context.facts],
        "form": encode_context(context),
    }


def _step(step: Step, verdict: Verdict, lang: str, link: str) -> dict[str, Any]:
    from derive.algebra.codec import encode

    reason = reasons.typeset(reasons.compose(step, lang, link=link), lambda expr: f"${expression(expr, lang)}$")
    return {
        "kind": step.kind,
        "relation": step.relation,
        "before": expression(step.before, lang),
        "after": expression(step.after, lang),
        "rule": step.rule,
        "reason": reason,
        "given": [expression(condition) for condition in step.given],
        "verdict": verdict.status,
        "form": {
            "before": encode(step.before),
            "after": encode(step.after),
            "given": [encode(condition) for condition in step.given],
            "bind": [encode(value) for value in step.bind],
        },
    }


def _results(derivation: Derivation) -> dict[str, Any]:
    """Expressions as LaTeX, tuples of equations by their left sides; `form` holds all of them losslessly.

    An equation without closed form stands as a whole, by the name of the parameter that it determines.
    """
    from derive.algebra.codec import encode

    results = derivation.results
    shown: dict[str, Any] = {name: _result(value) for name, value in results.items()}
    if unsolved := named_equations(derivation):
        closed = sp.Tuple(*(e for e in results["estimate"].args if e not in unsolved.values()))
        solved = _result(closed) if closed.args else {}
        shown["estimate"] = solved | {name: expression(e) for name, e in unsolved.items()}
    return shown | {"form": {name: encode(value) for name, value in results.items()}}


def _result(value: sp.Basic) -> Any:
    equations = tuple(value.args) if isinstance(value, sp.Tuple) else ()
    if equations and all(isinstance(e, Relational) for e in equations):
        return {expression(e.lhs): expression(e.rhs) for e in equations}
    return expression(value)
