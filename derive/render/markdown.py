"""Markdown with `$$…$$` formulas, as GitHub and most blogs show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.derivation import Derivation
from derive.render import text
from derive.render.latex import aligned, claim, expression, is_wide, ranges
from derive.render.names import latex_text, plain_text, width
from derive.render.outlines import Outline, outline
from derive.render.reasons import Pieces, typeset
from derive.render.rows import Block, Row
from derive.render.words import vocabulary

if TYPE_CHECKING:
    from derive.checker.verdict import Report

#: A reason longer than this, counted in letters, stands below its formula.
WIDEST_REASON = 66


def page(derivation: Derivation, lang: str = "en", depth: str = "full", report: Report | None = None) -> str:
    """The derivation as Markdown; with the checker's marks where a report is given."""
    return "\n\n".join(sections(derivation, lang, depth, report)) + "\n"


def sections(derivation: Derivation, lang: str, depth: str, report: Report | None) -> list[str]:
    """The page in pieces, each with its heading; the first has the title and what is given."""
    content = outline(derivation, lang, depth, report)
    pieces = []
    for part in content.parts:
        lines = [f"## {prose(part.title)}"]
        lines += _symbols(content) if part.id == "given" else []
        for block in part.blocks:
            lines += ["", *_block(block, lang)]
        for said in part.notes:
            lines += ["", _sentence(said, lang)]
        for block in part.after:
            lines += ["", *_block(block, lang)]
        pieces.append("\n".join(lines))
    title = f"# {prose(content.title)}"
    first = [f"{title}\n\n{pieces[0]}", *pieces[1:]] if pieces else [title]
    return [*first, "\n".join(_closing(content, lang)).lstrip("\n")]


def prose(words: str) -> str:
    """Words as Markdown, with the characters that Markdown reads as commands made harmless."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>#$|" else char for char in plain_text(words))


def _symbols(content: Outline) -> list[str]:
    lines = [""]
    for entry in content.entries:
        where = f" (${ranges(entry)}$)" if entry.ranges else ""
        lines.append(f"- ${claim(entry)}${where}: {prose(entry.words)}")
    return lines + [f"- ${expression(size)}$: {prose(words)}" for size, words in content.sizes]


def _block(block: Block, lang: str) -> list[str]:
    numbered = [row.number for row in block.rows if row.number]
    wide = is_wide(block) or any(_reason_width(row, lang) > WIDEST_REASON for row in block.rows)
    first, formulas = aligned(block, lang)
    first, formulas = _without_stars(first), [_without_stars(formula) for formula in formulas]
    rows = [first] if first else []
    for row, formula in zip(block.rows, formulas, strict=True):
        said = _said(row, lang)
        if row.number and len(numbered) > 1:
            formula += f" \\qquad ({row.number})"
        if not said:
            rows.append(formula)
        elif wide:
            rows += [formula, f"&\\qquad {said}"]
        else:
            rows.append(f"{formula} && {said}")
    tag = f" \\tag{{{numbered[0]}}}" if len(numbered) == 1 else ""
    return ["$$", "\\begin{aligned}", " \\\\\n".join(rows), f"\\end{{aligned}}{tag}", "$$"]


def _without_stars(formula: str) -> str:
    """A line's end that no page may follow means nothing in Markdown, nor an empty place before a sign."""
    return formula.replace("\\\\*\n", "\\\\\n").replace("\\quad {}", "\\quad ")


def _reason_width(row: Row, lang: str) -> int:
    return width(typeset(row.reason, lambda expr: text.expression(expr, lang))) + width(row.mark)


def _said(row: Row, lang: str) -> str:
    """The reason within a formula: words in `\\text{…}`, its formulas as they are."""
    reason = typeset(row.reason, lambda expr: expression(expr, lang), _words)
    return " \\quad ".join(filter(None, [reason, _words(row.mark) if row.mark else ""]))


def _words(words: str) -> str:
    return f"\\text{{{latex_text(words)}}}"


def _closing(content: Outline, lang: str) -> list[str]:
    lines = ["", f"## {vocabulary(lang).sections['shown']}"]
    for sentence in content.closing:
        lines += ["", _sentence(sentence, lang)]
    return lines


def _sentence(pieces: Pieces, lang: str) -> str:
    # GitHub reads a dollar sign as mathematics only after a blank
    shown = typeset(pieces, lambda expr: f" ${expression(expr, lang)}$", prose)
    return shown.replace("  ", " ").strip()
