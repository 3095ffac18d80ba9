"""What a page can hold that is mathematics, and how each piece is shown to be right.

A `Block` is a display of aligned lines. Each line brings the steps that justify it, in the context in which they hold;
`verified` asks the checker for its verdict on every one. What is not shown stops the build.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import sympy as sp

from derive.algebra.context import Context
from derive.checker import Verdict, check_step
from derive.derivation import Step
from derive.render.tree import Node
from source import certified

#: The verdict that each kind of step must get.
WANTED = {
    "equal": "proved",
    "inequality": "proved",
    "equivalent": "proved",
    "solves": "proved",
    "maximises": "proved",
    "definition": "definition",
    "hypothesis": "hypothesis",
    "substitution": "substitution",
}
#: Seconds that the checker may take for one step.
PATIENT = 30

Words = dict[str, str]  # language → text, with {name} for the page's formulas


class NotShownError(AssertionError):
    """A line that the checker does not confirm."""


@dataclass(frozen=True)
class Check:
    """A step and the context in which it is claimed; `wanted` where its verdict is to be another than usual."""

    step: Step
    context: Context
    wanted: str = ""


@dataclass(frozen=True)
class Decimal:
    """A number to so many places; `at` gives the values at which the expression is taken."""

    expr: sp.Expr
    places: int
    at: tuple[sp.Basic, ...] = ()
    context: Context = field(default_factory=Context)

    @property
    def value(self) -> Any:
        """The exact value, or a ball."""
        return certified.value(self.expr, {e.lhs: e.rhs for e in self.at}, self.context)

    @property
    def text(self) -> str:
        """The rounded number."""
        return certified.decimal(self.value, self.places)


@dataclass(frozen=True)
class Grid:
    """A matrix written out, row by row."""

    rows: tuple[tuple[Side, ...], ...]


@dataclass(frozen=True)
class Beside:
    """Sides written one after the other, as factors are; a minus may lead them."""

    sides: tuple[Side, ...]
    negative: bool = False


@dataclass(frozen=True)
class Sign:
    """A sign that the pages explain, as LaTeX."""

    latex: str


Side: TypeAlias = "sp.Basic | Node | Sign | Decimal | Grid | Beside"


@dataclass(frozen=True)
class Line:
    """One line of a display: `left sign right`, why, and what shows it."""

    left: Side | None
    sign: str
    right: Side
    checks: tuple[Check, ...] = ()
    why: Words | Step | None = None  # words of one's own, or the step whose rule is told


@dataclass(frozen=True)
class Block:
    """Lines aligned at their signs. `places`: how many decimals the given numbers were printed with."""

    lines: tuple[Line, ...]
    numbered: bool = False
    places: int | None = None


@dataclass(frozen=True)
class Statement:
    """A formula within a sentence that claims something."""

    check: Check


@dataclass(frozen=True)
class Table:
    """A table: a heading row and rows of cells; a string stands as it is. `checks` show what its cells claim."""

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    places: int | None = None
    checks: tuple[Check, ...] = ()


Cell: TypeAlias = "str | Words | Side"


@dataclass(frozen=True)
class Page:
    """The mathematics of one page, by the names that its text uses."""

    blocks: Mapping[str, Block]
    inline: Mapping[str, Side | Statement] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    snippet: str = ""
    names: tuple[str, ...] = ()  # of all pages

    def checks(self) -> list[Check]:
        """Everything that is claimed on the page."""
        found = [check for block in self.blocks.values() for line in block.lines for check in line.checks]
        found += [check for table in self.tables.values() for check in table.checks]
        return found + [value.check for value in self.inline.values() if isinstance(value, Statement)]


_VERDICTS: dict[tuple[Step, Context], Verdict] = {}


def verdict(check: Check) -> Verdict:
    """What the checker says; each step is checked once."""
    key = (check.step, check.context)
    if key not in _VERDICTS:
        _VERDICTS[key] = check_step(check.step, check.context, PATIENT)
    return _VERDICTS[key]


def verified(page: Page, name: str) -> Counter[str]:
    """How many steps got which verdict; NotShownError at the first that is not as it must be."""
    counted: Counter[str] = Counter()
    for check in dict.fromkeys(page.checks()):
        found = verdict(check)
        if found.status != (check.wanted or WANTED[check.step.kind]):
            step = check.step
            raise NotShownError(
                f"{name}: {step.before} {step.relation} {step.after} is {found.status}: {found.reason}"
                f" {found.counterexample or ''}"
            )
        counted[found.status] += 1
    return counted


def line(
    step: Step, context: Context, why: Words | None = None, left: Side | None = None, right: Side | None = None
) -> Line:
    """The line of a step; `left` and `right` where it is shown otherwise than it is checked."""
    after = step.after if right is None else right
    return Line(left or step.before, step.relation, after, (Check(step, context),), step if why is None else why)


def chain(*lines: Line, numbered: bool = False, places: int | None = None) -> Block:
    """Lines that go on from one another: only the first shows its left side."""
    first, *rest = lines
    shown = tuple(Line(None, x.sign, x.right, x.checks, x.why) for x in rest)
    return Block((first, *shown), numbered, places)


def rounded(expr: sp.Expr, places: int, at: tuple[sp.Basic, ...] = (), context: Context | None = None) -> Line:
    """The line that ends a chain in a decimal."""
    return Line(None, "≈", Decimal(expr, places, at, context or Context()))
