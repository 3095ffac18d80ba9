"""Rows of display blocks → steps: who says what equals what, on which line.

A chain a = b = c has two steps; a row that begins with a relation goes on from the row before, and a block that begins
with one goes on from the block before. An arrow ends a chain and starts another. A row with a left side of its own
starts a chain too, but remembers the equation before it in its block: solving an equation is written like that.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from derive.read.syntax import tree
from derive.read.syntax.blocks import Row, parse_block
from derive.read.syntax.tree import Malformed, Node, Span, Unreadable

#: Arrows between statements.
ARROWS = frozenset({"\\Rightarrow", "\\Leftrightarrow", "\\Leftarrow", "\\Longrightarrow", "\\leadsto"})
#: Relations that claim equality.
EQUAL = frozenset({"=", ":=", "=:", "\\equiv", "\\doteq"})
ORDER = {"\\leq": "≤", "\\geq": "≥", "<": "<", ">": ">"}


@dataclass(frozen=True)
class Step:
    """One relation with its two sides as trees.

    `block` and `row` count from 0; `first` is true where the left side is printed at this relation and starts a chain
    (False where it is carried over); `remark` marks what stands beside a formula; `trouble` is what could not be read.
    """

    before: Node | None
    relation: str
    after: Node | None
    block: int
    row: int
    first: bool
    span: Span
    mark: str = ""
    remark: bool = False
    left: Node | None = None
    trouble: Unreadable | None = None


@dataclass(frozen=True)
class Places:
    """Where characters of a text stand."""

    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Places:
        """The line starts of a text."""
        starts = [0]
        for place, letter in enumerate(text):
            if letter == "\n":
                starts.append(place + 1)
        return cls(tuple(starts))

    def line(self, offset: int) -> int:
        """The line (from 1) of a character."""
        return bisect_right(self.starts, offset)

    def column(self, offset: int) -> int:
        """The column (from 1) of a character."""
        return offset - self.starts[self.line(offset) - 1] + 1


@dataclass
class _Chain:
    """The side that the next relation goes on from, and the side that the chain began with."""

    side: Node | None = None
    start: Node | None = None
    steps: list[Step] = field(default_factory=list)


def rows_of(sources: Iterable[tuple[str, int]]) -> list[list[Row]]:
    """The rows of every block, given as LaTeX with the place where it starts."""
    return [parse_block(source, offset) for source, offset in sources]


def steps_of(blocks: list[list[Row]]) -> list[Step]:
    """All steps of an article, in reading order."""
    chain = _Chain()
    for number, rows in enumerate(blocks):
        opening = _content(rows)
        if not (opening is not None and opening.relations and isinstance(opening.sides[0], tree.Empty)):
            chain.side = chain.start = None
        for row in rows:
            _row(chain, row, number)
    return chain.steps


def _content(rows: list[Row]) -> tree.Statement | None:
    for row in rows:
        if isinstance(row.content, tree.Statement):
            return row.content
    return None


def _row(chain: _Chain, row: Row, block: int) -> None:
    content = row.content
    if isinstance(content, tree.Text):
        return
    if isinstance(content, Unreadable):
        trouble = Step(chain.side, "=", None, block, row.number, False, row.span, trouble=content, remark=row.remark)
        chain.steps.append(trouble)
        return
    if not content.relations:
        if not row.remark and not isinstance(content.sides[0], tree.Empty):
            chain.side = chain.start = content.sides[0]
        return
    carried = isinstance(content.sides[0], tree.Empty)
    noted = _starts_with_words(content.sides[0])
    content = replace(content, sides=tuple(map(_wordless, content.sides)))
    if (row.remark or noted) and not carried:
        chain = _Chain(steps=chain.steps)  # what stands beside a formula does not go on from it
    if not carried:
        chain.side = chain.start = content.sides[0]
    first = not carried
    marks = content.marks or ("",) * len(content.relations)
    for (_, right), relation, mark in zip(pairwise(content.sides), content.relations, marks, strict=False):
        if relation in ARROWS:
            chain.side = chain.start = right
            first = True
            continue
        if not isinstance(right, tree.Empty):
            step = Step(
                chain.side, relation, right, block, row.number, first, right.span, mark, row.remark, chain.start
            )
            chain.steps.append(step)
            chain.side, first = right, relation == ":"


def _starts_with_words(side: Node) -> bool:
    """Whether a row is a note: words, and then a formula that they speak of."""
    return isinstance(side, tree.Times) and _is_words(side.factors[0]) and not isinstance(side.factors[1], tree.Group)


def _is_words(node: Node) -> bool:
    return isinstance(node, tree.Text) or (isinstance(node, tree.Name) and node.style == "text")


def _wordless(side: Node) -> Node:
    """A side without the words before and behind it."""
    if not isinstance(side, tree.Times):
        return side
    first, last = 0, len(side.factors)
    while first < last - 1 and _is_words(side.factors[first]):
        first += 1
    while last - 1 > first and _is_words(side.factors[last - 1]):
        last -= 1
    if (first, last) == (0, len(side.factors)):
        return side
    factors = side.factors[first:last]
    span = Span(factors[0].span.start, factors[-1].span.end)
    return factors[0] if len(factors) == 1 else tree.Times(span, side.operators[first : last - 1], factors)


def values_beside(steps: list[Step]) -> dict[int, list[Step]]:
    """By the place of each step in its text, the values said beside it: `&& \\text{with } x_1 = 3`."""
    found: dict[int, list[Step]] = {}
    waiting: list[Step] = []
    row = (-1, -1)
    for step in steps:
        if not step.remark:
            here = (step.block, step.row)
            waiting, row = ([*waiting, step] if here == row else [step]), here
        elif step.block == row[0] and step.relation in EQUAL and step.after is not None:
            for other in waiting:
                found.setdefault(other.span.start, []).append(step)
    return found


def is_malformed(step: Step) -> bool:
    """Whether a step is no formula at all, rather than one that we could not read."""
    return isinstance(step.trouble, Malformed)


def renamed(step: Step, before: Node) -> Step:
    """The same step from another left side."""
    return replace(step, before=before)
