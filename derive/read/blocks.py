"""A display block → its rows: statements, words, and what could not be read, each by itself.

Rows are split at `\\\\` and joined again where a formula goes on: a row that begins with an operator, ends with one, or
leaves a fence open. A row that cannot be read does not take its neighbours with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from derive.read import tree
from derive.read.parser import Parser
from derive.read.parser_names import is_prose
from derive.read.parser_pairs import fold, mended, pairs_of
from derive.read.tokens import Token, tokens_of
from derive.read.tree import Malformed, Node, Span, Statement, Text, Unreadable
from derive.read.vocabulary import ROWED

_DEPTH = {"{": 1, "open": 1, "begin": 1, "}": -1, "close": -1, "end": -1}
OPERATORS = ("sign", "times", "join")
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


@dataclass
class _Line:
    """A printed row while rows are joined: its tokens without `&`, and where its columns were."""

    tokens: list[Token]
    number: int
    indented: bool
    tag: str | None = None
    label: str | None = None
    joins: bool = False

    @property
    def starts(self) -> str:
        return self.tokens[0].kind

    @property
    def ends(self) -> str:
        last = self.tokens[-1]
        if last.kind == "close" and last.text == "." and len(self.tokens) > 1:
            return self.tokens[-2].kind
        return last.kind

    def balance(self) -> tuple[int, int]:
        """How many fences are left open at the end, and how many close that were opened before.

        `\\right.` and `\\left.` only break a pair for TeX, so that a row can end between them.
        """
        opened: list[str] = []
        closed = 0
        for index, token in enumerate(self.tokens):
            if token.kind == "open":
                opened.append(token.text)
            elif token.kind == "close":
                after = self.tokens[index + 1].kind if index + 1 < len(self.tokens) else ""
                answered = opened.pop() if opened else ""
                if token.text == "." and answered not in (".", "\\{") and after not in ("sub", "sup"):
                    opened.append(answered)
                elif answered in ("", ".") and token.text != "." and after not in ("sub", "sup"):
                    closed, opened = closed + 1, opened[:0] if answered == "" else opened
        return sum(text not in ("", ".") for text in opened), closed

    def relation(self) -> bool:
        """Whether a relation stands outside of all fences and braces."""
        depth = 0
        for token in self.tokens:
            depth += _DEPTH.get(token.kind, 0)
            if depth <= 0 and token.kind == "relation":
                return True
        return False

    def prose(self) -> bool:
        """Whether it holds words that join statements."""
        return any(token.kind == "text" and is_prose(token.text) for token in self.tokens)


def parse_block(source: str, offset: int = 0) -> list[Row]:
    """The rows of a display block whose LaTeX starts at `offset` in its document. Never raises."""
    whole = Span(offset, offset + len(source))
    try:
        tokens = tokens_of(source, offset)
    except Unreadable as trouble:
        return [Row(trouble, whole, 0)]
    found: list[Row] = []
    for line in _joined(_lines(tokens)):
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


# -- printed rows -----------------------------------------------------------------------------------------------------


def _lines(tokens: list[Token]) -> list[_Line]:
    """The printed rows, with environments of rows opened up."""
    tokens = _opened(tokens)
    braces = _balanced(tokens)
    rows: list[list[Token]] = [[]]
    depth, inner, multiline, joins = 0, 0, False, [False]
    aligned = True
    for token in tokens:
        if token.kind == "begin" and token.text in ROWED and depth == 0 and inner == 0:
            multiline = token.text.startswith("multline")
            aligned = token.text.rstrip("*") not in ("eqnarray", "gather", "gathered", "multline", "multlined", "array")
            continue
        if token.kind == "end" and token.text in ROWED and depth == 0 and inner == 0:
            multiline = False
            rows.append([])
            joins.append(False)
            continue
        if braces:
            depth += {"{": 1, "}": -1}.get(token.kind, 0)
        inner = max(0, inner + {"begin": 1, "end": -1}.get(token.kind, 0))
        if token.kind == "row" and depth == 0 and inner == 0:
            rows.append([])
            joins.append(multiline)
        else:
            rows[-1].append(token)
    found = [_line(row, number, aligned) for number, row in enumerate(rows)]
    for line, join in zip(found, joins, strict=True):
        line.joins = join
    return [line for line in found if line.tokens]


def _balanced(tokens: list[Token]) -> bool:
    """Whether every brace is closed: where one is not, rows end at `\\\\` all the same."""
    depth = 0
    for token in tokens:
        depth += {"{": 1, "}": -1}.get(token.kind, 0)
        if depth < 0:
            return False
    return depth == 0


def _opened(tokens: list[Token]) -> list[Token]:
    """Without `\\left\\{ … \\right.` around a system of rows, and with an array of relations as rows."""
    start = next((n for n, token in enumerate(tokens) if token.kind not in ("label", "tag", "quad")), 0)
    stop = len(tokens)
    while stop > start and tokens[stop - 1].kind in ("label", "tag", "quad", "separator", "point"):
        stop -= 1
    if stop - start < 2:
        return tokens
    first, last = tokens[start], tokens[stop - 1]
    braced = first.kind == "open" and first.text == "\\{" and last.kind == "close" and last.text == "."
    if braced and tokens[start + 1].kind == "begin" and tokens[stop - 2].kind == "end":
        inside = tokens[start + 1 : stop - 1]
        if inside[0].text in ROWED or _is_system(inside):
            return tokens[:start] + _opened(inside) + tokens[stop:]
    if first.kind == "begin" and first.text == "array" and _is_system(tokens[start:stop]):
        rowed = [replace(first, text="eqnarray"), *tokens[start + 1 : stop - 1], replace(last, text="eqnarray")]
        return tokens[:start] + rowed + tokens[stop:]
    return tokens


def _is_system(tokens: list[Token]) -> bool:
    """Whether an array is one environment whose rows are statements: relations beside `&`, or no `&` at all."""
    depth = rows = relations = 0
    single = not any(token.kind == "amp" for token in tokens)
    for index, token in enumerate(tokens):
        if token.kind == "row" and depth == 1:
            rows += 1
        if token.kind == "relation" and depth == 1:
            beside = {tokens[index - 1].kind, tokens[min(index + 1, len(tokens) - 1)].kind}
            relations += single or "amp" in beside
        depth += {"{": 1, "open": 1, "begin": 1, "}": -1, "close": -1, "end": -1}.get(token.kind, 0)
        if depth == 0 and index < len(tokens) - 1:
            return False
    return relations > 0 and relations >= rows


def _line(tokens: list[Token], number: int, aligned: bool) -> _Line:
    """A printed row without its `&`, its tag, its label and the spaces at its end.

    In environments that align, every second `&` begins another equation: it becomes a wide space.
    """
    tag = label = None
    kept: list[Token] = []
    inner, columns, indented = 0, 0, False
    for token in tokens:
        inner += {"begin": 1, "end": -1}.get(token.kind, 0)
        if token.kind == "amp" and inner <= 0:
            indented = indented or not kept
            columns += 1
            if aligned and columns % 2 == 0 and kept:
                kept.append(replace(token, kind="column"))
        elif token.kind == "tag":
            tag = token.text
        elif token.kind == "label":
            label = token.text
        elif not (token.kind == "quad" and not kept):
            kept.append(token)
    while kept and kept[-1].kind in ("quad", "column"):
        kept.pop()
    return _Line(_columns(kept), number, indented, tag, label)


def _columns(tokens: list[Token]) -> list[Token]:
    """Wide spaces where another equation begins beside the first; a third column that is none is refused."""
    found: list[Token] = []
    depth = 0
    for index, token in enumerate(tokens):
        depth += _DEPTH.get(token.kind, 0)
        if token.kind != "column":
            found.append(token)
            continue
        after = next((later for later in tokens[index + 1 :] if later.kind not in ("column", "quad")), token)
        goes_on = (*OPERATORS, "relation")
        if depth > 0 or after.kind in goes_on or (found and found[-1].kind in goes_on):
            continue
        rest = _Line([later for later in tokens[index + 1 :] if later.kind != "column"], 0, False)
        if rest.relation() or rest.prose() or after.kind in ("text", "word", "open"):
            found.append(replace(token, kind="quad", text="quad"))
        else:
            found.append(replace(token, kind="bad", text="a third column that is no equation"))
    return found


# -- logical rows -----------------------------------------------------------------------------------------------------


def _joined(lines: list[_Line]) -> list[_Line]:
    """Printed rows put together where a formula goes on."""
    found: list[_Line] = []
    reach = -1
    for index, line in enumerate(lines):
        if found and (index <= reach or _goes_on(found[-1], line)):
            _append(found[-1], line)
        else:
            found.append(replace(line, tokens=list(line.tokens)))
        reach = max(reach, _closes(lines, index) if index > reach else reach)
    return found


def _closes(lines: list[_Line], index: int) -> int:
    """The row in which the fences left open at the end of this one are closed; this one where they never are."""
    opened = lines[index].balance()[0]
    if not opened:
        return index
    for later in range(index + 1, min(index + 12, len(lines))):
        if lines[later].starts == "relation":
            return index
        more, fewer = lines[later].balance()
        opened -= fewer
        if opened < 0:
            return index
        if opened == 0 and more == 0:
            return later
        opened += more
    return index


def _goes_on(before: _Line, line: _Line) -> bool:
    """Whether a row continues the formula of the row before it."""
    if line.starts == "relation":
        return False
    if line.joins or before.ends in OPERATORS or before.ends == "relation":
        return True
    if line.starts in ("times", "join") or (line.starts == "sign" and line.tokens[0].text == "+"):
        return True
    if line.starts == "sign":
        return line.indented or not line.relation()
    if before.ends in ("separator", "point") or line.starts in ("dots", "word", "text"):
        return False
    return line.indented and before.relation() and not line.relation() and not line.prose() and not _words(line.tokens)


def _append(before: _Line, line: _Line) -> None:
    """Put a row behind the one that it continues; an operator printed on both rows counts once."""
    more = list(line.tokens)
    last = before.tokens[-1]
    if before.ends in OPERATORS and (more[0].kind, more[0].text) == (last.kind, last.text):
        del more[0]
    before.tokens.extend(more)
    before.tag, before.label = before.tag or line.tag, before.label or line.label


# -- reading ----------------------------------------------------------------------------------------------------------


def _words(tokens: list[Token]) -> bool:
    """Whether words of Chinese, Japanese or Korean stand outside of braces."""
    depth = 0
    for token in tokens:
        depth += {"{": 1, "}": -1}.get(token.kind, 0)
        if token.kind == "word" and depth == 0:
            return True
    return False


def _read(line: _Line, source: str, offset: int) -> list[Row]:
    """The statements and words of a logical row."""
    if len(line.tokens) == 1 and line.starts in (*OPERATORS, "relation"):  # the sign itself is spoken of
        sign = tree.Name(line.tokens[0].span, line.tokens[0].text, "operator")
        return [Row(Statement(sign.span, (sign,), ()), sign.span, line.number)]
    if _words(line.tokens) and not line.relation():
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
            found.append(Row(content, where, line.number, bool(found)))
            continue
        for statement in _statements(parser, begin, end):
            first = not any(isinstance(row.content, Statement) for row in found)
            if first:
                statement = replace(statement, tag=line.tag, label=line.label)
            elif isinstance(statement.sides[0], tree.Empty):
                raise Unreadable("words or a wide space stand inside the formula", where)
            found.append(Row(statement, statement.span, line.number, bool(found)))
    return found


def _as_words(line: _Line, source: str, offset: int) -> Row:
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
