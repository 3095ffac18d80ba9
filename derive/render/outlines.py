"""A derivation as a page, before it is known in which format: symbols, parts, rows, equation numbers, closing words.

Steps that go on from one another become one block of rows, so that `a = b`, `b = c` read as `a = b = c`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.context import Context, Variable, index_names
from derive.derivation import Derivation, Step
from derive.model import Model
from derive.render.abbreviations import abbreviations_of
from derive.render.reasons import Pieces, fill, joined
from derive.render.remarks import notes, to_solve
from derive.render.rows import Block, Row, blocks, number
from derive.render.words import MARKS, WORST_FIRST, result_name, section_title, vocabulary

if TYPE_CHECKING:
    from derive.checker.verdict import Report

#: What is meant at the boundary: 0⁰ = 1 and 0·log 0 = 0.
CONVENTIONS = sp.Tuple(
    sp.Eq(sp.Pow(0, 0, evaluate=False), 1, evaluate=False),
    sp.Eq(sp.Mul(0, sp.log(0, evaluate=False), evaluate=False), 0, evaluate=False),
)
#: `full` shows every step, `brief` only where each block starts, its numbered equations and where it ends.
DEPTHS = ("full", "brief")


@dataclass(frozen=True)
class Entry:
    """A symbol explained: y_k with the ranges of its indices, its domain, its words."""

    variable: Variable
    symbol: sp.Basic
    ranges: tuple[tuple[sp.Basic, sp.Basic], ...]
    words: str


@dataclass(frozen=True)
class Part:
    """A titled part of the page: rows of formulas, then sentences, then what the sentences speak of."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    notes: tuple[Pieces, ...] = ()
    after: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Outline:
    """A page; `closing` says what was shown, what it needed and what the checker found."""

    title: str
    sizes: tuple[tuple[sp.Basic, str], ...]
    entries: tuple[Entry, ...]
    parts: tuple[Part, ...]
    closing: tuple[Pieces, ...]


def outline(derivation: Derivation, lang: str, depth: str, report: Report | None = None) -> Outline:
    """Arrange a derivation as a page."""
    if depth not in DEPTHS:
        raise ValueError(f"no depth {depth!r}; there are {', '.join(DEPTHS)}")
    words, model = vocabulary(lang), model_of(derivation)
    steps, numbers = number(derivation, report)
    entries = _entries(derivation, model, lang)
    short = abbreviations_of(derivation, model)
    parts, start = [], 0
    for section in derivation.sections:
        mine = [s for s in steps[start : start + len(section.steps)] if not _told_as_domain(s.step, entries)]
        start += len(section.steps)
        shown = blocks(mine, lang, depth == "brief", link_name(model))
        title = section_title(section.id, lang, derivation.results)
        shown = tuple(short.block(block, section.id) for block in shown)
        if section.id == "given":
            shown = (*short.introduction(lang), *shown)
        after = tuple(map(short.block, _left_to_solve(derivation))) if section.id == "estimate" else ()
        said = tuple(map(short.pieces, notes(derivation, section, lang)))
        parts.append(Part(section.id, title, shown, said, after))
    parameters = model.parameters if model else derivation.context.variables
    may_vanish = any(p.domain.lower == 0 and not p.domain.lower_open for p in parameters)
    heading = model.title.get(lang) if model else None
    return Outline(
        title=heading or words.untitled.format(name=derivation.model),
        sizes=(*_sizes(derivation, model, lang), *(((CONVENTIONS, words.conventions),) if may_vanish else ())),
        entries=entries,
        parts=tuple(parts),
        closing=_closing(derivation, numbers, report, lang),
    )


def model_of(derivation: Derivation) -> Model | None:
    """The family that the derivation is of, None for a model of somebody's own."""
    from derive.families import load

    try:
        return load(derivation.model)
    except KeyError:
        return None


def link_name(model: Model | None) -> str:
    """What the model's link is called, empty where it has none."""
    return model.link.name if model is not None and model.link is not None else ""


def _left_to_solve(derivation: Derivation) -> tuple[Block, ...]:
    """The equations without closed form, unless a step of the section has them already."""
    equations = to_solve(derivation)
    return (Block(tuple(Row(None, "", e) for e in equations)),) if equations else ()


