"""Rows of numbers as what a model speaks of: arrays by name, held against the domains that it states.

Checks are made on whole blocks; where one fails, the first row that breaks it is named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from derive.algebra.context import Domain
from derive.estimation import DataError
from derive.estimation.evaluation import Key
from derive.estimation.observations import MAX_CLASSES, ROUNDING, in_support, is_one_hot, takes_columns
from derive.model import Model
from numeric.fitting.sources import Array


@dataclass
class Columns:
    """How the rows of a source are read for a model.

    `known` are the constants by name. `totals` collects what rows must add up to where a known constant says so and
    nobody has given it (the number of trials).
    """

    model: Model
    source: str
    known: dict[str, list[Fraction]]
    totals: dict[str, Fraction] = field(default_factory=dict)

    @property
    def is_labels(self) -> bool:
        """Whether an observation is one of K classes."""
        return is_one_hot(self.model)

    def parted(self, block: Array, rows: Array | None, start: int) -> tuple[Array, Array]:
        """Inputs and target of a block, in two axes; `rows` are the places in it where some were left out."""
        model = self.model
        if block.ndim == 1:
            block = block[:, None]
        if block.dtype.kind == "f" and not _is_finite(block):
            bad = np.argwhere(~np.isfinite(block))[0]
            self.refuse(bad[0], rows, start, f"{float(block[tuple(bad)])} is not a finite number")
        width = len(model.given) if not any(v.axes for v in model.given) else None
        if model.given:
            if model.data.axes and not self.is_labels:
                raise DataError(f"model {model.name!r}: data with several columns beside inputs cannot be read yet")
            if block.shape[1] < 1 + len(model.given) or (width is not None and block.shape[1] != width + 1):
                raise DataError(
                    f"{self.source}: has {block.shape[1]} columns; give the inputs first and the target in the last"
                )
            return block[:, :-1], block[:, -1:]
        if not takes_columns(model) and block.shape[1] != 1:
            raise DataError(
                f"{self.source}: has {block.shape[1]} columns where model {model.name!r} observes one number"
            )
        return block[:, :0], block

    def refuse(self, place: int, rows: Array | None, start: int, why: str) -> None:
        """DataError naming the row of a source."""
        row = start + int(place if rows is None else rows[place]) + 1
        raise DataError(f"{self.source}, row {row}: {why}")

    def check(self, inputs: Array, target: Array, rows: Array | None, start: int) -> None:
        """Hold a block against the model; DataError naming the first row outside the support."""

        def inspect(bad: Array, why: Callable[[int], str]) -> None:
            if bad.any():
                place = int(np.flatnonzero(bad.reshape(len(bad), -1).any(axis=1))[0])
                self.refuse(place, rows, start, why(place))

        model = self.model
        if self.is_labels:
            inspect(
                ~_inside(target, Domain("", 1 + 0 * model.data.domain.lower, lower_open=False, integer=True))
                | (target > MAX_CLASSES),
                lambda n: f"{_shown(target[n, 0])} is not a label; labels are whole numbers 1, 2, … up to K",
            )
        else:
            suspects = ~_inside(target, model.data.domain)
            lower = model.data.domain.lower
            if lower.is_Symbol and lower.is_nonnegative:
                suspects |= target <= 0 if lower.is_positive else target < 0
            for n in np.flatnonzero(suspects.any(axis=1))[:1]:
                row = start + int(n if rows is None else rows[n]) + 1
                for value in target[n]:
                    in_support(model, Fraction(value.item()), f"{self.source}, row {row}")
            limit = self.known.get(str(model.data.domain.upper))
            if limit is not None:
                inspect(target > float(limit[0]), lambda n: f"{_shown(target[n].max())} is more than {limit[0]}")
            self._check_sums(target, inspect)
        for variable, columns in zip(model.given, _by_input(model, inputs), strict=True):
            words = f"holds no value of the input {variable.name}"
            inspect(~_inside(columns, variable.domain), lambda n: words)  # noqa: B023

    def _check_sums(self, target: Array, inspect: Callable[[Array, Callable[[int], str]], None]) -> None:
        for fact in self.model.data_facts:
            wanted, sums = fact.total, target.sum(axis=1)
            if wanted.is_Symbol and any(v.name == wanted.name for v in self.model.known):
                first = self.known.get(wanted.name, [Fraction(sums[0].item())])[0]
                total = self.totals.setdefault(wanted.name, first)
                why = f"not to {wanted.name} = {total} as the others"
                inspect(sums != float(total), lambda n: f"adds up to {_shown(sums[n])}, {why}")  # noqa: B023
            elif wanted.is_Rational:
                off = np.abs(sums - float(wanted)) > float(ROUNDING)
                inspect(off, lambda n: f"adds up to {sums[n]:.9g}, not to {wanted}; every row must")  # noqa: B023

    def arrays(self, inputs: Array, target: Array, classes: int) -> dict[Key, Array]:
        """The block as arrays by name and number of indices, in doubles."""
        model = self.model
        found: dict[Key, Array] = {}
        if self.is_labels:
            found[model.data.name, 2] = (target == np.arange(1, classes + 1)).astype(float)
        else:
            values = target.astype(float)
            found[model.data.name, 1 + len(model.data.axes)] = values if model.data.axes else values[:, 0]
        for variable, columns in zip(model.given, _by_input(model, inputs), strict=True):
            values = columns.astype(float)
            found[variable.name, 1 + len(variable.axes)] = values if variable.axes else values[:, 0]
        return found


def _by_input(model: Model, inputs: Array) -> list[Array]:
    """The columns of each input: a scalar takes one, an array the rest."""
    rest = inputs.shape[1] - sum(not v.axes for v in model.given)
    found, start = [], 0
    for variable in model.given:
        width = rest if variable.axes else 1
        found.append(inputs[:, start : start + width])
        start += width
    return found


def _is_finite(block: Array) -> bool:
    """Whether all are finite numbers: told by the ends, since what is not a number passes through them."""
    return bool(np.isfinite(block.max()) and np.isfinite(block.min()))


def _inside(values: Array, domain: Domain) -> Array:
    """Where values lie in a domain, as far as its ends are numbers; ends are compared as doubles."""
    inside = np.ones(values.shape, dtype=bool)
    if domain.lower.is_number and domain.lower.is_finite:
        end = float(domain.lower)
        inside &= values > end if domain.lower_open else values >= end
    if domain.upper.is_number and domain.upper.is_finite:
        end = float(domain.upper)
        inside &= values < end if domain.upper_open else values <= end
    if domain.integer and values.dtype.kind == "f":
        inside &= values == np.rint(values)
    return inside


def _shown(value: object) -> str:
    number = float(value)  # type: ignore[arg-type]
    return str(int(number)) if number.is_integer() else repr(number)
