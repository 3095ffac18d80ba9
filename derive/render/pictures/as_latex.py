"""Figures in LaTeX: labels in a `picture` environment, lines and areas as PDF operators between them.

No package is needed, and the document stays one file. pdfTeX, LuaTeX and XeTeX each have a command that passes
operators on; `COMMAND` gives them one name.
"""

from __future__ import annotations

from derive.render import latex
from derive.render.latex_prose import prose
from derive.render.pictures.figure import Area, Dot, Figure, Ink, Item, Label, Line, Point
from derive.render.reasons import typeset

#: How much of a millimetre one unit of the sheet is, and of a PDF unit (1/72 inch).
UNIT = 0.215
SCALE = UNIT / 25.4 * 72
#: What a document with figures says before it begins.
COMMAND = """\\ifdefined\\pdfliteral \\let\\operators\\pdfliteral
\\else\\ifdefined\\pdfextension \\protected\\def\\operators{\\pdfextension literal }
\\else \\newcommand{\\operators}[1]{\\special{pdf:literal #1}}\\fi\\fi
"""
_COLOURS: dict[Ink, str] = {
    "ink": "0.1 0.1 0.12",
    "soft": "0.62 0.63 0.66",
    "one": "0.17 0.42 0.71",
    "two": "0.74 0.33 0.05",
}
#: The lightest shade of an area, and how much darker each further one on top of it is.
_LIGHTEST, _DARKER = 0.10, 0.10
#: The share of the line that one picture takes, beside another one or alone.
_BESIDE, _ALONE = 0.485, 0.9
#: A line of the file ends after about so many letters.
_LINE = 100


def figures(drawn: tuple[Figure, ...], lang: str) -> list[str]:
    """Pictures side by side with their captions, as lines of a document's body that begins with `COMMAND`."""
    share = _ALONE if len(drawn) == 1 else _BESIDE
    boxes = [_box(figure, share, lang) for figure in drawn]
    return ["", "\\begin{center}", "\\hfill\n".join(boxes), "\\end{center}"]


def _box(figure: Figure, share: float, lang: str) -> str:
    told = typeset(figure.caption, lambda expr: f"${latex.expression(expr, lang)}$", prose)
    return (
        f"\\begin{{minipage}}[t]{{{share}\\linewidth}}\\centering\n{picture(figure, lang)}\n\n"
        f"\\vspace{{1mm}}{{\\footnotesize {told}\\par}}\n\\end{{minipage}}"
    )


def picture(figure: Figure, lang: str) -> str:
    """The picture environment."""
    lines = [f"\\setlength{{\\unitlength}}{{{UNIT}mm}}%", f"\\begin{{picture}}({figure.width:g},{figure.height:g})"]
    operators, areas = [], 0
    for item in figure.items:
        if isinstance(item, Label):
            continue
        operators.append(_operators(item, figure.height, areas))
        areas += isinstance(item, Area)
    lines.append("\\put(0,0){\\operators{q " + _wrapped(" ".join(operators)) + " Q}}")
    lines += [_label(item, figure.height, lang) for item in figure.items if isinstance(item, Label)]
    return "\n".join([*lines, "\\end{picture}"])


def _operators(item: Item, height: float, areas: int) -> str:
    if isinstance(item, Line):
        dashes = f"[{4 * SCALE:.2f} {3 * SCALE:.2f}] 0 d" if item.dashed else "[] 0 d"
        width = f"{item.width * SCALE:.2f} w 1 j"
        return f"{_COLOURS[item.ink]} RG {width} {dashes} {_path(item.points, height)} S"
    if isinstance(item, Area):
        share = min(0.6, _LIGHTEST + _DARKER * areas)
        shade = " ".join(f"{1 - share * (1 - float(c)):.2f}" for c in _COLOURS[item.ink].split())
        return f"{shade} rg {' '.join(f'{_path(ring, height)} h' for ring in item.rings)} f*"
    assert isinstance(item, Dot)
    return f"{_COLOURS[item.ink]} rg {_circle(item.at, 4.0, height)} f"


def _path(points: tuple[Point, ...], height: float) -> str:
    first, *rest = (f"{x * SCALE:.2f} {(height - y) * SCALE:.2f}" for x, y in points)
    return " ".join([f"{first} m", *(f"{point} l" for point in rest)])


def _circle(at: Point, radius: float, height: float) -> str:
    """A circle of four cubic curves."""
    x, y, r = at[0] * SCALE, (height - at[1]) * SCALE, radius * SCALE
    k = 0.5523 * r
    quarters = (
        (x + r, y + k, x + k, y + r, x, y + r), (x - k, y + r, x - r, y + k, x - r, y),
        (x - r, y - k, x - k, y - r, x, y - r), (x + k, y - r, x + r, y - k, x + r, y),
    )  # fmt: skip
    return " ".join([f"{x + r:.2f} {y:.2f} m", *(" ".join(f"{c:.2f}" for c in q) + " c" for q in quarters)])


def _label(item: Label, height: float, lang: str) -> str:
    shown = prose(item.text) if isinstance(item.text, str) else f"${latex.expression(item.text, lang)}$"
    side = {"start": "[l]", "middle": "", "end": "[r]"}[item.anchor]
    x, y = item.at
    return f"\\put({x:.2f},{height - y:.2f}){{\\makebox(0,0){side}{{\\footnotesize {shown}}}}}"


def _wrapped(operators: str) -> str:
    """Operators on lines that editors can show."""
    lines, length = [""], 0
    for word in operators.split():
        if length > _LINE:
            lines.append("")
            length = 0
        lines[-1] += f"{word} "
        length += len(word) + 1
    return "\n".join(line.rstrip() for line in lines)
