"""Lines of equal height, by contourpy, and the shading inside them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, cast

from derive.render.pictures.figure import Area, Item, Line, written

#: Heights relative to the largest value at which lines are drawn, from the inside out. The last one surrounds what
#: 95% regions of two numbers hold in large samples, where −2 log L/L̂ is χ² with two degrees of freedom: exp(−5.99/2).
LEVELS = (0.75, 0.5, 0.25, 0.05)


def contour_items(across: Any, down: Any, heights: Any) -> Iterator[Item]:
    """Shaded areas and lines of the heights over a grid, whose places on the sheet are given."""
    from contourpy import FillType, LineType, contour_generator

    found = contour_generator(across, down, heights, line_type=LineType.Separate, fill_type=FillType.OuterOffset)
    for level in reversed(LEVELS):
        polygons, offsets = cast(tuple[Any, Any], found.filled(level, float("inf")))
        for points, ends in zip(polygons, offsets, strict=True):
            rings = (points[a:b] for a, b in itertools.pairwise(ends))
            yield Area(tuple(tuple(map(tuple, ring.tolist())) for ring in rings))
        for line in cast(list[Any], found.lines(level)):
            yield Line(tuple(map(tuple, line.tolist())), "one", 1.0)


def levels_said(lang: str) -> str:
    """The heights in words: 75%, 50%, …"""
    comma = {"en": ", ", "ja": "、"}[lang]
    return comma.join(f"{written(100 * level)}%" for level in LEVELS)
