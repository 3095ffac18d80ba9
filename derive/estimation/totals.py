"""Totals of chunks of numbers, kept to about twice double precision, which merge in any order.

A number is cut at a place that suits all numbers of a chunk: the parts above it add up without rounding, and those
below are so small that rounding them does not matter (Rump, Ogita and Oishi, Accurate floating-point summation, SIAM
Journal on Scientific Computing 31, 2008). Two totals merge by Knuth's error-free addition. A total of numbers of
similar size is therefore exact, whatever the chunks were, and equal numbers have a mean that is equal to them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from flint import arb, fmpq

from derive.estimation.arithmetic import Array

#: Beyond this power of 2, cutting would overflow; the sum is then a plain one.
MAX_EXPONENT = 960


@dataclass(frozen=True)
class Total:
    """A sum as `high` + `low`, arrays of one shape; `low` is at most half a unit in the last place of `high`."""

    high: Array
    low: Array

    @classmethod
    def of(cls, terms: Array, axes: tuple[int, ...], times: int = 1) -> Total:
        """The sum of terms along some axes, which are dropped; each counts as many times as `times` says."""
        terms = np.asarray(terms, dtype=float)
        count = math.prod(terms.shape[a] for a in axes)
        if count == 0 or terms.size == 0:
            shape = tuple(n for a, n in enumerate(terms.shape) if a not in axes)
            return cls(np.zeros(shape), np.zeros(shape))
        top = max(float(terms.max()), -float(terms.min()))
        exponent = math.frexp(top)[1] + max(1, (count * times - 1).bit_length()) + 1 if math.isfinite(top) else 0
        if not math.isfinite(top) or top == 0.0 or exponent > MAX_EXPONENT:
            high = np.asarray(terms.sum(axis=axes)) * times
            return cls(high, np.zeros(high.shape))
        cut = math.ldexp(1.0, exponent)
        above = terms + cut
        above -= cut
        below = terms - above
        return _normalised(above.sum(axis=axes) * times, below.sum(axis=axes) * times)

    def merged(self, other: Total) -> Total:
        """The sum of two totals."""
        with np.errstate(all="ignore"):
            high = self.high + other.high
            part = high - self.high
            error = (self.high - (high - part)) + (other.high - part)
            low = np.where(np.isfinite(high), self.low + other.low + error, 0.0)
        return _normalised(high, low)

    @property
    def value(self) -> Array:
        """The total in double precision."""
        return np.asarray(self.high + self.low)

    @property
    def exact(self) -> Array:
        """The total as exact numbers, infinities and what is not a number as balls."""
        return np.asarray(np.frompyfunc(_exact, 2, 1)(self.high, self.low))


def _normalised(high: Array, low: Array) -> Total:
    with np.errstate(all="ignore"):
        total = np.asarray(high + low)
        rest = np.where(np.isfinite(total), low - (total - high), 0.0)
    return Total(total, rest)


def _exact(high: float, low: float) -> fmpq | arb:
    if not math.isfinite(high):
        return arb(high)
    return fmpq(*float(high).as_integer_ratio()) + fmpq(*float(low).as_integer_ratio())
