"""Distance in units in the last place: |got − truth| / ulp(truth), for truth a ball and any binary format.

The unit at a number x of exponent e (2^e ≤ |x| < 2^(e+1)) in a format of p digits is 2^(e−p+1); below the smallest
normal it stays that of the smallest normal, so that a result that underflows is as wrong as what it lost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from flint import arb, ctx


@dataclass(frozen=True)
class Format:
    """A binary floating-point format: digits of the significand, smallest and largest exponent of a normal number."""

    name: str
    digits: int
    smallest: int
    largest: int

    def unit_exponent(self, number: arb) -> int:
        """k where the unit in the last place at the number is 2^k."""
        middle = number.mid()
        at = self.smallest if middle == 0 else max(exponent(middle), self.smallest)
        return at - self.digits + 1


FORMATS = {
    "float64": Format("float64", 53, -1022, 1023),
    "float32": Format("float32", 24, -126, 127),
    "float16": Format("float16", 11, -14, 15),
    "bfloat16": Format("bfloat16", 8, -126, 127),
}


def exponent(number: arb) -> int:
    """e with 2^e ≤ |x| < 2^(e+1), for an exact number x other than 0."""
    mantissa, shift = number.man_exp()
    return int(abs(mantissa)).bit_length() - 1 + int(shift)


def distance(got: float, truth: arb, number: Format, scale: arb | None = None) -> float:
    """How many units in the last place `got` is from the truth; inf where one is finite and the other is not.

    With `scale`, the unit is that of the larger of truth and scale: the measure for a sum whose terms cancel.
    """
    if math.isnan(got):
        return math.inf
    if math.isinf(got):
        beyond = truth.mid() >= 2 ** (number.largest + 1) if got > 0 else truth.mid() <= -(2 ** (number.largest + 1))
        return 0.0 if beyond else math.inf
    with ctx.workprec(256):
        largest = truth if scale is None or abs(truth.mid()) >= scale.mid() else scale
        unit = arb(2) ** number.unit_exponent(largest)
        return float((abs(arb(got) - truth) / unit).abs_upper())
