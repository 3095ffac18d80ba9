"""Steps → blocks of aligned rows: which steps go on from one another, which equations get a number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.context import Context
from derive.algebra.naming import readable
from derive.derivation import Derivation, Section, Step
from derive.render import reasons
from derive.render.presentation import layout
from derive.render.reasons import Pieces
from derive.render.remarks import statements, without_hats
from derive.render.words import MARKS, WORST_FIRST, vocabulary

if TYPE_CHECKING:
    from derive.checker.verdict import Report, Verdict

_LINES = ("definition", "equal", "inequality", "substitution")
_STATEMENTS = ("equivalent", "solves")
#: Digits that are shown of a number without end.
_DIGITS = 5
_SIGNS = {":=": "=", "<=": "≤", ">=": "≥", "!=": "≠", "<=>": "⇔"}


@dataclass(frozen=True)
class Row:
    """One line: `left sign right`, why, what the checker says, and its number where it is a result.

    In a block of statements `left` is empty and `right` a whole equation.
    """

    left: sp.Basic | None
    sign: str
    right: sp.Basic
    reason: Pieces = ()
    mark: str = ""
    number: int | None = None


@dataclass(frozen=True)
class Block:
    """Rows aligned at their signs."""

    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Numbered:
    """A step with its verdict, the number that its right side gets, and the numbers that it builds on."""

    step: Step
    verdict: Verdict | None
    number: int | None
    references: tuple[int, ...]
    about: int | None = None  # the number of the result that the step speaks of as a whole


def number(derivation: Derivation, report: Report | None) -> tuple[list[Numbered], dict[str, tuple[int, ...]]]:
    """Number the steps that state a result, and note which steps start from a numbered one."""
    numbered: list[Numbered] = []
    wanted = [(name, value) for name, result in derivation.results.items() for value in statements(result)]
    numbers: dict[tuple[str, sp.Basic], int] = {}
    homes: dict[tuple[str, sp.Basic], Section] = {}
    told: set[tuple[str, tuple[str, sp.Basic]]] = set()  # a section refers to an equation once
    for place, (section, step) in enumerate(derivation.steps()):
        used = []
        for item, n in numbers.items():
            known = homes[item] is section or (section.id, item) in told
            if not known and (step.before == item[1] if section.id == "example" else _uses(step, item[1])):
                used.append(n)
                told.add((section.id, item))
        new = [item for item in wanted if item not in numbers and _states(step, item[1], derivation.context)]
        mine = max(numbers.values(), default=0) + 1 if new else None
        for item in new:
            numbers[item], homes[item] = mine or 0, section
        verdict = report.verdicts[place] if report is not None else None
        about = next(
            (n for (_, value), n in numbers.items() if step.kind == "maximises" and step.before == value), None
        )
        numbered.append(Numbered(step, verdict, mine, tuple(n for n in dict.fromkeys(used) if n != about), about))
    found = dict.fromkeys(name for name, _ in numbers)
    return numbered, {n: tuple(dict.fromkeys(k for (m, _), k in numbers.items() if m == n)) for n in found}


@dataclass(frozen=True)
class _Telling:
    """How reasons are told; `told` are the conditions and values that the section has named already."""

    lang: str
    brief: bool
    link: str
    told: set[sp.Basic]

    def reason(self, item: Numbered) -> Pieces:
        """The reason of one step."""
        pieces = reasons.compose(item.step, self.lang, item.references, self.told, self.link, item.about)
        self.told.update((*item.step.given, *item.step.bind))
        return pieces


def blocks(steps: Iterable[Numbered], lang: str, brief: bool, link: str = "") -> tuple[Block, ...]:
    """Group the steps that go on from one another and write each group as rows."""
    groups: list[list[Numbered]] = []
    for item in steps:
        if groups and (_goes_on(groups[-1][-1].step, item.step) or _confirms(item.step, groups[-1])):
            groups[-1].append(item)
        else:
            groups.append([item])
    telling = _Telling(lang, brief, link, set())  # a section tells a condition once
    return tuple(_block(group, telling) for group in groups)


def _states(step: Step, result: sp.Basic, context: Context) -> bool:
    """Does the step end in this result, or give it as `name = value`?"""
    if not isinstance(result, sp.Eq):  # an inequality may end in 0 as an entry of the information does
        return step.kind != "inequality" and _same(step.after, result)
    if isinstance(result.lhs, sp.Derivative) and step.kind == "equal" and not result.rhs.is_number:
        return _same(step.after, result.rhs)
    if step.before == result.lhs and _same(step.after, result.rhs):
        return True
    if step.kind == "hypothesis" and result.rhs == 0:  # no closed form: the equation itself is the result
        return _same(step.before, without_hats(result, context))
    return any(_same(e, result) for e in statements(step.after) if isinstance(e, sp.Eq) and e.lhs == result.lhs)


def _same(first: sp.Basic, second: sp.Basic) -> bool:
    """Equal but for the names of bound indices."""
    return bool(first == second) or bool(readable(first) == readable(second))


def _uses(step: Step, result: sp.Basic) -> bool:
    """Does the step hold this result? A lone symbol is not worth a reference."""
    worth_it = bool(result.args) and not isinstance(result, (sp.Indexed, Relational))
    return worth_it and bool(step.before.has(result) or step.after.has(result))


def _goes_on(last: Step, step: Step) -> bool:
    if last.kind == step.kind == "hypothesis":
        return True
    if last.kind == "solves":
        return False
    same_kind = (last.kind in _LINES and step.kind in _LINES[1:]) or (
        last.kind == "equivalent" and step.kind in _STATEMENTS
    )
    return same_kind and last.after == step.before


def _confirms(step: Step, group: Sequence[Numbered]) -> bool:
    """Does the step check by insertion what the group has just found from the same equation?"""
    first, last = group[0].step, group[-1].step
    if step.kind != "solves" or {item.step.kind for item in group} != {"equivalent"}:
        return False
    return bool(step.before == sp.Tuple(first.before) and step.after == sp.Tuple(last.after))


def _block(group: Sequence[Numbered], telling: _Telling) -> Block:
    *kept, last = group
    if not kept or not _confirms(last.step, kept):
        return Block(tuple(_rows_of(group, telling)))
    *rows, found = _rows_of(kept, telling)
    words = vocabulary(telling.lang)
    both = reasons.fill(words.also, {"first": found.reason, "second": telling.reason(last)})
    mark, number = _mark([kept[-1], last], telling.lang), found.number or last.number
    return Block((*rows, replace(found, reason=both, mark=mark, number=number)))


def _rows_of(group: Sequence[Numbered], telling: _Telling) -> list[Row]:
    rows: list[Row] = []
    first = group[0].step
    if first.kind in _STATEMENTS:
        rows += [Row(None, "", equation) for equation in statements(first.before)]
    for place, (item, skipped) in enumerate(_kept(group) if telling.brief else [(item, ()) for item in group]):
        new = _rows(item, skipped, telling, leading=place == 0)
        if rows and _looks_the_same(rows[-1], new):
            rows[-1] = replace(rows[-1], number=rows[-1].number or new[0].number)
        else:
            rows += new
    return rows


def _looks_the_same(last: Row, new: Sequence[Row]) -> bool:
    """A proved step between two forms that are written alike, log(Γ(x)) and log Γ(x), needs no line."""
    if len(new) != 1 or new[0].left is not None or (last.left is None and last.sign == "") or new[0].sign != "=":
        return False
    return new[0].mark in ("", last.mark) and layout(last.right) == layout(new[0].right)


def _kept(group: Sequence[Numbered]) -> list[tuple[Numbered, tuple[Numbered, ...]]]:
    """The steps that a brief page shows, each with those left out before it."""
    kept: list[tuple[Numbered, tuple[Numbered, ...]]] = []
    skipped: tuple[Numbered, ...] = ()
    for item in group:
        if item.number is not None or item.step.kind in ("definition", "hypothesis") or item is group[-1]:
            kept.append((item, skipped))
            skipped = ()
        else:
            skipped = (*skipped, item)
    if kept[0][1]:  # the line still starts where its first step started
        item, before = kept[0]
        kept[0] = (replace(item, step=replace(item.step, before=before[0].step.before)), before)
    return kept


def _rows(item: Numbered, skipped: tuple[Numbered, ...], telling: _Telling, leading: bool) -> list[Row]:
    step, lang, told = item.step, telling.lang, telling.told
    if skipped:
        conditions = dict.fromkeys(g for s in (*skipped, item) for g in s.step.given if not isinstance(g, sp.Eq))
        reason: Pieces = (vocabulary(lang).steps.format(count=len(skipped) + 1),)
        if any(g not in told for g in conditions):
            needed = reasons.joined((g for g in conditions if g not in told), lang)
            reason = reasons.fill(vocabulary(lang).needs, {"reason": reason, "given": needed})
            told.update(conditions)
    else:
        reason = telling.reason(item)
    mark = _mark([*skipped, item], lang)
    if step.kind in _LINES:
        left = step.before if leading else None
        if step.kind == "substitution":
            reason = (*_about(step.after, lang), *reason)
        return [Row(left, _SIGNS.get(step.relation, step.relation), step.after, reason, mark, item.number)]
    shown = step.before if step.kind == "hypothesis" else step.after
    sign = "⇔" if step.kind in _STATEMENTS else ""
    if step.kind == "solves":
        sign = _SIGNS.get(step.relation, step.relation).replace("=", "⇐")
    rows = [Row(None, sign if n == 0 else "", statement) for n, statement in enumerate(statements(shown))]
    rows[0] = replace(rows[0], reason=reason, mark=mark, number=item.number)
    return rows


def _about(value: sp.Basic, lang: str) -> Pieces:
    """The first digits of a number that has no end in decimals."""
    ends = value.is_Rational and 10**_DIGITS % value.q == 0
    return (
        ()
        if ends or not value.is_number or not value.is_real
        else (f"≈ {float(value):.{_DIGITS}g}{vocabulary(lang).listing}",)
    )


def _mark(items: Sequence[Numbered], lang: str) -> str:
    """What the checker says of these steps together; nothing where there is no claim or no report."""
    verdicts = [item.verdict for item in items if item.verdict is not None]
    worst = min(verdicts, key=lambda v: WORST_FIRST.index(v.status), default=None)
    if worst is None or worst.status not in MARKS:
        return ""
    words = vocabulary(lang)
    mark = f"{MARKS[worst.status]} {words.verdicts[worst.status]}"
    if worst.counterexample:
        values = ", ".join(f"{name} = {value}" for name, value in worst.counterexample.items())
        return f"{mark} {words.counterexample.format(values=values)}"
    return mark if worst.status == "proved" else f"{mark}: {worst.reason}" if worst.reason else mark
