"""`derive check`: articles and saved derivations by whoever wrote them, and claims a line each."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from derive.cli.failure import Failure, one_line, unwritable, write

if TYPE_CHECKING:
    from derive.read.report import FileReport, Report

STANDARD_INPUT = "-"
#: How much later a process is ended that does not keep to the time for a file by itself, in seconds.
GRACE = 15.0


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=str, allow_dash=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html", "sarif"]),
    default="text",
    show_default=True,
    help="The format of the report.",
)
@click.option(
    "--log-base",
    type=click.Choice(["infer", "e", "2", "10"]),
    default="infer",
    show_default=True,
    help="The base of log where none is written; inferred from printed digits by default.",
)
@click.option("--strict", is_flag=True, help="Count undecided and unread steps as failures.")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes side by side.")
@click.option("--jsonl", is_flag=True, help="Read one claim a line, write one verdict a line.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file.")
def check(
    files: tuple[str, ...], form: str, log_base: str, strict: bool, jobs: int, jsonl: bool, output: Path | None
) -> None:
    """Check articles (.md .html .tex .txt .ipynb) and derivations saved by `derive show NAME --to json`.

    FILE may be - for standard input. Exit status: 0 where nothing is refuted or ill-formed, 1 where something is (with
    --strict also where a step is undecided or unread), 2 where a file cannot be read; the others are reported then too.

    With --jsonl each line of FILE is {"id", "lhs", "rhs", "relation"?}, sides in LaTeX, and each line of the output
    {"id", "verdict", "reason", "given", "counterexample"}.
    """
    if jsonl:
        failed = _check_lines(files or (STANDARD_INPUT,), log_base, strict, jobs, output)
    elif not files:
        raise click.UsageError("no FILE to check (- is standard input)")
    else:
        failed = _check_files(files, form, log_base, strict, jobs, output)
    if failed:
        raise click.exceptions.Exit(failed)


def _check_files(files: tuple[str, ...], form: str, log_base: str, strict: bool, jobs: int, output: Path | None) -> int:
    from derive.read.report import Report

    reports, unreadable = [], 0
    for found in _reports(files, log_base, jobs):
        if isinstance(found, str):
            click.echo(f"derive: {one_line(found)}", err=True)
            unreadable += 1
        else:
            reports.append(found)
    if not reports:
        return 2
    report = Report(tuple(reports))
    _show(report, form, output)
    if unreadable:
        return 2
    return int(bool(report.wrong or (strict and report.open)))


def _reports(files: tuple[str, ...], log_base: str, jobs: int) -> Iterator[FileReport | str]:
    """The report on each file in turn, or the one line that says why there is none."""
    from derive.read.files import FILE_SECONDS, READING_SECONDS
    from derive.read.workers import Lost, Workers

    tasks = [(path, _standard_input() if path == STANDARD_INPUT else None) for path in files]
    seconds = READING_SECONDS + FILE_SECONDS + GRACE
    workers: Workers[tuple[str, bytes | None], FileReport | str] = Workers(
        partial(_report, log_base=log_base), min(jobs, len(files)), seconds
    )
    causes = {
        "time": f"checking it took longer than {seconds:.0f} seconds; split it into smaller files",
        "memory": "checking it took more than 1 GiB of memory; split it into smaller files",
        "crash": "the process that checked it ended without an answer, which is a fault of it; please report it",
    }
    with _progress(len(files)) as advance:
        for path, found in zip(files, workers.map(tasks), strict=True):
            yield f"{path}: {causes[found.cause]}" if isinstance(found, Lost) else found
            advance(path)


def _report(task: tuple[str, bytes | None], log_base: str) -> FileReport | str:
    """What a process does with one file."""
    from derive.read.files import UnreadableFileError, check_file

    path, content = task
    try:
        return check_file(path, log_base, content)
    except UnreadableFileError as error:
        return str(error)


def _standard_input() -> bytes:
    """What comes in, to one byte more than is read at all."""
    from derive.interchange import MAX_BYTES

    return sys.stdin.buffer.read(MAX_BYTES + 1)


@contextlib.contextmanager
def _progress(count: int) -> Iterator[Callable[[str], None]]:
    """A bar on stderr where several files are checked and somebody looks on."""
    if count < 2 or not sys.stderr.isatty():
        yield lambda path: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.fields[path]}", markup=False))
    # without a thread of its own, since processes are forked meanwhile
    with Progress(*columns, console=Console(stderr=True), auto_refresh=False, transient=True) as bar:
        task = bar.add_task("", total=count, path="")
        bar.refresh()

        def advance(path: str) -> None:
            bar.update(task, advance=1, path=path)
            bar.refresh()

        yield advance


def _show(report: Report, form: str, output: Path | None) -> None:
    from derive.render.report import rendered

    if form == "text" and output is None and sys.stdout.isatty():
        from rich.console import Console

        from derive.render.report_text import print_report

        print_report(report, Console())
    else:
        write(rendered(report, form), output)


def _check_lines(files: tuple[str, ...], log_base: str, strict: bool, jobs: int, output: Path | None) -> int:
    """Verdicts line by line as they come; 2 where a file cannot be read."""
    from derive.read.bulk import FAULT, verdicts
    from derive.read.report import OPEN, WRONG
    from derive.render.report import dumped

    failing = (*WRONG, *(OPEN if strict else ()))
    failed, faults = 0, 0
    with _sink(output) as say:
        for path in files:
            try:
                with _source(path) as lines:
                    for row in verdicts(lines, log_base, jobs):
                        say(dumped(row))
                        failed = max(failed, int(row["verdict"] in failing))
                        faults += FAULT in row["reason"]
            except Failure as error:
                click.echo(f"derive: {one_line(error.format_message())}", err=True)
                failed = 2
    if faults:
        click.echo(f"derive: the checker failed on {faults} of the claims; please report them", err=True)
    return failed


@contextlib.contextmanager
def _source(path: str) -> Iterator[BinaryIO]:
    if path == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    with contextlib.ExitStack() as opened:
        try:
            lines = opened.enter_context(Path(path).open("rb"))
        except OSError as error:
            raise Failure(f"{path}: cannot be read ({error.strerror}); check the name and your rights") from error
        yield lines


@contextlib.contextmanager
def _sink(output: Path | None) -> Iterator[Callable[[str], object]]:
    """Where verdicts go; each is there as soon as it is known."""
    if output is None:
        yield click.echo
        return
    try:
        file = output.open("w", encoding="utf-8")
    except OSError as error:
        raise unwritable(output, error) from error
    with file:
        yield lambda line: print(line, file=file, flush=True)
