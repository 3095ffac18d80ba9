"""Targets of a scalar model, chosen by the domain of the data alone: ordinary ones, and the ends of the support.

What is drawn may fall outside where an end of the support is itself a parameter or a constant; the certified
evaluation says so, and such observations are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from derive.algebra.context import Domain
from numeric.validation.drawing import Draw

Targets = Iterator[tuple[str, Tensor]]


def ordinary(domain: Domain, draw: Draw, first: Tensor, bounds: tuple[Tensor, Tensor]) -> Tensor:
    """Targets such as come: near the first input where the data may be any number; shaped as `first`."""
    count = len(first)
    lower, upper = bounds
    if domain.integer:
        most = torch.where(torch.isfinite(upper), upper, lower + 10.0 ** draw.spread(1, count).add(1))
        return torch.floor(lower + draw.unit(count) * (most - lower + 1)).to(draw.dtype)
    if bool(torch.isfinite(lower).all() and torch.isfinite(upper).all()):
        return (lower + draw.unit(count) * (upper - lower)).to(draw.dtype)
    if bool(torch.isfinite(lower).all()):
        return (lower + draw.powers(3, count).double() * lower.abs().clamp_min(1)).to(draw.dtype)
    return (first.double() + draw.spread(1, count) * draw.spread(3, count).exp()).to(draw.dtype)


def adverse(domain: Domain, draw: Draw, first: Tensor, bounds: tuple[Tensor, Tensor]) -> Targets:
    """Targets on which losses are known to break, each kind with its words."""
    if domain.integer:
        return _counts(draw, bounds)
    if all(bool(torch.isfinite(b).all()) for b in bounds):
        return _between(domain, draw, bounds)
    if bool(torch.isfinite(bounds[0]).all()):
        return _above(domain, draw, bounds[0])
    return _anywhere(draw, first)


def _counts(draw: Draw, bounds: tuple[Tensor, Tensor]) -> Targets:
    lower, upper = bounds
    yield "the least count", lower.to(draw.dtype)
    if bool(torch.isfinite(upper).all()):
        yield "the greatest count", upper.to(draw.dtype)
        return
    for most in (1e3, 1e6):
        drawn = torch.floor(most ** draw.unit(len(lower)))
        yield f"counts to {most:g}", (lower + drawn).to(draw.dtype)


def _between(domain: Domain, draw: Draw, bounds: tuple[Tensor, Tensor]) -> Targets:
    lower, upper = bounds
    width, count = upper - lower, len(lower)
    near = draw.powers(0.45 * draw.reach, count).double().clamp_max(1) * 0.5
    yield "targets near the lower end", (lower + near * width).to(draw.dtype)
    steps = draw.integers(8, count) + 1
    yield "targets near the upper end", (upper - steps * draw.step * upper.abs()).to(draw.dtype)
    for words, end, is_open in (("lower", lower, domain.lower_open), ("upper", upper, domain.upper_open)):
        if not is_open:
            yield f"targets at the {words} end", _towards_inside(end, (lower + upper) / 2, draw)


def _towards_inside(end: Tensor, middle: Tensor, draw: Draw) -> Tensor:
    """The end itself where the format has it, else the nearest number inside."""
    rounded = end.to(draw.dtype)
    inside = (rounded.double() - end) * (middle - end) >= 0
    return torch.where(inside, rounded, torch.nextafter(rounded, middle.to(draw.dtype)))


def _above(domain: Domain, draw: Draw, lower: Tensor) -> Targets:
    count = len(lower)
    furthest = math.floor(draw.reach / 2)  # so that squares are numbers of the format
    for width in dict.fromkeys((10.0, min(50.0, furthest), furthest)):
        yield f"targets e^±{width:g} above the end", (lower + draw.powers(width, count).double()).to(draw.dtype)
    if bool((lower == 0).all()):
        yield "the smallest normal target", torch.full((count,), draw.smallest, dtype=draw.dtype)
    if not domain.lower_open:
        yield "targets at the lower end", lower.to(draw.dtype)


def _anywhere(draw: Draw, first: Tensor) -> Targets:
    count = len(first)
    yield "targets equal to the input", first.clone()
    yield "targets a last place from the input", torch.nextafter(first, torch.full_like(first, math.inf))
    yield "targets of exactly 0", torch.zeros(count, dtype=draw.dtype)
    for width in (50.0, 1e4):
        yield f"targets ±{width:g}", draw.uniform(width, count)
