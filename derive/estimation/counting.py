"""The median of numbers that are never all at hand: found by counting, exactly, in four passes.

Doubles are in the order of their bits, read as integers. Each pass counts how many numbers fall into each of 2¹⁶
ranges of such integers; the next one looks into the range that holds the middle. (Radix selection: Knuth, The Art of
Computer Programming, volume 3, 1998, section 5.2.5.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from derive.estimation.arithmetic import Array
from derive.estimation.totals import Total

#: Bits that one pass settles, and how many there are.
DIGIT, BITS = 16, 64


@dataclass(frozen=True)
class Counts:
    """How much weight falls into each range, for the lower and the upper middle."""

    low: Total
    high: Total

    def merged(self, other: Counts) -> Counts:
        """The counts of both."""
        return Counts(self.low.merged(other.low), self.high.merged(other.high))


Counter = Callable[[Array, Array | None], Counts]


def in_the_middle(counted: Callable[[Counter], Counts]) -> tuple[float, float]:
    """The two numbers in the middle: half of the weight lies at or below the first, and half at or above the second.

    `counted` makes one pass: it calls what it is given with numbers and their weights, and merges what that says.
    """
    prefixes = [0, 0]  # of the lower and the upper middle, as unsigned integers
    below = [0, 0]
    whole: int | None = None
    for shift in range(BITS - DIGIT, -1, -DIGIT):

        def count(values: Array, weights: Array | None, shift: int = shift) -> Counts:
            ordered = as_integers(values)
            low, high = (_digits(ordered, weights, prefix, shift) for prefix in prefixes)
            return Counts(low, high)

        found = counted(count)
        for n, total in enumerate((found.low, found.high)):
            weights = [int(h) + int(low) if float(h).is_integer() else h + low for h, low in _pairs(total)]
            if whole is None:
                whole = sum(weights)  # type: ignore[assignment]
            assert whole is not None
            digit = _crossing(weights, below[n], whole, upper=n == 1)
            below[n] += sum(weights[:digit])  # type: ignore[assignment]
            prefixes[n] |= digit << shift
    low, high = (float(as_doubles(np.array([p], dtype=np.uint64))[0]) for p in prefixes)
    return low, high


def _pairs(total: Total) -> list[tuple[float, float]]:
    return list(zip(total.high.tolist(), total.low.tolist(), strict=True))


def _crossing(weights: list[float], below: float, whole: float, *, upper: bool) -> int:
    """The first range up to which there is half of the weight (for the upper middle: more than half)."""
    running = below
    last = 0
    for digit, weight in enumerate(weights):
        if not weight:
            continue
        running += weight
        last = digit
        if 2 * running > whole or (not upper and 2 * running == whole):
            return digit
    return last


def _digits(ordered: Array, weights: Array | None, prefix: int, shift: int) -> Total:
    """The weight in each range of the next digit, of the numbers that begin with a prefix."""
    if shift < BITS - DIGIT:
        mask = (ordered >> np.uint64(shift + DIGIT)) == np.uint64(prefix >> (shift + DIGIT))
        ordered = ordered[mask]
        weights = None if weights is None else weights[mask]
    digits = ((ordered >> np.uint64(shift)) & np.uint64((1 << DIGIT) - 1)).astype(np.int64)
    counts = np.bincount(digits, weights=weights, minlength=1 << DIGIT).astype(float)
    return Total(counts, np.zeros(counts.shape))


def as_integers(x: Array) -> Array:
    """Doubles as unsigned integers in the same order; −0 counts as 0."""
    bits = (np.ascontiguousarray(x, dtype=np.float64) + 0.0).view(np.uint64)
    negative = (bits >> np.uint64(63)).astype(bool)
    return np.asarray(np.where(negative, ~bits, bits | np.uint64(1 << 63)))


def as_doubles(x: Array) -> Array:
    """The doubles of such integers."""
    negative = (x >> np.uint64(63)) == 0
    return np.asarray(np.where(negative, ~x, x & np.uint64((1 << 63) - 1)).view(np.float64))
