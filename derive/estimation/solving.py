"""Solving for the parameters that have no closed form: the highest maximum that climbs from several starts find."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from derive.estimation.arithmetic import Array, precision
from derive.estimation.maximise import Climb, as_exact, climb, flat_directions, smallest_curvature
from derive.estimation.objective import BALLS, FLOATS, Objective
from derive.estimation.starting_points import starts

#: Bits of the balls in which a solution gets its last digits.
BITS = 200
#: A curvature that is this part of the largest, or less, is taken for 0 in balls.
FLAT_IN_BALLS = 1e-19
#: A coordinate that went further than this is one of those that escape.
WENT = 8.0
#: Directions that curved by this much of the largest curvature, and do so no longer, lead to no maximum.
ONCE_CURVED = 1e-6
#: Numbers that a climb in balls may work with at each step: with the curve by the unknowns, or the slope alone.
WORK_CURVE, WORK_SLOPE = 400_000, 400_000


@dataclass(frozen=True)
class Solution:
    """Coordinates (exact dyadic numbers, or doubles), and what was found about the maximum there.

    `escaping` holds the way on which the likelihood keeps rising, where there is no maximum, `rising` how much more it
    rises further on, and `height` the log-likelihood there.
    `flat` has one column for each direction in which the likelihood stays the same.
    """

    u: Array
    found: bool
    escaping: Array | None
    rising: float
    height: float
    flat: Array


def solve(objective: Objective) -> Solution:
    """The coordinates of the maximum, to more digits than a double has where that can be afforded."""
    streamed = objective.data.stream is not None
    climbs = [climb(objective, u, FLOATS) for u in (_on_a_sample(objective) if streamed else starts(objective))]
    usable = [c for c in climbs if np.isfinite(float(c.value))]
    best = max(usable or climbs, key=lambda c: (float(c.value), c.converged))
    work = objective.work() * objective.count
    with precision(BITS):
        if streamed and not objective.is_settled():
            pass  # terms that are doubles give no more digits than a climb in doubles has found
        elif work * objective.count <= WORK_CURVE:
            best = _sharpened(objective, best, order=2)
        elif best.converged and work <= WORK_SLOPE:
            best = _sharpened(objective, best, order=1)
        elif not best.converged and not best.escaping and work <= 20 * WORK_SLOPE:
            best = _sharpened(objective, best, order=2)
    reference = np.max([np.nan_to_num(np.abs(np.diag(c.start)), posinf=0.0) for c in climbs], axis=0)
    flat = _flat(best, reference) if best.converged else np.zeros((objective.count, 0))
    if not best.escaping and not (_were_curved(flat, best.start) and _rises_further(objective, best)):
        return Solution(_of_least_norm(objective, best.u, flat), best.converged, None, 0.0, 0.0, flat)
    way = _way(objective, best.u.astype(float) - best.origin)
    u = best.u if best.u.dtype == object else as_exact(best.u)
    u, way = _to_the_closed_end(objective, u, way, best)
    return Solution(u, False, way, best.rise if best.escaping else 0.0, float(best.value), flat)


def _on_a_sample(objective: Objective) -> list[Array]:
    """Where to start on a stream: at the maximum for some of its samples, or where the climb to it began."""
    assert objective.data.stream is not None
    few = objective.on(objective.data.stream.sample)
    climbs = [climb(few, u, FLOATS) for u in starts(few)]
    usable = [c for c in climbs if np.isfinite(float(c.value))] or climbs
    best = max(usable, key=lambda c: (float(c.value), c.converged))
    return [best.u if best.converged else best.origin]


def _flat(found: Climb, reference: Array) -> Array:
    """The flat directions at a maximum; what balls have shown to be curved is not flat."""
    flat = flat_directions(found.curve, reference)
    if flat.shape[1] and found.is_sharp:
        with precision(BITS):
            if smallest_curvature(found.point.curve, reference) > FLAT_IN_BALLS:
                return flat[:, :0]
    return flat


def _to_the_closed_end(objective: Objective, u: Array, way: Array, best: Climb) -> tuple[Array, Array]:
    """The other end of an interval where that belongs to it and is as good: −π and π are one direction."""
    other = [
        x.lower is not None and x.upper is not None and x.lower_closed != x.upper_closed for x in objective.unknowns
    ]
    counts = [x.count for x in objective.unknowns]
    outward = np.repeat([1.0 if x.lower_closed else -1.0 for x in objective.unknowns], counts)
    turned = np.repeat(other, counts) & (way * outward > 0)
    if not turned.any():
        return u, way
    there = np.where(turned, -u, u)
    with precision(BITS):
        worse = float(best.value - objective.value(there, BALLS))
    if worse > 1e-9 * (1 + abs(float(best.value))):
        return u, way
    return there, np.where(turned, -way, way)


def _of_least_norm(objective: Objective, u: Array, flat: Array) -> Array:
    """The point nearest to 0 of those with the same likelihood, where they are all of a plane."""
    if not flat.shape[1] or not all(x.is_free for x in objective.unknowns):
        return u
    basis, _ = np.linalg.qr(flat)
    values = u.astype(float)
    return np.asarray(values - basis @ (basis.T @ values))


def _were_curved(flat: Array, start: Array) -> bool:
    """Whether the likelihood had a curve at the start along directions in which it has none at the end."""
    if not flat.shape[1]:
        return False
    scale = np.sqrt(np.abs(np.diag(start)))
    largest = float(np.abs(np.linalg.eigvalsh(start / np.outer(scale, scale))).max()) if (scale > 0).all() else 1.0
    lengths = np.linalg.norm(flat * scale[:, None], axis=0)
    then = np.abs(np.einsum("ac,ab,bc->c", flat, start, flat)) / np.where(lengths > 0, lengths, 1.0) ** 2
    return bool((then > ONCE_CURVED * largest).any())


def _rises_further(objective: Objective, found: Climb) -> bool:
    """Whether the likelihood is higher still when one goes on as far again from the start."""
    here = found.u if found.u.dtype == object else as_exact(found.u)
    with precision(BITS):
        gain = objective.value(here + as_exact(found.u.astype(float) - found.origin), BALLS) - objective.value(
            here, BALLS
        )
        return bool(gain > 0)


def _way(objective: Objective, way: Array) -> Array:
    """The way without the coordinates that do not escape, where others go to an end of their domain."""
    free = np.concatenate([np.full(x.count, x.is_free) for x in objective.unknowns])
    gone = ~free & (np.abs(way) > WENT)
    return np.where(gone, way, 0.0) if gone.any() else way


def _sharpened(objective: Objective, found: Climb, order: int) -> Climb:
    """The climb taken up in balls; the double result where balls come to nothing."""
    curve = found.curve if order == 1 else None
    again = climb(objective, as_exact(found.u), BALLS, order=order, curve=curve, start=found.start, origin=found.origin)
    return again if again.converged or again.escaping or not found.converged else found
