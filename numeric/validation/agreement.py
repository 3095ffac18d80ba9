"""Agreement on a whole large batch: with a float64 reference, between forms of one loss, between reductions.

The certified truth is dear and is asked for a sample; here every element counts, so that a fault which depends on the
size of a batch or the place in it shows. Distances are normwise: the largest error over the largest entry of what it is
compared with, in units in the last place of the format.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from numeric.validation.batching import Batch
from numeric.validation.certified import Question
from numeric.validation.subjects import Subject, first_line, takes

#: Units in the last place of the largest entry. Autograd through the plain form may let terms cancel that the closed
#: form does not have: counts or weights of a thousand classes.
TOLERANCE, COMPILED, PLAIN = 64.0, 8.0, 4096.0

Found = tuple[Tensor, tuple[Tensor, ...]]  # a value, and the gradients of its sum by the inputs


@dataclass(frozen=True)
class Check:
    """Two ways to the same numbers, how far apart they are at most, and how far they may be."""

    dtype: str
    check: str
    max_ulp: float
    tolerance: float
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether they agree."""
        return not self.note and self.max_ulp <= self.tolerance

    def to_json(self) -> dict[str, Any]:
        """The check as plain data."""
        number = self.max_ulp if math.isfinite(self.max_ulp) else None
        fields = {"dtype": self.dtype, "check": self.check, "max_ulp": number, "tolerance": self.tolerance}
        return {**fields, "ok": self.ok, "note": self.note}


def agreements(
    found: Subject,
    reference: Subject,
    asked: Question,
    names: tuple[str, ...],
    batch: Batch,
    compiled: bool = False,
    kept: bool = False,
) -> list[Check]:
    """Every comparison that the function allows, on one batch.

    `reference` is the family's own loss; it is computed in float64. `names` are those of the arguments after input and
    target. With `compiled`, torch.compile's form is compared too, which takes its time; with `kept`, the function keeps
    the terms without any input.
    """
    dtype = str(batch.inputs[0].dtype).removeprefix("torch.")
    unit = torch.finfo(batch.inputs[0].dtype).eps
    wide = _widened(batch)
    exact = _run(reference, wide, names, reduction="none", **({"full": True} if kept else {}))
    checks: list[Check] = []

    def compare(words: str, tolerance: float, make: Callable[[], tuple[Found, Found]]) -> None:
        try:
            ours, other = make()
        except Exception as error:  # whatever a stranger's loss raises
            checks.append(Check(dtype, words, math.nan, tolerance, f"{type(error).__name__}: {first_line(error)}"))
            return
        parts = [(f"{words}: value", ours[0], other[0])]
        parts += [
            (f"{words}: gradient by {name}", a, b) for name, a, b in zip(asked.names, ours[1], other[1], strict=True)
        ]
        checks.extend(Check(dtype, text, _apart(a, b, unit), tolerance) for text, a, b in parts)

    def of(reduction: str) -> Found:
        return _run(found, batch, names, reduction=reduction)

    if takes(found.function, "reduction"):
        compare("whole batch against float64", TOLERANCE, lambda: (of("none"), exact))
        count = exact[0].numel()
        for reduction, share in (("sum", 1.0), ("mean", 1 / count)):
            whole = exact[0].sum() * share, tuple(g * share for g in exact[1])
            compare(f"{reduction} against float64", TOLERANCE, lambda r=reduction, w=whole: (of(r), w))  # type: ignore[misc]
    else:
        compare("whole batch against float64", TOLERANCE, lambda: _reduced(_run(found, batch, names), exact))

    if found.plain is not None:
        plain = Subject(found.name, found.model, found.plain)
        compare("fused against plain", PLAIN, lambda: (of("none"), _run(plain, batch, names, reduction="none")))
    if compiled:
        torch._dynamo.reset()
        faster = Subject(found.name, found.model, torch.compile(found.function))
        options = {"reduction": "none"} if takes(found.function, "reduction") else {}
        compare(
            "compiled against eager",
            COMPILED,
            lambda: (_run(faster, batch, names, **options), _run(found, batch, names, **options)),
        )
    return checks


def _run(found: Subject, batch: Batch, names: tuple[str, ...], **options: object) -> Found:
    leaves = tuple(t.detach().clone().requires_grad_() for t in batch.inputs)
    given = Batch(batch.regime, leaves, batch.target, batch.known)
    value = found.called(given, names, options)
    slopes = torch.autograd.grad(value.sum(), leaves, allow_unused=True)
    full = tuple(torch.zeros_like(at) if g is None else g for g, at in zip(slopes, leaves, strict=True))
    return value.detach(), full


def _reduced(got: Found, exact: Found) -> tuple[Found, Found]:
    """A function that reduces by itself beside the mean or the sum, whichever its value is nearer to."""
    value, slopes = exact
    if got[0].ndim:
        return got, exact
    mean, count = value.mean(), value.numel()
    if abs(float(got[0]) - float(mean)) <= abs(float(got[0]) - float(value.sum())):
        return got, (mean, tuple(g / count for g in slopes))
    return got, (value.sum(), slopes)


def _widened(batch: Batch) -> Batch:
    def wide(tensor: Tensor) -> Tensor:
        return tensor.double() if tensor.is_floating_point() else tensor

    return Batch(batch.regime, tuple(map(wide, batch.inputs)), wide(batch.target), tuple(map(wide, batch.known)))


def _apart(got: Tensor, expected: Tensor, unit: float) -> float:
    """The largest error over the largest entry, in units; inf where one is finite and the other is not."""
    if got.shape != expected.shape:
        return math.inf
    if not got.numel():
        return 0.0
    got, expected = got.double(), expected.double()
    same = (got == expected) | (got.isnan() & expected.isnan())
    if bool((got.isfinite() != expected.isfinite())[~same].any()):
        return math.inf
    finite = expected.isfinite()
    largest = float(expected[finite].abs().max()) if bool(finite.any()) else 0.0
    error = float(torch.where(same, 0, got - expected).abs().max())
    return error / (unit * largest) if largest else (0.0 if error == 0 else math.inf)
