"""Unknown parameters as functions of free coordinates: the logarithm of what is positive, the logit in an interval.

A maximiser may then walk anywhere without leaving the domains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from derive.algebra.context import Domain
from derive.estimation.arithmetic import Arithmetic, Array
from derive.estimation.jets import Jet, Jets

Key = tuple[str, int]


@dataclass(frozen=True)
class Unknown:
    """A parameter to be solved for: its name and shape, its domain's ends as numbers (None where there is none).

    Ends that are `closed` belong to the domain. `simplex` is the axis along which its entries add up to `total`.
    """

    name: str
    shape: tuple[int, ...]
    lower: float | None
    upper: float | None
    simplex: int | None = None
    total: float = 1.0
    lower_closed: bool = False
    upper_closed: bool = False

    @property
    def count(self) -> int:
        """How many entries it has."""
        return int(np.prod(self.shape)) if self.shape else 1

    @property
    def is_free(self) -> bool:
        """Whether its entries are coordinates themselves."""
        return self.lower is None and self.upper is None and self.simplex is None

    def free(self, values: Array) -> Array:
        """The coordinates of values inside the domain."""
        found = np.asarray(values, dtype=float)
        if self.simplex is not None:
            found = np.log(found)
        elif self.lower is not None and self.upper is not None:
            found = np.log((found - self.lower) / (self.upper - found))
        elif self.lower is not None:
            found = np.log(found - self.lower)
        elif self.upper is not None:
            found = -np.log(self.upper - found)
        return found

    def jet(self, at: Jet, jets: Jets) -> Jet:
        """The parameter's values at coordinates."""
        one = jets.arithmetic.constant(1)
        if self.simplex is not None:
            return self._shares(at, jets)
        if self.lower is not None and self.upper is not None:
            minus = jets.multiply(Jet(-one), at)
            share = jets.power(jets.add(Jet(one), jets.exp(minus)), Jet(-one))
            width = _constant(jets.arithmetic, self.upper - self.lower)
            return jets.add(jets.multiply(Jet(width), share), Jet(_constant(jets.arithmetic, self.lower)))
        if self.lower is not None:
            return _shifted(jets.exp(at), self.lower, jets)
        if self.upper is not None:
            below = jets.multiply(Jet(-one), jets.exp(jets.multiply(Jet(-one), at)))
            return _shifted(below, self.upper, jets)
        return at

    def _shares(self, at: Jet, jets: Jets) -> Jet:
        """total·exp(u_k)/Σ exp(u_l) along the axis of the simplex."""
        assert self.simplex is not None
        powers = jets.exp(at)
        sums = jets.total(powers, self.simplex, self.shape[self.simplex], None)
        inverse = jets.multiply(
            Jet(_constant(jets.arithmetic, self.total)), jets.power(sums, Jet(jets.arithmetic.constant(-1)))
        )
        return jets.multiply(powers, inverse)


def _shifted(x: Jet, by: float, jets: Jets) -> Jet:
    return jets.add(x, Jet(_constant(jets.arithmetic, by))) if by else x


def _constant(arithmetic: Arithmetic, x: float) -> Array:
    p, q = float(x).as_integer_ratio()
    return arithmetic.constant(p, q)


def ends(domain: Domain) -> tuple[float | None, float | None]:
    """The ends of a domain as numbers; None where there is none or it is no number."""
    lower, upper = (float(e) if e.is_number and e.is_finite else None for e in (domain.lower, domain.upper))
    return lower, upper


def parameter_jets(unknowns: Sequence[Unknown], u: Array, jets: Jets) -> dict[Key, Jet]:
    """The values of all unknowns at the coordinates u, with their derivatives by u."""
    total = sum(x.count for x in unknowns)
    arithmetic = jets.arithmetic
    found: dict[Key, Jet] = {}
    start = 0
    for unknown in unknowns:
        count, shape = unknown.count, unknown.shape
        slope = None
        if jets.order:
            slope = arithmetic.zeros((count, total))
            slope[np.arange(count), start + np.arange(count)] = arithmetic.constant(1)[0]
            slope = slope.reshape((*(shape or (1,)), total))
        at = Jet(u[start : start + count].reshape(shape or (1,)), slope)
        value = unknown.jet(at, jets)
        found[unknown.name, len(shape)] = found[f"{unknown.name}_hat", len(shape)] = value
        start += count
    return found
