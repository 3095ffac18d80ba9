"""How far each loss is off, beside torch's own and the naive export: the table of docs/benchmarks.md.

python docs/losses/accuracy.py                     # every family, three formats: some minutes
python docs/losses/accuracy.py gaussian poisson --dtype float64
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence

from derive.families import FAMILIES, load
from numeric.bench.accuracy import ROWS, AccuracyRow, measure_accuracy
from numeric.validation import Row
from numeric.validation.report import figure

HEADS = (
    "loss",
    "dtype",
    "regimes",
    "value",
    "gradient",
    "torch value",
    "torch gradient",
    "naive value",
    "naive gradient",
)


def lines(rows: Sequence[AccuracyRow]) -> Iterator[str]:
    """A line for each way to call a loss and each format: the worst of all regimes."""
    yield f"| {' | '.join(HEADS)} |"
    yield f"|{' --- |' * len(HEADS)}"
    groups: dict[tuple[str, str, str], list[AccuracyRow]] = {}
    for row in rows:
        way, found, _ = row.ours.regime.partition(": ")
        groups.setdefault((row.model, way if found else "", row.ours.dtype), []).append(row)
    for (model, way, dtype), group in groups.items():
        named = [row.ours for row in group if row.ours.named]
        cells = [f"{model}{f' ({way})' if way else ''}", dtype, str(len(group))]
        beyond = [any(_ours(row)[i] > row.tolerance for row in named) for i in (0, 1)]
        figures = _worst([_ours(row.ours) for row in group])
        cells += [text + "†" * mark for text, mark in zip(figures, beyond, strict=True)]
        cells += _worst([(row.ours.torch_ulp_value, row.ours.torch_ulp_gradient) for row in group])
        cells += _worst([_ours(row.naive) for row in group])
        yield f"| {' | '.join(cells)} |"


def _ours(row: Row | None) -> tuple[float, float]:
    return (row.max_ulp_value, row.max_ulp_gradient) if row else (math.nan, math.nan)


def _worst(pairs: Sequence[tuple[float, float]]) -> list[str]:
    """The worst finite distance of value and of gradient; in how many regimes there is none that is finite."""
    cells = []
    for column in zip(*pairs, strict=True):
        known = [number for number in column if not math.isnan(number)]
        finite = [number for number in known if math.isfinite(number)]
        lost = len(known) - len(finite)
        worst = figure(max(finite)) if finite else "–"
        cells.append(worst + (f" ({lost} not finite)" if lost else ""))
    return cells


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("families", nargs="*", help="Only these.")
    parser.add_argument("--dtype", default="float64,float32,bfloat16")
    parser.add_argument("--rows", type=int, default=ROWS, help="Observations of each regime.")
    options = parser.parse_args(arguments)
    names = options.families or [name for name in FAMILIES if load(name).prior is None]
    rows = measure_accuracy(names, options.dtype.split(","), options.rows)
    print("\n".join(lines(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
