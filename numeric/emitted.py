"""The emitted file: statements of the graphs, inside what torch expects of a loss.

Two layouts. *Classes*: the input has one entry a class along an axis (dimension 1, or 0 where there is no batch), and
an observation is of one class: the target is a label or one weight a class. *Elements*: everything else; the target
has the shape of the input. The text around the statements is the same for every model of a layout; names are the only
thing that a model brings, and they are checked identifiers.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from numeric.emit import WIDTH, statements
from numeric.graph import Node, source
from numeric.kept import kept_numbers
from numeric.templates import classes, common, elements, elements_function, special
from numeric.templates.common import filled
from numeric.templates.elements import Described

#: Names that the emitted file uses itself.
RESERVED = frozenset(("torch", "math", "Tensor", "annotations", "Any", "FAMILY"))
#: Names of arguments and statements around those that a model brings.
ARGUMENTS = RESERVED | frozenset(
    (
        *("input", "target", "weight", "reduction", "full", "validate_args", "dim", "self", "ctx"),
        *("loss", "losses", "gradient", "curvature", "constant", "tangent", "values", "forms", "fused", "domain"),
        *("good", "shape", "found"),
    )
)


@dataclass(frozen=True)
class Form:
    """One kind of target or one way to give the parameters: its name in the file, and the graphs.

    `gradients` and `curvatures` have one entry an input; the curvature is the Hessian times the tangents, for
    derivatives of the gradient. `further` are the names of the inputs beside the first and `axes` the axes of each,
    `known` the names of the arguments without gradient.
    """

    name: str
    loss: Node
    gradients: tuple[Node, ...]
    curvatures: tuple[Node, ...]
    further: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    axes: tuple[tuple[str, ...], ...] = ()


def camel(name: str) -> str:
    """The name of the module class: von_mises → VonMises."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def file(
    name: str,
    forms: tuple[Form, ...],
    axis: str | None,
    about: Mapping[str, str],
    described: Described | None = None,
    constant: Node | None = None,
) -> str:
    """The whole file for the loss `name`.

    `axis` is the input's axis, None for a scalar input. `about` gives the text of the docstring: `derivation`, a
    table of indented lines, and for classes the target's domain. Without `described` the layout is that of classes;
    with it, `constant` are the terms without a parameter. ValueError for a name the file uses itself.
    """
    if name in RESERVED:
        raise ValueError(f"a loss cannot be called {name!r}: the emitted file uses that name")
    if described is None:
        assert axis is not None, "the layout of classes has an axis"
        bodies = "\n\n\n".join(_class_form(form, axis) for form in forms)
        layout = classes.LAYOUT
    else:
        parts = [_form(form, described.event, axis) for form in forms]
        parts += (
            [_constant(constant, described.ways[0].known, axis)] if described.constant and constant is not None else []
        )
        bodies, layout = "\n\n\n".join(parts), elements.layout(described)
    known = {**common.HELPERS, **special.HELPERS, **elements.HELPERS}
    helpers = [text for helper, text in known.items() if _calls(bodies + layout, helper)]
    parts = [common.HEADER, "\n\n\n".join(helpers), bodies, layout]
    text = "\n\n\n".join(part.strip("\n") for part in parts)
    imports = "import math\n" if "math." in bodies else ""
    abstract = [name for name in ("Callable", "Sequence") if f"{name}[" in text]
    imports += f"from collections.abc import {', '.join(abstract)}\n" if abstract else ""
    return filled(text, {**about, "imports": imports, "NAME": name, "CLASS": camel(name)}) + "\n"


def _calls(text: str, helper: str) -> bool:
    return re.search(rf"(?<!\w){helper}\(", text) is not None


def _class_form(form: Form, axis: str) -> str:
    """The functions of one kind of target: the loss, its gradient from what the loss hands over, the curvature."""
    names = {source(name, (axis,)): name for name in ("input", "target", "tangent")} | {source("label"): "label"}
    rows = kept_numbers(form.loss, form.gradients[0])
    handed = names | {node: name for name, node in rows.items()}
    label = ["label = target.unsqueeze(dim)"] if form.name == "hard" else []
    bodies = {
        "value": [*label, *statements({**rows, "loss": form.loss}, names)],
        "slope": [*label, *statements({"gradient": form.gradients[0]}, handed)],
        "curvature": statements({"curvature": form.curvatures[0]}, names),
    }
    arrays = ["input", "target", *rows]
    words = {
        "results": ", ".join(["loss.squeeze(dim)", *rows]),
        "arguments": "\n    ".join(f"{name}: Tensor," for name in arrays),
        "arguments_inside": "\n        ".join(f"{name}: Tensor," for name in arrays),
        "names": ", ".join(arrays),
        "nones": ", ".join("None" for _ in arrays),
        "form": form.name,
        "Form": camel(form.name),
    }
    indented = {key: textwrap.indent("\n".join(lines), "    ") for key, lines in bodies.items()}
    return filled(classes.FORM, {**indented, **words})


