"""Build docs/losses.md: each loss with its formula, its source, and what torch's own does differently.

python docs/losses/build.py                 # write the page
python docs/losses/build.py --check         # fail where it is out of date
"""

from __future__ import annotations

import argparse
import ast
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import sympy as sp
import torch
from torch import Tensor

HERE = Path(__file__).parent
PAGE = HERE.parent / "losses.md"
sys.path.insert(0, str(HERE))

from differences import BY_WAY, DIFFERENCES, WHOLE  # noqa: E402

import numeric  # noqa: E402
from derive.algebra.context import Domain, Variable  # noqa: E402
from derive.families import FAMILIES, load  # noqa: E402
from derive.model import Model  # noqa: E402
from derive.render.latex import expression  # noqa: E402
from numeric.validation.certified import Question, truth  # noqa: E402
from numeric.validation.questions import observation  # noqa: E402
from numeric.validation.run import further, questions_of  # noqa: E402
from numeric.validation.torchs_own import BUILTIN, Builtin  # noqa: E402
from numeric.validation.ulp import FORMATS  # noqa: E402

HEAD = """# The losses

    derive export gaussian -o loss.py        # one of these, as a file that needs torch alone
    derive validate gaussian                 # held against certified truth, beside torch's own

One loss for each [family](families.md): the negative log-likelihood of one observation, with every parameter computed
from an input that may be any number unless it says otherwise. `input` is on the scale of the family's link (logits, log
rate, mean), `target` the observation; further inputs follow by torch's names, positive ones as their logarithm.
`full=True` keeps the terms without any input, and `reduction` is none, mean or sum. A model of your own density becomes
a loss in the same way: `numeric.loss(model)` ([how](own-density.md)).

Every file defines three things: `NAME` (value and closed-form gradient in one pass), `NAME_plain` (ordinary operations)
and the module `NAMELoss`. Here the part of the file is shown that computes; around it stand the checks of shapes, the
autograd function and the reductions, the same for every loss.

The numbers beside torch's are of one observation in double precision: **truth** is certified (balls around the exact
value of what the model states), and each line gives the value and the gradient by every input. How far each loss is off
over many regimes and formats stands in [benchmarks](benchmarks.md).

This page is made by `docs/losses/build.py`; a test holds it to what the code says.
"""


def page() -> str:
    """The whole text."""
    names = [name for name in FAMILIES if _ways(load(name))]
    parts = [HEAD, "\n".join(_contents(names)), *("\n".join(_section(name)) for name in names), _refused()]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _ways(model: Model) -> tuple[Question, ...]:
    """The ways to give the parameters; none for a model that is no loss."""
    try:
        found = questions_of(model)
        numeric.loss(model)
    except ValueError:
        return ()
    return found


def _contents(names: Sequence[str]) -> Iterator[str]:
    yield "| loss | target | inputs | torch's own |"
    yield "| --- | --- | --- | --- |"
    for name in names:
        ways = questions_of(load(name))
        inputs = "; or ".join(", ".join(f"`{n}`" for n in (*w.names, *(v.name for v in w.known))) for w in ways)
        builtins = dict.fromkeys(b.name for w in ways if (b := _builtin(w)))
        yield f"| [{name}](#{name}) | {_domain(load(name).data)} | {inputs} | {', '.join(f'`{b}`' for b in builtins)} |"


def _refused() -> str:
    lines = ["## Not here", ""]
    for name in FAMILIES:
        model = load(name)
        if _ways(model):
            continue
        try:
            numeric.loss(model)
        except ValueError as error:
            lines.append(f"- `{name}`: {error}")
    return "\n".join(lines)


def _builtin(way: Question) -> Builtin | None:
    return BUILTIN.get((way.model.name, *way.names[1:]))


def _section(name: str) -> Iterator[str]:
    model, ways = load(name), questions_of(load(name))
    yield f"## {name}"
    yield ""
    yield f"{model.title['en']}. Target: {_words(model.data, model)}."
    yield ""
    yield f"$$p = {expression(model.density)}$$"
    for way in ways:
        yield ""
        yield from _formulas(way, alone=len(ways) == 1)
    if ways[0].constant != 0:
        yield ""
        yield f"Kept by `full=True`: ${expression(ways[0].constant)}$"
    text = numeric.loss(model).source
    yield ""
    yield "```python"
    yield _signature(text, name)
    yield "```"
    yield ""
    yield "<details><summary>What computes</summary>"
    yield ""
    yield "```python"
    yield _core(text)
    yield "```"
    yield ""
    yield "</details>"
    yield from _beside(name, ways)


def _formulas(way: Question, alone: bool) -> Iterator[str]:
    """Links, loss and gradients of one way to give the parameters."""
    shown = [_entry(v, way.indices[i]) for i, v in enumerate(way.shown)]
    called = ", ".join(f"${expression(_whole(v))}$ is `{n}`" for v, n in zip(way.shown, way.names, strict=True))
    links = [sp.Eq(_entry(k.parameter, k.indices), k.inverse, evaluate=False) for k in way.links]
    stated = ", ".join(f"${expression(link)}$" for link in links if link not in (sp.true, sp.false))
    head = "Inputs" if alone else f"With `{', '.join(way.names[1:])}`" if way.names[1:] else "With `input` alone"
    yield f"{head}: {called}{'; ' + stated if stated else ''}."
    yield ""
    yield f"$$E = {expression(way.loss)}$$"
    for name, slope in zip(shown, way.gradients, strict=True):
        yield ""
        yield f"$$\\frac{{\\partial E}}{{\\partial {expression(name)}}} = {expression(slope)}$$"


def _whole(variable: Variable) -> sp.Basic:
    return variable.base.label if variable.rank else variable.base


