"""The pipeline: a model's derived loss in, a loss that runs out.

    linked loss ─lower─► graph ─expand─► cancelling terms gone ─harden─► for labels ─settle─► stable ─emit─► source

`prepare` is those passes, in that order, for the loss and its closed-form gradient.
"""

from __future__ import annotations

import hashlib
import importlib.abc
import importlib.util
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from derive.algebra.context import BINARY
from numeric.description import derivation, describe, supported
from numeric.emitted import Form, camel, file
from numeric.gradient import closed_form, curvature
from numeric.graph import add, negative, source
from numeric.labels import harden
from numeric.lowering import TARGET, identifier, linked_ways, lower_constant, lower_loss, own_axes, weighted_ways
from numeric.stable import expand, settle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    import torch

    from derive.model import Model
    from derive.strategy.loss import LinkedLoss
    from numeric.graph import Node


@dataclass(frozen=True)
class Loss:
    """A loss made from a model: its source, and the functions that the source defines.

    `source` needs no torch; `fused`, `plain` and `module` load it. `graph` is the stable graph of the loss (of one
    observation, general target), `forms` every kind of target with the graphs of loss and gradient.
    """

    model: Model
    source: str
    forms: tuple[Form, ...]

    @property
    def name(self) -> str:
        """The model's name, and the function's."""
        return self.model.name

    @property
    def graph(self) -> Node:
        """The stable graph of one observation's loss, for the most general target."""
        return self.forms[-1].loss

    @cached_property
    def loaded(self) -> ModuleType:
        """The source as a module; ImportError where torch is missing."""
        return load_source(f"lossproof_{self.name}", self.source)

    @property
    def fused(self) -> Callable[..., torch.Tensor]:
        """`NAME(input, target, …)`: loss and closed-form gradient in one pass."""
        return getattr(self.loaded, self.name)  # type: ignore[no-any-return]

    @property
    def plain(self) -> Callable[..., torch.Tensor]:
        """`NAME_plain(input, target, …)`: the same loss in ordinary operations."""
        return getattr(self.loaded, f"{self.name}_plain")  # type: ignore[no-any-return]

    def module(self, **options: Any) -> torch.nn.Module:
        """A torch.nn.Module of the loss, with its keyword arguments."""
        return getattr(self.loaded, f"{camel(self.name)}Loss")(**options)  # type: ignore[no-any-return]

    def numpy(self) -> Callable[..., Any]:
        """`f(input, target, …, gradient=False)` on NumPy arrays; with `gradient=True`, the gradients beside it."""
        from numeric.arrays import over_arrays

        return over_arrays(self)


def loss(model: str | Model) -> Loss:
    """The loss of a model, or of the family of that name.

    Raises KeyError for an unknown name, ValueError where a name may not stand in source, where a parameter has no link,
    for a model with a prior, or where the graph cannot say the loss.
    """
    ways = linked_ways(_model(model))
    return prepare(*ways, *weighted_ways(ways))


def export(model_name: str, path: Path) -> None:
    """Write the torch source of a family's loss to a file; OSError where the path cannot be written."""
    path.write_text(loss(model_name).source, encoding="utf-8")


def _model(model: str | Model) -> Model:
    """The model itself, or the family of that name."""
    if isinstance(model, str):
        from derive.families import load

        return load(model)
    return model


def prepare(*ways: LinkedLoss) -> Loss:
    """The loss from its derivation, one for each way to give the parameters: the passes, in their order."""
    first = ways[0]
    name = identifier(first.model.name)
    axis = str(first.input.axes[0]) if first.input.rank else None
    if axis is not None and first.target.domain == BINARY:
        forms = _class_forms(first, axis)
        return Loss(first.model, file(name, forms, axis, derivation(ways)), forms)
    described = describe(ways)
    forms = tuple(_form(way, first, d.form) for way, d in zip(ways, described.ways, strict=True))
    constant = settle(expand(lower_constant(first)))
    return Loss(first.model, file(name, forms, axis, derivation(ways), described, constant), forms)


def _class_forms(derived: LinkedLoss, axis: str) -> tuple[Form, ...]:
    """For an observation of one class: a form for labels and one for weights of labels."""
    graphs = (expand(lower_loss(derived)), *closed_form(derived), *curvature(derived))
    observed, label = source(TARGET, (axis,)), source("label")
    hard = tuple(settle(harden(graph, observed, label)) for graph in graphs)
    soft = tuple(map(settle, graphs))
    return tuple(Form(n, g[0], g[1:2], g[2:]) for n, g in (("hard", hard), ("soft", soft)))


def _form(derived: LinkedLoss, first: LinkedLoss, name: str) -> Form:
    """The form for one way to give the parameters."""
    value = lower_loss(derived)
    if derived.constant != first.constant:  # what differs belongs to the loss: the file has one constant
        value = add(value, lower_constant(derived), negative(lower_constant(first)))
    further = tuple(entry.name for entry in derived.inputs[1:])
    axes = tuple(own_axes(entry.link.input) for entry in derived.inputs[1:])
    known = tuple(variable.name for variable in derived.known)
    found = supported(settle(expand(value)), derived)
    slopes, bends = (tuple(map(settle, graphs)) for graphs in (closed_form(derived), curvature(derived)))
    return Form(name, found, slopes, bends, further, known, axes)


class _Source(importlib.abc.InspectLoader):
    """Loads a module from its text; keeps the text, so that tracebacks and the compiler can show it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_source(self, fullname: str) -> str:
        """The text."""
        return self._text


def load_source(name: str, text: str) -> ModuleType:
    """A module made from its source text.

    It is registered under a name that also says what the text is: torch.compile finds a function's globals by the name.
    """
    name = f"{name}_{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_loader(name, _Source(text))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
