"""The batches of a question with their certified answers: what every loss for it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from flint import arb

from numeric.validation.batching import Batch, batches
from numeric.validation.certified import Question, Truth, inside, truth
from numeric.validation.questions import observation
from numeric.validation.ulp import Format

FEWEST = 4  # observations that a regime needs


@dataclass(frozen=True)
class Answered:
    """A batch of observations, the truth of each, and how many were left out because their truth is no number there."""

    batch: Batch
    exact: tuple[Truth, ...]
    left_out: int = 0


@lru_cache(maxsize=64)
def prepared(asked: Question, seed: int, number: Format, rows: int) -> tuple[Batch, ...]:
    """Every batch of the question in a format."""
    return tuple(batches(asked, seed, getattr(torch, number.name), rows))


@lru_cache(maxsize=4096)
def answered(asked: Question, seed: int, number: Format, rows: int, place: int) -> Answered | None:
    """The batch at a place among those prepared; None where too few observations have a finite loss.

    Left out are observations outside the support (weights between labels may have any sum), and those whose loss,
    gradient or largest term overflows the format.
    Kept, since several losses are measured on the same batches.
    """
    batch = prepared(asked, seed, number, rows)[place]
    found: list[Truth] = []
    chosen: list[int] = []
    for row in range(len(batch.target)):
        arrays, sizes = observation(asked, batch.inputs, batch.known, batch.target, row)
        if not batch.optional and not inside(asked, arrays, sizes):
            continue
        try:
            exact = truth(asked, arrays, sizes, number)
        except ArithmeticError:
            continue  # the density is 0 there, or the loss beyond every precision
        if _within(exact, number):
            found.append(exact)
            chosen.append(row)
    if len(chosen) < min(FEWEST, len(batch.target)):
        return None
    return Answered(batch.rows(torch.tensor(chosen)), tuple(found), len(batch.target) - len(chosen))


def _within(exact: Truth, number: Format) -> bool:
    """Whether value, gradients and the terms that make them are numbers of the format."""
    largest = arb(2) ** number.largest
    found = [exact.value, exact.whole, *(e for group in exact.gradients for e in group)]
    return all(bool(abs(e.ball) < largest) and bool(e.term < largest) for e in found)
