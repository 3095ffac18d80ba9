"""Figure: a picture as a plain value. Lines, areas, dots and labels on a sheet whose y-axis points down, as in SVG.

Nothing here knows a format: `as_svg` and `as_latex` write figures, the other files of this folder make them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import sympy as sp

from derive.render.reasons import Pieces

Point = tuple[float, float]
#: What a line is drawn in: the text's own colour, a faint one, or one of two accents.
Ink = Literal["ink", "soft", "one", "two"]
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Line:
    """A line through points, in units of the sheet."""

    points: tuple[Point, ...]
    ink: Ink = "ink"
    width: float = 1.0
    dashed: bool = False


@dataclass(frozen=True)
class Area:
    """The inside of rings (a ring within a ring is a hole), lightly shaded; areas on top of each other add up."""

    rings: tuple[tuple[Point, ...], ...]
    ink: Ink = "one"


@dataclass(frozen=True)
class Dot:
    """A marked point."""

    at: Point
    ink: Ink = "two"


@dataclass(frozen=True)
class Label:
    """Words or a formula, centred on the height of a point."""

    at: Point
    text: str | sp.Basic
    anchor: Anchor = "start"
    ink: Ink = "ink"


Item = Line | Area | Dot | Label


@dataclass(frozen=True)
class Figure:
    """A picture with its name, what somebody who cannot see it is told, and the caption below it."""

    name: str
    width: float
    height: float
    items: tuple[Item, ...]
    title: str
    description: str
    caption: Pieces


def ticks(low: float, high: float, most: int = 7) -> tuple[float, ...]:
    """Round numbers from `low` to `high`, at most `most` of them: steps of 1, 2 or 5 times a power of 10."""
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"no range from {low} to {high}")
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    slack = 1e-9 * (high - low)
    for factor in (1, 2, 5, 10, 20):
        step = factor * power
        first, last = math.ceil((low - slack) / step), math.floor((high + slack) / step)
        if last - first + 1 <= most:
            return tuple(float(f"{n * step:.12g}") for n in range(first, last + 1))
    raise AssertionError("a step of 20 always leaves few enough")


def written(number: float, digits: int = 3) -> str:
    """A number as people write it: −0.25, 2.303, 10."""
    text = f"{number:.{digits}f}".rstrip("0").rstrip(".") if abs(number) < 1e5 else f"{number:.3g}"
    if number and float(text) == 0:
        text = f"{number:.3g}"
    return "0" if text == "-0" else text.replace("-", "−")


@dataclass(frozen=True)
class Frame:
    """Where numbers lie on the sheet: x from `left` to `right`, y from `bottom` up to `top`."""

    x: tuple[float, float]
    y: tuple[float, float]
    left: float = 46.0
    right: float = 344.0
    top: float = 26.0
    bottom: float = 196.0

    def at(self, x: float, y: float) -> Point:
        """The place of a point."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return self.left + across * (self.right - self.left), self.bottom - up * (self.bottom - self.top)

    def line(self, points: list[Point], ink: Ink = "one", width: float = 1.8, dashed: bool = False) -> tuple[Line, ...]:
        """The line through points; where it leaves the frame at the top or bottom it is cut, where undefined broken."""
        pieces: list[list[Point]] = [[]]
        for before, point in zip([(math.nan, math.nan), *points], points, strict=False):
            inside, was = self._shows(point), self._shows(before)
            if inside != was and all(map(math.isfinite, (*before, *point))):
                pieces[-1].append(self._crossing(before, point))
            if inside:
                pieces[-1].append(point)
            elif pieces[-1]:
                pieces.append([])
        return tuple(Line(tuple(self.at(*p) for p in piece), ink, width, dashed) for piece in pieces if len(piece) > 1)

    def _shows(self, point: Point) -> bool:
        return math.isfinite(point[1]) and self.y[0] <= point[1] <= self.y[1]

    def _crossing(self, first: Point, second: Point) -> Point:
        """Where a segment crosses the end of the frame that one of its points lies beyond."""
        outside = second if self._shows(first) else first
        edge = self.y[1] if outside[1] > self.y[1] else self.y[0]
        share = (edge - first[1]) / (second[1] - first[1])
        return first[0] + share * (second[0] - first[0]), edge

    def axes(self, x_name: str | sp.Basic, y_name: str | sp.Basic) -> list[Item]:
        """Both axes with round numbers; the names stand at their ends, where they need not be turned."""
        floor = min(max(0.0, self.y[0]), self.y[1])
        items: list[Item] = []
        for y in ticks(*self.y, most=5):
            start, end = self.at(self.x[0], y), self.at(self.x[1], y)
            items.append(Line((start, end), "ink" if y == floor else "soft", 0.9 if y == floor else 0.5))
            items.append(Label((self.left - 7, start[1]), written(y), "end"))
        if floor not in ticks(*self.y, most=5):
            items.append(Line((self.at(self.x[0], floor), self.at(self.x[1], floor)), "ink", 0.9))
        for x in ticks(*self.x):
            place, _ = self.at(x, floor)
            items.append(Line(((place, self.bottom), (place, self.bottom + 4)), "ink", 0.9))
            items.append(Label((place, self.bottom + 14), written(x), "middle"))
        items.append(Label((self.right, self.bottom + 30), x_name, "end"))
        items.append(Label((self.left - 30, self.top - 16), y_name))
        return items
