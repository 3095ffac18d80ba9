"""The layout for losses of one observation a position: every argument is a tensor, and the inputs have one shape.

Where a model's parameters can be given in several ways (a variance or its logarithm), each way is a form of its own,
with its own closed-form gradient, and the public function chooses by which argument is given. An input with an axis
(one entry a class, the whole of them weighed by the target) has it in dimension 1, or 0 where there is no batch.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from numeric.templates.common import REDUCTION, filled

UNSHAPED = 'raise ValueError(f"input must be floating-point; found {input.dtype}")'
SHAPED = """
        kind = f"{input.dtype} of shape {tuple(input.shape)}"
        raise ValueError(f"input must be floating-point, <<shapes>>; found {kind}")
""".strip()

#: Where an observation's own axis lies: the shapes in words, and the statement that says it.
SHAPES = {"": "any shape", "second": "(N, K, …) or (K,)", "last": "(…, D)"}
AXES = {"second": "dim = 0 if input.ndim == 1 else 1", "last": "dim = input.ndim - 1"}

CONSTANT = '''
def _constant(<<arguments>>) -> Tensor:
    """The terms of each loss that hold no parameter."""
<<body>>
'''.strip()

HELPERS = {
    "_like": '''
def _like(value: Tensor | float, values: Tensor) -> Tensor:
    """The value in the shape and precision of `values`."""
    return torch.as_tensor(value, dtype=values.dtype, device=values.device).expand_as(values)
'''.strip(),
    "_like_matrix": '''
def _like_matrix(value: Tensor, values: Tensor) -> Tensor:
    """The square matrix in the precision of the vectors `values`, once for each of them."""
    return value.to(values.dtype).expand(*values.shape, values.shape[-1])
'''.strip(),
    "_directions": '''
def _directions(gradients: Sequence[Tensor], given: Sequence[Tensor | None]) -> list[Tensor]:
    """The direction given beside each gradient, 0 where there is none."""
    pairs = zip(gradients, given, strict=False)  # inputs come first, and data have no gradient
    return [torch.zeros_like(g) if d is None else d for g, d in pairs]
'''.strip(),
    "_lifted": '''
def _lifted(along: Tensor, gradient: Tensor) -> Tensor:
    """One number a loss, with as many dimensions as the gradient."""
    return along.reshape(along.shape + (1,) * (gradient.ndim - along.ndim))
'''.strip(),
    "_check_shape": '''
def _check_shape(name: str, value: Tensor | float | None, shape: tuple[int, ...]) -> None:
    """ValueError where a tensor does not broadcast to the shape."""
    if isinstance(value, Tensor):
        last = shape[len(shape) - value.ndim :]
        fits = value.ndim <= len(shape)
        if not fits or any(a not in (1, b) for a, b in zip(value.shape, last, strict=True)):
            found = tuple(value.shape)
            raise ValueError(f"{name} must broadcast to the shape {shape} of input; found {found}")
'''.strip(),
    "_check_values": '''
def _check_values(name: str, values: Tensor, good: Tensor, interval: str) -> None:
    """ValueError with the first value that is not good."""
    if not bool(good.all()):
        raise ValueError(f"{name} must lie {interval}; found {values[~good][0].item()}")
'''.strip(),
}

LAYOUT = (
    REDUCTION
    + '''

def _evaluated(<<evaluated>>) -> Tensor:
    """Each observation's loss: by a fused form where a gradient is asked for by inputs alone."""
    losses: Tensor
    needed = any(t.requires_grad for t in inputs) and not any(t.requires_grad for t in data)
    if fused and needed and torch.is_grad_enabled():
        compiled, eager = forms
        form = compiled if torch.compiler.is_compiling() else eager
        losses = form.apply(*inputs, *data<<axis>>)[0]
    else:
        losses = plain(*inputs, *data<<axis>>)
    return losses


def _per_observation(
<<signature>>
    weight: Tensor | None,
    full: bool,
    fused: bool,
) -> Tensor:
    """Each observation's loss in at least single precision."""
    values = input.float() if input.dtype in _HALF else input
<<dispatch>>
    return losses if weight is None else losses * weight.to(losses.dtype)


def _check(
<<signature>>
    reduction: str,
    domain: bool,
) -> None:
    """ValueError where shapes do not fit or, with `domain`, where a value is out of its domain."""
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"reduction must be none, mean or sum, not {reduction!r}")
    if not input.is_floating_point()<<scalar>>:
        <<raise_>>
    if target.shape != input.shape:
        shape, found = tuple(input.shape), tuple(target.shape)
        raise ValueError(f"target must have the shape {shape} of input; found {found}")
<<checks>>


def <<NAME>>(
<<public>>
) -> Tensor:
    """The loss, with its closed-form gradient computed in the same pass.

<<described>>

    Half precision is computed in single precision. Where no input requires a gradient, or data do,
    the plain form is used: the value is the same.
    """
    _check(<<passed>>, reduction, validate_args)
    losses = _per_observation(<<passed>>, weight, full, True)
    return _reduced(losses, None, reduction).to(input.dtype)


