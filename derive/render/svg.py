"""Formulas as pictures: LaTeX → SVG outlines that need no font and no script, with the LaTeX as accessible text.

The outline of each letter is stored once a page: a formula refers to it by its name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any
from xml.etree import ElementTree

#: The size at which formulas are laid out; on the page they grow and shrink with the text around them.
SIZE = 20.0
_NAMESPACE = "{http://www.w3.org/2000/svg}"
#: What a formula is made of; nothing else is passed on.
_PARTS = {"use": ("href", "x", "y", "width", "height"), "rect": ("x", "y", "width", "height")}
#: The names of letters begin so; pages are shorter without it.
_FONT = "STIXTwoMathRegular_"


#: The drawing library sets no room after a function's name, and too much after a sign that joins nothing.
_FUNCTION = re.compile(r"\\(log|sin|cos|tan|sinh|cosh|tanh|arctan|det) (?![_^])")
_UNARY = re.compile(r"(^|[=(]|\\leq|\\geq|\\iff)\s*-")


@dataclass(frozen=True)
class Picture:
    """A formula: its size and how far it reaches below the line, in units of the text's size."""

    latex: str
    width: float
    height: float
    below: float
    view: str
    parts: str
    letters: tuple[tuple[str, str], ...]

    def element(self) -> str:
        """The SVG element; its letters have to stand in `letters` on the same page."""
        size = f'style="width:{self.width:.3f}em;height:{self.height:.3f}em;vertical-align:{self.below:.3f}em"'
        start = f'<svg class="f" role="img" fill="currentColor" aria-label="{escape(self.latex)}"'
        return f'{start} viewBox="{self.view}" {size}>{self.parts}</svg>'


class UndrawableError(ValueError):
    """LaTeX that cannot be drawn; the page shows it as text."""


@lru_cache(maxsize=1 << 12)
def picture(latex: str) -> Picture:
    """Draw a formula; UndrawableError where the drawing library does not know a command."""
    try:
        drawn = _drawn(latex)
        root, below = drawn.svgxml(), float(drawn.getyofst())
    except Exception as error:  # whatever the library raises on LaTeX that it does not know
        raise UndrawableError(f"{type(error).__name__}: {error}") from error
    view = root.attrib["viewBox"]
    _, top, width, height = map(float, view.split())
    shown = [_element(part) for part in root if _tag(part) in _PARTS]
    letters = tuple((_short(part.attrib["id"]), _letter(part)) for part in root if _tag(part) == "symbol")
    margin = (height + top + below) if below <= 0 else 0.0
    return Picture(latex, width / SIZE, height / SIZE, (below - margin) / SIZE, view, "".join(shown), letters)


def _drawn(latex: str) -> Any:
    import ziamath.tex
    import ziamath.zmath

    tex = _FUNCTION.sub(r"\\\1\,", latex)
    tex = _UNARY.sub(r"\1{-}", tex)
    mathml = ziamath.tex.tex2mml(_written_out(tex))
    mathml = mathml.replace("<mo>&#x00302;</mo>", '<mo stretchy="false">&#710;</mo>')  # a hat no wider than its letter
    root = ElementTree.fromstring(mathml)
    root.attrib["mathcolor"] = "currentColor"
    return ziamath.zmath.Math(ElementTree.tostring(root, encoding="unicode"), size=SIZE)


def _written_out(latex: str) -> str:
    """Binomials as two lines in brackets, whatever they hold."""
    while (start := latex.find("\\binom{")) >= 0:
        above, rest = _group(latex, start + len("\\binom"))
        below, end = _group(latex, rest)
        latex = f"{latex[:start]}\\left( {{{above}}} \\atop {{{below}}} \\right) {latex[end:]}"
    return latex


def _group(latex: str, start: int) -> tuple[str, int]:
    """What stands in the braces that open at `start`, and where they end."""
    depth = 0
    for place in range(start, len(latex)):
        depth += {"{": 1, "}": -1}.get(latex[place], 0)
        if depth == 0:
            return latex[start + 1 : place], place + 1
    raise ValueError("unbalanced braces")


def store(letters: dict[str, str]) -> str:
    """The element that holds the outlines of all letters of a page, itself unseen."""
    symbols = "".join(letters[name] for name in sorted(letters))
    return f'<svg aria-hidden="true" width="0" height="0" style="position:absolute"><defs>{symbols}</defs></svg>'


def _short(name: str) -> str:
    """The name of a letter, or what refers to it."""
    return name.replace(_FONT, "g")


def _tag(element: ElementTree.Element) -> str:
    return element.tag.removeprefix(_NAMESPACE)


def _element(element: ElementTree.Element) -> str:
    tag = _tag(element)
    kept = " ".join(f'{a}="{escape(_short(element.attrib[a]))}"' for a in _PARTS[tag] if a in element.attrib)
    return f"<{tag} {kept}/>"


def _letter(symbol: ElementTree.Element) -> str:
    paths = "".join(f'<path d="{escape(p.attrib["d"])}"/>' for p in symbol if _tag(p) == "path")
    name, view = _short(symbol.attrib["id"]), symbol.attrib["viewBox"]
    return f'<symbol id="{escape(name)}" viewBox="{escape(view)}">{paths}</symbol>'
