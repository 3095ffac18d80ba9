"""`derive bench`: digits, time and memory of the exported losses, measured here and now."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

import click

from derive.cli.failure import Failure


@click.command("bench")
@click.option("--accuracy", is_flag=True, help="Only digits: units in the last place against certified truth.")
@click.option("--speed", is_flag=True, help="Only time and memory.")
@click.option("--threads", default="1,2", show_default=True, help="Numbers of threads to time on.")
@click.option("--seconds", default=5.0, show_default=True, help="How long the functions of a case take turns.")
@click.option("--family", multiple=True, help="Measure the digits of this family; may be given several times.")
@click.option("--dtype", default="float64,float32,bfloat16", show_default=True, help="Formats for the digits.")
@click.option("--json", "as_json", is_flag=True, help="As data.")
def bench(
    accuracy: bool, speed: bool, threads: str, seconds: float, family: tuple[str, ...], dtype: str, as_json: bool
) -> None:
    """Measure the exported losses beside torch's own functions and the naive export.

    Digits are held against certified truth, over regimes that losses break on. Time and memory are of value and
    gradient in single precision: functions take turns in one process, medians are compared. The whole takes some two
    minutes, most of it compilation; a C++ compiler is needed for --speed. Let the machine do nothing else meanwhile.
    """
    from importlib.util import find_spec

    if find_spec("torch") is None:
        raise Failure("this needs torch; install it by: pip install 'lossproof[torch]'")
    from numeric import bench as benchmarks
    from numeric.bench.accuracy import FAMILIES

    both = accuracy == speed
    counts = _counts(threads)
    found: dict[str, Any] = {"machine": benchmarks.machine_facts()}
    digits: tuple[Any, ...] = ()
    times: tuple[Any, ...] = ()
    try:
        if accuracy or both:
            digits = benchmarks.measure_accuracy(family or FAMILIES, tuple(dtype.split(",")), progress=_progress)
        if speed or both:
            times = benchmarks.measure_speed(counts, seconds, progress=_progress)
    except (KeyError, ValueError) as error:
        raise Failure(str(error.args[0] if error.args else error)) from error
    if as_json:
        found |= {"accuracy": [row.to_json() for row in digits], "speed": [row.to_json() for row in times]}
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 200)
    console.print(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in found["machine"].items()))
    if digits:
        console.print(benchmarks.accuracy_table(digits))
    if times:
        console.print(benchmarks.speed_table(times))


def _counts(text: str) -> tuple[int, ...]:
    """Numbers of threads after commas; Failure for anything else."""
    try:
        counts = tuple(int(part) for part in text.split(","))
    except ValueError:
        counts = ()
    if not counts or min(counts) < 1:
        raise Failure(f"--threads takes positive whole numbers after commas, such as 1,2; found {text!r}")
    return counts


def _progress(items: Iterable[Any], many: int) -> Iterable[Any]:
    """A bar on stderr, where that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    return track(items, total=many, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
