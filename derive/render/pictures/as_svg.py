"""Figures as SVG within a page: they take the colours and the fonts of the text around them, and need nothing else."""

from __future__ import annotations

from html import escape

from derive.render import latex, svg, text
from derive.render.pictures.figure import Area, Dot, Figure, Ink, Item, Label, Line

#: Accents that can be told from light and dark paper; a page may set its own.
COLOURS: dict[Ink, str] = {
    "ink": "currentColor",
    "soft": "var(--picture-soft,#8a8d94)",
    "one": "var(--picture-one,#3b7cc4)",
    "two": "var(--picture-two,#c8621b)",
}
#: Faint words have to be read, so they are not as faint as lines.
TEXT = COLOURS | {"soft": "var(--picture-text,currentColor)"}
#: The size of words and of formulas, in units of the sheet.
WORDS, FORMULA = 12.0, 13.5


def drawing(figure: Figure, lang: str) -> tuple[str, dict[str, str]]:
    """The SVG element, and the letters that have to stand on the same page once."""
    letters: dict[str, str] = {}
    parts = [_item(item, lang, letters) for item in figure.items]
    told = escape(f"{figure.title}. {figure.description}")
    size = f"0 0 {_n(figure.width)} {_n(figure.height)}"
    element = (
        f'<svg class="picture" role="img" aria-label="{told}" viewBox="{size}">'
        f"<title>{escape(figure.title)}</title><desc>{escape(figure.description)}</desc>{''.join(parts)}</svg>"
    )
    return element, letters


def alone(figure: Figure, lang: str) -> str:
    """The figure as an SVG file of its own."""
    element, letters = drawing(figure, lang)
    symbols = "".join(letters[name] for name in sorted(letters))
    start = f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(figure.width)}" height="{_n(figure.height)}"'
    element = element.replace("<svg", start, 1)
    place = element.index("</desc>") + len("</desc>")
    return f"{element[:place]}<defs>{symbols}</defs>{element[place:]}"


def _item(item: Item, lang: str, letters: dict[str, str]) -> str:
    if isinstance(item, Line):
        dashes = ' stroke-dasharray="4 3"' if item.dashed else ""
        return (
            f'<path d="{_path(item.points)}" fill="none" style="stroke:{COLOURS[item.ink]}" '
            f'stroke-width="{_n(item.width)}" stroke-linejoin="round"{dashes}/>'
        )
    if isinstance(item, Area):
        rings = "".join(f"{_path(ring)}Z" for ring in item.rings)
        return f'<path d="{rings}" style="fill:{COLOURS[item.ink]}" fill-opacity="0.13" fill-rule="evenodd"/>'
    if isinstance(item, Dot):
        x, y = item.at
        return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="4" style="fill:{COLOURS[item.ink]}"/>'
    return _label(item, lang, letters)


def _label(item: Label, lang: str, letters: dict[str, str]) -> str:
    x, y = item.at
    if isinstance(item.text, str):
        return _words(item, item.text)
    try:
        drawn = svg.picture(latex.expression(item.text, lang))
    except svg.UndrawableError:
        return _words(item, text.expression(item.text, lang))
    letters.update(drawn.letters)
    width, height = drawn.width * FORMULA, drawn.height * FORMULA
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[item.anchor]
    return (
        f'<svg aria-hidden="true" x="{_n(left)}" y="{_n(y - height / 2)}" width="{_n(width)}" height="{_n(height)}" '
        f'viewBox="{drawn.view}" style="color:{TEXT[item.ink]};fill:currentColor">{drawn.parts}</svg>'
    )


def _words(item: Label, words: str) -> str:
    x, y = item.at
    return (
        f'<text x="{_n(x)}" y="{_n(y + 0.34 * WORDS)}" text-anchor="{item.anchor}" font-size="{_n(WORDS)}" '
        f'style="fill:{TEXT[item.ink]}">{escape(words)}</text>'
    )


def _path(points: tuple[tuple[float, float], ...]) -> str:
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)


def _n(number: float) -> str:
    """A number with two places, as short as can be."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
