"""The command `derive`. Errors are one line on stderr with the cause and the way out, exit status 2."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from derive import __version__
from derive.cli.benchmarks import bench
from derive.cli.certifying import certify
from derive.cli.checking import check
from derive.cli.failure import Failure, one_line, unwritable, write

if TYPE_CHECKING:
    from derive.derivation import Derivation
    from derive.estimation import Data, Estimation
    from derive.model import Model

#: Estimates with more entries than this are not listed on the screen; --json has them all.
LISTED = 40
#: What the command says of an estimate, by language.
MESSAGES = {
    "solved": {
        "en": "Solved numerically: the score equations have no closed form.",
        "ja": "スコア方程式に閉じた解がないため、数値的に解いた。",
    },
    "note": {"en": "Note: ", "ja": "注意: "},
}


def main() -> None:
    """Run the command; every foreseen error becomes one line."""
    try:
        sys.exit(command.main(standalone_mode=False) or 0)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        usage = "; see derive --help" if isinstance(error, click.UsageError) else ""
        click.echo(f"derive: {one_line(error.format_message()).rstrip('.')}{usage}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)
    except (OSError, UnicodeEncodeError) as error:
        click.echo(f"derive: cannot write the output ({one_line(str(error))})", err=True)
        sys.exit(2)


@click.group(name="derive", context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.version_option(__version__, prog_name="derive")
@click.pass_context
def command(context: click.Context) -> None:
    """From a probabilistic model to a loss function: derived, checked, typeset, exported."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


LANG = click.option("--lang", type=click.Choice(["en", "ja"]), default="en", show_default=True, help="Language.")
COUNTS = click.option("--counts", help="How often each class came: 2,5,2,4,2,5.")
DATA = click.option("--data", help="A file (one sample a row) or values after a comma.")
KNOWN = click.option("--known", multiple=True, metavar="NAME=VALUE", help="A constant that is not estimated: n=10.")
OUTPUT = click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file.")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="As data.")
@LANG
def list_models(as_json: bool, lang: str) -> None:
    """List the models."""
    from derive.families import FAMILIES, KINDS, load
    from derive.render.words import vocabulary

    titles = {name: load(name).title.get(lang, name) for name in FAMILIES}
    if as_json:
        rows = [{"name": n, "title": titles[n], "kind": kind} for kind, names in KINDS.items() for n in names]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    width = max(map(len, titles))
    kinds = vocabulary(lang).kinds_of_model
    for place, (kind, names) in enumerate(KINDS.items()):
        click.echo(("\n" if place else "") + kinds.get(kind, kind))
        for name in names:
            click.echo(f"  {name:<{width}}  {titles[name]}")


@command.command()
@click.argument("name")
@LANG
@click.option(
    "--to",
    "form",
    type=click.Choice(["text", "latex", "markdown", "html", "pdf", "json", "notebook"]),
    default="text",
    show_default=True,
    help="The format.",
)
@click.option("--depth", type=click.Choice(["brief", "full"]), default="full", show_default=True, help="How detailed.")
@COUNTS
@DATA
@KNOWN
@OUTPUT
def show(
    name: str,
    lang: str,
    form: str,
    depth: str,
    counts: str | None,
    data: str | None,
    known: tuple[str, ...],
    output: Path | None,
) -> None:
    """Show the derivation of the model NAME, each step with its reason and its verdict."""
    model = _load(name)
    derivation, observed = model.derivation(), None
    if counts is not None or data is not None:
        from derive.strategy.example import with_data

        observed = _observe(model, counts, data, known)
        derivation = with_data(derivation, observed)
    if form == "notebook":
        from derive.render import notebook

        source = notebook.Source(name, counts, data, known)
        write(notebook.page(derivation, lang, depth, derivation.check(), source), output)
    elif form == "pdf":
        _write_pdf(_rendered(derivation, "latex", lang, depth, observed), lang, output)
    else:
        write(_rendered(derivation, form, lang, depth, observed), output)


