"""Formulas, displays and tables as Markdown with `$…$` and `$$…$$`, as GitHub shows them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import sympy as sp

from derive.derivation import Step
from derive.render import latex_formula, latex_lines, text_formula
from derive.render.latex_widths import em
from derive.render.names import latex_text, width
from derive.render.presentation import layout
from derive.render.reasons import typeset as put_together
from derive.render.tree import Fraction, Node, Number
from derive.render.words import vocabulary
from source import reasons
from source.lines import Beside, Block, Cell, Decimal, Grid, Line, Side, Sign, Table, verdict

#: Widths in em: of a line; of a left side that still stands before its signs; of a formula and its reason that stand
#: side by side; of a display's number.
IN_A_LINE, WIDEST_LEFT, WIDEST, NUMBER = 42.0, 12.0, 45.0, 5.0
#: The width of a letter of text, where Japanese ones count twice; of a sign, a bracket and the space between columns.
LETTER, MARK, GAP = 0.5, 1.3, 2.0
SIGNS = {**latex_formula.RELATIONS, ":=": "=", "≈": "\\approx", "": ""}
#: Signs before a whole equation.
STATED = ("", "⇔")
#: The brackets of Japanese text.
WIDE = str.maketrans("()", "\uff08\uff09")
PROVED = "\\text{✓}"


def decimals(node: Any, places: int | None) -> Any:
    """The presentation tree with given numbers as they were printed: 33/100 as 0.33."""
    if places is None:
        return node
    if isinstance(node, Fraction) and isinstance(node.over, Number) and isinstance(node.under, Number):
        if 10**places % int(node.under.digits) == 0:
            whole = int(node.over.digits) * 10**places // int(node.under.digits)
            digits = str(whole).rjust(places + 1, "0")
            return Number(f"{digits[:-places]}.{digits[-places:]}")
        return node
    if isinstance(node, tuple):
        return tuple(decimals(part, places) for part in node)
    if is_dataclass(node) and isinstance(node, Node):
        return replace(node, **{f.name: decimals(getattr(node, f.name), places) for f in fields(node)})
    return node


def formula(side: Side, lang: str, places: int | None = None) -> str:
    """A side as LaTeX on one line."""
    return " ".join(_broken(side, lang, places, float("inf")))


def inline(side: Side, lang: str, places: int | None = None) -> str:
    """A formula within a sentence; a lone number stands as text."""
    if isinstance(side, Decimal):
        return grouped(side.text)
    if isinstance(side, sp.Integer):
        return grouped(str(side).replace("-", "−"))
    return f"${formula(side, lang, places)}$"


def grouped(digits: str) -> str:
    """Long whole numbers in groups of three."""
    return f"{int(digits):,}" if digits.isdigit() and len(digits) > 4 else digits


def display(block: Block, lang: str, tag: str = "") -> str:
    """A block as a `$$` display."""
    places = block.places
    first = block.lines[0].left
    stacked = any(line.left is not None for line in block.lines[1:])
    left = 0.0 if first is None else max(_width(x.left, places) for x in block.lines if x.left is not None)
    right = max(_width(x.right, places) for x in block.lines)
    told: set[sp.Basic] = set()
    whys = [_why(x, lang, told) for x in block.lines]
    hangs = not stacked and left > WIDEST_LEFT and (len(block.lines) > 1 or left + right > IN_A_LINE)
    span = max(left, right + MARK + 1) if hangs else left + right + MARK
    reason = max(letters for _, letters in whys)
    below = span + GAP + reason > WIDEST - (NUMBER if tag else 0)
    rows: list[str] = []
    if hangs and first is not None:
        rows.append(f"& {formula(first, lang, places)}")
    room = IN_A_LINE - MARK - (1 if hangs else left)
    for line, (why, _) in zip(block.lines, whys, strict=True):
        start = "" if hangs or line.left is None else f"{formula(line.left, lang, places)} "
        indent = "\\quad " if hangs else ""
        sign = SIGNS.get(line.sign, line.sign)
        lead = f"{sign} & " if line.sign in STATED else f"{start}&{indent}{sign} "
        row = lead.lstrip() + f" \\\\\n&{indent}\\quad {{}}".join(_broken(line.right, lang, places, room))
        if not why:
            rows.append(row)
        elif below and why != PROVED:
            rows += [row, f"&\\qquad {why}"]
        elif below:
            rows.append(f"{row} \\quad {why}")
        else:
            rows.append(f"{row} && {why}")
    body = " \\\\\n".join(rows)
    return "\n".join(["$$", "\\begin{aligned}", body, "\\end{aligned}" + (f" \\tag{{{tag}}}" if tag else ""), "$$"])


def table(content: Table, lang: str) -> str:
    """A table in Markdown."""
    head = [cell(c, lang, content.places) for c in content.head]
    rows = [[cell(c, lang, content.places) for c in row] for row in content.rows]
    rule = ["---"] * len(head) if len(head) == 2 else ["---"] + ["---:"] * (len(head) - 1)
    listed = [head, rule, *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in listed)


def cell(content: Cell, lang: str, places: int | None) -> str:
    """A cell of a table."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        return content[lang]
    if isinstance(content, sp.Rational) and not content.is_Integer and places is not None:
        return str(decimals(layout(content), places).digits)
    return inline(content, lang, places)


