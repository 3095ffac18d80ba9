"""Samples that are seen once: their sufficient statistics, added up, merged, and fitted whenever one likes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from derive.estimation import DataError
from derive.estimation.statistics import NotSeparableError, Separated, StatisticEvaluator, known_statistics, separated
from derive.estimation.streaming import CHUNK, PIECE, Chunk, Part, Stream
from derive.families import load
from derive.model import Model
from numeric.fitting.columns import Columns
from numeric.fitting.datasets import counted, observed_names, sampled, streamed
from numeric.fitting.result import Fit
from numeric.fitting.running import constants_of, derived, finished, opened, total_weight
from numeric.fitting.sources import Samples
from numeric.fitting.survey import KEPT, Survey, chunks, surveyed


class Accumulator:
    """The sufficient statistics of a model, of the samples so far.

    model: a model, or a family's name; known: constants that are not estimated, by name.

    They have a fixed size however many samples come, and two accumulators merge: samples may come once, in any order,
    in several places. DataError where the model has no statistics of fixed size; `numeric.fit` then reads data that can
    be read again.
    """

    def __init__(self, model: str | Model, *, known: Mapping[str, Any] | None = None) -> None:
        self.model = load(model) if isinstance(model, str) else model
        self.columns = Columns(self.model, "data", constants_of(self.model, known))
        self.found = Survey()
        self.parts: list[Part] | None = None
        self.separated = self._separated()

    def _separated(self) -> Separated | None:
        """The derivation with its statistics; None where samples are counted, value by value."""
        domain = self.model.data.domain
        if not self.model.given and domain.integer and (self.columns.is_labels or not self.model.data.axes):
            return None
        try:
            return separated(derived(self.model))
        except NotSeparableError:
            raise DataError(
                f"model {self.model.name!r} has no sufficient statistics of fixed size; use numeric.fit on data that "
                "can be read again"
            ) from None

    def update(self, data: Samples, weights: Samples | None = None) -> Accumulator:
        """Add samples, as `numeric.fit` takes them; DataError, and nothing added, where some will not do."""
        source, weighing = opened(data, weights, None)
        assert source is not None
        self.columns.source = source.name
        columns = replace(self.columns, totals=dict(self.found.totals))
        found = surveyed(source, weighing, columns, lambda rows: None)
        merged = self.found.merged(found)
        if self.separated is None:
            if found.rows and found.counts is None:
                raise DataError(f"{source.name}: numbers this large cannot be counted; use numeric.fit")
        elif found.rows:
            wide = found.width ** max(len(s.indices) for s in self.separated.statistics)
            read = chunks(source, weighing, columns, found.highest, lambda rows: None)
            parts = self._parts(read(max(1, min(CHUNK, PIECE // wide))))
            self.parts = parts if self.parts is None else _merged(self.parts, parts)
        self.found = _thinned(merged)
        return self

    def _parts(self, read: Iterator[Chunk]) -> list[Part]:
        assert self.separated is not None
        found: list[Part] | None = None
        for chunk in read:
            sizes = {
                str(axis): length
                for v in (self.model.data, *self.model.given)
                for axis, length in zip(v.axes, chunk.arrays[v.name, 1 + len(v.axes)].shape[1:], strict=True)
            }
            parts = [s.part(chunk, sizes) for s in self.separated.statistics]
            found = parts if found is None else _merged(found, parts)
        assert found is not None
        return found

    def merge(self, other: Accumulator) -> Accumulator:
        """Add what another one of the same model has seen."""
        if other.model != self.model or other.columns.known != self.columns.known:
            raise DataError(f"an accumulator of {other.model.name!r} cannot be merged into one of {self.model.name!r}")
        if other.found.rows:
            merged = self.found.merged(other.found)
            self.parts = other.parts if self.parts is None else _merged(self.parts, other.parts or [])
            self.found = _thinned(merged)
        return self

    @property
    def statistics(self) -> dict[str, Any]:
        """The sums so far, by their formulas: floats, or arrays with an axis for each index."""
        if self.separated is None:
            counts = self.found.counts
            return {} if counts is None else {"counts": counts.value}
        return {
            s.formula: np.asarray(p.value)  # type: ignore[attr-defined]
            for s, p in zip(self.separated.statistics, self.parts or [], strict=False)
        }

    def fit(self) -> Fit:
        """The estimate from the statistics; DataError where there are no samples yet."""
        if not self.found.rows:
            raise DataError("data: holds no samples")
        columns = replace(self.columns, totals=dict(self.found.totals))
        sample = sampled(columns, self.found)
        count = float(total_weight(self.found))
        if self.separated is None:
            data = counted(columns, self.found, exact=None)
            if data is None:
                raise DataError("data: too many different numbers to be counted; use numeric.fit")
            return finished(derived(self.model), data, sample, columns, count, lambda: 1)
        assert self.parts is not None
        known = known_statistics(self.separated.statistics, self.parts)
        stream = Stream(
            observed_names(self.model, sample),
            lambda rows: iter(()),
            total_weight(self.found),
            sample,
            known=known,
            evaluator=StatisticEvaluator,
        )
        data = streamed(sample, stream, self.found.rows)
        return finished(self.separated.derivation, data, sample, columns, count, lambda: 1)


def _merged(a: list[Part], b: list[Part]) -> list[Part]:
    return [x.merged(y) for x, y in zip(a, b, strict=True)]


def _thinned(found: Survey) -> Survey:
    """The survey with no more samples kept than are needed to guess from and to draw."""
    if sum(len(rows) for rows, _ in found.kept) > 4 * KEPT:
        rows, weights = found.sample()
        found.kept = [(rows[::2], None if weights is None else weights[::2])]
    return found
