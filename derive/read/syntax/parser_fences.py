"""Groups: what stands between fences, and between bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.read.syntax import parser_tables, tree
from derive.read.syntax.tree import Node, Span, Unreadable

if TYPE_CHECKING:
    from derive.read.syntax.parser import Parser


def fenced(parser: Parser) -> Node:
    """What stands between fences: a group, a matrix with its brackets, cases behind one brace."""
    start = parser.at
    opening = parser.text()
    closing = parser.tokens[parser.pairs.closing[parser.at]].text
    if closing == "." and opening == "\\{" and parser.kind(1) == "begin":
        return parser_tables.behind_brace(parser)
    if parser.pairs.closing[parser.at] == parser.at + 1:
        body: Node = tree.Empty(Span(parser.tokens[start].end, parser.tokens[start].end))
        parser.at += 2
    else:
        body = parser.inside(parser.listed)
    if isinstance(body, tree.Matrix) and not body.fence and opening in ("(", "[", "|", "\\|") and closing != ".":
        return tree.Matrix(parser.since(start), opening, body.rows)
    return tree.Group(parser.since(start), opening, closing, body)


def barred(parser: Parser) -> Node:
    """`|x|` or `\\|x\\|` from its first bar on."""
    start, bar, saved = parser.at, parser.take(), (parser.fence, parser.bare)
    double = bar.text == "|" and parser.kind() == "bar" and parser.text() == "|"
    if double:
        parser.take()
    parser.fence, parser.bare = bar.text, False
    try:
        body = parser.expression()
        for _ in range(1 + double):
            if parser.kind() != "bar" or parser.text() != bar.text:
                raise Unreadable(f"“{bar.text}” is never closed", bar.span)
            parser.take()
    finally:
        parser.fence, parser.bare = saved
    fence = "\\|" if double else bar.text
    return tree.Group(parser.since(start), fence, fence, body)
