"""HTML: one file that needs nothing else. Formulas are pictures, reason and verdict of each step one click away.

A notebook shows the same as a fragment: without head and body, with styles that reach no further than itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import sympy as sp

from derive.derivation import Derivation
from derive.estimation import Data
from derive.render import latex, svg
from derive.render.html_style import FRAGMENT, STYLE
from derive.render.outlines import Entry, Outline, outline
from derive.render.pictures import Figure, figures_of
from derive.render.pictures.as_svg import drawing
from derive.render.reasons import Pieces
from derive.render.rows import Block, Row
from derive.render.words import vocabulary

if TYPE_CHECKING:
    from derive.checker.verdict import Report

#: A left side wider than this stands on a line of its own, counted in the size of the text.
WIDEST_LEFT = 6.0
#: A formula wider than this has a box of its own that scrolls; the narrowest phones hold about twenty.
WIDEST_INLINE = 15.0
#: Wider formulas are broken before their signs.
LINE = 36.0
#: What may not begin a line.
_SIGNS = re.compile(r"[.,;:)、。,)]+")
#: How verdicts are coloured, by their mark.
CLASSES = {"✓": "good", "≈": "fair", "✗": "bad", "?": "open"}


def page(
    derivation: Derivation,
    lang: str = "en",
    depth: str = "full",
    report: Report | None = None,
    data: Data | None = None,
) -> str:
    """The derivation as an HTML file; with the checker's marks where a report is given, and pictures of the data."""
    content = outline(derivation, lang, depth, report)
    made = _Page(lang, figures_of(derivation, lang, data))
    body = made.body(content)
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(content.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{svg.store(made.letters)}\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def fragment(derivation: Derivation, lang: str = "en", depth: str = "full", report: Report | None = None) -> str:
    """The derivation as a part of somebody else's page, such as the output of a notebook's cell."""
    made = _Page(lang, figures_of(derivation, lang))
    body = made.body(outline(derivation, lang, depth, report))
    return (
        f'<div class="derivation" lang="{lang}">\n<style>{FRAGMENT}</style>\n'
        f"{svg.store(made.letters)}\n{body}\n</div>\n"
    )


def statement(heading: str, formulas: Sequence[sp.Basic], entries: Sequence[Entry], lang: str = "en") -> str:
    """A heading (HTML), formulas and symbols with their words, as a part of somebody else's page."""
    made = _Page(lang)
    lines = "".join(f"<p>{made.inline(latex.expression(formula, lang))}</p>" for formula in formulas)
    told = made.listed([(made.entry(entry), entry.words) for entry in entries])
    style = f"<style>{FRAGMENT}</style>"
    return f'<div class="derivation" lang="{lang}">{style}{svg.store(made.letters)}{heading}{lines}{told}</div>'


class _Page:
    """One page in the making: it collects the letters that its formulas are made of."""

    def __init__(self, lang: str, figures: dict[str, tuple[Figure, ...]] | None = None) -> None:
        self.lang = lang
        self.figures = figures or {}
        self.letters: dict[str, str] = {}

    def body(self, content: Outline) -> str:
        """All sections of the page."""
        hint = escape(vocabulary(self.lang).opens)
        parts = [f"<h1>{escape(content.title)}</h1>", f'<p class="hint">{hint}</p>']
        for part in content.parts:
            parts += [f'<section id="{escape(part.id)}">', f"<h2>{escape(part.title)}</h2>"]
            parts += [self.symbols(content)] if part.id == "given" else []
            parts += [self.block(block) for block in part.blocks]
            parts += [f"<p>{self.prose(said)}</p>" for said in part.notes]
            parts += [self.block(block) for block in part.after]
            parts += [self.pictures(self.figures.get(part.id, ())), "</section>"]
        title = vocabulary(self.lang).sections["shown"]
        parts += ['<section id="shown">', f"<h2>{escape(title)}</h2>"]
        parts += [f"<p>{self.prose(sentence)}</p>" for sentence in content.closing]
        return "\n".join(filter(None, [*parts, "</section>"]))

    def pictures(self, figures: tuple[Figure, ...]) -> str:
        """Pictures side by side where there is room."""
        shown = []
        for figure in figures:
            drawn, letters = drawing(figure, self.lang)
            self.letters.update(letters)
            shown.append(f"<figure>{drawn}<figcaption>{self.prose(figure.caption)}</figcaption></figure>")
        return f'<div class="pictures">{"".join(shown)}</div>' if shown else ""

    def symbols(self, content: Outline) -> str:
        told = [(self.entry(entry), entry.words) for entry in content.entries]
        told += [(self.inline(latex.expression(size)), words) for size, words in content.sizes]
        return self.listed(told)

    def listed(self, told: list[tuple[str, str]]) -> str:
        """Symbols (HTML) with their words."""
        rows = "".join(f"<dt>{symbol}</dt><dd>{escape(words)}</dd>" for symbol, words in told)
        return f"<dl>{rows}</dl>" if rows else ""

    def entry(self, entry: Entry) -> str:
        where = f' <span class="where">({self.inline(latex.ranges(entry))})</span>' if entry.ranges else ""
        return self.inline(latex.claim(entry)) + where

    def prose(self, pieces: Pieces) -> str:
        """Words with formulas among them; a comma stays on the line of the formula that it follows."""
        parts: list[str] = []
        formula = ""
        for piece in pieces:
            if not isinstance(piece, str):
                formula = self.inline(latex.expression(piece, self.lang))
                parts.append(formula)
                continue
            signs = _SIGNS.match(piece) if formula and not formula.startswith('<span class="wide"') else None
            if signs:
                parts[-1] = f'<span class="keep">{formula}{escape(signs[0])}</span>'
                piece = piece[signs.end() :]
            parts.append(escape(piece))
            formula = ""
        return "".join(parts)

    def inline(self, formula: str) -> str:
        """A formula within words; a wide one in a box that scrolls."""
        drawn, width = self.draw(formula)
        return f'<span class="wide" tabindex="0">{drawn}</span>' if width > WIDEST_INLINE else drawn

    def draw(self, formula: str) -> tuple[str, float]:
        """The picture of a formula and its width."""
        try:
            drawn = svg.picture(formula)
        except svg.UndrawableError:
            return f'<code role="img" aria-label="{escape(formula)}">{escape(formula)}</code>', len(formula) / 2
        self.letters.update(drawn.letters)
        return drawn.element(), drawn.width

    def block(self, block: Block) -> str:
        """Rows aligned at their signs."""
        first = block.rows[0].left
        lefts = ["" if row.left is None else latex.expression(row.left, self.lang) for row in block.rows]
        if first is None:
            lefts = [latex.sign(row) for row in block.rows]
        column = max(self.draw(left)[1] if left else 0.0 for left in lefts)
        start = ""
        if first is not None and column > WIDEST_LEFT:
            start = f'<div class="row"><div class="formula" tabindex="0">{self.draw(lefts[0])[0]}</div></div>'
            lefts, column = [""] * len(lefts), 1.0
        rows = [self.row(row, left, column, first is not None) for row, left in zip(block.rows, lefts, strict=True)]
        return f'<div class="block">{start}{"".join(rows)}</div>'

    def row(self, row: Row, left: str, column: float, signed: bool) -> str:
        """A formula; where there is a reason, behind it."""
        sign = f"{latex.sign(row)} " if signed else ""
        first, *more = latex.lines(row.right, self.lang, LINE)
        drawn, width = self.draw(sign + first)
        for formula in more:
            next_line, wide = self.draw(formula)
            drawn, width = f'{drawn}<br><span class="more">{next_line}</span>', max(width, wide + 2)
        before = self.draw(left)[0] if left else ""
        focus = ' tabindex="0"' if width > WIDEST_INLINE else ""
        shown = (
            f'<span class="left" style="width:{column:.2f}em">{before}</span>'
            f'<span class="formula"{focus}>{drawn}</span>'
        )
        shown += f'<span class="number">({row.number})</span>' if row.number else ""
        why = self.prose(row.reason)
        if not (why or row.mark):
            return f'<div class="row">{shown}</div>'
        mark = CLASSES.get(row.mark[:1], "none")
        sealed = f'<span class="mark {mark}" title="{escape(row.mark)}">{escape(row.mark[:1] or "·")}</span>'
        said = f'<span class="verdict {mark}">{escape(row.mark)}</span>' if row.mark else ""
        behind = " ".join(filter(None, [why, said]))
        return f'<details><summary class="row">{shown}{sealed}</summary><div class="why">{behind}</div></details>'
