"""Estimation: the estimate on data, how it was found, and what must be said of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq

from derive.estimation.arithmetic import Array, precision

#: A rational value is a fraction, any other a decimal with more digits than a double has, or an infinity.
Number = Fraction | Decimal
#: A number, or lists of lists of them for an array.
Values = Any

#: Digits to which irrational values are kept …
DIGITS = 30
#: … and to which they are shown where a text is wanted.
SHOWN = 17


@dataclass(frozen=True)
class Estimation:
    """The estimate on data.

    `exact` holds fractions where values are rational, else decimals (a list, or a list of rows, for an array).
    `method` is `closed form`, `boundary` (an end of the support) or `numerical` (score equations were solved). `note`
    says what else must be known: that no maximiser exists and these are limits, or that it is not the only one.
    """

    method: str
    exact: dict[str, Values]
    note: str = ""

    @property
    def decimal(self) -> dict[str, Values]:
        """The same to double precision, correctly rounded."""
        return {name: deep(float, value) for name, value in self.exact.items()}

    @property
    def finite(self) -> dict[str, Values]:
        """The decimals with None for what is infinite, which JSON cannot say."""
        return {name: deep(lambda x: x if math.isfinite(x) else None, v) for name, v in self.decimal.items()}

    @property
    def shown(self) -> dict[str, Values]:
        """The same as texts: fractions as they are, decimals to 17 digits."""
        return {name: deep(shown, value) for name, value in self.exact.items()}


def deep(function: Callable[[Any], Any], value: Values) -> Values:
    """A function of each number in a value."""
    return [deep(function, v) for v in value] if isinstance(value, list) else function(value)


def shown(x: Number) -> str:
    """A number as text."""
    if isinstance(x, Fraction):
        return str(x)
    if x.is_infinite():
        return "infinity" if x > 0 else "-infinity"
    rounded = Decimal(f"{x:.{SHOWN - 1}e}").normalize() if x else Decimal(0)
    return f"{rounded:f}" if -6 <= rounded.adjusted() <= SHOWN else str(rounded)


def as_number(x: Any, digits: int = DIGITS) -> Number:
    """A value of the exact arithmetic as a number; a ball by its middle."""
    if isinstance(x, fmpq):
        return Fraction(int(x.p), int(x.q))
    if not x.is_finite():
        return Decimal("Infinity") if x > 0 else Decimal("-Infinity") if x < 0 else Decimal("NaN")
    with precision(max(ctx.prec, 4 * digits)):
        text = arb(x.mid()).str(digits, radius=False, more=True)
    return Decimal(text)


def as_values(x: Array, *, scalar: bool, digits: int = DIGITS) -> Values:
    """An array of the exact arithmetic as nested lists of numbers; a scalar's only entry alone."""
    if scalar:
        return as_number(x.item(), digits)
    return (
        [as_values(row, scalar=False, digits=digits) for row in x] if x.ndim > 1 else [as_number(v, digits) for v in x]
    )


def is_sharp(x: Any) -> bool:
    """Whether a value is known to more digits than a double holds."""
    return isinstance(x, fmpq) or x in (arb.pos_inf(), arb.neg_inf()) or bool(x.rel_accuracy_bits() > 3.33 * DIGITS)


def is_nan(x: Number) -> bool:
    """Whether there is no value."""
    return not isinstance(x, Fraction) and math.isnan(x)
