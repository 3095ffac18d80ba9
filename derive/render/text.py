"""Text pages: Unicode mathematics in a terminal, `=` aligned, each reason beside its line or below it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp

from derive.derivation import Derivation
from derive.render import text_formula
from derive.render.domains import text_claim
from derive.render.names import plain_text, width
from derive.render.outlines import Entry, Outline, outline
from derive.render.presentation import layout
from derive.render.reasons import Pieces, typeset
from derive.render.rows import Block, Row
from derive.render.widths import hangs
from derive.render.words import vocabulary

if TYPE_CHECKING:
    from derive.checker.verdict import Report

COLUMNS = 100
INDENT = "  "
#: A reason goes beside its line where at least this many columns are left for it.
NARROWEST = 46
#: A formula within prose is kept on one line up to this width, between two marks that nobody sees.
UNBROKEN = 48
#: Lines are broken within brackets down to this depth.
MOST_BRACKETS = 4
#: A left side as short as this is not left alone on its line.
SHORT_LEFT = 16
#: A blank before a sum, a product, a bracket or a function.
_FACTOR = re.compile(r" (?=[Σ∏∫(]|exp\(|log |log\()")
_START, _END = "\ue000", "\ue001"
_TOKEN = re.compile(rf"{_START}[^{_END}]*{_END}|\s+|[^\s{_START}\u3000-\u9fff\uff00-\uffef]+|.")
_NOT_FIRST = "、。,.)」:;"


def expression(expr: sp.Basic, lang: str = "en") -> str:
    """An expression, equation or tuple of them on one line of Unicode."""
    return text_formula.formula(layout(expr), vocabulary(lang).otherwise)


def page(derivation: Derivation, lang: str = "en", depth: str = "full", report: Report | None = None) -> str:
    """The derivation as plain text; with the checker's marks where a report is given."""
    content = outline(derivation, lang, depth, report)
    lines = [content.title, "═" * width(content.title)]
    for part in content.parts:
        lines += ["", part.title, "─" * width(part.title)]
        if part.id == "given":
            lines += [*_symbols(content, lang), *([""] if part.blocks else [])]
        lines += _blocks(part.blocks, lang)
        for said in part.notes:
            lines += [*([""] if part.blocks else []), *_sentence(said, lang)]
        lines += ["", *_blocks(part.after, lang)] if part.after else []
    return "\n".join(line.rstrip() for line in [*lines, *_closing(content, lang)]) + "\n"


def wrap(text: str, limit: int) -> list[str]:
    """Break prose into lines of at most `limit` columns, Japanese between any two letters."""
    lines, line = [], ""
    for token in [part for whole in _TOKEN.findall(text) for part in _parts(whole, limit - 2)]:
        room = limit if token in _NOT_FIRST else limit - 2  # for a comma that must not open the next line
        if width(line + token.rstrip()) > room and line.strip():
            kept = line.rstrip()
            opening = kept[-1] if kept[-1] in "((「" else ""  # a bracket opens a line, it does not end one
            lines.append(kept.removesuffix(opening))
            line = opening
        line += token if line or token.strip() else ""
    return [*lines, line.rstrip()] if line.strip() else lines


def _parts(token: str, room: int) -> list[str]:
    """A token without its marks; a formula that no line has room for, piece by piece."""
    bare = token.strip(_START + _END)
    return [bare] if width(bare) <= room or bare == token else re.findall(r"\s+|\S+", bare)


def break_formula(text: str, limit: int) -> list[str]:
    """Break a line of mathematics before a sign, outside brackets where that is enough."""
    lines = [text]
    for depth in range(MOST_BRACKETS):
        lines = _filled(_pieces(text, depth), limit)
        if max(map(width, lines)) <= limit:
            return lines
    lines = [part for line in lines for part in _filled(_FACTOR.split(line), limit)]
    return [part for line in lines for part in (_filled(line.split(" "), limit) if width(line) > limit else [line])]


def _pieces(text: str, deepest: int) -> list[str]:
    """Cut before the signs that stand in at most `deepest` brackets; a sign at the start stays."""
    pieces, depth, start = [], 0, 0
    for place, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        sign = char == " " and text[place + 1 : place + 3] in ("+ ", "− ", "= ", "· ")
        if sign and text[place + 1] == "=" and place - start < SHORT_LEFT:
            continue  # log L = … is not broken before its first sign
        if sign and depth <= deepest and text[start:place].strip():
            pieces.append(text[start:place])
            start = place + 1
    return [*pieces, text[start:]]


def _filled(pieces: list[str], limit: int) -> list[str]:
    lines = pieces[:1]
    for piece in pieces[1:]:
        if width(lines[-1] + piece) + 1 <= limit:
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    return lines


