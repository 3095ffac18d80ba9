"""The pipeline: a model's derived loss in, a loss that runs out.

    linked loss ─lower─► graph ─expand─► cancelling terms gone ─harden─► for labels ─settle─► stable ─emit─► source

`prepare` is those passes, in that order, for the loss and its closed-form gradient.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy as sp

from numeric import formula
from numeric.emitted import Form, camel, file
from numeric.gradient import closed_form, curvature
from numeric.graph import source
from numeric.labels import harden
from numeric.lowering import TARGET, identifier, linked, lower_loss
from numeric.stable import expand, settle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    import torch

    from derive.algebra.context import Domain
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

    Raises KeyError for an unknown name, ValueError where a name may not stand in source or where the graph cannot say
    the loss.
    """
    return prepare(linked(_model(model)))


def export(model_name: str, path: Path) -> None:
    """Write the torch source of a family's loss to a file; OSError where the path cannot be written."""
    path.write_text(loss(model_name).source, encoding="utf-8")


def _model(model: str | Model) -> Model:
    """The model itself, or the family of that name."""
    if isinstance(model, str):
        from derive.families import load

        return load(model)
    return model


def prepare(derived: LinkedLoss) -> Loss:
    """The loss from its derivation: the passes, in their order."""
    name = identifier(derived.model.name)
    value = expand(lower_loss(derived))
    gradient = closed_form(derived)
    bend = curvature(derived)
    if derived.input.rank == 0:
        axis = None
        forms: tuple[Form, ...] = (Form("element", settle(value), settle(gradient), settle(bend)),)
    else:
        axis = str(derived.input.axes[0])
        observed, label = source(TARGET, (axis,)), source("label")
        graphs = (value, gradient, bend)
        hard = (harden(graph, observed, label) for graph in graphs)
        forms = (Form("hard", *map(settle, hard)), Form("soft", *map(settle, graphs)))
    return Loss(derived.model, file(name, forms, axis, _about(derived)), forms)


def _about(derived: LinkedLoss) -> dict[str, str]:
    """What the file says of itself: formulas, and for a scalar the target's domain as words and as a test."""
    link = derived.model.link
    assert link is not None, "a linked loss has a link"
    parameter = link.parameter.base[link.indices] if link.indices else link.parameter.base
    texts = {
        "density": formula.line(derived.model.density),
        "link": f"{formula.line(parameter)} = {formula.line(link.inverse)}",
        "loss": formula.line(derived.loss),
        "gradient": formula.line(derived.gradient),
    }
    about = {key: formula.paragraph(text, " " * 12).lstrip() for key, text in texts.items()}
    return about | _interval(derived.target.domain)


def _interval(domain: Domain) -> dict[str, str]:
    """The target's range in words and as an expression of torch; weights between two labels are allowed."""
    ends = [
        (f"target {'>' if domain.lower_open else '>='} {domain.lower}", domain.lower != -sp.oo),
        (f"target {'<' if domain.upper_open else '<='} {domain.upper}", domain.upper != sp.oo),
    ]
    tests = [f"({text})" for text, finite in ends if finite] or ["torch.isfinite(target)"]
    left, right = "(" if domain.lower_open else "[", ")" if domain.upper_open else "]"
    return {"inside": " & ".join(tests), "interval": f"in {left}{domain.lower}, {domain.upper}{right}"}


class _Source(importlib.abc.InspectLoader):
    """Loads a module from its text; keeps the text, so that tracebacks and the compiler can show it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_source(self, fullname: str) -> str:
        """The text."""
        return self._text


def load_source(name: str, text: str) -> ModuleType:
    """A module made from its source text."""
    spec = importlib.util.spec_from_loader(name, _Source(text))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
