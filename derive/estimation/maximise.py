"""Maximising a log-likelihood: Newton steps with a line search, first in double precision, then in balls.

Balls take over where double precision has come to rest, so that what is found is right to the last digits and a
likelihood that keeps rising is told from one that is flat to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, arb_mat, fmpq

from derive.estimation.arithmetic import Arithmetic, Array, Floats
from derive.estimation.objective import BALLS, Objective, Point

MAX_STEPS = 200
#: Coordinates that are logarithms or logits move by at most this in a step …
MAX_MOVE = 4.0
#: … and this far from its start a parameter counts as on its way to the end of its domain.
FAR = 40.0
#: Curvature that is this much smaller than the largest is none: the likelihood does not change in that direction.
FLAT = 1e-11
#: What must be gained at least along a direction without curvature for it to be taken.
GAIN = 1e-9
#: A step along which the likelihood curves this much less than it did at the start leads to no maximum.
VANISHED = 1e-13


@dataclass(frozen=True)
class Climb:
    """Where a climb ended: at a maximum (`converged`), or on its way to none (`escaping`).

    `rise` is what the last step gained or the next would, `curve` the curvature there, worked out at `point`; the climb
    set out at `origin`, with the curve `start`.
    """

    u: Array
    value: Any
    converged: bool
    escaping: bool
    curve: Array
    point: Point
    start: Array
    origin: Array
    rise: float = 0.0

    @property
    def is_sharp(self) -> bool:
        """Whether the curve is known in balls."""
        return bool(self.point.curve.dtype == object and any(isinstance(v, arb) for v in self.point.curve.flat))


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
    rests, gain = 0, 0.0
    for _ in range(MAX_STEPS):
        slope = point.slope.astype(float)
        if order > 1:
            curve = point.curve.astype(float)
        assert curve is not None
        if not (np.isfinite(slope).all() and np.isfinite(curve).all()):
            return Climb(u, point.value, False, False, curve, point, curve, origin)
        start = curve if start is None else start
        step = newton_step(slope, curve) if isinstance(arithmetic, Floats) else exact_step(point, slope, curve)
        largest = float(np.abs(step[~free]).max(initial=0.0))
        if largest > MAX_MOVE:
            step *= MAX_MOVE / largest
        rise = float(slope @ step)
        height = 1 + abs(float(point.value))
        # one over it is what the samples leave uncertain about a free coordinate; the others have no unit
        unit = np.sqrt(np.maximum(np.abs(np.diag(curve)), np.abs(np.diag(start))))
        unit = np.where(free & (unit > 0), unit, 1.0)
        size = float((np.abs(step) * unit / (1 + np.abs(u.astype(float)) * unit)).max(initial=0.0))
        if not free.all() and float(np.abs((u.astype(float) - origin)[~free]).max()) > FAR:
            return Climb(u, point.value, False, True, curve, point, start, origin, max(rise, gain))
        if rise <= 1e-9 * height and _has_vanished(step, curve, start):
            return Climb(u, point.value, False, True, curve, point, start, origin, max(rise, gain))
        if rise <= 0 or size < (1e-15 if isinstance(arithmetic, Floats) else 1e-22):
            return Climb(u, point.value, True, False, curve, point, start, origin)
        taken = _search(objective, u, point.value, step, rise, arithmetic)
        if taken is None:
            return Climb(u, point.value, rise <= 1e-7 * height, False, curve, point, start, origin)
        u = taken
        before, point = point, objective.at(u, arithmetic, order)
        gain = float(point.value - before.value)
        if isinstance(arithmetic, Floats) and gain <= 1e-14 * height:
            rests += 1
            if rests > 2:
                return Climb(u, point.value, True, False, curve, point, start, origin)
    assert curve is not None and start is not None
    return Climb(u, point.value, False, False, curve, point, start, origin)


def newton_step(slope: Array, curve: Array) -> Array:
    """The way up: Newton's step, with curvature of the wrong sign turned round.

    A direction without curvature is taken where the slope says that something is to be gained, else left out.
    """
    scale = np.sqrt(np.abs(np.diag(curve)))
    scale = np.where(scale > 0, scale, np.abs(slope) + (scale.max(initial=0.0) or 1.0) * 1e-8)
    scale = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(_scaled(curve, scale))
    along = vectors.T @ (slope / scale)
    sizes = np.abs(values)
    floor = max(FLAT * float(sizes.max(initial=0.0)), 1e-200)
    taken = (sizes > floor) | (along * along > GAIN * floor)
    weights = np.where(taken, along / np.maximum(sizes, 1e-200), 0.0)
    return np.asarray((vectors @ weights) / scale)


def exact_step(point: Point, slope: Array, curve: Array) -> Array:
    """Newton's step worked out in balls, where it leads up, since curvatures may differ beyond double precision."""
    if any(isinstance(v, fmpq) and v == 0 for v in np.diag(point.curve)):
        return newton_step(slope, curve)
    try:
        step = (-arb_mat(point.curve.tolist())).solve(arb_mat([[v] for v in point.slope]))
    except ZeroDivisionError:
        return newton_step(slope, curve)
    found = np.array([float(step[n, 0]) for n in range(len(slope))])
    sharp = all(abs(step[n, 0]).rad() <= abs(step[n, 0]).mid() * 1e-6 + 1e-30 for n in range(len(slope)))
    return found if sharp and np.isfinite(found).all() and slope @ found > 0 else newton_step(slope, curve)


def smallest_curvature(curve: Array, reference: Array) -> float:
    """The smallest curvature as a part of the largest, worked out in balls; 0 where it cannot be told from 0."""
    scale = [abs(arb(v)).mid().max(arb(float(r))).sqrt() for v, r in zip(np.diag(curve), reference, strict=True)]
    try:
        scaled = arb_mat([[v / (scale[a] * scale[b]) for b, v in enumerate(row)] for a, row in enumerate(curve)])
        inverse = scaled.inv()
    except ZeroDivisionError:
        return 0.0
    largest = max(float(abs(v)) for v in inverse.entries())
    return 1 / largest if np.isfinite(largest) and largest > 0 else 0.0


def flat_directions(curve: Array, reference: Array) -> Array:
    """The directions in which the likelihood does not change, one a column, in the coordinates themselves.

    `reference` says how much it curves along each coordinate elsewhere, which gives small numbers their meaning.
    """
    scale = np.sqrt(np.maximum(np.abs(np.diag(curve)), reference))
    scale = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(_scaled(curve, scale))
    sizes = np.abs(values)
    return np.asarray(vectors[:, sizes <= FLAT * max(float(sizes.max(initial=0.0)), 1e-200)] / scale[:, None])


def _scaled(curve: Array, scale: Array) -> Array:
    scaled = curve / np.outer(scale, scale)
    return np.asarray((scaled + scaled.T) / 2)


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
