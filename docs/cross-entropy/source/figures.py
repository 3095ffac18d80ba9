"""The pictures of the tutorial: those of the derivation, each as an SVG file that stands alone."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from derive.render.pictures import Figure, figures_of
from derive.render.pictures.as_svg import alone
from source import derived

#: Which picture of which section of the derivation goes by which name.
PLACES = {"likelihood": ("estimate", 0), "penalty": ("loss", 0), "logit": ("gradient", 0), "slope": ("gradient", 1)}
#: An image on a page does not inherit its colours: dark letters on white can be read in both themes.
STYLE = "<style>svg{color:#1f2328;font-family:sans-serif}:root{background:#fff}</style>"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
#: Another version of a library may move a point by so much, in units of the sheet of some 400.
TOLERANCE = 0.05


@lru_cache(maxsize=2)
def figures(lang: str) -> dict[str, Figure]:
    """The pictures by name, with words in a language."""
    found = figures_of(derived.of(), lang)
    return {name: found[section][place] for name, (section, place) in PLACES.items()}


def drawn(lang: str) -> dict[Path, str]:
    """The SVG of every picture, by its path."""
    return {Path("figures", f"{name}.{lang}.svg"): _drawn(figure, lang) for name, figure in figures(lang).items()}


def _drawn(figure: Figure, lang: str) -> str:
    content = alone(figure, lang)
    place = content.index("<title>")
    return f"{content[:place]}{STYLE}{content[place:]}\n"


def alike(one: str, other: str) -> bool:
    """Whether two drawings show the same: the same words and shapes, at the same places up to a tolerance."""
    if NUMBER.sub("", one) != NUMBER.sub("", other):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(abs(float(a) - float(b)) <= TOLERANCE for a, b in pairs)
