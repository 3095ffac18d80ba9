"""From samples to a fit: one survey, then the derivation's own estimate on whichever data the samples come to.

Labels and whole numbers come to counts, a few samples to exact numbers, all others to a stream that is read once for
each set of sums that the estimate asks for. `derive.estimation` does the same with all three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from derive.estimation import Data, DataError, estimate
from derive.estimation.information import information_at
from derive.estimation.observations import known_values
from derive.estimation.streaming import Chunk, Stream, alone
from derive.families import load
from derive.model import Model
from numeric.fitting.columns import Columns
from numeric.fitting.datasets import counted, observed_names, of_rows, sampled, streamed
from numeric.fitting.progress import Watch
from numeric.fitting.result import Fit, as_estimate
from numeric.fitting.sources import Array, Samples, Source, as_source
from numeric.fitting.survey import Survey, chunks, surveyed

if TYPE_CHECKING:
    from derive.derivation import Derivation
    from numeric.distributed import Processes

#: Up to so many samples are worked out in exact numbers, as `derive mle` does.
EXACT_ROWS = 1000
#: Numbers of which the largest is beyond this, or one over it, cannot be solved for in doubles.
FAR_FROM_1 = 1e60


def fit(
    model: str | Model,
    data: Samples,
    weights: Samples | None = None,
    *,
    known: Mapping[str, Any] | None = None,
    exact: bool | None = None,
    distributed: bool | None = None,
    progress: bool | None = None,
) -> Fit:
    """The maximum-likelihood estimate of a model, or of the family of that name, on data of any size.

    data: one sample a row: a NumPy array (memory-mapped ones too), a torch tensor on any device, a sequence, the path
        of a .npy, .parquet or .csv file, or a pair (inputs, target). Shape (N,) where one number is observed or a
        label 1…K, (N, D) where an observation has D entries; a regression takes its inputs first, the target last.
    weights: shape (N,), from 0 on: how often each sample counts. Samples that weigh nothing are left out.
    known: constants that are not estimated, by name, as numbers or as text: {"nu": 3}.
    exact: whether to work in exact numbers throughout; by default where the samples are few.
    distributed: whether each process of torch.distributed brings its own samples; by default where it is initialised.
    progress: whether to show a bar on stderr; by default on a terminal.

    Raises DataError (a ValueError) of one line, with the row, where data do not fit the model; KeyError for an unknown
    name. Source of the method: the derivation of the model itself (`derive show NAME`).
    """
    stated = load(model) if isinstance(model, str) else model
    processes = _processes(distributed)
    constants = constants_of(stated, known)
    source: Source | None = None
    failure: Exception | None = None
    found = Survey()
    weighing: Array | None = None
    columns = Columns(stated, "data", constants)
    with Watch(None, shown=progress) as watch:
        try:
            source, weighing = opened(data, weights, processes)
            if source is not None:
                watch.rows, columns.source = source.rows, source.name
                watch.begin()
                found = surveyed(source, weighing, columns, watch.read)
        except DataError as error:
            if processes is None:
                raise
            failure = error
        if processes is not None:
            found = processes.survey(found, failure)
        if not found.rows:
            raise DataError("data: no sample has any weight" if weights is not None else "data: holds no samples")
        return _fitted(stated, source, weighing, columns, found, exact, processes, watch)


def opened(data: Samples, weights: Samples | None, processes: Processes | None) -> tuple[Source | None, Array | None]:
    """The samples and their weights; None for the samples of a process that has none."""
    if processes is not None and _is_empty(data):
        return None, None
    source = as_source(data)
    if weights is None:
        return source, None
    given = as_source(weights, "weights")
    if hasattr(given, "values") and isinstance(given.values, np.ndarray) and given.values.ndim == 1:
        return source, given.values
    parts = list(given.blocks(1 << 20))
    if any(p.ndim != 1 for p in parts):
        raise DataError("weights: has several columns; give one weight for each sample")
    return source, np.concatenate(parts)


def _is_empty(data: Samples) -> bool:
    """Whether there are no samples in an array, or in a pair of them."""
    if isinstance(data, tuple):
        return all(map(_is_empty, data))
    return hasattr(data, "__len__") and not isinstance(data, str) and not len(data)


def _processes(distributed: bool | None) -> Processes | None:
    import sys

    if distributed is False or (distributed is None and "torch" not in sys.modules):
        return None
    from numeric.distributed import Processes

    if distributed is None and not Processes.is_initialised():
        return None
    return Processes.all()


def constants_of(model: Model, known: Mapping[str, Any] | None) -> dict[str, list[Fraction]]:
    """The constants that are not estimated; DataError where the model has none of a name."""
    return known_values(model, [f"{n}={_text(v)}" for n, v in (known or {}).items()])


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple, np.ndarray)):
        return ",".join(_text(v) for v in value)
    return str(Fraction(value)) if isinstance(value, Fraction) else repr(float(value))


@lru_cache(maxsize=64)
def _derivation(name: str) -> Derivation:
    return load(name).derivation()


def derived(model: Model) -> Derivation:
    """A model's derivation; those of the families are made once."""
    try:
        known = load(model.name) is model
    except KeyError:
        known = False
    return _derivation(model.name) if known else model.derivation()


