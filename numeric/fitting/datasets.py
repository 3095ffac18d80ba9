"""Samples as data that `derive.estimation` takes: as counts, in exact numbers, or as what a stream needs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from derive.estimation import Data, DataError
from derive.estimation.data import Entries
from derive.estimation.observations import observed, samples, takes_columns, weighed, with_constants
from derive.estimation.reading import Table
from derive.estimation.streaming import Stream
from derive.estimation.totals import Total
from derive.model import Model
from numeric.fitting.columns import Columns
from numeric.fitting.sources import Array, Source
from numeric.fitting.survey import Survey, weighted_blocks

#: Rows that are made exact at once.
ROWS = 1000
#: Up to so many different whole numbers are worked out exactly, however often each came.
EXACT_VALUES = 5000


def _constants(columns: Columns) -> dict[str, list[Fraction]]:
    return {n: [v] for n, v in columns.totals.items()} | columns.known


def sampled(columns: Columns, found: Survey) -> Data:
    """The samples that were kept, in doubles, with the sizes of all."""
    model = columns.model
    rows, weights = found.sample()
    columns.totals.update(found.totals)
    inputs, target = columns.parted(rows, None, 0)
    arrays = columns.arrays(inputs, target, found.highest)
    sizes = {samples(): len(rows)}
    for variable in (model.data, *model.given):
        lengths = arrays[variable.name, 1 + len(variable.axes)].shape[1:]
        for axis, length in zip(variable.axes, lengths, strict=True):
            if axis.is_Symbol:
                sizes[axis] = length
            elif int(axis) != length:
                raise DataError(f"{columns.source}: rows have {length} columns where {axis} are needed")
    target_key = (model.data.name, 1 + len(model.data.axes))
    data = Data(sizes, dict(arrays), Entries([]), {}, target_key, weights)
    # constants are held against the data by the survey, which has seen all of them
    return _with_constants(model, data, _constants(columns))


def _with_constants(model: Model, data: Data, constants: dict[str, list[Fraction]]) -> Data:
    marked = replace(data, stream=Stream(frozenset(), lambda size: iter(()), Fraction(1), data))
    return replace(with_constants(model, marked, constants), stream=None)


def counted(columns: Columns, found: Survey, exact: bool | None) -> Data | None:
    """The samples as how often each class or whole number came; None where they are none, or too many."""
    if found.counts is None:
        return None
    if columns.is_labels and not columns.model.given:
        return with_constants(columns.model, weighed(columns.model, _fractions(found.counts)[1:]), columns.known)
    few = np.count_nonzero(found.counts.high) <= EXACT_VALUES
    return of_counts(columns, found) if exact is not False and few else None


def streamed(sample: Data, stream: Stream, rows: int) -> Data:
    """All samples, which come from a stream, with the sizes and constants that a sample of them has."""
    arrays = {k: v for k, v in sample.arrays.items() if k not in stream.names}
    return replace(sample, sizes={**sample.sizes, samples(): rows}, arrays=arrays, stream=stream, weights=None)


def observed_names(model: Model, sample: Data) -> frozenset[tuple[str, int]]:
    """What the samples hold: all arrays but the known constants."""
    return frozenset(sample.arrays) - {(v.name, len(v.axes)) for v in model.known}


def of_counts(columns: Columns, found: Survey) -> Data:
    """Each different whole number once, weighed by how often it came."""
    model = columns.model
    assert found.counts is not None
    weights = _fractions(found.counts)
    values = [n for n, w in enumerate(weights) if w]
    arrays = {(model.data.name, 1): _objects([Fraction(n) for n in values])}
    data = Data({samples(): len(values)}, arrays, Entries([]), {}, (model.data.name, 1))
    data = replace(data, weights=_objects([weights[n] for n in values]))
    return with_constants(model, data, _constants(columns))


def of_rows(columns: Columns, source: Source | None, weights: Array | None) -> Data:
    """All samples in exact numbers."""
    assert source is not None
    rows: list[list[Fraction]] = []
    weighing: list[Fraction] = []
    for _, block, weight, _ in weighted_blocks(source, weights, ROWS):
        rows += [[Fraction(v) for v in np.atleast_1d(row).tolist()] for row in block]
        weighing += [] if weight is None else [Fraction(w) for w in weight.tolist()]
    places = [f"{columns.source}, row {n}" for n in range(1, len(rows) + 1)]
    table = Table(rows if takes_columns(columns.model) else [row[-1:] for row in rows], places)
    data = observed(columns.model, table, columns.known)
    return replace(data, weights=_objects(weighing)) if weighing else data


def _fractions(counts: Total) -> list[Fraction]:
    return [Fraction(h) + Fraction(low) for h, low in zip(counts.high.tolist(), counts.low.tolist(), strict=True)]


def _objects(values: list[Fraction]) -> Array:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found
