"""Maximising a log-likelihood: Newton steps with a line search, first in double precision, then in balls.

Balls take over where double precision has come to rest, so that what is found is right to the last digits and a
likelihood that keeps rising is told from one that is flat to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.estimation.arithmetic import Arithmetic, Array, Floats
from derive.estimation.objective import BALLS, Objective

MAX_STEPS = 200
#: Coordinates that are logarithms or logits move by at most this in a step …
MAX_MOVE = 4.0
#: … and this far from its start a parameter counts as on its way to the end of its domain.
FAR = 40.0
#: Curvature that is this much smaller than the largest is none: the likelihood does not change in that direction.
FLAT = 1e-11
#: A step along which the likelihood curves this much less than it did at the start leads to no maximum.
VANISHED = 1e-13


@dataclass(frozen=True)
class Climb:
    """Where a climb ended: at a maximum (`converged`), or on its way to none (`escaping`)."""

    u: Array
    value: Any
    converged: bool
    escaping: bool
    curve: Array
    start: Array
    origin: Array


def climb(
    objective: Objective,
    u: Array,
    arithmetic: Arithmetic,
    *,
    order: int = 2,
    curve: Array | None = None,
    start: Array | None = None,
    origin: Array | None = None,
) -> Climb:
    """Newton steps from u to a local maximum. With `order` 1 the curve is the given one throughout.

    `origin` is the place where an earlier climb set out that this one takes up, `start` the curve there.
    """
    free = np.concatenate([np.full(x.count, x.is_free) for x in objective.unknowns])
    origin = u.astype(float) if origin is None else origin
    point = objective.at(u, arithmetic, order)
    rests = 0
    for _ in range(MAX_STEPS):
        slope = point.slope.astype(float)
        if order > 1:
            curve = point.curve.astype(float)
        assert curve is not None
        if not (np.isfinite(slope).all() and np.isfinite(curve).all()):
            return Climb(u, point.value, False, False, curve, curve, origin)
        start = curve if start is None else start
        step = newton_step(slope, curve)
        largest = float(np.abs(step[~free]).max(initial=0.0))
        if largest > MAX_MOVE:
            step *= MAX_MOVE / largest
        rise = float(slope @ step)
        height = 1 + abs(float(point.value))
        size = float(np.abs(step / (1 + np.abs(u.astype(float)))).max(initial=0.0))
        if not free.all() and float(np.abs((u.astype(float) - origin)[~free]).max()) > FAR:
            return Climb(u, point.value, False, True, curve, start, origin)
        if rise <= 1e-9 * height and _has_vanished(step, curve, start):
            return Climb(u, point.value, False, True, curve, start, origin)
        if rise <= 0 or size < (1e-15 if isinstance(arithmetic, Floats) else 1e-22):
            return Climb(u, point.value, True, False, curve, start, origin)
        taken = _search(objective, u, point.value, step, rise, arithmetic)
        if taken is None:
            return Climb(u, point.value, rise <= 1e-7 * height, False, curve, start, origin)
        u = taken
        before, point = point, objective.at(u, arithmetic, order)
        if isinstance(arithmetic, Floats) and float(point.value) - float(before.value) <= 1e-14 * height:
            rests += 1
            if rests > 2:
                return Climb(u, point.value, True, False, curve, start, origin)
    assert curve is not None and start is not None
    return Climb(u, point.value, False, False, curve, start, origin)


def newton_step(slope: Array, curve: Array) -> Array:
    """The way up: Newton's step, with curvature of the wrong sign turned round and flat directions left out."""
    scale = np.sqrt(np.abs(np.diag(curve)))
    scale = np.where(scale > 0, scale, np.abs(slope) + (scale.max(initial=0.0) or 1.0) * 1e-8)
    scale = np.where(scale > 0, scale, 1.0)
    scaled = curve / np.outer(scale, scale)
    values, vectors = np.linalg.eigh((scaled + scaled.T) / 2)
    along = vectors.T @ (slope / scale)
    sizes = np.abs(values)
    flat = sizes <= FLAT * sizes.max(initial=0.0)
    weights = np.where(flat, 0.0, along / np.where(flat, 1.0, sizes))
    return np.asarray((vectors @ weights) / scale)


def flat_directions(curve: Array) -> Array:
    """The directions in which the likelihood does not change, one a column, in the coordinates themselves."""
    scale = np.sqrt(np.abs(np.diag(curve)))
    scale = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(curve / np.outer(scale, scale))
    sizes = np.abs(values)
    return np.asarray(vectors[:, sizes <= FLAT * sizes.max(initial=0.0)] / scale[:, None])


def _has_vanished(step: Array, curve: Array, start: Array) -> bool:
    now, then = abs(float(step @ curve @ step)), abs(float(step @ start @ step))
    return then > 0 and now < VANISHED * then


def _search(
    objective: Objective, u: Array, value: Any, step: Array, rise: float, arithmetic: Arithmetic
) -> Array | None:
    """The point along the step where the likelihood has risen enough; None where it rises nowhere."""
    length = 1.0
    noise = 1e-13 * (1 + abs(float(value))) if isinstance(arithmetic, Floats) else 0.0
    for _ in range(60):
        there = moved(u, step * length, arithmetic)
        gain = float(objective.value(there, arithmetic) - value)
        if gain >= 1e-4 * length * rise - noise:
            return there
        length /= 4 if np.isnan(gain) else 2  # not a number: too far by much
    return None


def moved(u: Array, step: Array, arithmetic: Arithmetic) -> Array:
    """u + step, in an arithmetic."""
    if isinstance(arithmetic, Floats):
        return np.asarray(u.astype(float) + step)
    return np.asarray(u + as_exact(step))


def as_exact(u: Array) -> Array:
    """Doubles as exact numbers of the ball arithmetic."""
    return np.concatenate([BALLS.constant(*float(x).as_integer_ratio()) for x in u])
