"""Loss and gradient of one observation against the input of the link: softplus and sigmoid where that is a logit."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from derive.algebra.context import Domain, Variable
from derive.estimation.arithmetic import Array
from derive.estimation.functions import NoValueError
from derive.model import Model
from derive.render.pictures import shown
from derive.render.pictures.figure import Figure, Frame, Ink, Item, Label, Point, ticks, written
from derive.render.pictures.observation import SAMPLES, Observation
from derive.render.pictures.sampled import Key, Values, values_along
from derive.render.pictures.words import said
from derive.render.reasons import Pieces

WIDTH, HEIGHT = 360.0, 236.0
CURVE = 161
#: Points this near to 0 show a jump there, as of |z|, upright.
TINY = 1e-6
#: Half the width of the picture: the largest at which the curves stay within this height.
REACHES, HEIGHT_OF_CURVES = (6.0, 4.0, 3.0, 2.0), 13.0
#: Classes of a model with several, and what a size counts that is known.
CLASSES, KNOWN = 3, 3
_INKS: tuple[tuple[Ink, bool], ...] = (("one", False), ("two", True), ("ink", False))


@dataclass(frozen=True)
class Case:
    """One observed value, with the arrays that hold it."""

    told: sp.Eq
    target: Array


def against_input(found: Observation, model: Model | None, lang: str) -> tuple[Figure, Figure] | None:
    """Two pictures, the loss and its gradient; None where no values can be chosen for what else the loss holds."""
    cases, classes = _cases(found)
    others = [(v, _typical(v.domain)) for v in found.others]
    if not cases or any(value is None for _, value in others):
        return None
    constants = _constants(found)
    sizes = {SAMPLES: 1} | ({str(found.input.axes[1]): classes} if found.input.rank > 1 else {}) | constants
    known: dict[Key, Array] = {v.key: np.array([value]) for v, value in others}
    curves: list[tuple[Array, Array]] = []
    places = np.zeros(0)
    for reach in REACHES:
        places = np.union1d(np.linspace(-reach, reach, CURVE), [-TINY, 0.0, TINY])
        try:
            curves = [_curves(found, case, places, sizes, known, classes) for case in cases]
        except NoValueError:
            return None
        if all(np.ptp(loss) <= HEIGHT_OF_CURVES and np.ptp(slope) <= HEIGHT_OF_CURVES for loss, slope in curves):
            break
    else:
        return None
    if not all(np.isfinite(c).all() for pair in curves for c in pair) or not all(_agree(places, *c) for c in curves):
        return None
    return _figures(found, model, lang, cases, places, curves, others, constants)


def _agree(places: Array, loss: Array, slope: Array) -> bool:
    """Whether the slope is that of the loss, by the trapezoidal rule: the caption says so, of whosever derivation."""
    steps = np.diff(places) * (slope[:-1] + slope[1:]) / 2
    return bool(np.abs(np.diff(loss) - steps).max() <= 0.01 * (np.ptp(loss) + 1e-9))


def _curves(
    found: Observation, case: Case, places: Array, sizes: dict[str, int], known: dict[Key, Array], classes: int
) -> tuple[Array, Array]:
    """Loss and slope of one case on a grid."""
    if found.input.rank == 1:
        grid = places[:, None]
    else:
        grid = np.zeros((len(places), 1, classes))
        grid[:, 0, 0] = places
    values = Values(sizes, known | {found.target.key: case.target})
    loss, slope = (values_along(e, values, {found.input.key: grid}) for e in (found.loss, found.slope))
    return loss, slope


def _cases(found: Observation) -> tuple[list[Case], int]:
    """The observed values that are drawn: as few as show how the loss depends on them."""
    target = found.target
    if found.input.rank == 1 and target.rank == 1:
        domain = target.domain
        return [
            Case(sp.Eq(shown.entry(target.name), v, evaluate=False), np.array([float(v)])) for v in _examples(domain)
        ], 1
    binary = target.domain.integer and target.domain.upper == 1
    if found.input.rank != 2 or target.rank != 2 or not binary:
        return [], 0
    first = shown.entry(target.name, 1)
    rows = {1: np.eye(CLASSES)[:1], 0: np.eye(CLASSES)[1:2]}
    return [Case(sp.Eq(first, v, evaluate=False), row) for v, row in rows.items()], CLASSES


def _examples(domain: Domain) -> list[int]:
    """Typical values of a domain."""
    if domain.integer:
        start = 1 if domain.lower == 1 else 0
        return [1, 0] if domain.upper == 1 else [start, start + 1, start + 3]
    if domain.lower == 0:
        return [1, 2, 4] if domain.upper == sp.oo else []
    return [0] if domain.lower == -sp.oo and domain.upper == sp.oo else []


def _typical(domain: Domain) -> float | None:
    """A value for what is not predicted: 1 where that is admissible."""
    inside = (domain.lower < 1 or (domain.lower == 1 and not domain.lower_open)) and domain.upper > 1
    return 1.0 if inside == True else None  # noqa: E712 - a relation between symbols is neither


def _constants(found: Observation) -> dict[str, int]:
    """Sizes that the model counts as known, such as the trials of one observation."""
    return {str(s): KNOWN for s in found.context.sizes if str(s) not in (SAMPLES, *map(str, found.input.axes))}


def _figures(
    found: Observation,
    model: Model | None,
    lang: str,
    cases: list[Case],
    places: Array,
    curves: list[tuple[Array, Array]],
    others: list[tuple[Variable, Any]],
    constants: dict[str, int],
) -> tuple[Figure, Figure]:
    name = shown.entry(found.input.name, 1 if found.input.rank > 1 else None)
    word = model.words.get(found.input.name, {}).get(lang, "") if model is not None and found.input.rank == 1 else ""
    fixed: list[sp.Basic] = [shown.equation(shown.entry(v.name), value) for v, value in others]
    fixed += [sp.Eq(sp.Symbol(n), value, evaluate=False) for n, value in constants.items()]
    if found.input.rank > 1:
        fixed += [sp.Eq(shown.entry(found.input.name, k), 0, evaluate=False) for k in range(2, CLASSES + 1)]
    told: list[sp.Basic] = [case.told for case in cases]
    in_words = said(lang, "listing").join(shown.plain(t, lang) for t in told)
    ends = {"name": shown.plain(name, lang), "low": written(places[0]), "high": written(places[-1])}
    middle = len(places) // 2
    at_zero = said(lang, "listing").join(shown.decimal(slope[middle]) for _, slope in curves)
    rest = shown.caption(lang, "with", others=shown.listed(fixed, lang)) if fixed else ()
    named: Pieces = (name, f" ({word})" if lang == "en" else f"({word})") if word else (name,)
    figures = []
    for key, axis, which in (("link", "axis_loss", 0), ("slope", "axis_gradient", 1)):
        figures.append(
            Figure(
                "loss" if which == 0 else "gradient", WIDTH, HEIGHT,
                tuple(_items(name, said(lang, axis), cases, places, [pair[which] for pair in curves])),
                title=said(lang, f"{key}_title", name=shown.plain(name, lang)),
                description=said(lang, f"{key}_description", cases=in_words, at_zero=at_zero, **ends),
                caption=shown.caption(
                    lang, f"{key}_caption", name=named if which == 0 else (name,),
                    cases=shown.listed(told, lang, last=True), others=rest,
                ),
            )
        )  # fmt: skip
    return figures[0], figures[1]


def _items(name: sp.Expr, axis: str, cases: list[Case], places: Array, curves: list[Array]) -> list[Item]:
    low, high = min(float(c.min()) for c in curves), max(float(c.max()) for c in curves)
    low, high = min(low, 0.0), max(high, 0.0)
    margin = 0.04 * (high - low)
    frame = Frame((float(places[0]), float(places[-1])), (low - margin if low else 0.0, high + margin))
    items = frame.axes(name, axis)
    drawn = [[frame.at(float(x), float(y)) for x, y in zip(places, curve, strict=True)] for curve in curves]
    levels = [frame.at(0, y)[1] for y in (*ticks(*frame.y, most=5), 0.0)]
    for n, (case, (ink, dashed)) in enumerate(zip(cases, _INKS, strict=False)):
        items += frame.line(list(zip(places.tolist(), curves[n].tolist(), strict=True)), ink, dashed=dashed)
        items.append(Label(_free_place(frame, drawn, n, levels), case.told, "middle", ink))
    return items


def _free_place(frame: Frame, drawn: list[list[Point]], mine: int, levels: list[float]) -> Point:
    """Where the name of a curve stands: beside it, on no line, and as far from the other curves as can be."""
    rivals = [np.array(points) for n, points in enumerate(drawn) if n != mine]
    own = np.array(drawn[mine])
    best, found = -math.inf, (float(own[0][0]) + 30, float(own[0][1]) - 12)
    inner = range(len(own) // 12, len(own) - len(own) // 12, 2)
    for n, (dx, dy) in itertools.product(inner, ((0, -12), (0, 12), (24, -6), (-24, -6), (24, 8), (-24, 8))):
        x, y = own[n][0] + dx, own[n][1] + dy
        outside = not (frame.left + 22 <= x <= frame.right - 20 and frame.top <= y <= frame.bottom - 8)
        if outside or any(abs(y - level) < 8 for level in levels):
            continue
        clear = min(_distance(points, x, y) for points in (own, *rivals))
        if clear < 1:
            continue
        score = min((_distance(points, x, y) for points in rivals), default=-abs(x - own[len(own) // 4][0]))
        if score > best:
            best, found = score, (float(x), float(y))
    return found


def _distance(points: Array, x: float, y: float) -> float:
    """How far a curve stays from the box of a label, in heights of the box; below 1 it crosses it."""
    return float(np.maximum(np.abs(points[:, 0] - x) / 20, np.abs(points[:, 1] - y) / 8).min())
