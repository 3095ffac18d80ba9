"""Matrices, arrays and cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.read.syntax import parser_names, tree
from derive.read.syntax.tree import Node, Span, Unreadable
from derive.read.syntax.vocabulary import CASES, MATRICES

if TYPE_CHECKING:
    from derive.read.syntax.parser import Parser

#: Words before a condition that say only that it is one.
_IF = frozenset({"if", "for", "when", "where", "with", "falls", "wenn", "si"})


def table(parser: Parser) -> Node:
    """An environment of cells, from its `\\begin` on.

    Raises:
        Unreadable: the environment is not known here.
    """
    start, name = parser.at, parser.text()
    if name in CASES:
        return tree.Cases(*_cases(parser, start))
    if name not in MATRICES:
        raise Unreadable(f"the environment {name} is not known here", parser.here())
    rows = cells(parser)
    read = tuple(tuple(_cell(parser, cell) for cell in row) for row in rows)
    parser.at = parser.pairs.closing[start] + 1
    return tree.Matrix(parser.since(start), MATRICES[name], read)


def behind_brace(parser: Parser) -> Node:
    """`\\left\\{ \\begin{array}{ll} … \\end{array} \\right.`: cases."""
    start = parser.at
    closing = parser.pairs.closing[start]
    parser.take()
    if parser.text() not in MATRICES and parser.text() not in CASES and parser.text() not in ("aligned", "split"):
        raise Unreadable(f"the environment {parser.text()} is not known here", parser.here())
    if parser.pairs.closing[parser.at] != closing - 1:
        raise Unreadable("cases end before their brace does", parser.tokens[parser.pairs.closing[parser.at]].span)
    _, rows = _cases(parser, start)
    parser.at = closing + 1
    return tree.Cases(parser.since(start), rows)


def _cases(parser: Parser, start: int) -> tuple[Span, tuple[tuple[Node, Node | None], ...]]:
    """The rows of cases, whose environment begins at the cursor."""
    opening = parser.at
    found: list[tuple[Node, Node | None]] = []
    for row in cells(parser):
        parts = [cell for cell in row if cell[0] < cell[1]]
        if not 1 <= len(parts) <= 3:
            raise Unreadable(
                "a case has a value and a condition", Span(parser.tokens[opening].start, parser.tokens[opening].end)
            )
        if len(parts) == 1:
            parts = _parted(parser, parts[0])
        value = _cell(parser, parts[0])
        condition = _condition(parser, (parts[1][0], parts[-1][1])) if len(parts) > 1 else None
        found.append((value, condition))
    parser.at = parser.pairs.closing[opening] + 1
    return parser.since(start), tuple(found)


def _parted(parser: Parser, cell: tuple[int, int]) -> list[tuple[int, int]]:
    """A case without `&`: the value ends where words begin, as in `1 \\text{ if } x > 0`."""
    begin, end = cell
    place = begin
    while place < end:
        token = parser.tokens[place]
        if place > begin and token.kind == "text" and parser_names.is_prose(token.text):
            return [(begin, place), (place, end)]
        place = parser.pairs.closing.get(place, place) + 1
    return [cell]


def cells(parser: Parser) -> list[list[tuple[int, int]]]:
    """The stretches of tokens that the cells of the environment at the cursor are, row by row."""
    opening = parser.at
    closing = parser.pairs.closing[opening]
    rows: list[list[tuple[int, int]]] = [[]]
    begin = place = opening + 1
    while place <= closing:
        kind = parser.tokens[place].kind
        if kind in ("amp", "row", "end") and (kind != "end" or place == closing):
            rows[-1].append((begin, place))
            begin = place + 1
            if kind == "row":
                rows.append([])
        place = parser.pairs.closing.get(place, place) + 1
    return [row for row in rows if any(begin < end for begin, end in row)]


def _trimmed(parser: Parser, cell: tuple[int, int]) -> tuple[int, int]:
    """A cell without the punctuation at its end."""
    begin, end = cell
    while end > begin and parser.tokens[end - 1].kind in ("separator", "point", "quad"):
        end -= 1
    return begin, end


def _cell(parser: Parser, cell: tuple[int, int]) -> Node:
    """What stands in a cell; `Empty` where nothing does."""
    begin, end = _trimmed(parser, cell)
    if begin == end:
        place = parser.tokens[begin].start
        return tree.Empty(Span(place, place))
    return parser.within(begin, end, lambda: parser.listed(top=True))


def _condition(parser: Parser, cell: tuple[int, int]) -> Node:
    """The condition of a case: `\\text{if } x > 0`, `x > 0`, `\\text{otherwise}`, words."""
    begin, end = _trimmed(parser, cell)
    while begin < end and parser.tokens[begin].kind in ("amp", "quad"):
        begin += 1
    token = parser.tokens[begin]
    if begin == end:
        return tree.Empty(Span(token.start, token.start))
    if token.kind == "text" and begin + 1 < end and token.text.strip().lower() in _IF:
        begin += 1
    inner = parser.tokens[begin:end]
    words = any(part.kind == "text" and parser_names.is_prose(part.text) for part in inner)
    if words or all(part.kind in ("text", "word") for part in inner):
        shown = " ".join(" ".join(part.text.split()) for part in inner)
        return tree.Text(Span(inner[0].start, inner[-1].end), shown)
    return parser.within(begin, end, lambda: parser.listed(top=True))
