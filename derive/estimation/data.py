"""Data: what was observed, as values of the names in a derivation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from derive.estimation.arithmetic import Arithmetic, Array, Balls, exact

if TYPE_CHECKING:
    from derive.estimation.streaming import Stream

Key = tuple[str, int]
Entry = tuple[sp.Expr, Fraction]

#: Fractions with longer common denominators than this are not added exactly.
MAX_DENOMINATOR_BITS = 20_000
#: What the weights are filed under; no variable has as many indices.
WEIGHTS: Key = ("", -1)
#: So many samples stand for weighted ones where a guess is wanted.
TYPICAL = 1000


class Entries(Sequence[Entry]):
    """What a reader puts in, in order; each entry is made when it is asked for."""

    def __init__(self, parts: list[tuple[sp.Expr, Array]]) -> None:
        self._parts = parts

    def append(self, base: sp.Expr, values: Array) -> None:
        """More names with their values."""
        self._parts.append((base, values))

    def __len__(self) -> int:
        return sum(values.size for _, values in self._parts)

    def __getitem__(self, n):  # type: ignore[no-untyped-def]  # slices are Sequence's own
        if isinstance(n, slice):
            return tuple(self[m] for m in range(*n.indices(len(self))))
        n = n + len(self) if n < 0 else n
        for base, values in self._parts:
            if n < values.size:
                place = np.unravel_index(n, values.shape)
                return (base[tuple(int(p) + 1 for p in place)] if place else base), values[place]
            n -= values.size
        raise IndexError(n)

    def __iter__(self) -> Iterator[Entry]:
        return (self[n] for n in range(len(self)))


@dataclass(frozen=True)
class Data:
    """What was observed, as values of the names in a derivation.

    `sizes` are values of N, K, …; `arrays` map (name, number of indices) to the values, `lazy` to how to make them
    where that is large; `entries` list what a reader puts in, in order. `target` is the name of what was observed.
    `weights` say how often each sample counts, once where there are none; `total` is what they add up to where the
    data are counts. Data that do not fit into memory come from a `stream`, which then knows what `arrays` does not.
    """

    sizes: dict[sp.Symbol, int]
    arrays: dict[Key, Array]
    entries: Entries
    lazy: dict[Key, Callable[[], Array]]
    target: Key
    weights: Array | None = None
    total: Fraction | None = None
    stream: Stream | None = None

    @property
    def names(self) -> frozenset[Key]:
        """The names whose values are known."""
        streamed = frozenset(self.stream.names) if self.stream is not None else frozenset[Key]()
        return frozenset(self.arrays) | frozenset(self.lazy) | streamed

    @cached_property
    def _converted(self) -> dict[tuple[Key, str], Array]:
        return {}

    @cached_property
    def is_exact(self) -> bool:
        """Whether the values can be added exactly at a bearable cost."""
        common = 1
        for denominator in {v.denominator for values in self.arrays.values() for v in values.flat}:
            common = lcm(common, denominator)
            if common.bit_length() > MAX_DENOMINATOR_BITS:
                return False
        return True

    def weighing(self, arithmetic: Arithmetic) -> Array | None:
        """The weights as an array of an arithmetic."""
        return None if self.weights is None else self.values(WEIGHTS, arithmetic)

    def typical(self, arithmetic: Arithmetic) -> Array | None:
        """What was observed; where it is weighted, a choice in which samples come as often as they weigh."""
        values, weights = self.values(self.target, arithmetic), self.weighing(arithmetic)
        if values is None or weights is None:
            return values
        running = np.cumsum(weights.astype(float))
        levels = (np.arange(TYPICAL) + 0.5) / TYPICAL * running[-1]
        return np.asarray(values[np.searchsorted(running, levels).clip(max=len(values) - 1)])

    def values(self, name: Key, arithmetic: Arithmetic) -> Array | None:
        """The values of a name as an array of an arithmetic; None where the name is not known."""
        place = (name, arithmetic.name)
        if place not in self._converted:
            found = self.weights if name == WEIGHTS else self.arrays.get(name)
            if found is None and name in self.lazy:
                found = self.lazy[name]()
            if found is None:
                return None
            if isinstance(arithmetic, Balls):
                convert = exact if self.is_exact else arithmetic.ball
                self._converted[place] = np.asarray(np.frompyfunc(convert, 1, 1)(found)).reshape(found.shape)
            else:
                self._converted[place] = found.astype(float)
        return self._converted[place]
