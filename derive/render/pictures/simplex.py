"""The likelihood over probabilities that add up to 1: a line for two classes, a triangle for three, else one curve
for each count.

For more classes the whole simplex cannot be drawn. There one probability moves while the others keep the proportions of
the estimate, which keeps the constraint: that tells how well each of them is determined by the data.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import sympy as sp

from derive.render.pictures import shown
from derive.render.pictures.contours import contour_items, levels_said
from derive.render.pictures.figure import Dot, Figure, Frame, Ink, Item, Label, Line, Point, written
from derive.render.pictures.objective import Objective, exact
from derive.render.pictures.words import said

WIDTH, HEIGHT = 360.0, 236.0
#: Points of a curve, and of each side of the grid under a triangle.
CURVE, SIDE = 201, 161
#: How curves are told apart, and how many can be.
_STYLES: tuple[tuple[Ink, bool], ...] = (
    ("one", False), ("two", False), ("ink", False), ("one", True), ("two", True), ("ink", True)
)  # fmt: skip
MOST_CURVES = len(_STYLES)
#: More classes than this are not written beside a curve.
MOST_NAMED = 5


def over_simplex(found: Objective, lang: str, example: bool) -> Figure | None:
    """The picture for a parameter whose entries add up to 1, the only one of its model; None for any other model."""
    if len(found.parameters) != 1:
        return None
    ((name, variable),) = found.parameters.items()
    facts = found.derivation.context.facts
    if variable.rank != 1 or not any(f.variable.key == variable.key and f.total == 1 for f in facts):
        return None
    classes = len(found.best[name])
    draw = {0: None, 1: None, 2: _edge, 3: _triangle}.get(classes, _profiles)
    return draw(found, name, lang, example) if draw is not None else None


def _counts(found: Objective, lang: str, example: bool) -> tuple[str, str]:
    """The phrase about the counts, and the counts; both empty where the data are no counts."""
    values = found.data.arrays.get((found.data.target[0], 1))
    if values is None and found.data.arrays[found.data.target].ndim == 2:
        values = found.data.arrays[found.data.target].sum(axis=0)
    if values is None or values.ndim != 1 or values.size > 12:
        return "", ""
    return "example" if example else "counted", ", ".join(str(v) for v in values)


def _caption(found: Objective, lang: str, example: bool, key: str, **values: Any) -> Any:
    phrase, counts = _counts(found, lang, example)
    keys = (key, phrase) if phrase else (key,)
    return shown.caption(lang, *keys, what=said(lang, found.what), counts=counts, **values)


def _edge(found: Objective, name: str, lang: str, example: bool) -> Figure:
    """K = 2: a curve over y_1, with y_2 = 1 − y_1 written below."""
    best = float(found.best[name][0])
    places = np.union1d(np.linspace(0, 1, CURVE), [best])
    heights = found.relative({name: np.stack([places, 1 - places], axis=1)})
    frame = Frame((0.0, 1.0), (0.0, 1.0), bottom=176.0)
    first, second = shown.entry(name, 1), shown.entry(name, 2)
    items: list[Item] = frame.axes("", said(lang, f"axis_{found.what}"))
    items += [Label((frame.at(x, 0)[0], frame.bottom + 32), written(1 - x), "middle", "soft") for x in _FIFTHS]
    items += [
        Label((frame.right, frame.bottom + 50), first, "end"),
        Label((frame.left, frame.bottom + 50), sp.Eq(second, 1 - first, evaluate=False), "start", "soft"),
    ]
    items += frame.line(list(zip(places.tolist(), heights.tolist(), strict=True)))
    items += [Line((frame.at(best, 0), frame.at(best, 1)), "two", 1.0, dashed=True), Dot(frame.at(best, 1))]
    at = shown.equation(shown.hat(name, 1), exact(found.estimation, name)[0])
    what = said(lang, found.what)
    return Figure(
        "edge", WIDTH, HEIGHT, tuple(items),
        title=said(lang, "edge_title", what=what),
        description=said(lang, "edge_description", first=shown.plain(first, lang), best=shown.plain(at, lang)),
        caption=_caption(found, lang, example, "edge_caption", constraint=(shown.constraint(name, 2),), best=(at,)),
    )  # fmt: skip


_FIFTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_BOTTOM, _HALF = 238.0, 120.0
_CORNERS: tuple[Point, Point, Point] = (
    (WIDTH / 2 - _HALF, _BOTTOM), (WIDTH / 2 + _HALF, _BOTTOM), (WIDTH / 2, _BOTTOM - math.sqrt(3) * _HALF)
)  # fmt: skip
#: How far from its side the number of each corner's share stands: left, below, right.
_ASIDE = ((-13.0, -2.0), (0.0, 11.0), (13.0, -2.0))


def place_in_triangle(shares: Any) -> Point:
    """Where three shares that add up to 1 lie: the corners' centre of mass."""
    return (
        sum(float(s) * c[0] for s, c in zip(shares, _CORNERS, strict=True)),
        sum(float(s) * c[1] for s, c in zip(shares, _CORNERS, strict=True)),
    )