def _symbols(content: Outline, lang: str) -> list[str]:
    told = [(_entry(entry), plain_text(entry.words)) for entry in content.entries]
    told += [(expression(size), plain_text(words)) for size, words in content.sizes]
    column = max((width(symbol) for symbol, _ in told), default=0) + 3
    lines = []
    for symbol, words in told:
        first, *rest = wrap(words, COLUMNS - column - len(INDENT))
        lines.append(INDENT + _padded(symbol, column) + first)
        lines += [INDENT + " " * column + line for line in rest]
    return lines


def _entry(entry: Entry) -> str:
    ranges = ", ".join(f"{expression(i)} = 1, …, {expression(n)}" for i, n in entry.ranges)
    claim = text_claim(entry.symbol, entry.variable.domain, expression)
    return f"{claim}  ({ranges})" if ranges else claim


def _blocks(blocks: tuple[Block, ...], lang: str) -> list[str]:
    column = _column([formula for block in blocks for formula in _formulas(block, lang)])
    lines: list[str] = []
    close = [len(block.rows) == 1 and all(width(f) < column for f in _formulas(block, lang)) for block in blocks]
    for place, block in enumerate(blocks):  # single lines stand below one another, anything taller apart
        lines += [""] if place and not (close[place - 1] and close[place]) else []
        lines += _block(block, column, lang)
    return lines


def _sentence(pieces: Pieces, lang: str) -> list[str]:
    return [INDENT + line for line in wrap(_prose(pieces, lang), COLUMNS - len(INDENT))]


def _formulas(block: Block, lang: str) -> list[str]:
    """The rows' formulas, aligned at their signs."""
    if hangs(block):
        below = Block((replace(block.rows[0], left=None), *block.rows[1:]))
        return [2 * INDENT + formula for formula in _formulas(below, lang)]
    lefts = ["" if row.left is None else expression(row.left, lang) for row in block.rows]
    signs = [row.sign for row in block.rows]
    left, sign = max(map(width, lefts)), max(map(width, signs))
    shown = []
    for row, before, mark in zip(block.rows, lefts, signs, strict=True):
        start = _padded(before, left) + (" " if left else "") + _padded(mark, sign) + (" " if sign else "")
        shown.append(start + expression(row.right, lang) + (f"   ({row.number})" if row.number else ""))
    return shown


def _column(formulas: list[str]) -> int:
    """Where the reasons of a part start."""
    room = COLUMNS - len(INDENT) - NARROWEST - 3
    return max((width(f) for f in formulas if width(f) <= room), default=0) + 3


def _block(block: Block, column: int, lang: str) -> list[str]:
    first = block.rows[0].left
    lines = []
    if first is not None and hangs(block):
        start, *more = break_formula(expression(first, lang), COLUMNS - 3 * len(INDENT))
        lines += [INDENT + start, *(3 * INDENT + line for line in more)]
    for row, formula in zip(block.rows, _formulas(block, lang), strict=True):
        lines += _row(row, formula, column, lang)
    return lines


def _row(row: Row, formula: str, column: int, lang: str) -> list[str]:
    said = list(filter(None, [_prose(row.reason, lang), _together(plain_text(row.mark))]))
    if width(formula) < column:
        beside = wrap("   ".join(said), COLUMNS - len(INDENT) - column) or [""]
        return [INDENT + _padded(formula if n == 0 else "", column) + line for n, line in enumerate(beside)]
    broken = break_formula(formula, COLUMNS - 7 * len(INDENT))
    lines = [INDENT + (broken[0] if n == 0 else 6 * INDENT + line) for n, line in enumerate(broken)]
    return lines + [5 * INDENT + line for line in wrap("   ".join(said), COLUMNS - 5 * len(INDENT))]


def _closing(content: Outline, lang: str) -> list[str]:
    title = vocabulary(lang).sections["shown"]
    lines = ["", title, "─" * width(title)]
    for sentence in content.closing:
        lines += _sentence(sentence, lang)
    return lines


def _prose(pieces: Pieces, lang: str) -> str:
    """Words and formulas; the formulas are not broken at the end of a line."""
    return typeset(pieces, lambda expr: _together(expression(expr, lang)), plain_text)


def _together(text: str) -> str:
    """Marks that keep a short formula on one line, and the terms of a long one."""
    if not text:
        return text
    pieces = [text] if width(text) <= UNBROKEN else _pieces(text, 0)
    return " ".join(piece if width(piece) > COLUMNS // 2 else f"{_START}{piece}{_END}" for piece in pieces)


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))
