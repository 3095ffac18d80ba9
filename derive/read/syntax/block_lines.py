"""The printed rows of a block, and how they are put together where a formula goes on over several."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.read.syntax.parser_names import is_prose
from derive.read.syntax.tokens import Token
from derive.read.syntax.vocabulary import ROWED

#: What opens and closes.
_DEPTH = {"{": 1, "open": 1, "begin": 1, "}": -1, "close": -1, "end": -1}


#: Kinds of operators, at which a formula goes on.
OPERATORS = ("sign", "times", "join")


@dataclass
class Line:
    """A printed row while rows are joined: its tokens without `&`, and where its columns were."""

    tokens: list[Token]
    number: int
    indented: bool
    tag: str | None = None
    label: str | None = None
    joins: bool = False
    note: bool = False

    @property
    def starts(self) -> str:
        """The kind of its first token."""
        return self.tokens[0].kind

    @property
    def ends(self) -> str:
        """The kind of its last token; a `\\right.` at the end is looked through."""
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

    def worded(self) -> bool:
        """Whether words stand outside of all fences and braces, so that an indented row speaks of the row above."""
        depth = 0
        for before, token in zip([None, *self.tokens], self.tokens, strict=False):
            depth += _DEPTH.get(token.kind, 0)
            scripted = before is not None and before.kind in ("sub", "sup")
            if depth <= 0 and token.kind in ("text", "reason") and not scripted:
                return True
        return False

    def prose(self) -> bool:
        """Whether it holds words that join statements."""
        return any(token.kind == "reason" or (token.kind == "text" and is_prose(token.text)) for token in self.tokens)


def printed(tokens: list[Token]) -> list[Line]:
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


def _line(tokens: list[Token], number: int, aligned: bool) -> Line:
    """A printed row without its `&`, its tag, its label and the spaces at its end.

    In environments that align, every second `&` begins another equation: it becomes a wide space.
    """
    tag = label = None
    kept: list[Token] = []
    inner, columns, indented = 0, 0, False
    spaced = False
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
        elif token.kind == "quad" and not kept:
            spaced = indented
        else:
            kept.append(token)
    while kept and kept[-1].kind in ("quad", "column"):
        kept.pop()
    line = Line(_columns(_reasons(kept, indented)), number, indented, tag, label)
    line.note = spaced and bool(line.tokens) and line.starts not in (*OPERATORS, "relation") and line.worded()
    return line


def _reasons(tokens: list[Token], indented: bool) -> list[Token]:
    """Words in a column of their own, or that begin an indented row, are a reason up to the end of the row.

    Whatever these words are, the formulas among them do not go on from the formula beside them or above.
    """
    begins = indented and bool(tokens) and tokens[0].kind == "text"
    columns = [index for index, token in enumerate(tokens) if token.kind == "column"]
    start = 0 if begins else columns[0] + 1 if columns else len(tokens)
    while start < len(tokens) and tokens[start].kind in ("column", "quad"):
        start += 1
    if start >= len(tokens) or tokens[start].kind != "text":
        return tokens
    found, depth = tokens[:start], 0
    for token, before in zip(tokens[start:], [None, *tokens[start:]], strict=False):
        depth += _DEPTH.get(token.kind, 0)
        words = token.kind == "text" and depth == 0 and not (before is not None and before.kind in ("sub", "sup"))
        found.append(replace(token, kind="reason") if words else token)
    return found


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
        rest = Line([later for later in tokens[index + 1 :] if later.kind != "column"], 0, False)
        if rest.relation() or rest.prose() or after.kind in ("text", "reason", "word", "open"):
            found.append(replace(token, kind="quad", text="quad"))
        else:
            found.append(replace(token, kind="bad", text="a third column that is no equation"))
    return found


def joined(lines: list[Line]) -> list[Line]:
    """Printed rows put together where a formula goes on."""
    found: list[Line] = []
    reach = -1
    for index, line in enumerate(lines):
        if found and (index <= reach or _goes_on(found[-1], line)):
            _append(found[-1], line)
        else:
            found.append(replace(line, tokens=list(line.tokens)))
        reach = max(reach, _closes(lines, index) if index > reach else reach)
    return found


def _closes(lines: list[Line], index: int) -> int:
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


def _goes_on(before: Line, line: Line) -> bool:
    """Whether a row continues the formula of the row before it."""
    if line.starts == "relation":
        return False
    if line.joins or before.ends in OPERATORS or before.ends == "relation":
        return True
    if line.starts in ("times", "join") or (line.starts == "sign" and line.tokens[0].text == "+"):
        return True
    if line.starts == "sign":
        return line.indented or not line.relation()
    if before.ends in ("separator", "point") or line.starts in ("dots", "word", "text", "reason"):
        return False
    return line.indented and before.relation() and not line.relation() and not line.prose() and not foreign(line.tokens)


def _append(before: Line, line: Line) -> None:
    """Put a row behind the one that it continues; an operator printed on both rows counts once."""
    more = list(line.tokens)
    last = before.tokens[-1]
    if before.ends in OPERATORS and (more[0].kind, more[0].text) == (last.kind, last.text):
        del more[0]
    before.tokens.extend(more)
    before.tag, before.label = before.tag or line.tag, before.label or line.label


def foreign(tokens: list[Token]) -> bool:
    """Whether words of Chinese, Japanese or Korean stand outside of braces."""
    depth = 0
    for token in tokens:
        depth += {"{": 1, "}": -1}.get(token.kind, 0)
        if token.kind == "word" and depth == 0:
            return True
    return False