def _names(form: Form, axis: str | None) -> dict[Node, str]:
    """What each source is called in the functions of a form: its role becomes the caller's name."""
    axes = () if axis is None else (axis,)
    names = {source("input", axes): "input", source("tangent", axes): "tangent", source("target", axes): "target"}
    for number, name in enumerate(form.further, 2):
        own = form.axes[number - 2] if form.axes else ()
        names[source(f"input_{number}", own)] = name
        names[source(f"tangent_{number}", own)] = f"tangent_{name}"
    for number, name in enumerate(form.known, 1):
        names[source(f"known_{number}" if number > 1 else "known")] = name
    return names


def _form(form: Form, event: str, axis: str | None) -> str:
    """The functions of one way to give the parameters, for the layout of elements."""
    names = _names(form, axis)
    inputs = ("input", *form.further)
    tensors = (*inputs, "target", *form.known)
    dim = [] if axis is None else ["dim"]
    signature = [*(f"{t}: Tensor" for t in tensors), *(f"{d}: int" for d in dim)]
    moves = ["tangent", *(f"tangent_{n}" for n in form.further)]
    moved = [*signature, *(f"{t}: Tensor" for t in moves)]
    squeeze = "" if axis is None else ".squeeze(dim)"
    slopes = {"gradient" if n == "input" else f"gradient_{n}": g for n, g in zip(inputs, form.gradients, strict=True)}
    bends = {f"curvature{s.removeprefix('gradient')}": g for s, g in zip(slopes, form.curvatures, strict=True)}
    bodies = {
        "plain": [*statements({"loss": form.loss}, names), f"return loss{squeeze}"],
        "both": [
            *_filled({"loss": form.loss, **slopes}, names, closed=True),
            f"return {', '.join([f'loss{squeeze}', *slopes])}",
        ],
        "curvature": [*_filled(bends, names), f"return {', '.join(bends) if len(bends) > 1 else '(curvature,)'}"],
    }
    values = {
        **{key: textwrap.indent("\n".join(lines), "    ") for key, lines in bodies.items()},
        "arguments": _listed(signature),
        "forwarded": _listed(signature, 4),
        "moved": _listed(moved),
        "dim": ", dim" if dim else "",
        "derivatives": f"derivative{'s' if form.further else ''} by {_spoken(inputs)}",
        "inputs": _spoken(inputs),
        "s": "s" if form.further else "",
        "tensors": "[:-1]" if dim else "",
        "keep": "\n        ctx.dim = inputs[-1]" if dim else "",
        "saved": ", ".join(tensors),
        "lift": "        along = None if along is None else along.unsqueeze(ctx.dim)\n" if event == "second" else "",
        "along": "_lifted(along, g)" if event == "last" else "along",
        "part": {"": "g * m", "second": "(g * m).sum(ctx.dim)", "last": "(g * m).flatten(ctx.dim).sum(-1)"}[event],
        "axis": ", ctx.dim" if dim else "",
        "nones": ", ".join(["None"] * (1 + len(form.known) + len(dim))),
        "count": str(len(inputs)),
        "form": form.name,
        "Form": camel(form.name),
    }
    return filled(elements_function.FORM, values)


def _constant(constant: Node, known: tuple[str, ...], axis: str | None) -> str:
    """The function of the terms without a parameter."""
    names = _names(Form("", constant, (), (), (), known), axis)
    squeeze = "" if axis is None else ".squeeze(dim)"
    signature = ["target: Tensor", *(f"{name}: Tensor" for name in known), *(["dim: int"] if axis else [])]
    alone = all(part.op != "input" for part in constant.walk())  # then it has no dimension to take out
    lines = [*_filled({"constant": constant}, names, "target"), f"return constant{'' if alone else squeeze}"]
    if alone and axis is not None:
        lines = [line.replace("torch.full_like(target,", "torch.full_like(target.sum(dim),") for line in lines]
    return filled(
        elements.CONSTANT, {"arguments": _listed(signature), "body": textwrap.indent("\n".join(lines), "    ")}
    )


def _filled(
    results: Mapping[str, Node], names: Mapping[Node, str], like: str = "input", closed: bool = False
) -> list[str]:
    """The statements; a result that depends on nothing is a tensor all the same."""
    lines = statements(results, names, like, closed)
    for number, line in enumerate(lines):
        name, text = line.split(" = ", 1) if " = " in line else ("", "")
        if name in results and all(part.op != "input" for part in results[name].walk()):
            lines[number] = f"{name} = torch.full_like({like}, {text})"
            if len(lines[number]) > WIDTH - len(".sum(dim)"):
                lines[number] = f"number = {text}\n{name} = torch.full_like({like}, number)"
    return lines


def _listed(arguments: list[str], indent: int = 0) -> str:
    """Arguments of a function on one line, or one a line where that is too long."""
    line = ", ".join(arguments)
    if len(line) <= 50:
        return line
    return "\n" + textwrap.indent("".join(f"    {a},\n" for a in arguments), " " * indent) + " " * indent


def _spoken(names: tuple[str, ...]) -> str:
    """The names as a reader lists them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
