"""The likelihood around the estimate of one or two numbers: a curve, or contours."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from derive.estimation.arithmetic import Array
from derive.render.pictures import shown
from derive.render.pictures.contours import LEVELS, contour_items, levels_said
from derive.render.pictures.figure import Dot, Figure, Frame, Item, Line
from derive.render.pictures.objective import Objective, exact
from derive.render.pictures.words import said

WIDTH, HEIGHT = 360.0, 236.0
CURVE, SIDE = 201, 101
#: The picture reaches to where the likelihood has fallen to this part of its maximum.
LOWEST = 0.01
#: How often the ranges of two numbers are fitted, and on how coarse a grid.
WIDENINGS, COARSE = 8, 41
#: Numbers worked out for one grid.
WORK = 10_000_000
#: The first width that is tried, and how often it may be doubled.
FIRST, DOUBLINGS = 1e-6, 60


def near_estimate(found: Objective, lang: str) -> Figure | None:
    """The picture for one or two numbers to estimate, entries of one parameter or two; None for more."""
    numbers = [(n, k) for n, b in found.best.items() for k in (range(b.size) if b.ndim else (None,))]
    if not 1 <= len(numbers) <= 2 or any(b.ndim > 1 for b in found.best.values()):
        return None
    if any(f.variable.name in found.best for f in found.derivation.context.facts):
        return None  # numbers that add up to something cannot move one by one
    ranges = [_range(found, *number) for number in numbers]
    if any(low >= high for low, high in ranges):
        return None
    return _curve(found, numbers[0], ranges[0], lang) if len(numbers) == 1 else _contours(found, numbers, ranges, lang)


Number = tuple[str, int | None]
Range = tuple[float, float]


def _moving(found: Objective, numbers: list[Number], values: list[Any]) -> dict[str, Array]:
    """The parameters over a grid on which some of their entries move."""
    grid: dict[str, Array] = {}
    for (name, place), column in zip(numbers, values, strict=True):
        start = np.broadcast_to(found.best[name], (len(column), *found.best[name].shape))
        whole = np.array(grid.get(name, start))
        if place is None:
            whole[:] = column
        else:
            whole[:, place] = column
        grid[name] = whole
    return grid


def relative(found: Objective, numbers: list[Number], values: list[Any]) -> Array:
    """The likelihood relative to its maximum, at values of some numbers."""
    return found.relative(_moving(found, numbers, values))


def _range(found: Objective, name: str, place: int | None) -> Range:
    """How far a number may move until the likelihood is low, or its domain ends."""
    best = float(found.best[name] if place is None else found.best[name][place])
    low, high = found.domains[name]
    scale = FIRST * max(abs(best), 1.0)

    def falls(side: int) -> float:
        limit = high if side > 0 else low
        steps = best + side * scale * 2.0 ** np.arange(DOUBLINGS)
        allowed = steps[(steps < high) & (steps > low)]
        if not len(allowed):
            return limit
        heights = relative(found, [(name, place)], [allowed])
        down = np.nonzero(heights < LOWEST)[0]
        if not len(down):
            return limit if math.isfinite(limit) else float(allowed[-1])
        inner = float(allowed[down[0] - 1]) if down[0] else best
        return _bisected(lambda x: float(relative(found, [(name, place)], [np.array([x])])[0]), inner, allowed[down[0]])

    return max(falls(-1), low), min(falls(1), high)


def _is_fixed(found: Objective, number: Number, side: int) -> bool:
    """Whether an end of the number's domain is the same for all data."""
    domain = found.parameters[number[0]].domain
    return not (domain.lower, domain.upper)[side].has(sp.Symbol, sp.Indexed)


def _bisected(height: Callable[[float], float], inner: float, outer: float) -> float:
    """Where the height passes the lowest that is drawn."""
    for _ in range(12):
        middle = (inner + outer) / 2
        inner, outer = (middle, outer) if height(middle) >= LOWEST else (inner, middle)
    return float(outer)


def _head(number: Number) -> sp.Expr:
    name, place = number
    return shown.entry(name, None if place is None else place + 1)


def _at(found: Objective, number: Number) -> sp.Eq:
    name, place = number
    value = exact(found.estimation, name)[place or 0]
    return shown.equation(shown.hat(name, None if place is None else place + 1), value)


