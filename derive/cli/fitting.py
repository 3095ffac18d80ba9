"""`derive mle` on files of any size: the same derivation, read in passes over the data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from derive.cli.failure import Failure, unwritable

if TYPE_CHECKING:
    from derive.model import Model

#: Text files of at most so many bytes are read exactly, decimal by decimal.
EXACT_BYTES = 4 << 20
#: Files that are no text.
BINARY = (".npy", ".parquet")


def is_large(data: str) -> bool:
    """Whether `--data` names a file that is read in passes."""
    path = Path(data)
    try:
        found = len(data) < 1000 and path.is_file()
    except (OSError, ValueError):
        return False
    suffix = path.suffix.lower()
    if not found:
        return suffix in BINARY and "," not in data
    return suffix in BINARY or (suffix == ".csv" and path.stat().st_size > EXACT_BYTES)


def fitted(
    model: Model, data: str, weights: str | None, known: tuple[str, ...], lang: str, plot: Path | None, *, as_json: bool
) -> None:
    """Fit a model to a file and print what was found; Failure where the data do not fit it."""
    from derive.estimation import DataError
    from numeric.fitting import fit
    from numeric.fitting.running import derived

    try:
        found = fit(model, data, weights, known=_known(known), distributed=False)
    except DataError as error:
        raise Failure(str(error)) from error
    if plot is not None:
        try:
            found.plot(plot)
        except (ImportError, ValueError) as error:
            raise Failure(f"{plot}: {error}") from error
        except OSError as error:
            raise unwritable(plot, error) from error
    if as_json:
        exact = found.data.stream is None
        shown = {"estimate": found.estimation.shown if exact else found.estimation.finite}
        shown["decimal"] = found.estimation.finite
        page = {**found.to_json(), **shown, "derivation": derived(model).to_json(lang=lang)}
        click.echo(json.dumps(page, ensure_ascii=False, indent=2))
        return
    click.echo(str(found))


def _known(known: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in known:
        name, sign, value = text.partition("=")
        if not sign:
            raise Failure(f"--known {text}: write it as name=value")
        found[name.strip()] = value
    return found
