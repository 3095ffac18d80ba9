"""Batches on which a loss is measured: random ones, and those on which losses are known to break.

What is generated depends on shapes and domains alone: whether the inputs have one entry a class, which numbers an
input and the data may be, what the data add up to. The numbers are drawn in double precision and rounded to the format
under test first; the truth is that of the rounded numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp
import torch
from torch import Tensor

from derive.algebra.context import BINARY, Variable
from numeric.validation.certified import Question
from numeric.validation.drawing import Draw
from numeric.validation.questions import bounds
from numeric.validation.targets import adverse, ordinary

CLASSES, MEASUREMENTS = 10, 3
SPREADS = (1.0, 10.0, 50.0, 500.0, 1e4)


@dataclass(frozen=True)
class Batch:
    """A regime's name, the inputs in their order, the target, the plain arguments.

    `labels`: the target is an outcome, 0 or 1 or a label: no terms cancel that a formula could not avoid. `optional`:
    weights between the labels, which not every loss takes.
    """

    regime: str
    inputs: tuple[Tensor, ...]
    target: Tensor
    known: tuple[Tensor, ...] = ()
    labels: bool = False
    optional: bool = False

    def rows(self, chosen: Tensor | slice) -> Batch:
        """The same with the chosen observations only."""
        parts = (tuple(t[chosen] for t in group) for group in (self.inputs, self.known))
        inputs, known = parts
        return Batch(self.regime, inputs, self.target[chosen], known, self.labels, self.optional)

    def to(self, device: str) -> Batch:
        """The same on a device."""
        inputs, known = (tuple(t.to(device) for t in group) for group in (self.inputs, self.known))
        return Batch(self.regime, inputs, self.target.to(device), known, self.labels, self.optional)


def batches(question: Question, seed: int, dtype: torch.dtype, rows: int) -> list[Batch]:
    """Every batch for a loss in one format, of `rows` observations each; the same for the same seed.

    An observation that is an array counts for two.
    """
    return list(_regimes(question, Draw(seed, dtype), rows if not question.model.data.axes else rows // 2, CLASSES))


def large(question: Question, seed: int, dtype: torch.dtype, elements: int, classes: int) -> Batch:
    """An ordinary batch, inputs between ±1, with about so many elements in the first input."""
    rows = elements if not question.model.data.axes else max(1, elements // classes)
    return next(_regimes(question, Draw(seed, dtype), rows, classes))


def _regimes(question: Question, draw: Draw, rows: int, classes: int) -> Iterator[Batch]:
    data = question.model.data
    if not data.axes:
        return _over_elements(question, draw, rows)
    if data.domain == BINARY:
        return _over_labels(draw, rows, classes)
    return _over_arrays(question, draw, rows, classes if question.model.data_facts else MEASUREMENTS)


# --- one number a position -------------------------------------------------------------------------------------------


def _over_elements(question: Question, draw: Draw, rows: int) -> Iterator[Batch]:
    domain = question.model.data.domain
    outcome = domain == BINARY

    def at(regime: str, inputs: tuple[Tensor, ...], kind: str = "ordinary", most: float = 20) -> Iterator[Batch]:
        known = tuple(_constant(v, draw, rows, most) for v in question.known)
        ends = bounds(question, inputs, known)
        first = inputs[0]
        if kind == "ordinary":
            yield Batch(regime, inputs, ordinary(domain, draw, first, ends), known, labels=outcome)
        if kind == "likely":
            yield Batch(regime, inputs, (first > 0).to(draw.dtype), known, labels=outcome)
        if kind == "adverse":
            for words, target in adverse(domain, draw, first, ends):
                yield Batch(f"{words}{regime}", inputs, target, known, labels=outcome)

    for i, (variable, name) in enumerate(zip(question.inputs, question.names, strict=True)):
        for spread in spreads(question, variable, draw):
            inputs = tuple(scalars(v, spread if i == j else 1.0, draw, rows) for j, v in enumerate(question.inputs))
            yield from at(f"{name} ±{spread:g}", inputs)
            if outcome:
                yield from at(f"{name} ±{spread:g}, likely targets", inputs, "likely")
    unit = tuple(scalars(v, 1.0, draw, rows) for v in question.inputs)
    if not outcome:
        yield from at("", unit, "adverse")
        yield from at(", inputs ±10", tuple(scalars(v, 10.0, draw, rows) for v in question.inputs), "adverse")
    if question.known:
        yield from at("constants to 1e6", unit, most=1e6)
    for words, factor in (("inputs near zero", 2.0**-60), ("inputs of exactly 0", 0.0)):
        near = (t * factor if _real(v) else t for t, v in zip(unit, question.inputs, strict=True))
        yield from at(words, tuple(near))
    if outcome:
        for spread in (10.0, 500.0):
            between = (draw.unit(rows)).to(draw.dtype)
            inputs = (draw.uniform(spread, rows),)
            yield Batch(f"soft targets, {question.names[0]} ±{spread:g}", inputs, between, optional=True)


def _real(variable: Variable) -> bool:
    return bool(variable.domain.lower == -sp.oo)


def scalars(variable: Variable, spread: float, draw: Draw, rows: int) -> Tensor:
    """Numbers for an input: between ±spread where it may be any number, e^±spread where it is positive."""
    if _real(variable):
        return draw.uniform(spread, rows)
    return draw.powers(min(spread, draw.reach / 2), rows)


def spreads(question: Question, variable: Variable, draw: Draw) -> tuple[float, ...]:
    """How far an input is drawn: as far as its parameter stays a number of the format, so that the loss is finite."""
    parameter = next((link.parameter for link in question.links if link.input == variable), variable)
    grows = parameter.domain.lower == 0 and parameter.domain.upper == sp.oo and not parameter.axes
    most = draw.reach / (1 if _real(variable) else 2)
    return tuple(dict.fromkeys(min(s, most) for s in SPREADS)) if grows else SPREADS


def _constant(variable: Variable, draw: Draw, rows: int, most: float) -> Tensor:
    """Values of a known constant: whole numbers from 1, or positive numbers around 1."""
    if variable.domain.integer:
        return torch.floor(most ** draw.unit(rows)).to(draw.dtype)
    if variable.domain.lower == 0:
        return draw.powers(math.log(most), rows)
    return draw.uniform(most, rows)


# --- one entry a class, and a label ----------------------------------------------------------------------------------


def _over_labels(draw: Draw, rows: int, classes: int) -> Iterator[Batch]:
    def hard(regime: str, logits: Tensor, labels: Tensor) -> Batch:
        return Batch(regime, (logits,), labels, labels=True)

    for spread in SPREADS:
        logits = draw.uniform(spread, rows, classes)
        yield hard(f"random labels, logits ±{spread:g}", logits, draw.integers(classes, rows))
        yield hard(f"arg-max labels, logits ±{spread:g}", logits, logits.argmax(-1))
    yield hard("one class", draw.uniform(50, rows, 1), draw.integers(1, rows))
    tied = draw.integers(3, rows, classes).to(draw.dtype) * 7
    yield hard("ties", tied, draw.integers(classes, rows))
    yield hard("ties, arg-max labels", tied, tied.argmax(-1))
    yield hard("all logits zero", torch.zeros(rows, classes, dtype=draw.dtype), draw.integers(classes, rows))
    yield hard("a common shift of 1e4", draw.uniform(5, rows, classes) + 10**4, draw.integers(classes, rows))
    yield _excluded(draw, rows, classes)
    for spread in (10.0, 50.0, 500.0):
        logits = draw.uniform(spread, rows, classes)
        for words, labels in (("random", draw.integers(classes, rows)), ("arg-max", logits.argmax(-1))):
            one_hot = (labels[:, None] == torch.arange(classes)).to(draw.dtype)
            regime = f"one-hot soft labels, {words}, logits ±{spread:g}"
            yield Batch(regime, (logits,), one_hot, labels=True, optional=True)
        yield Batch(f"soft labels, logits ±{spread:g}", (logits,), draw.shares(rows, classes), optional=True)
    lopsided = (draw.shares(rows, classes) * draw.integers(9, rows, 1)).to(draw.dtype)
    yield Batch("soft labels of any sum", (draw.uniform(10, rows, classes),), lopsided, optional=True)


def _excluded(draw: Draw, rows: int, classes: int) -> Batch:
    """A third of the classes are excluded by a logit of −∞; the label never is."""
    logits, labels = draw.uniform(10, rows, classes), draw.integers(classes, rows)
    excluded = (draw.integers(3, rows, classes) == 0) & (torch.arange(classes) != labels[:, None])
    return Batch("logits of −∞", (logits.masked_fill(excluded, -torch.inf),), labels, labels=True)


# --- arrays of data --------------------------------------------------------------------------------------------------


def _over_arrays(question: Question, draw: Draw, rows: int, length: int) -> Iterator[Batch]:
    """Counts that add up to a known number, shares that add up to 1, or measurements."""
    data = question.model.data
    for i, (variable, name) in enumerate(zip(question.inputs, question.names, strict=True)):
        for spread in array_spreads(question, variable, draw):
            inputs = tuple(
                _array(v, spread if i == j else 1.0, draw, rows, length) for j, v in enumerate(question.inputs)
            )
            for words, target in _array_targets(data, draw, rows, length, 20, 1.0):
                yield Batch(f"{name} ±{spread:g}{words}", inputs, target)
    unit = tuple(_array(v, 1.0, draw, rows, length) for v in question.inputs)
    for words, target in _array_targets(data, draw, rows, length, 1e6, 0.02):
        yield Batch(f"extreme targets{words}", unit, target)
    zero = tuple(t * 0 if v.rank == 1 else t for t, v in zip(unit, question.inputs, strict=True))
    for words, target in _array_targets(data, draw, rows, length, 20, 1.0):
        yield Batch(f"inputs of exactly 0{words}", zero, target)


def array_spreads(question: Question, variable: Variable, draw: Draw) -> tuple[float, ...]:
    """As for scalars; a parameter under an exponential grows."""
    link = next((found for found in question.links if found.input == variable), None)
    grows = link is not None and link.parameter.domain.lower == 0 and link.parameter.domain.lower_open
    return tuple(dict.fromkeys(min(s, draw.reach) for s in SPREADS)) if grows else SPREADS


def _array(variable: Variable, spread: float, draw: Draw, rows: int, length: int) -> Tensor:
    """An input: numbers between ±spread; for a square matrix a Cholesky factor of scale e^±spread."""
    if variable.rank < 2:
        return draw.uniform(spread, rows, length)
    wide = (draw.spread(min(spread, draw.reach / 4), rows, 1) + draw.spread(1, rows, length)).exp()
    below = torch.tril(draw.spread(1.0, rows, length, length), -1) * wide.unsqueeze(-1)
    return (below + torch.diag_embed(wide)).to(draw.dtype)


def _array_targets(
    data: Variable, draw: Draw, rows: int, length: int, most: float, concentration: float
) -> Iterator[tuple[str, Tensor]]:
    if data.domain.integer:
        if draw.largest < 1e6 or draw.step > 1e-3:
            most = min(most, 1 / draw.step / length)  # so that counts and their sum are numbers of the format
        counts = torch.floor(most ** draw.unit(rows, length)) * (draw.unit(rows, length) < 0.7)
        yield "", counts.to(draw.dtype)
    elif data.domain.upper == 1:
        yield "", draw.shares(rows, length, concentration=concentration).clamp_min(draw.smallest)
    else:
        yield "", draw.uniform(most if concentration < 1 else 3.0, rows, length)