def _curve(found: Objective, number: Number, ends: Range, lang: str) -> Figure:
    best = float(found.best[number[0]].reshape(-1)[number[1] or 0])
    low, high = ends
    beyond = [e for e in (math.nextafter(best, -math.inf), math.nextafter(best, math.inf)) if best in ends]
    if best == low and not _is_fixed(found, number, 0):  # an end that the data set: nothing is likely beyond it
        low -= 0.15 * (high - low)
    if best == high and not _is_fixed(found, number, 1):
        high += 0.15 * (high - low)
    ends = (low, high)
    beyond = [e for e in beyond if low < e < high]
    places = np.union1d(np.linspace(*ends, CURVE), [best, *beyond])
    heights = relative(found, [number], [places])
    frame = Frame(ends, (0.0, 1.0))
    items: list[Item] = frame.axes(_head(number), said(lang, f"axis_{found.what}"))
    items += frame.line(list(zip(places.tolist(), heights.tolist(), strict=True)))
    items += [Line((frame.at(best, 0), frame.at(best, 1)), "two", 1.0, dashed=True), Dot(frame.at(best, 1))]
    what, at = said(lang, found.what), _at(found, number)
    name = shown.plain(_head(number), lang)
    return Figure(
        "curve", WIDTH, HEIGHT, tuple(items),
        title=said(lang, "curve_title", what=what),
        description=said(lang, "curve_description", name=name, best=shown.plain(at, lang)),
        caption=shown.caption(lang, "curve_caption", what=what, name=(_head(number),), best=(at,)),
    )  # fmt: skip


def _contours(found: Objective, numbers: list[Number], ranges: list[Range], lang: str) -> Figure:
    (x_low, x_high), (y_low, y_high) = _fitted(found, numbers, ranges)
    side = _side(found, SIDE)
    across, up = np.meshgrid(np.linspace(x_low, x_high, side), np.linspace(y_low, y_high, side))
    heights = relative(found, numbers, [across.ravel(), up.ravel()]).reshape(side, side)
    frame = Frame((x_low, x_high), (y_low, y_high))
    items: list[Item] = frame.axes(_head(numbers[0]), _head(numbers[1]))
    on_sheet = np.array([frame.at(x, y) for x, y in zip(across.ravel(), up.ravel(), strict=True)])
    items += contour_items(on_sheet[:, 0].reshape(side, side), on_sheet[:, 1].reshape(side, side), heights)
    best = [float(found.best[n].reshape(-1)[k or 0]) for n, k in numbers]
    items.append(Dot(frame.at(*best)))
    told: list[sp.Basic] = [_at(found, number) for number in numbers]
    what = said(lang, found.what)
    names = said(lang, "and").join(shown.plain(_head(n), lang) for n in numbers)
    return Figure(
        "contours", WIDTH, HEIGHT, tuple(items),
        title=said(lang, "contour_title", what=what),
        description=said(
            lang, "contour_description", what=what, names=names,
            best=said(lang, "listing").join(shown.plain(t, lang) for t in told),
        ),
        caption=shown.caption(
            lang, "contour_caption", what=what, levels=levels_said(lang), best=shown.listed(told, lang)
        ),
    )  # fmt: skip


def _side(found: Objective, most: int) -> int:
    """Points a side of a grid: fewer for long data."""
    return max(31, min(most, math.isqrt(WORK // max(1, found.data.arrays[found.data.target].size))))


def _fitted(found: Objective, numbers: list[Number], ranges: list[Range]) -> list[Range]:
    """Ranges that hold the outermost line: wider where it is cut, narrower where nothing is drawn."""
    limits, coarse = [found.domains[name] for name, _ in numbers], _side(found, COARSE)
    for _ in range(WIDENINGS):
        grid = np.meshgrid(*(np.linspace(*r, coarse) for r in ranges), indexing="ij")
        heights = relative(found, numbers, [g.ravel() for g in grid]).reshape(coarse, coarse)
        along = [heights.max(axis=1), heights.max(axis=0)]
        fitted = [_fit(a, r, limit) for a, r, limit in zip(along, ranges, limits, strict=True)]
        if all(math.isclose(x, y) for f, r in zip(fitted, ranges, strict=True) for x, y in zip(f, r, strict=True)):
            break
        ranges = fitted
    return ranges


def _fit(heights: Array, ends: Range, limits: Range) -> Range:
    """A range whose ends lie just beyond where the heights pass the outermost line."""
    low, high = ends
    step = (high - low) / (len(heights) - 1)
    high_enough = np.nonzero(heights >= LEVELS[-1])[0]
    first, last = int(high_enough[0]), int(high_enough[-1])
    lower = low - 0.3 * (high - low) if first == 0 else low + (first - 2) * step
    upper = high + 0.3 * (high - low) if last == len(heights) - 1 else low + (last + 2) * step
    return max(lower, limits[0]), min(upper, limits[1])
