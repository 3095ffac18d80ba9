"""Where to start a climb: guesses from the data's scale, none of which knows what the model is.

A positive parameter may be a spread, a rate or a shape; a real one a place. The guesses that the likelihood likes best
are tried.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from derive.estimation.arithmetic import Array
from derive.estimation.coordinates import Unknown
from derive.estimation.objective import FLOATS, Objective

#: With this few observations each of them is tried as a place.
FEW = 30
#: At most so many guesses are held against the likelihood …
MAX_GUESSES = 400
#: … and so many starts taken.
STARTS = 4


def starts(objective: Objective) -> list[Array]:
    """The best guesses, best first, far enough apart to be worth a climb each."""
    target = objective.data.typical(FLOATS)
    assert target is not None
    plain = target[np.isfinite(target)] if not _has_inputs(objective) else np.empty(0)
    choices = [_guesses(u, target, plain) for u in objective.unknowns]
    combined = (np.concatenate(c) for c in product(*choices))
    guesses = [g for _, g in zip(range(MAX_GUESSES), combined, strict=False)]
    if len(guesses) == 1:
        return guesses
    ranked = sorted(((_height(objective, g), n) for n, g in enumerate(guesses)), reverse=True)
    chosen: list[Array] = []
    for height, n in ranked:
        apart = all(float(np.abs(guesses[n] - c).max()) > 0.5 for c in chosen)
        if np.isfinite(height) and (apart or not chosen):
            chosen.append(guesses[n])
        if len(chosen) == STARTS:
            break
    return chosen or guesses[:STARTS]


def _has_inputs(objective: Objective) -> bool:
    """Whether observations come with inputs, so that their own mean and spread say little about the parameters."""
    target = objective.data.target
    return any(len(a.shape) == 2 for name, a in objective.data.arrays.items() if name != target)


def _height(objective: Objective, u: Array) -> float:
    value = float(objective.value(u, FLOATS))
    return value if np.isfinite(value) else -np.inf


def _guesses(unknown: Unknown, target: Array, plain: Array) -> list[Array]:
    """Coordinates at which to try an unknown, flattened."""
    values = _values(unknown, target, plain)
    full = (np.broadcast_to(np.asarray(v, dtype=float), unknown.shape or (1,)) for v in values)
    with np.errstate(all="ignore"):
        free = [unknown.free(v).reshape(-1) for v in full]
    kept = [u for u in free if np.isfinite(u).all()]
    return kept or [np.zeros(unknown.count)]


def _values(unknown: Unknown, target: Array, plain: Array) -> list[Array | float]:
    if unknown.simplex is not None:
        return [unknown.total / unknown.shape[unknown.simplex]]
    if unknown.lower is not None and unknown.upper is not None:
        return [unknown.lower + (unknown.upper - unknown.lower) * share for share in (0.5, 0.1, 0.9)]
    if unknown.is_free:
        return _places(unknown, plain)
    sign, end = (1.0, unknown.lower) if unknown.lower is not None else (-1.0, unknown.upper)
    assert end is not None
    return [end + sign * v for v in _sizes(unknown, target)]


def _places(unknown: Unknown, plain: Array) -> list[Array | float]:
    if plain.size == 0 or unknown.shape:
        return [0.0]
    few = list(plain.reshape(-1)) if plain.size <= FEW else list(np.quantile(plain, [0.1, 0.25, 0.75, 0.9]))
    return [float(np.median(plain)), float(plain.mean()), 0.0, *few]


def _sizes(unknown: Unknown, target: Array) -> list[Array | float]:
    mean, spread = float(np.abs(target).mean()), float(target.std())
    found: list[Array | float] = [1.0, spread, mean, spread / 10]
    with np.errstate(all="ignore"):
        m, s = np.float64(mean), np.float64(spread)
        found += [1 / s, 1 / m, (m / s) ** 2, m / s**2]
        if unknown.shape == target.shape[1:] and target.ndim == 2:
            columns = target.mean(axis=0)
            strength = np.median(columns * (1 - columns) / target.var(axis=0) - 1)
            found = [columns * strength, 1.0, columns, 10 * columns, 100 * columns]
    return [v for v in found if np.isfinite(v).all() and bool((np.asarray(v) > 0).all())]
