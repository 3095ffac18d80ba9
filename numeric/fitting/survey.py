"""The first pass over samples: are they what the model speaks of, how many are there, and which few stand for them?

Whole numbers are counted value by value: how often each came says all there is to say, exactly and in little memory,
so that no further pass is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from derive.estimation import DataError
from derive.estimation.streaming import CHUNK, Chunk
from derive.estimation.totals import Total
from numeric.fitting.columns import Columns
from numeric.fitting.sources import Array, Source

#: Whole numbers up to this are counted value by value.
MAX_COUNTED = 1 << 20
#: So many rows are kept, evenly spread, to guess from and to draw.
KEPT = 4096


@dataclass
class Survey:
    """What the first pass found, of the samples of one process or of all.

    `counts` is the weight of each whole number from 0 on, None where values are not whole numbers or too large.
    """

    rows: int = 0
    weight: Total = field(default_factory=lambda: Total(np.zeros(()), np.zeros(())))
    counts: Total | None = None
    width: int = 0
    highest: int = 0
    totals: dict[str, Any] = field(default_factory=dict)
    kept: list[tuple[Array, Array | None]] = field(default_factory=list)

    def merged(self, other: Survey) -> Survey:
        """What both found."""
        if not self.rows or not other.rows:
            return self if self.rows else other
        if self.width != other.width:
            raise DataError(f"the processes' shards have {self.width} and {other.width} columns; give all as many")
        for name, total in self.totals.items():
            if other.totals.get(name, total) != total:
                raise DataError(f"rows add up to {total} in one shard and to {other.totals[name]} in another ({name})")
        counts = None
        if self.counts is not None and other.counts is not None:
            length = max(len(self.counts.high), len(other.counts.high))
            counts = _padded(self.counts, length).merged(_padded(other.counts, length))
        return Survey(
            self.rows + other.rows,
            self.weight.merged(other.weight),
            counts,
            self.width,
            max(self.highest, other.highest),
            self.totals | other.totals,
            self.kept + other.kept,
        )

    def sample(self) -> tuple[Array, Array | None]:
        """The rows that were kept, with their weights."""
        rows = np.concatenate([rows for rows, _ in self.kept])
        if all(w is None for _, w in self.kept):
            return rows, None
        return rows, np.concatenate([np.ones(len(part)) if w is None else w for part, w in self.kept])


def surveyed(source: Source, weights: Array | None, columns: Columns, each: Callable[[int], None]) -> Survey:
    """One pass over the samples; DataError naming the first row that will not do. `each` is told of rows read."""
    found = Survey()
    countable = columns.model.data.domain.integer and not columns.model.data.axes and not columns.model.given
    countable = countable or (columns.is_labels and not columns.model.given)
    counts: Total | None = Total(np.zeros(1), np.zeros(1)) if countable else None
    kept, step = _Kept(), max(1, (source.rows or 0) // KEPT)
    seen = 0
    for start, block, weight, rows in weighted_blocks(source, weights, CHUNK):
        seen = start + len(block) if rows is None else seen + len(block)
        each(len(block))
        if not len(block):
            continue
        if counts is not None:
            counts = _counted(counts, block, weight)
        if counts is None or found.rows == 0 or not _is_plain(block, counts, columns):
            inputs, target = columns.parted(block, rows, start)
            columns.check(inputs, target, rows, start)
            if columns.is_labels:
                found.highest = max(found.highest, int(target.max()))
        found.width = 1 if block.ndim == 1 else block.shape[1]
        found.rows += len(block)
        if weight is not None:
            found.weight = found.weight.merged(Total.of(weight, (0,)))
        kept.add(block, weight, step)
    if weights is None:
        found.weight = Total(np.array(float(found.rows)), np.zeros(()))
    if counts is not None:
        filled = np.flatnonzero(counts.high)
        found.highest = int(filled[-1]) if len(filled) else 0
    found.counts, found.kept, found.totals = counts, kept.parts, dict(columns.totals)
    return found


def weighted_blocks(
    source: Source, weights: Array | None, size: int
) -> Iterator[tuple[int, Array, Array | None, Array | None]]:
    """Where a block starts, its rows, their weights, and which rows of the source they are where some weigh nothing."""
    start = 0
    for block in source.blocks(size):
        number = len(block)
        if weights is None:
            yield start, block, None, None
        else:
            weight = np.asarray(weights[start : start + number], dtype=float)
            if len(weight) < number:
                raise DataError(f"weights: {len(weights)} for more samples than that; give one for each sample")
            bad = ~np.isfinite(weight) | (weight < 0)
            if bad.any():
                n = int(np.flatnonzero(bad)[0])
                raise DataError(
                    f"weights, row {start + n + 1}: {weight[n]} is no weight; weights are numbers from 0 on"
                )
            rows = None if (weight > 0).all() else np.flatnonzero(weight > 0)
            yield start, block if rows is None else block[rows], weight if rows is None else weight[rows], rows
        start += number
    if weights is not None and start < len(weights):
        raise DataError(f"weights: {len(weights)} for {start} samples; give one for each sample")


def chunks(
    source: Source, weights: Array | None, columns: Columns, classes: int, each: Callable[[int], None]
) -> Callable[[int], Iterator[Chunk]]:
    """One pass after the other over samples that were surveyed, as arrays by name."""

    def read(size: int) -> Iterator[Chunk]:
        for start, block, weight, rows in weighted_blocks(source, weights, size):
            each(len(block))
            if len(block):
                inputs, target = columns.parted(block, rows, start) if columns.model.given else _halves(block)
                yield Chunk(len(block), columns.arrays(inputs, target, classes), weight)

    return read


def _halves(block: Array) -> tuple[Array, Array]:
    table = block[:, None] if block.ndim == 1 else block
    return table[:, :0], table


def _counted(counts: Total, block: Array, weight: Array | None) -> Total | None:
    """The counts with those of a block; None where not all are whole numbers that can be counted."""
    values = block.reshape(-1)
    if values.dtype.kind == "f":
        whole = values.astype(np.int64) if _is_finite(values) and np.abs(values).max() <= MAX_COUNTED else None
        if whole is None or not np.array_equal(whole, values):
            return None
        values = whole
    if values.dtype == np.uint64:
        values = values.astype(np.int64)  # what is too large becomes negative, and is refused as such
    try:
        new = np.bincount(values, minlength=len(counts.high))
    except (ValueError, TypeError):  # negative, or beyond what an index can be
        return None
    except MemoryError:
        return None
    if len(new) > MAX_COUNTED:
        return None
    if weight is None:
        # counts are whole: those of 2⁵³ samples add up in doubles without rounding
        high = new.astype(float)
        if len(high) > len(counts.high):
            counts = _padded(counts, len(high))
        return Total(counts.high + high, counts.low)
    part = _weights_of(values, weight, len(new))
    return _padded(counts, len(new)).merged(part)


def _weights_of(values: Array, weight: Array, length: int) -> Total:
    """The weight of each value, its leading digits added up without rounding."""
    cut = float(np.ldexp(1.0, int(np.frexp(weight.max())[1]) + len(weight).bit_length() + 1))
    above = (weight + cut) - cut
    high = np.bincount(values, weights=above, minlength=length)
    return Total(high, np.bincount(values, weights=weight - above, minlength=length)).merged(
        Total(np.zeros(length), np.zeros(length))
    )


def _is_finite(values: Array) -> bool:
    return bool(np.isfinite(values.max()) and np.isfinite(values.min()))


def _is_plain(block: Array, counts: Total, columns: Columns) -> bool:
    """Whether counting has shown that all is well: labels from 1 on, numbers that the support holds."""
    domain, known = columns.model.data.domain, columns.known
    if columns.is_labels:
        return not counts.high[0]
    lower = int(domain.lower) if domain.lower.is_number and domain.lower.is_finite else 0
    upper = domain.upper
    ends = known.get(str(upper))
    last = int(upper) if upper.is_number and upper.is_finite else int(ends[0]) if ends else len(counts.high)
    return not (counts.high[: max(lower, 0)].any() or counts.high[last + 1 :].any())


def _padded(total: Total, length: int) -> Total:
    missing = length - len(total.high)
    return Total(np.pad(total.high, (0, missing)), np.pad(total.low, (0, missing))) if missing > 0 else total


class _Kept:
    """Rows kept of a pass, evenly spread however many there turn out to be."""

    def __init__(self) -> None:
        self.parts: list[tuple[Array, Array | None]] = []
        self.number, self.step, self.next = 0, 1, 0

    def add(self, block: Array, weight: Array | None, step: int) -> None:
        """Every so-many-th row of a block."""
        self.step = max(self.step, step)
        chosen = np.arange(self.next, len(block), self.step)
        self.next += len(chosen) * self.step - len(block)
        if not len(chosen):
            return
        self.parts.append((np.array(block[chosen]), None if weight is None else weight[chosen]))
        self.number += len(chosen)
        if self.number > 2 * KEPT:
            rows = np.concatenate([rows for rows, _ in self.parts])[::2]
            weights = None if weight is None else np.concatenate([w for _, w in self.parts if w is not None])[::2]
            self.parts, self.number, self.step = [(rows, weights)], len(rows), 2 * self.step
