"""What is validated: a loss of ours, a family's name, somebody's file, or any function.

A file is run to be loaded: validate only files that you would run. All that can go wrong with one is told in a
sentence, as a ValueError.
"""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from derive.families import FAMILIES, load
from derive.model import Model
from numeric.pipeline import Loss
from numeric.pipeline import loss as make_loss
from numeric.validation.batching import Batch


@dataclass(frozen=True)
class Subject:
    """A function of input, target and further arguments, what it is called, and the model it is to be compared with.

    `plain` is the same loss in ordinary operations, where there is such a form.
    """

    name: str
    model: Model
    function: Callable[..., Tensor]
    plain: Callable[..., Tensor] | None = None

    def offers(self, arguments: Sequence[str]) -> bool:
        """Whether it can be called with input, target and these further arguments."""
        try:
            inspect.signature(self.function).bind(None, None, **dict.fromkeys(arguments))
        except (TypeError, ValueError):
            return False
        return True

    def losses(self, batch: Batch, names: Sequence[str], **options: object) -> Tensor:
        """One loss an observation: by `reduction="none"` where there is such a parameter, else one call a row.

        `names` are those of the inputs beside the first and of the constants, as the function calls them.
        """
        if takes(self.function, "reduction"):
            options["reduction"] = "none"
        every = self.called(batch, names, options)
        if every.ndim or "reduction" in options:
            return every
        count = len(batch.target)
        return torch.stack([self.called(batch.rows(slice(i, i + 1)), names, options) for i in range(count)])

    def called(self, batch: Batch, names: Sequence[str], options: Mapping[str, object]) -> Tensor:
        """What the function gives for the batch, with these keyword arguments."""
        further = dict(zip(names, (*batch.inputs[1:], *batch.known), strict=True))
        return self.function(batch.inputs[0], batch.target, **further, **options)


def takes(function: Callable[..., object], parameter: str) -> bool:
    """Whether the function has a parameter of that name."""
    try:
        return parameter in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False


def subject(given: Loss | Model | str | Path | Callable[..., Any], family: str | None, function: str | None) -> Subject:
    """What `given` stands for; ValueError in one line where it cannot be found, loaded or compared."""
    if isinstance(given, str) and given in FAMILIES and not Path(given).is_file():
        given = make_loss(given)
    if isinstance(given, Model):
        given = make_loss(given)
    if isinstance(given, Loss):
        chosen = getattr(given.loaded, function) if function else given.fused
        plain = getattr(given.loaded, f"{chosen.__name__}_plain", None)
        return Subject(given.name, given.model if family is None else _family(family), chosen, plain)
    if isinstance(given, (str, Path)):
        return _from_file(Path(given), family, function)
    if family is None:
        raise ValueError("a bare function does not say what it computes: name the family to compare it with")
    return Subject(getattr(given, "__name__", "loss"), _family(family), given)


def _from_file(path: Path, family: str | None, function: str | None) -> Subject:
    module = _module(path)
    family = family or getattr(module, "FAMILY", None)
    if not isinstance(family, str):
        raise ValueError(f"{path} does not say FAMILY = …: name the family to compare it with")
    model = _family(family)
    name = function or family
    found = getattr(module, name, None)
    if not callable(found):
        raise ValueError(f"{path} defines no function {name!r}: name the function to validate")
    return Subject(str(path), model, found, getattr(module, f"{name}_plain", None))


def _family(name: str) -> Model:
    try:
        return load(name)
    except KeyError as error:
        raise ValueError(str(error.args[0])) from None


def _module(path: Path) -> ModuleType:
    """The file as a module; ValueError with the cause in one line."""
    if not path.is_file():
        raise ValueError(f"{path} is neither a file nor one of the families {', '.join(FAMILIES)}")
    spec = importlib.util.spec_from_file_location("lossproof_subject", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # whatever a stranger's file raises
        raise ValueError(f"{path} cannot be loaded: {type(error).__name__}: {first_line(error)}") from error
    return module


def first_line(error: BaseException) -> str:
    """The first line of an error's message."""
    return (str(error).strip().splitlines() or ["no message"])[0]
