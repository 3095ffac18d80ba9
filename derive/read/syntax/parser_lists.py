"""Lists in which some items are statements: `i, j = 1, \\ldots, n` is one statement about lists."""

from __future__ import annotations

from derive.read.syntax import tree
from derive.read.syntax.tree import Node, Span


def gathered(items: list[Node], separators: list[str]) -> tuple[list[Node], list[str]]:
    """Items without a relation go to the side beside them: `i, j = 1, \\ldots, n` is one statement."""
    found: list[Node] = []
    kept: list[str] = []
    waiting: list[Node] = []
    between: list[str] = []
    for index, item in enumerate(items):
        before = separators[index - 1] if index else ""
        if not isinstance(item, tree.Statement):
            if found and not waiting and isinstance(found[-1], tree.Statement):
                found[-1] = _with_last(found[-1], before, item)
            else:
                if waiting:
                    between.append(before)
                elif found:
                    kept.append(before)
                waiting.append(item)
            continue
        if waiting:
            item = _with_first(item, [*between, before], waiting)
            waiting, between = [], []
        elif found:
            kept.append(before)
        found.append(item)
    if waiting:
        found.extend(waiting)
        kept.extend(between)
    return found, kept


def _with_last(statement: tree.Statement, separator: str, item: Node) -> tree.Statement:
    """A statement whose last side goes on with another item."""
    side = statement.sides[-1]
    longer = _joined([side, item], [separator])
    span = Span(statement.span.start, item.span.end)
    return tree.Statement(span, (*statement.sides[:-1], longer), statement.relations, statement.marks)


def _with_first(statement: tree.Statement, separators: list[str], items: list[Node]) -> tree.Statement:
    """A statement whose first side begins with other items."""
    longer = _joined([*items, statement.sides[0]], separators)
    span = Span(longer.span.start, statement.span.end)
    return tree.Statement(span, (longer, *statement.sides[1:]), statement.relations, statement.marks)


def _joined(items: list[Node], separators: list[str]) -> tree.Sequence:
    """A flat sequence."""
    parts: list[Node] = []
    between: list[str] = []
    for index, item in enumerate(items):
        if index:
            between.append(separators[index - 1])
        if isinstance(item, tree.Sequence):
            parts.extend(item.items)
            between.extend(item.separators)
        else:
            parts.append(item)
    return tree.Sequence(Span(items[0].span.start, items[-1].span.end), tuple(between), tuple(parts))
