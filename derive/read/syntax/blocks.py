"""A display block → its rows: statements, words, and what could not be read, each by itself.

Rows are split at `\\\\` and joined again where a formula goes on: a row that begins with an operator, ends with one, or
leaves a fence open. A row that cannot be read does not take its neighbours with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

from derive.read.syntax import tree
from derive.read.syntax.block_lines import OPERATORS, Line, foreign, joined, printed
from derive.read.syntax.macros import Macro
from derive.read.syntax.parser import Parser
from derive.read.syntax.parser_names import is_prose
from derive.read.syntax.parser_pairs import fold, mended, pairs_of
from derive.read.syntax.tokens import Token, tokens_of
from derive.read.syntax.tree import Malformed, Node, Span, Statement, Text, Unreadable

_KANA = re.compile(r"[぀-ゟ]")
_ARROWS = ("\\Rightarrow", "\\Leftrightarrow", "\\Leftarrow", "\\to", "\\leadsto")


@dataclass(frozen=True)
class Row:
    """A logical row of a block: a statement that may run over several printed lines, words, or what is `Unreadable`.

    `span` is where it stands in the document. `number` counts the printed rows of the block from 0 (that of the first
    line); `remark` is true for what stands beside the formula behind a wide space or a word (`\\quad i = 1, …, n`).
    A row that begins with a relation goes on from the row before: the first side of its statement is `Empty`.
    """

    content: Statement | Text | Unreadable
    span: Span
    number: int
    remark: bool = False


def parse_block(source: str, offset: int = 0, macros: Mapping[str, Macro] = MappingProxyType({})) -> list[Row]:
    """The rows of a display block whose LaTeX starts at `offset` in its document, which may define `macros`.

    Never raises: what can't be read is a row too.
    """
    whole = Span(offset, offset + len(source))
    try:
        tokens = tokens_of(source, offset, macros)
    except Unreadable as trouble:
        return [Row(trouble, whole, 0)]
    found: list[Row] = []
    for line in joined(printed(tokens)):
        span = Span(line.tokens[0].start, line.tokens[-1].end)
        try:
            found.extend(_read(line, source, offset))
        except Unreadable as trouble:
            found.append(Row(trouble, span, line.number))
    return found


def parse_formula(source: str, offset: int = 0) -> Node:
    """The tree of one formula without rows: a `Statement` where it holds a relation, an expression otherwise.

    Raises:
        Unreadable: it is not understood, or it is more than one formula.
    """
    rows = parse_block(source, offset)
    whole = Span(offset, offset + len(source))
    if len(rows) != 1:
        trouble = next((row.content for row in rows if isinstance(row.content, Unreadable)), None)
        raise trouble or Unreadable("one formula was expected", whole)
    content = rows[0].content
    if isinstance(content, Unreadable):
        raise content
    if isinstance(content, Statement) and not content.relations:
        return content.sides[0]
    return content


def _read(line: Line, source: str, offset: int) -> list[Row]:
    """The statements and words of a logical row."""
    if len(line.tokens) == 1 and line.starts in (*OPERATORS, "relation"):  # the sign itself is spoken of
        sign = tree.Name(line.tokens[0].span, line.tokens[0].text, "operator")
        return [Row(Statement(sign.span, (sign,), ()), sign.span, line.number)]
    if foreign(line.tokens) and not line.relation():
        return [_as_words(line, source, offset)]
    for token in line.tokens:
        if token.kind == "bad":
            raise Unreadable(token.text, token.span)
    tokens = mended(_spaced(fold(line.tokens, source, offset)))
    pairs = pairs_of(tokens)
    parser = Parser(tokens, pairs)
    found: list[Row] = []
    pieces = _pieces(tokens, pairs.closing)
    for (_, end), (after, _) in pairwise(pieces):
        if tokens[end - 1].kind in OPERATORS and _is_words(tokens, after):
            if tokens[end - 1].text == "-" and not line.relation():  # a dash before an explanation
                return [_as_words(line, source, offset)]
            raise Unreadable("words inside the formula", tokens[after].span)
    for begin, end in pieces:
        where = Span(tokens[begin].start, tokens[end - 1].end)
        if end == begin + 1 and _is_words(tokens, begin):
            content: Statement | Text = Text(where, " ".join(tokens[begin].text.split()))
            found.append(Row(content, where, line.number, line.note or bool(found)))
            continue
        for statement in _statements(parser, begin, end):
            first = not any(isinstance(row.content, Statement) for row in found)
            if first:
                statement = replace(statement, tag=line.tag, label=line.label)
            elif isinstance(statement.sides[0], tree.Empty):
                raise Unreadable("words or a wide space stand inside the formula", where)
            found.append(Row(statement, statement.span, line.number, line.note or bool(found)))
    return found


def _as_words(line: Line, source: str, offset: int) -> Row:
    """A row of prose."""
    span = Span(line.tokens[0].start, line.tokens[-1].end)
    return Row(Text(span, " ".join(source[span.start - offset : span.end - offset].split())), span, line.number)


def _spaced(tokens: list[Token]) -> list[Token]:
    """Without the wide spaces beside a relation or an operator: they part nothing."""
    joins = (*OPERATORS, "relation", "quad")
    found: list[Token] = []
    for index, token in enumerate(tokens):
        after = tokens[index + 1].kind if index + 1 < len(tokens) else ""
        if token.kind == "quad" and ((found and found[-1].kind in joins) or after in joins):
            continue
        found.append(token)
    return found


def _is_words(tokens: list[Token], index: int) -> bool:
    """Whether a token is words that join statements: prose in `\\text`, Japanese with kana."""
    token = tokens[index]
    if token.kind == "word":
        return bool(_KANA.search(token.text))
    if token.kind == "reason":
        return True
    scripted = index > 0 and tokens[index - 1].kind in ("sub", "sup")
    if token.kind != "text" or scripted or not is_prose(token.text):
        return False
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    before = tokens[index - 1] if index else None
    equated = after is not None and after.kind == "relation" and after.text not in _ARROWS
    return not equated and not (before is not None and before.kind == "relation" and before.text == "=")


def _pieces(tokens: list[Token], closing: dict[int, int]) -> list[tuple[int, int]]:
    """Where the pieces of a row begin and end: parted by wide spaces and words; punctuation at the ends is gone."""
    cuts: list[tuple[int, int]] = []
    begin = place = 0
    size = len(tokens)
    while place <= size:
        words = place < size and _is_words(tokens, place)
        if place == size or words or tokens[place].kind == "quad":
            cuts.append((begin, place))
            if words:
                cuts.append((place, place + 1))
            begin = place + 1
        place = closing.get(place, place) + 1
    pieces: list[tuple[int, int]] = []
    for begin, end in cuts:
        while end > begin and tokens[end - 1].kind in ("separator", "point") and not _is_words(tokens, begin):
            end -= 1
        while begin < end and tokens[begin].kind in ("separator", "point") and tokens[begin].text != ":":
            if tokens[begin].kind == "point" and begin + 1 < end and tokens[begin + 1].kind == "digit":
                break
            begin += 1
        if begin < end:
            pieces.append((begin, end))
    return pieces


def _statements(parser: Parser, begin: int, end: int) -> list[Statement]:
    """The statements of a piece: `a = 1, b = 2` is two."""
    body = parser.within(begin, end, lambda: parser.listed(top=True))
    items: tuple[Node, ...] = (body,)
    if isinstance(body, tree.Sequence) and any(isinstance(item, Statement) for item in body.items):
        items = body.items
    return [item if isinstance(item, Statement) else Statement(item.span, (item,), ()) for item in items]


__all__ = ["Malformed", "Row", "parse_block", "parse_formula"]
