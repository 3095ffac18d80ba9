"""derive certify: a derivation as a file that a proof assistant checks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from derive.cli.failure import Failure, write

if TYPE_CHECKING:
    from derive.certify import Certificate


@click.command()
@click.argument("name")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The Rocq file to write (NAME.v).")
@click.option("--run", "is_run", is_flag=True, help="Compile it and say whether it is accepted.")
def certify(name: str, output: Path, is_run: bool) -> None:
    """Write the derivation of the model NAME as a Rocq (Coq) file: one lemma a step, for all sizes."""
    from derive.certify import certificate
    from derive.families import load

    try:
        model = load(name)
    except KeyError as error:
        raise Failure(str(error.args[0])) from error
    try:
        made = certificate(model.derivation())
    except ValueError as error:
        raise Failure(str(error)) from error
    write(made.text.rstrip(), output)
    good = len(made.entries) - len(made.missing)
    click.echo(f"wrote {output}: {good} of {len(made.entries)} claims have a lemma", err=True)
    for entry in made.missing:
        place = f"{entry.section.replace('_', ' ')}, step {entry.number}"
        click.echo(f"  without: {place} ({entry.rule.replace('_', ' ')}): {entry.reason}", err=True)
    if is_run:
        _run(made)


def _run(made: Certificate) -> None:
    """Compile, with progress; exit status 1 where the certificate is not accepted."""
    from derive.certify.running import RocqMissingError, compiled_library, run

    def progress(message: str) -> None:
        click.echo(f"compiling {message}", err=True)

    try:
        with compiled_library(progress) as library:
            outcome = run(made, library, progress)
    except RocqMissingError as error:
        raise Failure(str(error)) from error
    if outcome.accepted:
        rests = ", ".join(outcome.axioms) or "no axiom"
        click.echo(f"accepted in {outcome.seconds:.1f} s; it rests on {rests}")
        return
    click.echo(f"not accepted: {outcome.reason}")
    raise click.exceptions.Exit(1)
