"""What a row of tokens needs to know of itself before it is read: which fence answers which, and where integrals end.

Everything here is one walk over the tokens, so that the parser never has to look ahead or try twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from derive.read.syntax.tokens import Token
from derive.read.syntax.tree import Malformed, Unreadable
from derive.read.syntax.vocabulary import ANSWERS, INTEGRALS

_NEGATED = {"=": "\\neq", "\\in": "\\notin", "\\leq": "\\not\\leq"}
_WRAPPER = re.compile(r"\\(?:text|mathrm|textrm|mbox|eqref)\s*\{([^{}]*)\}")


@dataclass
class Pairs:
    """The structure of a row.

    `closing` maps the index of what opens to that of what closes; `infix` the opening (-1 for the row) to `\\over` or
    `\\choose` directly inside it; `bars` a bar to how many such bars are left in its part of the formula, itself
    included; `differentials` an integral sign to the `d` that ends it.
    """

    closing: dict[int, int] = field(default_factory=dict)
    infix: dict[int, int] = field(default_factory=dict)
    bars: dict[int, int] = field(default_factory=dict)
    differentials: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Level:
    """What lies between one pair of fences, while it is walked through."""

    kind: str
    index: int
    bars: list[int] = field(default_factory=list)
    integrals: list[int] = field(default_factory=list)


def fold(tokens: list[Token], source: str, offset: int) -> list[Token]:
    """Relations take what is written over or under them, and `\\not`; spaces and line ends inside fences go.

    Raises:
        Unreadable: something is written over a sign that is no relation.
    """
    braces = _braces(tokens)
    found: list[Token] = []
    depth, at = 0, 0
    rows: list[bool] = []
    while at < len(tokens):
        token = tokens[at]
        if token.kind in ("{", "open", "begin"):
            depth += 1
            rows.append(token.kind == "begin" or (at > 0 and tokens[at - 1].text == "substack"))
        elif token.kind in ("}", "close", "end"):
            depth -= 1
            rows = rows[:-1]
        elif token.kind == "row" and rows and not rows[-1]:  # a broken line inside of braces ends no row
            at += 1
            continue
        if token.kind == "command" and token.text in ("overset", "stackrel", "underset"):
            first = _argument(tokens, braces, at + 1)
            second = _argument(tokens, braces, first[1]) if first else None
            if first and second and (second[1] - second[0]) in (1, 3):
                inner = tokens[second[0] + (second[1] - second[0] > 1)]
                if inner.kind == "relation":
                    begin, end = tokens[first[0]].start, tokens[first[1] - 1].end
                    found.append(Token("relation", inner.text, token.start, tokens[second[1] - 1].end))
                    found[-1].mark = _plain(source[begin - offset : end - offset])
                    at = second[1]
                    continue
        if token.kind == "command" and token.text in ("mathrel", "mathbin", "mathop"):
            inside = _argument(tokens, braces, at + 1)
            if inside and inside[1] - inside[0] in (1, 3):
                inner = tokens[inside[0] + (inside[1] - inside[0] > 1)]
                if inner.kind in ("relation", "times", "sign", "join", "bar"):
                    found.append(replace(inner, start=token.start, end=tokens[inside[1] - 1].end))
                    at = inside[1]
                    continue
        if (
            token.kind == "command"
            and token.text == "not"
            and at + 1 < len(tokens)
            and tokens[at + 1].kind == "relation"
        ):
            inner = tokens[at + 1]
            found.append(Token("relation", _NEGATED.get(inner.text, "\\not" + inner.text), token.start, inner.end))
            at += 2
            continue
        if not (token.kind == "quad" and depth > 0):
            found.append(token)
        at += 1
    return found


def mended(tokens: list[Token]) -> list[Token]:
    """Without the `\\right.` and `\\left.` that only break a pair of fences, so that TeX can end a row between them."""
    opened: list[Token] = []
    broken: list[tuple[int, Token]] = []
    gone: set[int] = set()
    for index, token in enumerate(tokens):
        after = tokens[index + 1].kind if index + 1 < len(tokens) else ""
        if token.kind == "open" and token.sized:
            if token.text == "." and broken:
                place, fence = broken.pop()
                gone |= {place, index}
                opened.append(fence)
            else:
                opened.append(token)
        elif token.kind == "close" and token.sized and opened:
            fence = opened.pop()
            if token.text == "." and fence.text != "." and after not in ("sub", "sup"):
                broken.append((index, fence))
    return [token for index, token in enumerate(tokens) if index not in gone]


def _plain(source: str) -> str:
    """What is written over a relation, without its braces and without how it is set."""
    text = source.strip()
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1].strip()
    return _WRAPPER.sub(r"\1", text).strip()


def _braces(tokens: list[Token]) -> dict[int, int]:
    found: dict[int, int] = {}
    waiting: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind == "{":
            waiting.append(index)
        elif token.kind == "}" and waiting:
            found[waiting.pop()] = index
    return found


def _argument(tokens: list[Token], braces: dict[int, int], at: int) -> tuple[int, int] | None:
    """Where an argument starts and where the next thing starts; braces included."""
    if at >= len(tokens):
        return None
    if tokens[at].kind == "{":
        return (at, braces[at] + 1) if at in braces else None
    return (at, at + 1)


def pairs_of(tokens: list[Token]) -> Pairs:
    """The structure of a row.

    Raises:
        Malformed: a parenthesis is never closed, or closes nothing.
        Unreadable: the same of another fence, a brace, an environment.
    """
    found = Pairs()
    levels = [_Level("row", -1)]
    for index, token in enumerate(tokens):
        kind = token.kind
        if levels[-1].integrals and is_differential(tokens, index):
            found.differentials[levels[-1].integrals.pop()] = index
        if kind in ("{", "begin") or kind == "open":
            levels.append(_Level("left" if kind == "open" and token.sized else kind, index))
        elif kind in ("}", "end", "close"):
            _close(found, levels, tokens, index)
        elif kind == "command" and token.text in ("over", "choose", "atop", "brack"):
            if levels[-1].index in found.infix:
                raise Unreadable(f"a second \\{token.text} between the same braces", token.span)
            found.infix[levels[-1].index] = index
        elif kind == "bar" and token.text != "\\mid" and not (token.sized and _scripted(tokens, index)):
            levels[-1].bars.append(index)
        elif kind in ("relation", "separator", "row", "amp"):
            _count(found, tokens, levels[-1])
            if kind != "separator":
                levels[-1].integrals.clear()
        elif kind == "big" and token.text in INTEGRALS:
            levels[-1].integrals.append(index)
    if len(levels) > 1:
        raise _unclosed(tokens, levels[-1].index)
    _count(found, tokens, levels[-1])
    return found


def _scripted(tokens: list[Token], index: int) -> bool:
    """Whether a script follows: a large bar takes what is before it at a point."""
    return index + 1 < len(tokens) and tokens[index + 1].kind in ("sub", "sup")


def _stray(tokens: list[Token], index: int) -> Unreadable:
    """A fence that closes nothing; `a)` and `iv)` number what follows."""
    token = tokens[index]
    numbering = index < 5 and all(before.kind in ("letter", "digit") for before in tokens[:index])
    kind = Malformed if token.text == ")" and not token.sized and not numbering else Unreadable
    return kind(f"“{token.text}” closes nothing", token.span)


def _unclosed(tokens: list[Token], index: int) -> Unreadable:
    """A fence that is never closed; `(0, 1[` is an interval in some countries."""
    token = tokens[index]
    brackets = sum({"[": 1, "]": -1}.get(other.text, 0) for other in tokens if other.kind in ("open", "close"))
    kind = Malformed if token.text == "(" and not token.sized and brackets == 0 else Unreadable
    shown = "brace" if token.kind == "{" else f"“{token.text}”"
    return kind(f"this {shown} is never closed", token.span)


def _close(found: Pairs, levels: list[_Level], tokens: list[Token], index: int) -> None:
    """Take note of what a closing token closes."""
    token = tokens[index]
    wanted = {"}": "{", "end": "begin", "close": "left" if token.sized else "open"}[token.kind]
    level = levels[-1]
    if level.kind != wanted:
        if level.kind == "row" or (token.kind == "close" and not token.sized):
            raise _stray(tokens, index)
        raise _unclosed(tokens, level.index)
    opening = tokens[level.index]
    if wanted == "open" and token.text not in ANSWERS.get(opening.text, ()):
        raise Unreadable(f"“{opening.text}” is closed by “{token.text}”", token.span)
    if wanted == "begin" and opening.text != token.text:
        raise Unreadable(f"\\begin{{{opening.text}}} is ended by \\end{{{token.text}}}", token.span)
    _count(found, tokens, level)
    levels.pop()
    found.closing[level.index] = index


def _count(found: Pairs, tokens: list[Token], level: _Level) -> None:
    """Number the bars of a part of a level from its end, each kind of bar by itself."""
    left: dict[str, int] = {}
    for index in reversed(level.bars):
        text = tokens[index].text
        left[text] = left.get(text, 0) + 1
        found.bars[index] = left[text]
    level.bars.clear()


def is_differential(tokens: list[Token], index: int) -> bool:
    """Whether a `d` that belongs to an integral starts here: `dx`, `\\mathrm{d}x`, `d\\boldsymbol\\theta`."""
    after = differential_name(tokens, index)
    if after is None or after >= len(tokens):
        return False
    if after == index + 1 and index and tokens[index - 1].kind in ("sub", "sup"):
        return False
    return tokens[after].kind in ("letter", "symbol", "accent", "style", "word")


def differential_name(tokens: list[Token], index: int) -> int | None:
    """The index behind the `d` itself, where one starts here."""
    if tokens[index].kind == "letter" and tokens[index].text == "d":
        inside = index and tokens[index - 1].kind in ("style", "{") and index > 1 and tokens[index - 2].kind == "style"
        return None if inside or (index and tokens[index - 1].kind == "style") else index + 1
    if [token.text for token in tokens[index : index + 4]] == ["{", "rm", "d", "}"]:
        return index + 4
    if tokens[index].kind != "style":
        return None
    shape = [token.text for token in tokens[index + 1 : index + 4]]
    if shape[:1] == ["d"]:
        return index + 2
    return index + 4 if shape == ["{", "d", "}"] else None
