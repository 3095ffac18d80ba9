"""A sign as a set of possibilities, kept as a bit mask, and what becomes of it in sums and products."""

from __future__ import annotations

from derive.algebra.context import Domain

NEGATIVE, ZERO, POSITIVE = 1, 2, 4
NONNEGATIVE = ZERO | POSITIVE
NONZERO = NEGATIVE | POSITIVE
ANY = NEGATIVE | ZERO | POSITIVE

_VALUES = {NEGATIVE: -1, ZERO: 0, POSITIVE: 1}
_MASKS = {value: mask for mask, value in _VALUES.items()}


def of_domain(domain: Domain) -> int:
    """The signs that occur in a domain."""
    mask = ANY
    if domain.lower.is_positive:
        mask &= POSITIVE
    elif domain.lower.is_zero:
        mask &= POSITIVE if domain.lower_open else NONNEGATIVE
    if domain.upper.is_negative:
        mask &= NEGATIVE
    elif domain.upper.is_zero:
        mask &= NEGATIVE if domain.upper_open else NEGATIVE | ZERO
    return mask


def times(a: int, b: int) -> int:
    """The signs that a product can have."""
    products = {_VALUES[x] * _VALUES[y] for x in _VALUES if a & x for y in _VALUES if b & y}
    return sum(_MASKS[p] for p in products)


def plus(a: int, b: int) -> int:
    """The signs that a sum can have."""
    if a == ZERO:
        return b
    if b == ZERO:
        return a
    if (a | b) & NEGATIVE == 0:
        return POSITIVE if POSITIVE in (a, b) else NONNEGATIVE
    if (a | b) & POSITIVE == 0:
        return NEGATIVE if NEGATIVE in (a, b) else NEGATIVE | ZERO
    return ANY
