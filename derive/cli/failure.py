"""What a subcommand says where it cannot go on: one line on stderr with the cause and the way out, exit status 2."""

from __future__ import annotations

from pathlib import Path

import click


class Failure(click.ClickException):
    """Something the user can mend: one line, exit status 2."""

    exit_code = 2


def one_line(message: str) -> str:
    """A message without line breaks."""
    return " ".join(message.split())


def write(content: str, output: Path | None) -> None:
    """Print a text, or write it to a file."""
    if output is None:
        click.echo(content)
        return
    try:
        output.write_text(content + "\n", encoding="utf-8")
    except OSError as error:
        raise unwritable(output, error) from error


def unwritable(path: Path, error: OSError) -> Failure:
    """The failure to write a file."""
    return Failure(f"{path}: cannot be written ({error.strerror}); choose another place with -o")