def _said(model: Model | None, name: str, lang: str) -> str:
    """What the model, or else custom, says that a symbol is."""
    told = model.words.get(name, {}).get(lang) if model else None
    return told or vocabulary(lang).symbols.get(name, "")


def _sizes(derivation: Derivation, model: Model | None, lang: str) -> tuple[tuple[sp.Basic, str], ...]:
    told = ((size, _said(model, str(size), lang)) for size in derivation.context.sizes)
    return tuple((size, words) for size, words in told if words)


def _entries(derivation: Derivation, model: Model | None, lang: str) -> tuple[Entry, ...]:
    """Each variable once, and a parameter that every sample has of its own once more."""
    entries: dict[tuple[str, int], Entry] = {}
    context = derivation.context
    for variable in (*context.variables, *(d.variable for d in context.definitions)):
        words = _said(model, variable.name, lang)
        known = next((e.variable for (name, _), e in entries.items() if name == variable.name), None)
        if known is not None:
            if (
                model is None
                or known.name not in {p.name for p in model.parameters}
                or len(variable.axes) <= known.rank
            ):
                continue
            words = vocabulary(lang).own.format(words=words, index=index_names(variable.axes)[0])
        elif variable in (d.variable for d in context.definitions):
            continue  # it is told by its definition
        if words:
            indices = index_names(variable.axes)
            symbol = variable.base[indices] if indices else variable.base
            entries[variable.key] = Entry(variable, symbol, tuple(zip(indices, variable.axes, strict=True)), words)
    names = list(dict.fromkeys(name for name, _ in entries))
    return tuple(sorted(entries.values(), key=lambda e: names.index(e.variable.name)))


def _told_as_domain(step: Step, entries: tuple[Entry, ...]) -> bool:
    """Is it a bound that the list of symbols has told already?"""
    bound = step.before
    if step.kind == "hypothesis" and isinstance(bound, sp.Contains):
        return any(bound.args[0] == e.symbol for e in entries)
    if step.kind != "hypothesis" or not isinstance(bound, Relational) or not bound.rhs.is_number:
        return False
    return any(
        bound.lhs == e.symbol and bound.rhs in (e.variable.domain.lower, e.variable.domain.upper) for e in entries
    )


def _needed(derivation: Derivation) -> tuple[sp.Basic, ...]:
    """The conditions that steps state and that were not given from the start."""
    steps = [step for _, step in derivation.steps()]
    given = {step.before for step in steps if step.kind == "hypothesis"}
    context = derivation.context
    conditions = (_customary(g, context) for step in steps for g in step.given if not isinstance(g, sp.Eq))
    return tuple(dict.fromkeys(g for g in conditions if g not in given))


def _customary(condition: Relational, context: Context) -> Relational:
    """The condition under the customary names of its indices: y_j > 0 and y_k > 0 are one."""
    if condition.has(sp.Sum, sp.Product):  # their indices are bound
        return condition
    names = {}
    for entry in condition.atoms(sp.Indexed):
        variable = context.variable(entry)
        if variable is not None and all(index.is_Symbol for index in entry.indices):
            names[entry] = entry.base[index_names(variable.axes)]
    return condition.func(*(side.xreplace(names) for side in condition.args), evaluate=False)


def _closing(
    derivation: Derivation, numbers: dict[str, tuple[int, ...]], report: Report | None, lang: str
) -> tuple[Pieces, ...]:
    words = vocabulary(lang)
    items = [
        words.shown_item.format(name=result_name(name, lang, derivation.results), number=", ".join(map(str, n)))
        for name, n in numbers.items()
    ]
    shown = [(words.shown.format(items=words.listing.join(items)),)] if items else []
    needed = _needed(derivation)
    conditions = fill(words.needed, {"given": joined(needed, lang)}) if needed else (words.nothing_needed,)
    return (*shown, conditions, *(() if report is None else (_counted(report, lang),)))


def _counted(report: Report, lang: str) -> Pieces:
    words = vocabulary(lang)
    statuses = [verdict.status for verdict in report.verdicts]
    found = [s for s in reversed(WORST_FIRST) if s in statuses and s in MARKS]
    counts = [words.count.format(count=statuses.count(s), name=words.verdicts[s]) for s in found]
    return (words.checked.format(counts=words.listing.join(counts)),)