def _fitted(
    model: Model,
    source: Source | None,
    weights: Array | None,
    columns: Columns,
    found: Survey,
    exact: bool | None,
    processes: Processes | None,
    watch: Watch,
) -> Fit:
    read = _reading(source, weights, columns, found, watch)
    sample = sampled(columns, found)
    small = found.rows <= EXACT_ROWS if exact is None else exact
    data = counted(columns, found, exact)
    if data is None and small and processes is None:
        data = of_rows(columns, source, weights)
    if data is None:
        merge = alone if processes is None else processes.merge
        stream = Stream(observed_names(model, sample), read, total_weight(found), sample, merge)
        data = streamed(sample, stream, found.rows)
    return finished(derived(model), data, sample, columns, float(total_weight(found)), lambda: watch.passes)


def total_weight(found: Survey) -> Fraction:
    """The number of samples, or what their weights add up to."""
    return Fraction(float(found.weight.high)) + Fraction(float(found.weight.low))


def finished(
    derivation: Derivation, data: Data, sample: Data, columns: Columns, count: float, passes: Callable[[], int]
) -> Fit:
    """The estimate on data, with its standard errors."""
    try:
        estimation = estimate(derivation, data)
    except DataError as error:  # which speaks of the command's option
        raise DataError(str(error).replace("--data", columns.source)) from error
    if data.stream is not None and estimation.method == "numerical":
        _refuse_far_from_1(sample, columns.source)
    known = information_at(derivation, data, estimation)
    return Fit(
        derivation.model,
        as_estimate(estimation),
        estimation.method,
        known.log_likelihood,
        count,
        known.observed,
        known.expected,
        known.reasons,
        estimation.note,
        passes(),
        estimation,
        derivation,
        data,
        sample,
    )


def _refuse_far_from_1(sample: Data, source: str) -> None:
    """DataError where the terms of a likelihood, and their derivatives, would leave the range of doubles."""
    size = float(np.abs(sample.arrays[sample.target]).max())
    if size and not 1 / FAR_FROM_1 <= size <= FAR_FROM_1:
        raise DataError(f"{source}: numbers as large as {size:.1g} cannot be fitted step by step; give another unit")


def _reading(source: Source | None, weights: Array | None, columns: Columns, found: Survey, watch: Watch) -> Any:
    if source is None:
        return lambda size: iter(())
    passes = chunks(source, weights, columns, found.highest, watch.read)

    def read(size: int) -> Iterator[Chunk]:
        watch.begin()
        yield from passes(size)

    return read
