"""Run a loss on every batch and measure it, with torch's builtin on the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import sympy as sp
import torch

from derive.model import Model
from derive.strategy.loss import linked_losses
from numeric.pipeline import Loss
from numeric.pipeline import loss as make_loss
from numeric.validation.agreement import Check, agreements
from numeric.validation.answers import Answered, answered, prepared
from numeric.validation.batching import large
from numeric.validation.certified import Question
from numeric.validation.figures import Losses, Outcome, measured
from numeric.validation.questions import question
from numeric.validation.report import Row, ValidationReport
from numeric.validation.subjects import Subject, first_line, subject, takes
from numeric.validation.throughput import Throughput, measured_throughput
from numeric.validation.torchs_own import BUILTIN, Builtin
from numeric.validation.ulp import FORMATS, Format

#: Functions that torch has to a few units in the last place of their own terms.
SPECIAL = (sp.gamma, sp.loggamma, sp.polygamma, sp.factorial, sp.binomial, sp.besseli)
TOLERANCE = 4.0  # units in the last place
ROWS = 48  # observations of each regime
LARGE, CLASSES = 1 << 14, 1000  # elements of the large batch, and its classes

Progress = Callable[[Iterable[Any], int], Iterable[Any]]


def validate(
    loss_or_path: Loss | Model | str | Path | Callable[..., Any],
    family: str | None = None,
    function: str | None = None,
    device: str = "cpu",
    dtype: Sequence[str] = ("float64", "float32"),
    seed: int = 0,
    rows: int = ROWS,
    batch: int = LARGE,
    compiled: bool = False,
    progress: Progress | None = None,
) -> ValidationReport:
    """Measure a loss against certified truth on random and adverse batches, and as a whole on a large one.

    `loss_or_path` is a loss, a model, a family's name, a file that defines one (it is run), or a function
    `f(input, target)` with further arguments by their names; `family` names what to compare with where that does not
    say it itself, `function` the function in a file. Of each regime, `rows` observations are measured in each `dtype`:
    loss and gradient by every input, in units in the last place. On a batch of so many elements (none for 0) the whole
    is compared with a float64 reference and between its forms, with `compiled` also torch.compile's; its speed and
    memory are measured there. `seed` reproduces the batches; `progress` wraps the regimes, of which it is told the
    number. ValueError in one line for what cannot be loaded, an unknown family,
    format or device, or a function that takes none of the family's arguments.
    """
    names = [dtype] if isinstance(dtype, str) else list(dtype)
    for name in names:
        if name not in FORMATS:
            raise ValueError(f"no format {name!r}; there are: {', '.join(FORMATS)}")
    check_device(device)
    found = subject(loss_or_path, family, function)
    asked, refused = offered(found)
    places = [
        (one, FORMATS[name], i) for one in asked for name in names for i in range(len(_all(one, seed, name, rows)))
    ]
    shown: Iterable[Any] = progress(places, len(places)) if progress else places
    results: list[Row] = []
    skipped = dict(refused)
    keeps: dict[tuple[str, ...], bool] = {}
    for one, number, i in shown:
        exact = answered(one, seed, number, rows, i)
        regime = _regime(asked, one, prepared(one, seed, number, rows)[i].regime)
        if exact is None:
            skipped[f"{regime}, {number.name}"] = "the loss, its gradient or a term of them overflows there"
            continue
        kept = keeps.setdefault(one.names, _keeps(found, one, exact, number, device))
        row = _row(found, one, exact, number, device, regime, kept)
        if row.note and exact.batch.optional:
            skipped[regime] = row.note  # a loss for integer labels alone is a loss all the same
        else:
            results.append(row)
    checks: list[Check] = []
    speeds: list[Throughput] = []
    for name in names if batch else ():
        for one in asked:
            whole = large(one, seed, getattr(torch, name), batch, CLASSES).to(device)
            own = Subject(one.model.name, one.model, _own(one.model).fused)
            checks += agreements(found, own, one, further(one), whole, compiled, keeps.get(one.names, False))
        speeds += _speed(found, asked[0], seed, name, batch, device)
    parts = tuple(results), tuple(skipped.items()), tuple(checks), tuple(speeds)
    return ValidationReport(found.name, found.model.name, device, *parts)


@lru_cache(maxsize=64)
def _own(model: Model) -> Loss:
    """The model's own exported loss: the reference for whole batches."""
    return make_loss(model)


