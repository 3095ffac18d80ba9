"""The figures as tables for a reader."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from numeric.bench.accuracy import AccuracyRow
from numeric.bench.speed import SpeedRow
from numeric.validation.report import figure


def accuracy_table(rows: Sequence[AccuracyRow]) -> Table:
    """The worst distances in units in the last place, ours beside torch's and the naive export's."""
    title = "Worst error in units in the last place (* of the largest term of the sum)"
    table = Table(title=title, title_justify="left")
    for head in ("model", "dtype", "regime"):
        table.add_column(head)
    for who in ("", "torch ", "naive "):
        for what in ("value", "gradient"):
            table.add_column(who + what, justify="right")
    table.add_column("")
    for row in rows:
        found, naive = row.ours, row.naive
        star = "*" if found.unit == "term" else ""
        ours = [figure(found.max_ulp_value) + star, figure(found.max_ulp_gradient) + star]
        theirs = [figure(found.torch_ulp_value), figure(found.torch_ulp_gradient)]
        plain = [figure(naive.max_ulp_value), figure(naive.max_ulp_gradient)] if naive else ["–", "–"]
        verdict = "ok" if found.ok else "[red]out of tolerance[/red]"
        table.add_row(row.model, found.dtype, found.regime, *ours, *theirs, *plain, verdict)
    return table


def speed_table(rows: Sequence[SpeedRow]) -> Table:
    """Milliseconds of value and gradient, ratios to torch's builtin, peak memory over the input's."""
    table = Table(title="Value and gradient, float32: median milliseconds", title_justify="left")
    table.add_column("loss")
    heads = ("size", "threads", "compiled", "eager", "torch", "torch compiled", "naive", "copy")
    ratios = ("compiled / torch", "bar", "eager / torch", "compiled / copy", "memory: compiled", "eager", "torch")
    for head in (*heads, *ratios):
        table.add_column(head, justify="right")
    for row in rows:
        kinds = ("compiled", "eager", "torch", "torch compiled", "naive", "copy")
        times = (f"{1e3 * row.seconds[k]:.2f}" if k in row.seconds else "–" for k in kinds)
        bar = "" if row.case.bar is None else f"{row.case.bar:g}"
        memory = (f"{row.memory[k]:.2f}" for k in ("compiled", "eager", "torch"))
        table.add_row(
            f"{row.case.model}, {row.case.words}",
            row.case.size,
            str(row.threads),
            *times,
            f"{row.ratio:.2f}",
            bar,
            f"{row.eager_ratio:.2f}",
            f"{row.over_copy:.1f}",
            *memory,
        )
    return table