def _triangle(found: Objective, name: str, lang: str, example: bool) -> Figure:
    """K = 3: contours over the triangle of all (y_1, y_2, y_3)."""
    u, v = np.meshgrid(np.linspace(0, 1, SIDE), np.linspace(0, 1, SIDE))
    shares = np.stack([1 - u, u * (1 - v), u * v], axis=-1)
    heights = found.relative({name: shares.reshape(-1, 3)}).reshape(SIDE, SIDE)
    across, down = np.tensordot(shares, np.array(_CORNERS), axes=1).transpose(2, 0, 1)
    items: list[Item] = list(contour_items(across, down, heights))
    for share, corner in itertools.product(_FIFTHS[1:-1], range(3)):
        start, end = (
            place_in_triangle(_on_side(corner, share, other)) for other in ((corner + 2) % 3, (corner + 1) % 3)
        )
        items.append(Line((start, end), "soft", 0.4))
        items.append(
            Label((start[0] + _ASIDE[corner][0], start[1] + _ASIDE[corner][1]), written(share), "middle", "soft")
        )
    items.append(Line((*_CORNERS, _CORNERS[0]), "ink", 1.2))
    (left, _), (right, _), (middle, top) = _CORNERS
    spots = ((left, _BOTTOM + 24), (right, _BOTTOM + 24), (middle, top - 16))
    for k, spot in enumerate(spots, start=1):
        items.append(Label(spot, sp.Eq(shown.entry(name, k), 1, evaluate=False), "middle"))
    values = exact(found.estimation, name)
    items.append(Dot(place_in_triangle(found.best[name])))
    best = [shown.equation(shown.hat(name, k), value) for k, value in enumerate(values, start=1)]
    what = said(lang, found.what)
    return Figure(
        "triangle", WIDTH, _BOTTOM + 34, tuple(items),
        title=said(lang, "ternary_title", what=what),
        description=said(
            lang, "ternary_description", what=what, best=said(lang, "listing").join(shown.plain(b, lang) for b in best)
        ),
        caption=_caption(
            found, lang, example, "ternary_caption", levels=levels_said(lang),
            constraint=(shown.constraint(name, 3),), best=shown.listed(best, lang),
        ),
    )  # fmt: skip


def _on_side(corner: int, share: float, other: int) -> list[float]:
    """The shares where one corner has `share` and another one has the rest."""
    shares = [0.0, 0.0, 0.0]
    shares[corner], shares[other] = share, 1 - share
    return shares


def _profiles(found: Objective, name: str, lang: str, example: bool) -> Figure:
    """K > 3: one curve for each different estimate, as its probability moves and the others keep their proportions."""
    best, values = found.best[name], exact(found.estimation, name)
    groups: dict[Any, list[int]] = {}
    for place, value in enumerate(values):
        groups.setdefault(value, []).append(place)
    drawn = dict(sorted(groups.items())[-MOST_CURVES:])
    frame = Frame((0.0, 1.0), (0.0, 1.0), bottom=186.0)
    k = sp.IndexedBase(name)[sp.Symbol("k", integer=True)]
    items: list[Item] = frame.axes(k, said(lang, f"axis_{found.what}"))
    equal = sp.Rational(1, len(best))
    items.append(Line((frame.at(float(equal), 0), frame.at(float(equal), 1)), "ink", 0.9, dashed=True))
    told: list[sp.Basic] = []
    curves = {value: _profile(found, name, members[0]) for value, members in drawn.items()}
    key_left = frame.at(_room([*curves.values()], float(equal)), 0)[0]
    for n, (value, members) in enumerate(drawn.items()):
        ink, dashed = _STYLES[n % len(_STYLES)]
        places, heights = curves[value]
        items += frame.line(list(zip(places.tolist(), heights.tolist(), strict=True)), ink, 1.6, dashed)
        items.append(Dot(frame.at(float(best[members[0]]), 1.0), ink))
        row = frame.top + 18 + 17 * n
        items.append(Line(((key_left, row), (key_left + 22, row)), ink, 1.6, dashed))
        named = [str(m + 1) for m in members]
        classes = said(lang, "listing").join(named if len(named) <= MOST_NAMED else [*named[: MOST_NAMED - 1], "…"])
        text = said(lang, "of_class" if len(members) == 1 else "of_classes", classes=classes)
        items.append(Label((key_left + 28, row), text))
        told += [shown.equation(shown.hat(name, m + 1), value) for m in members]
    what = said(lang, found.what)
    said_places = said(lang, "listing").join(shown.plain(t, lang) for t in told)
    return Figure(
        "profiles", WIDTH, HEIGHT - 12, tuple(items),
        title=said(lang, "profile_title", what=what),
        description=said(lang, "profile_description", places=said_places, equal=shown.plain(equal, lang)),
        caption=_caption(found, lang, example, "profile_caption", one=(k,), equal=(equal,)),
    )  # fmt: skip


def _profile(found: Objective, name: str, place: int) -> tuple[Any, Any]:
    """The curve of one probability."""
    best = found.best[name]
    places = np.union1d(np.linspace(0, 1, CURVE), [best[place]])
    return places, found.relative({name: along(best, place, places)})


def _room(curves: list[tuple[Any, Any]], line: float) -> float:
    """Where the list of the curves stands: over the stretch in which they stay lowest."""

    def crossed(start: float) -> float:
        ends = start - 0.03, start + 0.36
        highest = max(h[(p >= ends[0]) & (p <= ends[1])].max() for p, h in curves)
        return float(highest) + (0.5 if ends[0] <= line <= ends[1] else 0.0)

    return min((0.02 * n for n in range(33, 0, -1)), key=crossed)


def along(best: Any, place: int, values: Any) -> Any:
    """Probabilities with one of them given and the others in the proportions that `best` has."""
    rest = np.delete(np.arange(len(best)), place)
    weights = best[rest] / best[rest].sum() if best[rest].sum() > 0 else np.full(len(rest), 1 / len(rest))
    found = np.empty((len(values), len(best)))
    found[:, place] = values
    found[:, rest] = (1 - values)[:, None] * weights
    return found