def _speed(found: Subject, one: Question, seed: int, name: str, batch: int, device: str) -> list[Throughput]:
    """Speed and memory, where the function takes the batch at all."""
    try:
        whole = large(one, seed, getattr(torch, name), batch, CLASSES).to(device)
        return [measured_throughput(found, whole, further(one))]
    except Exception:  # a loss that raises has said so above
        return []


def check_device(device: str) -> None:
    """ValueError in one line where the device is not there."""
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"device {device!r} cannot be used: {first_line(error)}") from None


@lru_cache(maxsize=64)
def questions_of(model: Model) -> tuple[Question, ...]:
    """What can be asked of a model: one question for each way to give its parameters."""
    return tuple(question(model, derived) for derived in linked_losses(model))


def offered(found: Subject) -> tuple[list[Question], dict[str, str]]:
    """The questions that the function answers, and why it does not answer the others; ValueError where it answers none.

    Where a bare function of input and target can stand for several, it is the one that needs no further argument.
    """
    every = questions_of(found.model)
    asked, refused = [], {}
    for one in every:
        wanted = further(one)
        if found.offers(wanted):
            asked.append(one)
        else:
            refused[f"with {', '.join(wanted) or 'input alone'}"] = "the function does not take these arguments"
    if not asked:
        ways = "; or ".join(", ".join(("input", "target", *further(one))) for one in every)
        raise ValueError(f"{found.name} cannot be called with the arguments of {found.model.name}: {ways}")
    return asked, refused


def further(one: Question) -> tuple[str, ...]:
    """The names of the arguments after input and target."""
    return (*one.names[1:], *(v.name for v in one.known))


def _all(one: Question, seed: int, name: str, rows: int) -> Sequence[object]:
    return prepared(one, seed, FORMATS[name], rows)


def _regime(asked: Sequence[Question], one: Question, regime: str) -> str:
    """The regime's name, after the way the parameters are given where there are several."""
    if len(asked) == 1:
        return regime
    return f"{', '.join(one.names[1:]) or 'input alone'}: {regime}"


def _called(found: Subject, one: Question, **options: object) -> Losses:
    return lambda batch: found.losses(batch, further(one), **options)


def _keeps(found: Subject, one: Question, exact: Answered, number: Format, device: str) -> bool:
    """Whether a function keeps the terms without any input: both are the same loss; the nearer one is meant."""
    if one.constant == 0 or takes(found.function, "full"):
        return False
    try:
        without, kept = (
            measured(_called(found, one), None, one, exact.batch.to(device), exact.exact, number, kept).value
            for kept in (False, True)
        )
    except Exception:  # whatever a stranger's loss raises is told where it is measured
        return False
    return kept.judged.median < without.judged.median


def _row(found: Subject, one: Question, exact: Answered, number: Format, device: str, regime: str, kept: bool) -> Row:
    """One regime in one format."""
    batch = exact.batch.to(device)
    whole = _called(found, one, full=True) if takes(found.function, "full") and one.constant != 0 else None
    outcome, note = None, ""
    try:
        outcome = measured(_called(found, one), whole, one, batch, exact.exact, number, kept)
    except Exception as error:  # whatever a stranger's loss raises
        note = f"{type(error).__name__}: {first_line(error)}"
    return Row(
        dtype=number.name,
        regime=regime,
        observations=len(exact.exact),
        outcome=outcome,
        builtin=_beside(one, batch, exact, number),
        names=one.names,
        unit="value" if batch.labels else "term",
        tolerance=TOLERANCE,
        note=note,
        special=tuple(expr.has(*SPECIAL) for expr in (one.loss + one.constant, *one.gradients)),
    )


def _beside(one: Question, batch: Any, exact: Answered, number: Format) -> Outcome | None:
    """torch's own function on the same numbers; None where it has none or does not take them."""
    builtin: Builtin | None = BUILTIN.get((one.model.name, *one.names[1:]))
    if builtin is None:
        return None
    call = builtin.function
    try:
        return measured(
            lambda b: call(b.inputs[0], b.target, *b.inputs[1:], *b.known),
            None,
            one,
            batch,
            exact.exact,
            number,
            builtin.kept,
        )
    except (RuntimeError, ValueError):
        return None