def <<NAME>>_plain(
<<public>>
) -> Tensor:
    """The same loss in ordinary operations; arguments as for `<<NAME>>`."""
    _check(<<passed>>, reduction, validate_args)
    losses = _per_observation(<<passed>>, weight, full, False)
    return _reduced(losses, None, reduction).to(input.dtype)


class <<CLASS>>Loss(torch.nn.Module):
    """`<<NAME>>` as a module with torch's conventions."""

    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        *,
        reduction: str = "mean",
        full: bool = False,
        validate_args: bool = False,
    ) -> None:
        """Keep the arguments of `<<NAME>>` for every call."""
        super().__init__()
        self.register_buffer("weight", weight)
        self.reduction = reduction
        self.full = full
        self.validate_args = validate_args

    def forward(
        self,
<<forwarded>>
    ) -> Tensor:
        """The loss of `input` against `target`, reduced."""
        return <<NAME>>(
<<kept>>
        )
'''
)


@dataclass(frozen=True)
class Argument:
    """An argument beside input and target: its name, the words for it, whether every way takes it, its condition.

    `test` is an expression of torch that holds where its values, a tensor of its name, are in its domain `interval`.
    """

    name: str
    words: str
    known: bool
    always: bool
    keyword: bool
    test: str = ""
    interval: str = ""
    matrix: bool = False


@dataclass(frozen=True)
class Way:
    """One way to call the loss: the form's name, the inputs beside the first and the constants that it takes."""

    form: str
    further: tuple[str, ...]
    known: tuple[str, ...]


@dataclass(frozen=True)
class Described:
    """What the layout is told of a loss: its arguments, its ways, its target's domain, whether it has a constant.

    `event` says where an observation's own axis lies: "second" (dimension 1, or 0 where there is no batch), "last", or
    nowhere ("").
    """

    arguments: tuple[Argument, ...]
    ways: tuple[Way, ...]
    event: str
    inside: str
    interval: str
    constant: bool


def layout(loss: Described) -> str:
    """The functions around the forms, for everything but the names of loss and class."""
    plain = [a for a in loss.arguments if not a.keyword]
    keyword = [a for a in loss.arguments if a.keyword]
    names = ["input", "target", *(a.name for a in (*plain, *keyword))]
    ordered = [*plain, *keyword]
    signature = ["input: Tensor", "target: Tensor", *(f"{a.name}: {_type(a)}" for a in ordered)]
    public = [
        *signature[:2],
        *(f"{a.name}: {_type(a)}{'' if a.always else ' = None'}" for a in plain),
        "weight: Tensor | None = None",
        "*",
        *(f"{a.name}: {_type(a)} = None" for a in keyword),
        'reduction: str = "mean"',
        "full: bool = False",
        "validate_args: bool = False",
    ]
    optional = [f"{a.name}: {_type(a)} = None" for a in keyword]
    forwarded = [*public[: 2 + len(plain)], *(["*", *optional] if optional else [])]
    kept = [*names[: 2 + len(plain)], "self.weight", *(f"{a.name}={a.name}" for a in keyword)]
    kept += [f"{name}=self.{name}" for name in ("reduction", "full", "validate_args")]
    values = {
        "signature": _lines(signature, 4),
        "public": _lines(public, 4),
        "forwarded": _lines(forwarded, 8),
        "kept": _lines(kept, 12),
        "passed": ", ".join(names),
        "described": _described(loss, ordered),
        "dispatch": textwrap.indent("\n".join(_dispatch(loss)), "    "),
        "checks": textwrap.indent("\n".join(_checks(loss)), "    "),
        "axis": ", dim" if loss.event else "",
        "scalar": " or input.ndim == 0" if loss.event else "",
        "raise_": SHAPED.replace("<<shapes>>", SHAPES[loss.event]) if loss.event else UNSHAPED,
        "evaluated": _evaluated(loss),
    }
    return filled(LAYOUT, values)


def _type(argument: Argument) -> str:
    kind = "Tensor" if argument.matrix else "Tensor | float"
    return kind if argument.always else f"{kind} | None"


def _lines(items: list[str], indent: int) -> str:
    return textwrap.indent("\n".join(f"{item}," for item in items), " " * indent)


def _evaluated(loss: Described) -> str:
    """The arguments of _evaluated, one a line."""
    items = ["plain: Any", "forms: tuple[Any, Any]", "inputs: tuple[Tensor, ...]", "data: tuple[Tensor, ...]"]
    items += ["dim: int"] if loss.event else []
    return "\n" + _lines([*items, "fused: bool"], 4) + "\n"


def _dispatch(loss: Described) -> list[str]:
    """The statements that convert the arguments and evaluate the form that they ask for."""
    dim = ", dim" if loss.event else ""
    lines = [AXES[loss.event]] if loss.event else []
    lines += ["target = target.to(values.dtype)"]
    optional = [a.name for a in loss.arguments if not a.always]
    for number, way in enumerate(loss.ways):
        inputs = ", ".join(["values", *(f"{_like(name, loss)}({name}, values)" for name in way.further)])
        data = ", ".join(["target", *(f"_like({name}, values)" for name in way.known)])
        camel = "".join(part.capitalize() for part in way.form.split("_"))
        comma = "," if not way.further else ""
        evaluated = [
            "losses = _evaluated(",
            f"    _{way.form}_plain,",
            f"    (_{camel}, _{camel}Forward),",
            f"    ({inputs}{comma}),",
            f"    ({data}{',' if not way.known else ''}),",
            *(["    dim,"] if loss.event else []),
            "    fused,",
            ")",
        ]
        if optional:
            taken = (*way.further, *way.known)
            tests = [f"{name} is {'not ' if name in taken else ''}None" for name in optional]
            lines.append(f"{'elif' if number else 'if'} {' and '.join(tests)}:")
            evaluated = [f"    {line}" for line in evaluated]
        lines += evaluated
    if optional:
        lines += ["else:", f'    raise ValueError("give {_alternatives(loss)}")']
    if loss.constant:
        data = ", ".join(["target", *(f"_like({name}, values)" for name in loss.ways[0].known)])
        lines += ["if full:", f"    losses = losses + _constant({data}{dim})"]
    return lines


def _like(name: str, loss: Described) -> str:
    """The helper that brings an argument to the shape of the input."""
    return "_like_matrix" if any(a.matrix for a in loss.arguments if a.name == name) else "_like"


def _alternatives(loss: Described) -> str:
    """The combinations of arguments that are understood, in words."""
    optional = [a.name for a in loss.arguments if not a.always]
    kinds = [
        " and ".join(n for n in (*way.further, *way.known) if n in optional) or "none of them" for way in loss.ways
    ]
    return " or ".join(kinds)


def _checks(loss: Described) -> list[str]:
    """The statements that look at shapes and, where asked for, at values."""
    lines = [f'_check_shape("{a.name}", {a.name}, tuple(input.shape))' for a in loss.arguments if not a.matrix]
    for a in loss.arguments:
        if a.matrix:
            lines += ["whole = (*input.shape, input.shape[-1])", f'_check_shape("{a.name}", {a.name}, whole)']
    lines += ["if domain:"]
    if any("dim" in text for text in (loss.inside,)):
        lines += [f"    {AXES[loss.event]}"]
    lines += ["    if bool(torch.isnan(input).any()):", '        raise ValueError("input holds nan")']
    converted = {name: f"{name} = _like({name}, input)" for name in (a.name for a in loss.arguments)}
    for argument in loss.arguments:
        if argument.matrix:
            lines += [f"    pivots = {argument.name}.diagonal(dim1=-2, dim2=-1)"]
            lines += [f'    _check_values("{argument.name}", pivots, pivots > 0, "above 0 on the diagonal")']
        elif argument.test or argument.name in loss.inside:
            indent = "    " if argument.always else "        "
            lines += [] if argument.always else [f"    if {argument.name} is not None:"]
            lines += [indent + converted[argument.name]]
            if argument.test:
                name = argument.name
                lines += [f'{indent}_check_values("{name}", {name}, {argument.test}, "{argument.interval}")']
    lines += [f"    {line}" for line in _assigned("good", loss.inside)]
    lines += [f'    _check_values("target", target, good, "{loss.interval}")']
    return lines


def _assigned(name: str, test: str) -> list[str]:
    """name = test, one condition a line where they are many."""
    if len(test) <= 80:
        return [f"{name} = {test}"]
    first, *others = test.split(" & ")
    first = first.removeprefix("(").removesuffix(")")
    return [f"{name} = {first}", *(f"{name} = {name} & {other}" for other in others)]


def _described(loss: Described, arguments: list[Argument]) -> str:
    """The docstring's table of arguments."""
    rows = [("input", f"{SHAPES[loss.event]}: real numbers"), ("target", f"the same shape, {loss.interval}")]
    rows += [(a.name, a.words) for a in arguments]
    kept = "also add the terms that hold no parameter" if loss.constant else "there are no constant terms to add"
    rows += [
        ("weight", "a factor for each loss, of a shape that broadcasts"),
        ("reduction", "none, mean or sum; the mean divides by the number of losses"),
        ("full", kept),
        ("validate_args", "also look at the values: ValueError for one out of its domain or nan"),
    ]
    width = max(len(name) for name, _ in rows) + 2
    lines = []
    for name, words in rows:
        start = f"    {name:<{width}}"
        lines.append(textwrap.fill(words, 98, initial_indent=start, subsequent_indent=" " * len(start)))
    return "\n".join(lines)
