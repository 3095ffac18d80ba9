"""Run a loss on every batch and measure it, with torch's builtin on the same numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from derive.model import Model
from derive.strategy.loss import LinkedLoss
from numeric.lowering import linked
from numeric.pipeline import Loss
from numeric.validation.batching import Batch, batches
from numeric.validation.certified import Truth, truth
from numeric.validation.report import Row, ValidationReport
from numeric.validation.subjects import Subject, first_line, subject
from numeric.validation.ulp import FORMATS, Format, distance

#: torch's own function for a family, for comparison only.
BUILTIN: dict[str, Callable[..., Tensor]] = {
    "categorical": F.cross_entropy,
    "bernoulli": F.binary_cross_entropy_with_logits,
}
TOLERANCE = 4.0  # units in the last place


def validate(
    loss_or_path: Loss | Model | str | Path | Callable[..., Any],
    family: str | None = None,
    function: str | None = None,
    device: str = "cpu",
    dtype: Sequence[str] = ("float64", "float32"),
    seed: int = 0,
) -> ValidationReport:
    """Measure a loss against certified truth on random and adverse batches.

    `loss_or_path` is a loss, a model, a family's name, a file that defines one (it is run), or a function
    `f(input, target)`; `family` names what to compare with where that does not say it itself, `function` the function
    in a file. Every observation's loss and gradient is compared, in units in the last place of each `dtype`.
    ValueError in one line for what cannot be loaded, an unknown family, format or device.
    """
    names = [dtype] if isinstance(dtype, str) else list(dtype)
    for name in names:
        if name not in FORMATS:
            raise ValueError(f"no format {name!r}; there are: {', '.join(FORMATS)}")
    _check_device(device)
    found = subject(loss_or_path, family, function)
    derived = linked(found.model)
    rows: list[Row] = []
    skipped: dict[str, str] = {}
    for name in names:
        for batch in batches(derived.input.rank > 0, seed, getattr(torch, name)):
            row = _row(found, derived, batch, FORMATS[name], device)
            if row.note and (batch.soft or batch.one_hot):
                skipped[batch.regime] = row.note  # a loss for integer labels alone is a loss all the same
            else:
                rows.append(row)
    return ValidationReport(found.name, found.model.name, device, tuple(rows), tuple(skipped.items()))


def _check_device(device: str) -> None:
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"device {device!r} cannot be used: {first_line(error)}") from None


def _row(found: Subject, derived: LinkedLoss, batch: Batch, number: Format, device: str) -> Row:
    """One regime in one format."""
    exact = truths(derived, batch, number)
    unit = "term" if batch.soft else "value"
    builtin = BUILTIN.get(found.model.name)
    beside = Subject("torch", found.model, builtin) if builtin else None
    theirs = _measure(beside, batch, exact, number, device)[:2] if beside else (math.nan, math.nan)
    try:
        value, gradient, nonfinite = _measure(found, batch, exact, number, device)
        note = ""
    except Exception as error:  # whatever a stranger's loss raises
        value, gradient, nonfinite, note = math.nan, math.nan, 0, f"{type(error).__name__}: {first_line(error)}"
    return Row(number.name, batch.regime, value, gradient, nonfinite, TOLERANCE, *theirs, unit, note)


def _measure(
    found: Subject, batch: Batch, exact: Sequence[Truth], number: Format, device: str
) -> tuple[float, float, int]:
    """The worst distance of value and gradient, and how many results are not finite where the truth is."""
    input = batch.input.to(device).requires_grad_()
    losses = found.losses(input, batch.target.to(device))
    if losses.shape != batch.input.shape[:1]:
        raise ValueError(
            f"one loss an observation is expected, shape {tuple(batch.input.shape[:1])}; found {tuple(losses.shape)}"
        )
    (gradient,) = torch.autograd.grad(losses.sum(), input)
    values, slopes = _numbers(losses), [_numbers(row.reshape(-1)) for row in gradient]
    of_value = [distance(v, t.value, number) for v, t in zip(values, exact, strict=True)]
    of_gradient = [
        distance(g, s, number, scale if batch.soft else None)
        for row, t in zip(slopes, exact, strict=True)
        for g, s, scale in zip(row, t.gradient, t.terms, strict=True)
    ]
    nonfinite = sum(map(math.isinf, (*of_value, *of_gradient)))
    return _worst(of_value), _worst(of_gradient), nonfinite


def _numbers(tensor: Tensor) -> list[float]:
    return [float(v) for v in tensor.detach().double().cpu().tolist()]


def _worst(distances: Iterable[float]) -> float:
    return max(distances, default=0.0)


def truths(derived: LinkedLoss, batch: Batch, number: Format) -> tuple[Truth, ...]:
    """The certified truth of every observation of a batch."""
    observed = [_observation(derived, batch, i) for i in range(len(batch.input))]
    inputs = [tuple(_numbers(row.reshape(-1))) for row in batch.input]
    return _truths(derived, tuple(zip(inputs, observed, strict=True)), number)


@lru_cache(maxsize=128)
def _truths(
    derived: LinkedLoss, rows: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...], number: Format
) -> tuple[Truth, ...]:
    """Kept, because several losses are measured on the same batches."""
    index = "" if derived.index is None else derived.index.name
    return tuple(
        truth(derived.model, derived.gradient, index, {derived.input.key: z, derived.target.key: t}, number)
        for z, t in rows
    )


def _observation(derived: LinkedLoss, batch: Batch, row: int) -> tuple[float, ...]:
    """One observation's entries: 1 at the label and 0 elsewhere where the target is a label."""
    target = batch.target[row]
    if derived.input.rank and not target.is_floating_point():
        return tuple(float(k == int(target)) for k in range(batch.input.shape[-1]))
    return tuple(_numbers(target.reshape(-1)))