@command.command()
@click.argument("name")
@COUNTS
@DATA
@KNOWN
@LANG
@click.option("--weights", help="How often each sample counts: a .npy file; for --data in a file.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw data, density and likelihood into this file.")
@click.option("--json", "as_json", is_flag=True, help="As data.")
def mle(
    name: str,
    counts: str | None,
    data: str | None,
    known: tuple[str, ...],
    lang: str,
    weights: str | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Derive the maximum-likelihood estimate of the model NAME and work it out on data.

    Data are one sample a row: the inputs of a regression first and the target last, the entries of one observation
    where it has several, labels 1…K where it is a class. Files of any size are read as .npy, .parquet or, where a
    text file is large, .csv; with standard errors, and --weights and --plot where they are wanted.
    """
    from derive.cli.fitting import fitted, is_large
    from derive.estimation import DataError, estimate
    from derive.strategy.example import with_data

    model = _load(name)
    if data is not None and counts is None and (weights is not None or plot is not None or is_large(data)):
        fitted(model, data, weights, known, lang, plot, as_json=as_json)
        return
    observed = _observe(model, counts, data, known)
    derivation = model.derivation()
    try:
        estimation = estimate(derivation, observed)
    except DataError as error:
        raise Failure(str(error)) from error
    shown = with_data(derivation, observed)
    if as_json:
        click.echo(json.dumps(_as_json(shown, estimation, lang), ensure_ascii=False, indent=2))
        return
    click.echo(_rendered(shown, "text", lang, "full"))
    for parameter, values in _listed(estimation):
        click.echo(f"{parameter} = {values}")
    if estimation.method == "numerical":
        click.echo(MESSAGES["solved"][lang])
    if estimation.note:
        click.echo(f"{MESSAGES['note'][lang]}{estimation.note}")


def _as_json(derivation: Derivation, estimation: Estimation, lang: str) -> dict[str, Any]:
    return {
        "model": derivation.model,
        "method": estimation.method,
        "estimate": estimation.shown,
        "decimal": estimation.finite,
        "note": estimation.note,
        "derivation": derivation.to_json(lang=lang),
    }


def _listed(estimation: Estimation) -> list[tuple[str, str]]:
    """Every parameter with its values to full precision."""
    import sympy as sp

    from derive.render import text

    lines = []
    for name, value in estimation.decimal.items():
        values = value if isinstance(value, list) else [value]
        shown = ", ".join(_row(v) for v in values[:LISTED])
        more = f", … ({len(values)} in all; --json lists them)" if len(values) > LISTED else ""
        lines.append(
            (text.expression(sp.Symbol(f"{name}_hat")), f"({shown}{more})" if isinstance(value, list) else shown)
        )
    return lines


def _row(value: Any) -> str:
    """A number, or the numbers of one row of a matrix."""
    return f"({', '.join(map(_row, value))})" if isinstance(value, list) else repr(value).replace("inf", "∞")


@command.command()
@click.argument("name")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The Python file to write.")
def export(name: str, output: Path) -> None:
    """Write the loss of the model NAME as a Python file that needs torch alone."""
    _load(name)
    import numeric

    try:
        numeric.export(name, output)
    except OSError as error:
        raise unwritable(output, error) from error
    except ValueError as error:
        raise Failure(str(error)) from error
    click.echo(f"wrote {output}", err=True)


@command.command()
@click.argument("name_or_file")
@click.option("--family", help="The model to compare a file with, where the file does not say FAMILY.")
@click.option("--function", help="The function of the file to validate.")
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--dtype", default="float64,float32", show_default=True, help="float64, float32, bfloat16, float16.")
@click.option("--seed", default=0, show_default=True, help="Reproduces the batches.")
@click.option("--rows", default=48, show_default=True, type=click.IntRange(4), help="Observations of each regime.")
@click.option("--batch", default=1 << 14, show_default=True, help="Elements of the large batch; 0 for none.")
@click.option("--compiled", is_flag=True, help="Compare torch.compile's form too.")
@click.option("--json", "as_json", is_flag=True, help="As data.")
def validate(
    name_or_file: str,
    family: str | None,
    function: str | None,
    device: str,
    dtype: str,
    seed: int,
    rows: int,
    batch: int,
    compiled: bool,
    as_json: bool,
) -> None:
    """Hold a loss (a model's, or a Python file of your own, which is run) against certified truth on batches."""
    _needs_torch()
    import numeric

    try:
        with redirect_stdout(sys.stderr):  # what the file prints is not part of the report
            report = numeric.validate(
                Path(name_or_file) if name_or_file.endswith(".py") else name_or_file,
                family=family,
                function=function,
                device=device,
                dtype=tuple(dtype.split(",")),
                seed=seed,
                rows=rows,
                batch=batch,
                compiled=compiled,
                progress=_progress,
            )
    except (KeyError, ValueError) as error:
        raise Failure(str(error.args[0] if error.args else error)) from error
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=2))
    else:
        from numeric.validation.report import print_report

        print_report(report)
    if not report.ok:
        raise click.exceptions.Exit(1)


def _progress(items: Iterable[Any], many: int) -> Iterable[Any]:
    """A bar on stderr, where that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    return track(items, total=many, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


def _needs_torch() -> None:
    from importlib.util import find_spec

    if find_spec("torch") is None:
        raise Failure("this needs torch; install it by: pip install 'lossproof[torch]'")


def _load(name: str) -> Model:
    from derive.families import load

    try:
        return load(name)
    except KeyError as error:
        raise Failure(str(error.args[0])) from error


def _observe(model: Model, counts: str | None, data: str | None, known: tuple[str, ...] = ()) -> Data:
    from derive.estimation import DataError, observe

    try:
        return observe(model, counts, data, known)
    except DataError as error:
        raise Failure(str(error)) from error


def _rendered(derivation: Derivation, form: str, lang: str, depth: str, observed: Data | None = None) -> str:
    from derive.render import data, html, latex, markdown, text

    checked = derivation.check()
    pages: dict[str, Callable[[], str]] = {
        "text": lambda: text.page(derivation, lang=lang, depth=depth, report=checked),
        "markdown": lambda: markdown.page(derivation, lang=lang, depth=depth, report=checked),
        "html": lambda: html.page(derivation, lang=lang, depth=depth, report=checked, data=observed),
        "latex": lambda: latex.document(derivation, lang=lang, depth=depth, report=checked, data=observed),
        "json": lambda: json.dumps(data.derivation(derivation, lang, checked), ensure_ascii=False, indent=2),
    }
    return pages[form]()


def _write_pdf(document: str, lang: str, output: Path | None) -> None:
    from derive.render.pdf import PdfError, compiled

    if output is None:
        raise Failure("a PDF is written to a file; name it with -o FILE.pdf")
    try:
        output.write_bytes(compiled(document, lang))
    except PdfError as error:
        raise Failure(str(error)) from error
    except OSError as error:
        raise unwritable(output, error) from error


command.add_command(bench)
command.add_command(check)
command.add_command(certify)
