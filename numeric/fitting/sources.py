"""Where samples come from: arrays, tensors, files larger than memory. Each can be read again and again, in blocks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from derive.estimation import DataError

if TYPE_CHECKING:
    import torch

Array = np.ndarray[Any, Any]
#: What `numeric.fit` takes for data.
Samples = Any


class Source(Protocol):
    """Samples in blocks of rows; `rows` is None where only reading to the end can tell how many there are."""

    @property
    def name(self) -> str:
        """What to call it in a complaint."""

    @property
    def rows(self) -> int | None:
        """How many rows there are."""

    def blocks(self, size: int) -> Iterator[Array]:
        """One pass: arrays of at most so many rows, numbers of any dtype, with one axis or two."""


def as_source(data: Samples, name: str = "data") -> Source:
    """The source of what `numeric.fit` was given.

    An array, a tensor or a sequence of numbers with one sample a row; a pair (inputs, target); the path of a .npy,
    .parquet or .csv file. DataError where it is none of these.
    """
    if isinstance(data, (str, os.PathLike)):
        from numeric.fitting.files import file_source

        return file_source(Path(data))
    if isinstance(data, tuple) and len(data) == 2 and all(hasattr(part, "shape") for part in data):
        inputs, target = data
        return PairSource(as_source(inputs, name), as_source(target, name), name)
    if type(data).__module__.split(".")[0] == "torch" and "torch" in sys.modules:
        return TensorSource(data, name)
    return ArraySource(_as_array(data, name), name)


def _as_array(data: Any, name: str) -> Array:
    try:
        found = np.asarray(data) if not isinstance(data, np.memmap) else data
    except (ValueError, TypeError) as error:
        raise DataError(f"{name}: the rows are not of one length; give every row as many numbers") from error
    if found.dtype == object:
        found = _each_a_number(found, name)
    return checked(found, name)


def _each_a_number(values: Array, name: str) -> Array:
    found = np.empty(values.shape)
    for place, value in np.ndenumerate(values):
        try:
            found[place] = float(value)
        except (TypeError, ValueError):
            row = place[0] + 1 if place else 1
            raise DataError(f"{name}, row {row}: {str(value)[:40]!r} is not a number") from None
    return found


def checked(values: Array, name: str) -> Array:
    """An array as it is; DataError where it does not hold one sample a row, in numbers."""
    if values.dtype.kind not in "biuf":
        raise DataError(f"{name}: holds {_words(values)}, not numbers; give an array of a real dtype")
    if values.ndim not in (1, 2):
        raise DataError(f"{name}: has {values.ndim} axes; give one sample a row, in one axis or two")
    if values.shape[0] == 0:
        raise DataError(f"{name}: holds no samples; give one a row")
    return values


def _words(values: Array) -> str:
    if values.dtype.kind in "US":
        for n, value in enumerate(values.reshape(-1)):
            try:
                float(value)
            except ValueError:
                return f"text (row {n // max(1, values.size // max(1, len(values))) + 1}: {str(value)[:40]!r})"
        return "text"
    return f"dtype {values.dtype}"


class ArraySource:
    """An array in memory, or mapped from a file."""

    def __init__(self, values: Array, name: str) -> None:
        self.values, self.name, self.rows = values, name, len(values)

    def blocks(self, size: int) -> Iterator[Array]:
        """One pass over the rows."""
        for start in range(0, self.rows, size):
            yield np.asarray(self.values[start : start + size])


class TensorSource:
    """A tensor on any device; blocks are copied to the processor one after the other."""

    def __init__(self, values: torch.Tensor, name: str) -> None:
        if values.is_complex() or values.ndim not in (1, 2):
            raise DataError(f"{name}: give a real tensor with one sample a row, in one axis or two, not {values.ndim}")
        if values.shape[0] == 0:
            raise DataError(f"{name}: holds no samples; give one a row")
        self.values, self.name, self.rows = values.detach(), name, len(values)

    def blocks(self, size: int) -> Iterator[Array]:
        """One pass over the rows."""
        for start in range(0, self.rows, size):
            part = self.values[start : start + size]
            yield (part.double() if part.is_floating_point() else part).cpu().numpy()


class PairSource:
    """Inputs and target side by side, as one row a sample with the target last."""

    def __init__(self, inputs: Source, target: Source, name: str) -> None:
        if inputs.rows != target.rows:
            raise DataError(f"{name}: {inputs.rows} rows of inputs and {target.rows} of the target; give as many")
        self.inputs, self.target, self.name, self.rows = inputs, target, name, inputs.rows

    def blocks(self, size: int) -> Iterator[Array]:
        """One pass over the rows."""
        for x, y in zip(self.inputs.blocks(size), self.target.blocks(size), strict=True):
            yield np.column_stack([x.astype(float), y.astype(float)])
