"""Values of derived expressions on a grid: what is drawn comes from the derivation's own formulas, in doubles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from derive.algebra.binding import replace_entries
from derive.algebra.context import key
from derive.estimation.arithmetic import Array, Floats
from derive.estimation.data import Data
from derive.estimation.evaluation import Evaluator
from derive.estimation.jets import Jets

Key = tuple[str, int]
#: Numbers worked out at one time; more grid points than fit are taken in turns.
PIECE = 2_000_000
_FLOATS = Floats()


@dataclass(frozen=True)
class Values:
    """What is known while a grid is walked: sizes by their symbols' names, arrays by name and number of indices."""

    sizes: dict[str, int]
    arrays: dict[Key, Array]


def values_of(data: Data) -> Values:
    """The data, as doubles."""
    sizes = {symbol.name: value for symbol, value in data.sizes.items()}
    found = {name: data.values(name, _FLOATS) for name in data.names}
    return Values(sizes, {name: value for name, value in found.items() if value is not None})


def values_along(expr: sp.Expr, known: Values, moving: Mapping[Key, Array]) -> Any:
    """The value of an expression for every point of a grid, as an array of doubles.

    `moving` maps a name and its number of indices to an array with one axis more than it has, the first of which runs
    over the points of the grid.
    """
    point = sp.Dummy("point", integer=True)
    grids = {place: sp.IndexedBase(f"grid_{place[0]}") for place in moving}

    def on_grid(e: sp.Basic) -> sp.Basic:
        return grids[key(e)][(point, *getattr(e, "indices", ()))]

    lifted = replace_entries(expr, lambda e: key(e) in grids, on_grid)
    count = len(next(iter(moving.values())))
    longest = max((a.size for a in known.arrays.values()), default=1)
    step = max(1, PIECE // max(1, longest))
    pieces = []
    for start in range(0, count, step):
        part = {(grids[place].label.name, place[1] + 1): a[start : start + step] for place, a in moving.items()}
        arrays = known.arrays | part
        work = Evaluator(Jets(_FLOATS, 0), known.sizes, arrays.get)
        with np.errstate(all="ignore"):
            pieces.append(work.array(lifted, (point,), (min(step, count - start),)).value.astype(float))
    return np.concatenate(pieces)


def number(expr: sp.Expr, known: Values) -> float:
    """The value of an expression without free indices."""
    return float(Evaluator(Jets(_FLOATS, 0), known.sizes, known.arrays.get).number(expr).value.item())
