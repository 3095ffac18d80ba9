"""LaTeX: an expression, the body of a derivation, a whole document that compiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import sympy as sp

from derive.derivation import Derivation
from derive.render import latex_formula, latex_lines
from derive.render.domains import latex_claim
from derive.render.latex_prose import prose
from derive.render.latex_widths import em
from derive.render.outlines import Entry, Outline, outline
from derive.render.presentation import layout
from derive.render.reasons import Pieces, typeset
from derive.render.rows import Block, Row
from derive.render.words import vocabulary

if TYPE_CHECKING:
    from derive.checker.verdict import Report
    from derive.estimation import Data

#: The width of a line in em.
LINE = 40.0
#: Formulas wider than this have their reason below rather than beside them.
WIDEST_BESIDE = 21.0
#: The share of the line for a reason beside its formula.
BESIDE = 0.38
#: A left side wider than this pushes every `=` of its block too far to the right; it gets a line of its own …
WIDEST_LEFT = 12.0
#: … unless the whole block is a single line no wider than this.
WIDEST_LINE = WIDEST_BESIDE
#: How far lines that go on are set in, and the room that a sign takes.
INDENT, SIGN = 2.0, 1.4
#: A mark such as "✓ proved" stays on one line; a counterexample may be long.
SHORT_MARK = 24

_PREAMBLES = {
    "en": """\\documentclass[11pt,a4paper]{article}
\\IfFileExists{lmodern.sty}{\\usepackage[T1]{fontenc}\\usepackage{lmodern}}{}
""",
    "ja": """% Compile with lualatex.
\\RequirePackage{fix-cm}
\\documentclass[11pt,a4paper]{ltjsarticle}
""",
}
_PACKAGES = """\\usepackage[margin=22mm]{geometry}
\\usepackage[fleqn]{amsmath}
\\usepackage{amssymb}
\\setlength{\\mathindent}{1em}
\\allowdisplaybreaks
\\setlength{\\parindent}{0pt}
"""


def expression(expr: sp.Basic, lang: str = "en") -> str:
    """An expression, equation or tuple of them as LaTeX mathematics, without dollar signs."""
    return latex_formula.formula(layout(expr), vocabulary(lang).otherwise)


def body(
    derivation: Derivation,
    lang: str = "en",
    depth: str = "full",
    report: Report | None = None,
    pictures: Mapping[str, list[str]] | None = None,
) -> str:
    """The derivation as the body of a document that loads amsmath and amssymb; `pictures` end the sections named."""
    content = outline(derivation, lang, depth, report)
    lines = [f"\\section*{{{prose(content.title)}}}"]
    for part in content.parts:
        lines += ["", f"\\subsection*{{{prose(part.title)}}}"]
        lines += _symbols(content) if part.id == "given" else []
        for block in part.blocks:
            lines += _block(block, lang)
        for said in part.notes:
            lines += ["", _sentence(said, lang), ""]
        for block in part.after:
            lines += _block(block, lang)
        lines += (pictures or {}).get(part.id, [])
    return "\n".join([*lines, *_closing(content, lang)]) + "\n"


def document(
    derivation: Derivation,
    lang: str = "en",
    depth: str = "full",
    report: Report | None = None,
    data: Data | None = None,
) -> str:
    """A whole article with pictures: pdfLaTeX compiles the English one, LuaLaTeX the Japanese one."""
    from derive.render.pictures import as_latex, figures_of  # they typeset their labels by this file

    drawn = {id: as_latex.figures(figures, lang) for id, figures in figures_of(derivation, lang, data).items()}
    content = body(derivation, lang, depth, report, drawn)
    packages = _PACKAGES + (as_latex.COMMAND if drawn else "")
    return f"{_PREAMBLES[lang]}{packages}\\begin{{document}}\n{content}\\end{{document}}\n"


def aligned(block: Block, lang: str) -> tuple[str, list[str]]:
    """The rows of an alignment: a first line for a long left side (else empty), then a formula for each row.

    A row is `left &= right`, in a block of statements `sign & equation`.
    """
    first, more = block.rows[0].left, " \\\\*\n&\\quad {}"
    if first is None:
        signs = [sign(row) for row in block.rows]
        broken = [lines(row.right, lang, LINE - INDENT - (SIGN if any(signs) else 0)) for row in block.rows]
        return "", [f"{f'{s} &'.lstrip()} {more.join(shown)}" for s, shown in zip(signs, broken, strict=True)]
    if hangs(block):
        start, deeper = more.join(lines(first, lang, LINE - INDENT)), more.replace("{}", "\\quad {}")
        room = LINE - 2 * INDENT - SIGN
        below = [f"&\\quad {sign(row)} {deeper.join(lines(row.right, lang, room))}" for row in block.rows]
        return f"& {start}", below
    lefts = ["" if row.left is None else f"{expression(row.left, lang)} " for row in block.rows]
    room = LINE - INDENT - SIGN - wide(first)
    rights = [f"&{sign(row)} {more.join(lines(row.right, lang, room))}" for row in block.rows]
    return "", [left + right for left, right in zip(lefts, rights, strict=True)]


def lines(expr: sp.Basic, lang: str, limit: float) -> list[str]:
    """An expression as LaTeX on lines of about `limit` em."""
    return latex_lines.lines(layout(expr), limit, vocabulary(lang).otherwise)


def wide(expr: sp.Basic | None) -> float:
    """The width of a formula in em; nothing takes no room."""
    return 0.0 if expr is None else em(layout(expr))


def hangs(block: Block) -> bool:
    """Does the left side stand on a line of its own, with the signs below it?"""
    first = block.rows[0]
    left = wide(first.left)
    return left > WIDEST_LEFT and (len(block.rows) > 1 or left + wide(first.right) > WIDEST_LINE)


def is_wide(block: Block) -> bool:
    """Is there no room for reasons beside the formulas? One long row widens the column of all."""
    first = block.rows[0].left
    left, right = wide(first), max(wide(row.right) for row in block.rows)
    return max(left, right + INDENT) > WIDEST_BESIDE if hangs(block) else left + right > WIDEST_BESIDE


def sign(row: Row) -> str:
    """The sign of a row: `=`, `\\leq`, `\\iff`."""
    return latex_formula.RELATIONS.get(row.sign, row.sign)


def claim(entry: Entry) -> str:
    """A symbol with its domain: `y_k > 0`."""
    return latex_claim(entry.symbol, entry.variable.domain, expression)


def ranges(entry: Entry) -> str:
    """The ranges of a symbol's indices: `k = 1, \\dots, K`."""
    return ",\\ ".join(f"{expression(i)} = 1, \\dots, {expression(n)}" for i, n in entry.ranges)


