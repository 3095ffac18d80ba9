"""The emitted file: statements of the graphs, inside what torch expects of a loss.

Two layouts, chosen by the link's input alone. *Classes*: the input has one entry a class along an axis (dimension 1,
or 0 where there is no batch), the target is a label or one weight a class. *Elements*: input and target are scalars,
one a position. The text around the statements is the same for every model of a layout; names are the only thing that
a model brings, and they are checked identifiers.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from numeric.emit import statements
from numeric.graph import Node, source
from numeric.templates import classes, common, elements
from numeric.templates.common import filled

#: Names that the emitted file uses itself.
RESERVED = frozenset(("torch", "Tensor", "annotations", "Any", "FAMILY"))


@dataclass(frozen=True)
class Form:
    """One kind of target: its name in the file (hard, soft, element) and the graphs.

    `curvature` is the Hessian times `tangent`, for derivatives of the gradient.
    """

    name: str
    loss: Node
    gradient: Node
    curvature: Node


def camel(name: str) -> str:
    """The name of the module class: von_mises → VonMises."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def file(name: str, forms: tuple[Form, ...], axis: str | None, about: Mapping[str, str]) -> str:
    """The whole file for the loss `name`.

    `axis` is the input's axis, None for a scalar input. `about` gives the text of the docstring: `loss`, `gradient`,
    `density` and `link`, each one or more indented lines. ValueError for a name the file uses itself.
    """
    if name in RESERVED:
        raise ValueError(f"a loss cannot be called {name!r}: the emitted file uses that name")
    bodies = "\n\n\n".join(_form(form, axis) for form in forms)
    layout = (elements if axis is None else classes).LAYOUT
    helpers = [common.HELPERS[h] for h in common.HELPERS if f"{h}(" in bodies or f"{h}(" in layout]
    parts = [common.HEADER, "\n\n\n".join(helpers), bodies, layout]
    text = "\n\n\n".join(part.strip("\n") for part in parts)
    return filled(text, {**about, "NAME": name, "CLASS": camel(name)}) + "\n"


def _form(form: Form, axis: str | None) -> str:
    """The plain function, the one that gives loss and gradient, and the autograd function around it."""
    axes = () if axis is None else (axis,)
    names = {
        source("input", axes): "input",
        source("target", axes): "target",
        source("tangent", axes): "tangent",
        source("label"): "label",
    }
    results = {"loss": form.loss, "gradient": form.gradient}
    squeeze = "" if axis is None else ".squeeze(dim)"
    unsqueeze = ["label = target.unsqueeze(dim)"] if form.name == "hard" else []
    bodies = {
        "plain": [*unsqueeze, *statements({"loss": form.loss}, names), f"return loss{squeeze}"],
        "both": [*unsqueeze, *statements(results, names), f"return loss{squeeze}, gradient"],
        "curvature": [*statements({"curvature": form.curvature}, names), "return curvature"],
    }
    text = (elements if axis is None else classes).FORM
    indented = {key: textwrap.indent("\n".join(lines), "    ") for key, lines in bodies.items()}
    return filled(text, {**indented, "form": form.name, "Form": camel(form.name)})
