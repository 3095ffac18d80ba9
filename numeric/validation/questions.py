"""What is asked of a model: from the loss that is exported to what the certified evaluation needs, and row by row.

Everything but the size of terms comes from the model as it is stated: its density and the links that the loss names.
A model that is conditioned on features is asked with one feature that is 1, so that its weighted sum is the weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

import sympy as sp
import torch
from torch import Tensor

from derive.algebra.context import Variable
from derive.model import Link, Model
from derive.strategy.links import mentions
from numeric.validation.certified import Question
from numeric.validation.naive import printed

if TYPE_CHECKING:
    from derive.strategy.loss import LinkedLoss

Entries = dict[tuple[int, ...], float]


def question(model: Model, derived: LinkedLoss) -> Question:
    """The question whose answer the loss `derived` from the model should be, without its constant terms."""
    stated = {p.key for p in model.parameters}
    links = [*(i.link for i in derived.inputs if i.link.parameter.key in stated), *derived.fixed]
    named = {v.key for v in model.known}
    links += [link for link in model.further if link.parameter.key in named]
    predicted = [p for p in model.parameters if p.key not in {link.parameter.key for link in links}]
    inputs = [i.link.input if i.link.parameter.key in stated else predicted[0] for i in derived.inputs]
    return Question(
        model=model,
        links=tuple(link for link in links if not _is_itself(link)),
        inputs=tuple(inputs),
        shown=tuple(i.link.input for i in derived.inputs),
        names=tuple(i.name for i in derived.inputs),
        known=derived.known,
        indices=tuple(derived.indices[: i.link.input.rank] for i in derived.inputs),
        loss=derived.loss,
        constant=derived.constant,
        gradients=derived.gradients,
    )


def _indices(variable: Variable, gradient: sp.Expr, derived: LinkedLoss) -> tuple[sp.Symbol, ...]:
    """The free indices of a gradient: the loss's own, then any other."""
    if derived.index is None or not variable.rank:
        return ()
    scope = {r.symbol for r in derived.context.indices} | gradient.free_symbols
    taken = {s.name for s in derived.model.sizes}
    others = [s for s in scope if isinstance(s, sp.Symbol) and s.is_integer and s.name not in taken]
    rest = sorted((s for s in others if s != derived.index), key=str)
    return (derived.index, *rest)[: variable.rank]


def _is_itself(link: Link) -> bool:
    """Whether the link says that a parameter is given as it is, under its own name."""
    return link.input.key == link.parameter.key and mentions(link.inverse, link.input)


def observation(
    asked: Question, inputs: Sequence[Tensor], known: Sequence[Tensor], target: Tensor | None, row: int
) -> tuple[dict[tuple[str, int], Entries], dict[str, int]]:
    """The entries of everything that the model names in one row, and the sizes; without the target where it is None."""
    arrays: dict[tuple[str, int], Entries] = {}
    data = asked.model.data
    sizes = _sizes(asked, inputs, target)
    for variable, shown, tensor in zip(asked.inputs, asked.shown, inputs, strict=True):
        numbers = _numbers(tensor[row])
        arrays[shown.key] = _placed(shown, numbers, sizes)
        arrays[variable.key] = _placed(variable, numbers, sizes)
    for variable, tensor in zip(asked.known, known, strict=True):
        arrays[variable.key] = {(): float(tensor[row])}
    for variable in asked.model.given:
        arrays[variable.key] = dict.fromkeys(_places(variable, sizes), 1.0)
    if target is not None:
        label = data.rank > 0 and not target.is_floating_point()
        count = sizes[str(data.axes[0])] if label else 0
        numbers = [float(k == int(target[row])) for k in range(count)] if label else _numbers(target[row])
        arrays[data.key] = _placed(data, numbers, sizes)
        for fact in asked.model.data_facts:  # a constant that is the total is computed from the observation
            if isinstance(fact.total, sp.Symbol):
                arrays[fact.total.name, 0] = {(): sum(numbers)}
    return arrays, sizes


def bounds(asked: Question, inputs: Sequence[Tensor], known: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """The ends of the data's support in every row, in double precision; ±inf where there is none."""
    domain = asked.model.data.domain
    return _end(asked, domain.lower, inputs, known), _end(asked, domain.upper, inputs, known)


def _end(asked: Question, end: sp.Expr, inputs: Sequence[Tensor], known: Sequence[Tensor]) -> Tensor:
    rows = len(inputs[0])
    if end.is_number:
        return torch.full((rows,), float(end), dtype=torch.float64)
    call = printed(asked, end, (*asked.inputs, *asked.known), _sizes(asked, inputs, None))
    return call(*(t.double() for t in (*inputs, *known)))


def _sizes(asked: Question, inputs: Sequence[Tensor], target: Tensor | None) -> dict[str, int]:
    """The value of every size, read off the shapes; one that no shape shows is the number of features, 1."""
    sizes = {str(s): 1 for s in asked.model.sizes}
    for variable, tensor in zip(asked.shown, inputs, strict=True):
        sizes |= {str(axis): count for axis, count in zip(variable.axes, tensor.shape[1:], strict=True)}
    if target is not None and target.ndim == asked.model.data.rank + 1:
        sizes |= {str(a): n for a, n in zip(asked.model.data.axes, target.shape[1:], strict=True)}
    return sizes


def _placed(variable: Variable, numbers: Sequence[float], sizes: Mapping[str, int]) -> Entries:
    return dict(zip(_places(variable, sizes), numbers, strict=True))


def _places(variable: Variable, sizes: Mapping[str, int]) -> list[tuple[int, ...]]:
    return list(product(*(range(1, sizes[str(axis)] + 1) for axis in variable.axes)))


def _numbers(tensor: Tensor) -> list[float]:
    return [float(v) for v in tensor.detach().double().cpu().reshape(-1).tolist()]