def _entry(variable: Variable, indices: tuple[sp.Symbol, ...]) -> sp.Expr:
    return variable.base[indices] if variable.rank and indices else variable.base


def _words(variable: Variable, model: Model) -> str:
    """What the data are, in the family's words, and their range."""
    text = model.words.get(variable.name, {}).get("en", variable.name)
    return f"{text} ({_domain(variable)})"


def _domain(variable: Variable) -> str:
    """The data's domain as a reader is told it."""
    domain: Domain = variable.domain
    text = domain.name.replace("natural", "0, 1, 2, …").replace("positive integer", "1, 2, 3, …")
    return f"{text}, one entry along {', '.join(map(str, variable.axes))}" if variable.axes else text


def _signature(text: str, name: str) -> str:
    """The head of the emitted function."""
    function = next(f for f in ast.parse(text).body if isinstance(f, ast.FunctionDef) and f.name == name)
    return "\n".join(text.splitlines()[function.lineno - 1 : function.body[0].lineno - 1])


def _core(text: str) -> str:
    """The functions that give loss and gradient, without what torch expects around them."""
    lines = text.splitlines()
    found = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and _computes(node):
            found.append("\n".join(lines[node.lineno - 1 : node.end_lineno]))
    return "\n\n\n".join(found)


def _computes(node: ast.FunctionDef) -> bool:
    """Whether it is a form's loss or its gradient."""
    said = ast.get_docstring(node) or ""
    first = node.args.args[0].arg if node.args.args else ""
    loss = first == "input" and said.startswith("Each observation's loss") and node.name != "_per_observation"
    return loss or (first == "along" and said.startswith("The gradient by"))


# --- beside torch ----------------------------------------------------------------------------------------------------


def _beside(name: str, ways: Sequence[Question]) -> Iterator[str]:
    difference = DIFFERENCES.get(name)
    if difference is None:
        yield ""
        yield "torch has no such loss."
        return
    yield ""
    yield textwrap.fill(f"**torch's own.** {difference.words}", 118, break_on_hyphens=False, break_long_words=False)
    rows: list[list[str]] = []
    for way in ways:
        own = _builtin(way)
        if own is None:
            continue
        examples = BY_WAY.get((name, *way.names[1:]), difference.examples if len(ways) == 1 else ())
        rows += [_example(way, own, example, own.kept) for example in examples]
        rows += [_example(way, _with_constant(own, name), example, True) for example in WHOLE.get(name, ())]
    if rows:
        yield ""
        yield "| at | | truth | ours | torch |"
        yield "| --- | --- | --- | --- | --- |"
        for row in rows:
            yield from row


def _with_constant(own: Builtin, name: str) -> Builtin:
    """torch's function with the constant terms."""
    import torch.nn.functional as F

    assert own.name == "F.poisson_nll_loss", name
    return Builtin(own.name, lambda z, t: F.poisson_nll_loss(z, t, full=True, reduction="none"))


def _example(way: Question, own: Builtin, example: tuple[object, ...], kept: bool) -> list[str]:
    """Value and gradients of one observation, three times."""
    tensors = [torch.tensor([part], dtype=torch.long if isinstance(part, int) else torch.float64) for part in example]
    count = len(way.inputs)
    first, target, rest = tensors[0], tensors[1], tensors[2:]
    inputs = [first, *rest[: count - 1]]
    known = rest[count - 1 :]
    arrays, sizes = observation(way, inputs, known, target, 0)
    exact = truth(way, arrays, sizes, FORMATS["float64"])
    names = further(way)
    options = {"full": True} if kept and way.constant != 0 else {}

    def ours(*given: Tensor) -> Tensor:
        named = dict(zip(names, (*given[1:], *known), strict=True))
        found: Tensor = numeric.loss(way.model).fused(given[0], target, **named, **options, reduction="none")
        return found

    mine, theirs = _run(ours, inputs), _run(lambda *g: own.function(g[0], target, *g[1:], *known), inputs)
    whole = exact.whole if kept else exact.value
    certain = [[float(whole.ball.mid())], *([float(e.ball.mid()) for e in group] for group in exact.gradients)]
    shown = dict(zip((*way.names, *(v.name for v in way.known)), (example[0], *example[2:]), strict=True))
    at = ", ".join(f"{n} = {_number(v)}" for n, v in [*shown.items(), ("target", example[1])])
    heads = ["value" + (", `full=True`" if options else ""), *(f"by `{n}`" for n in way.names)]
    lines = []
    for i, (head, *columns) in enumerate(zip(heads, certain, mine, theirs, strict=True)):
        cells = " | ".join(", ".join(map(_figure, column)) for column in columns)
        lines.append(f"| {at if i == 0 else ''} | {head} | {cells} |")
    return lines


def _run(function: object, inputs: Sequence[Tensor]) -> list[list[float]]:
    leaves = [t.clone().requires_grad_() for t in inputs]
    value = function(*leaves)  # type: ignore[operator]
    slopes = torch.autograd.grad(value.sum(), leaves, allow_unused=True)
    full = [torch.zeros_like(at) if g is None else g for g, at in zip(slopes, leaves, strict=True)]
    return [t.detach().reshape(-1).tolist() for t in (value, *full)]


def _number(value: object) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_number, value))})"
    return f"{value:g}".replace("-", "−")


def _figure(value: float) -> str:
    """Seven digits: what a reader compares, and every machine agrees on."""
    return f"{value + 0:.7g}".replace("-", "−")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or say whether it is out of date."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="Write nothing; exit 1 where the page is out of date.")
    options = parser.parse_args(arguments)
    text = page()
    if not options.check:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print("out of date: docs/losses.md\nrun: python docs/losses/build.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
