"""The likelihood around the estimate of one or two numbers: a curve, or contours."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from derive.algebra.context import Domain
from derive.derivation import Derivation
from derive.estimation.arithmetic import Array
from derive.estimation.coordinates import ends
from derive.render.pictures import shown
from derive.render.pictures.contours import contour_items, levels_said
from derive.render.pictures.figure import Dot, Figure, Frame, Item, Line
from derive.render.pictures.objective import Objective, exact
from derive.render.pictures.sampled import sampled, values_of
from derive.render.pictures.words import said

WIDTH, HEIGHT = 360.0, 236.0
CURVE, SIDE = 201, 61
#: The picture reaches to where the likelihood has fallen to this part of its maximum.
LOWEST = 0.004
#: The first width that is tried, and how often it may be doubled.
FIRST, DOUBLINGS = 1e-6, 60


def around(found: Objective, lang: str) -> Figure | None:
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
    """The likelihood relative to its maximum; 0 where the data lie outside the support."""
    moving = _moving(found, numbers, values)
    return np.where(_supported(found.derivation, found, moving), found.relative(moving), 0.0)


def _supported(derivation: Derivation, found: Objective, moving: dict[str, Array]) -> Any:
    """Whether the data lie in a support whose ends are parameters: x_i ≤ θ for every i."""
    inside: Any = True
    data = found.data.arrays[found.data.target].astype(float)
    for variable in derivation.context.variables:
        if variable.key != found.data.target:
            continue
        for end, worst, wrong in (
            (variable.domain.upper, data.max(), np.less), (variable.domain.lower, data.min(), np.greater)
        ):  # fmt: skip
            if end.free_symbols and not end.is_number:
                known = values_of(found.data)
                grid = {(n, found.parameters[n].rank): v for n, v in moving.items()}
                inside = inside & ~wrong(sampled(end, known, grid), worst)
    return inside


def _range(found: Objective, name: str, place: int | None) -> tuple[float, float]:
    """How far a number may move until the likelihood is low, or its domain ends."""
    best = float(found.best[name] if place is None else found.best[name][place])
    low, high = _ends(found.parameters[name].domain)
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


def _ends(domain: Domain) -> tuple[float, float]:
    lower, upper = ends(domain)
    return -math.inf if lower is None else lower, math.inf if upper is None else upper


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


def _curve(found: Objective, number: Number, ends_: tuple[float, float], lang: str) -> Figure:
    best = float(found.best[number[0]].reshape(-1)[number[1] or 0])
    places = np.union1d(np.linspace(*ends_, CURVE), [best])
    heights = relative(found, [number], [places])
    frame = Frame(ends_, (0.0, 1.0))
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


def _contours(found: Objective, numbers: list[Number], ranges: list[tuple[float, float]], lang: str) -> Figure:
    (x_low, x_high), (y_low, y_high) = (
        _widened(r, found.parameters[n[0]].domain) for r, n in zip(ranges, numbers, strict=True)
    )
    across, up = np.meshgrid(np.linspace(x_low, x_high, SIDE), np.linspace(y_low, y_high, SIDE))
    heights = relative(found, numbers, [across.ravel(), up.ravel()]).reshape(SIDE, SIDE)
    frame = Frame((x_low, x_high), (y_low, y_high))
    items: list[Item] = frame.axes(_head(numbers[0]), _head(numbers[1]))
    on_sheet = np.array([frame.at(x, y) for x, y in zip(across.ravel(), up.ravel(), strict=True)])
    items += contour_items(on_sheet[:, 0].reshape(SIDE, SIDE), on_sheet[:, 1].reshape(SIDE, SIDE), heights)
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


def _widened(ends_: tuple[float, float], domain: Domain) -> tuple[float, float]:
    """A little more than where both axes fall, since the way down may be longer between them."""
    low, high = ends_
    least, most = _ends(domain)
    return max(low - 0.1 * (high - low), least), min(high + 0.1 * (high - low), most)
