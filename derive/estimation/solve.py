"""Solving for the parameters that have no closed form: the highest maximum that climbs from several starts find."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from derive.estimation.arithmetic import Array, precision
from derive.estimation.maximise import Climb, as_exact, climb, flat_directions
from derive.estimation.objective import BALLS, FLOATS, Objective
from derive.estimation.starts import starts

#: Bits of the balls in which a solution gets its last digits.
BITS = 200
#: Numbers that a climb in balls may work with at each step: with the curve by the unknowns, or the slope alone.
WORK_CURVE, WORK_SLOPE = 400_000, 400_000


@dataclass(frozen=True)
class Solution:
    """Coordinates (exact dyadic numbers, or doubles), and what was found about the maximum there.

    `escaping` holds the way on which the likelihood keeps rising, where there is no maximum; `rising` how fast still.
    `flat` has one column for each direction in which the likelihood stays the same.
    """

    u: Array
    found: bool
    escaping: Array | None
    rising: float
    flat: Array


def solve(objective: Objective) -> Solution:
    """The coordinates of the maximum, to more digits than a double has where that can be afforded."""
    climbs = [climb(objective, u, FLOATS) for u in starts(objective)]
    usable = [c for c in climbs if np.isfinite(float(c.value))]
    best = max(usable or climbs, key=lambda c: (float(c.value), c.converged))
    work = objective.work() * objective.count
    with precision(BITS):
        if work * objective.count <= WORK_CURVE:
            best = _sharpened(objective, best, order=2)
        elif best.converged and work <= WORK_SLOPE:
            best = _sharpened(objective, best, order=1)
        elif not best.converged and not best.escaping and work <= 20 * WORK_SLOPE:
            best = _sharpened(objective, best, order=2)
    flat = flat_directions(best.curve) if best.converged else np.zeros((objective.count, 0))
    if not best.escaping:
        return Solution(best.u, best.converged, None, 0.0, flat)
    way = best.u.astype(float) - best.origin
    slope = objective.at(best.u, BALLS if best.u.dtype == object else FLOATS, 1).slope.astype(float)
    return Solution(best.u, False, way, float(np.abs(slope).max()), flat)


def _sharpened(objective: Objective, found: Climb, order: int) -> Climb:
    """The climb taken up in balls; the double result where balls come to nothing."""
    curve = found.curve if order == 1 else None
    again = climb(objective, as_exact(found.u), BALLS, order=order, curve=curve, start=found.start, origin=found.origin)
    return again if again.converged or again.escaping or not found.converged else found