def _broken(side: Side, lang: str, places: int | None, room: float) -> list[str]:
    """A side as LaTeX on lines of about `room` em."""
    if isinstance(side, Decimal):
        return [side.text.replace("−", "-")]
    if isinstance(side, Sign):
        return [side.latex]
    if isinstance(side, Grid):
        rows = " \\\\ ".join(" & ".join(formula(c, lang, places) for c in row) for row in side.rows)
        return [f"\\begin{{pmatrix}} {rows} \\end{{pmatrix}}"]
    if isinstance(side, Beside):
        return [("-" if side.negative else "") + " ".join(formula(part, lang, places) for part in side.sides)]
    return list(latex_lines.lines(decimals(_laid_out(side), places), room, vocabulary(lang).otherwise))


def _laid_out(side: sp.Basic | Node) -> Node:
    return side if isinstance(side, Node) else layout(side)


def _width(side: Side | None, places: int | None) -> float:
    """How wide a side is on one line."""
    if side is None:
        return 0.0
    if isinstance(side, Decimal):
        return LETTER * width(side.text)
    if isinstance(side, Sign):
        return MARK
    if isinstance(side, Grid):
        columns = zip(*side.rows, strict=True)
        return MARK + sum(GAP / 2 + max(_width(c, places) for c in column) for column in columns)
    if isinstance(side, Beside):
        return sum(_width(part, places) for part in side.sides)
    return em(decimals(_laid_out(side), places))


def _why(line: Line, lang: str, told: set[sp.Basic]) -> tuple[str, float]:
    """The reason of a line and its width, with a mark where all of it was proved; a display tells a condition once."""
    said, letters = "", 0.0
    if isinstance(line.why, Step):
        pieces = reasons.why(line.why, lang, told)
        told.update((*line.why.given, *line.why.bind))
        said = put_together(pieces, lambda expr: formula(expr, lang), lambda words: _words(words, lang))
        letters = LETTER * width(put_together(pieces, lambda expr: text_formula.formula(layout(expr))))
    elif line.why:
        said, letters = _words(line.why[lang], lang), LETTER * width(line.why[lang])
    proved = {verdict(check).status for check in line.checks} == {"proved"}
    return " \\quad ".join(filter(None, [said, PROVED if proved else ""])), letters


def _words(words: str, lang: str) -> str:
    return f"\\text{{{latex_text(words.translate(WIDE) if lang == 'ja' else words)}}}"