def _symbols(content: Outline) -> list[str]:
    lines = []
    for entry in content.entries:
        where = f" (${ranges(entry)}$)" if entry.ranges else ""
        lines.append(f"\\item ${claim(entry)}${where}: {prose(entry.words)}")
    lines += [f"\\item ${expression(size)}$: {prose(words)}" for size, words in content.sizes]
    return ["\\begin{itemize}", *lines, "\\end{itemize}"] if lines else []


def _block(block: Block, lang: str) -> list[str]:
    below, room = is_wide(block), _room_below(block)
    first, formulas = aligned(block, lang)
    rows = [first] if first else []
    for row, formula in zip(block.rows, formulas, strict=True):
        tag = f" \\tag{{{row.number}}}" if row.number else ""
        said = _said(row, lang)
        if not said:
            rows.append(formula + tag)
        elif below:  # the reason stays on the page of its formula
            rows.append(f"{formula}{tag} \\\\*\n&\\qquad {_box(said, room)}")
        else:
            rows.append(f"{formula} &\\quad& {_box(said, BESIDE)}{tag}")
    return ["\\begin{alignat*}{2}", " \\\\\n".join(rows), "\\end{alignat*}"]


def _box(said: str, share: float) -> str:
    return f"\\parbox[t]{{{share:.2f}\\linewidth}}{{\\raggedright\\footnotesize {said}}}"


def _room_below(block: Block) -> float:
    """The share of the line that is left for a reason below its formula."""
    left = 0 if hangs(block) else wide(block.rows[0].left)
    return max(0.4, 0.85 - left / LINE)


def _said(row: Row, lang: str) -> str:
    reason = typeset(row.reason, lambda expr: f"${expression(expr, lang)}$", prose)
    mark = f"\\mbox{{{prose(row.mark)}}}" if 0 < len(row.mark) <= SHORT_MARK else prose(row.mark)
    return " \\quad ".join(filter(None, [reason, mark]))


def _closing(content: Outline, lang: str) -> list[str]:
    lines = ["", f"\\subsection*{{{prose(vocabulary(lang).sections['shown'])}}}"]
    for sentence in content.closing:
        lines += [_sentence(sentence, lang), ""]
    return lines[:-1]


def _sentence(pieces: Pieces, lang: str) -> str:
    return typeset(pieces, lambda expr: f"${expression(expr, lang)}$", prose)
