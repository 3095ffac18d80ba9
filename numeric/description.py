"""What an emitted file says of a loss, and what it asks of its arguments: formulas, names, domains.

All of it comes from the model: its density, its links, the domains of data and parameters. Names that reach the file
are checked here, once: they must be identifiers, differ from each other and from what the file calls things itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from derive.algebra.binding import substitute, substitute_array
from derive.strategy.links import known_by_their_names
from numeric import formula, graph
from numeric.emit import statements
from numeric.emitted import ARGUMENTS
from numeric.graph import Node
from numeric.lowering import TARGET, identifier, lower, sources
from numeric.stable import expand, settle
from numeric.templates.elements import Argument, Described, Way

if TYPE_CHECKING:
    from collections.abc import Sequence

    from derive.algebra.context import Domain, Variable
    from derive.model import Link
    from derive.strategy.loss import LinkedLoss


def derivation(ways: Sequence[LinkedLoss]) -> dict[str, str]:
    """The head's table: density, and for each way its links, loss and gradient."""
    first = ways[0]
    rows = [("Density", formula.line(first.model.density))]
    for way in dict((w.loss, w) for w in ways).values():
        links = [*(entry.link for entry in way.inputs), *way.fixed]
        rows.append(("Link", ", ".join(map(_link, links))))
        rows.append(("Loss", formula.line(way.loss)))
        shown = [formula.line(_entry(entry.link.input, way)) for entry in way.inputs]
        for name, slope in zip(shown, way.gradients, strict=True):
            rows.append(("Gradient", formula.line(slope) if len(shown) == 1 else f"by {name}: {formula.line(slope)}"))
    if first.constant:
        rows.append(("Constant", f"{formula.line(first.constant)} (added where full=True)"))
    shown_input = formula.line(first.input.base.label if first.input.rank else first.input.base)
    if shown_input != "input":
        rows.append(("Here", f"{shown_input} is `input`, {formula.line(_whole(first.target))} is `target`"))
    texts = [head.ljust(12) + formula.paragraph(text, " " * 12).lstrip() for head, text in rows]
    return {"derivation": "\n".join(texts)}


def _entry(variable: Variable, loss: LinkedLoss) -> sp.Expr:
    """The entry of an input by which a gradient is taken."""
    return variable.base[loss.indices[: variable.rank]] if variable.rank else variable.base


def _whole(variable: Variable) -> sp.Expr:
    return variable.base.label if variable.rank else variable.base


def _link(link: Link) -> str:
    parameter = link.parameter.base[link.indices] if link.indices else link.parameter.base
    return f"{formula.line(parameter)} = {formula.line(link.inverse)}"


def describe(ways: Sequence[LinkedLoss]) -> Described:
    """What the layout of elements needs to know; ValueError for names and shapes that it cannot have."""
    first = ways[0]
    event = _event(first)
    arguments: list[Argument] = []
    for variable in dict.fromkeys(v for way in ways for v in way.known):
        arguments.append(_known(variable, first, all(variable in way.known for way in ways)))
    every = [[entry.name for entry in way.inputs[1:]] for way in ways]
    leading: dict[str, str] = {}  # the first input of each parameter stands among the positional arguments
    for way in ways:
        for entry in way.inputs[1:]:
            always = all(entry.name in names for names in every)
            keyword = leading.setdefault(entry.link.parameter.name, entry.name) != entry.name
            if entry.name not in {a.name for a in arguments}:
                arguments.append(_input(entry.name, entry.link, always, keyword))
    _refuse_names([a.name for a in arguments])
    inside, interval = target_domain(first)
    forms = tuple(_way(way, tuple(a.name for a in arguments if a.always)) for way in ways)
    return Described(tuple(arguments), forms, event, inside, interval, first.constant != 0)


def _way(way: LinkedLoss, common: tuple[str, ...]) -> Way:
    """A way to call the loss, named after the arguments that only some ways take: with_var; else element."""
    further, known = tuple(entry.name for entry in way.inputs[1:]), tuple(v.name for v in way.known)
    own = [name for name in (*further, *known) if name not in common]
    return Way("with_" + "_and_".join(own) if own else "element", further, known)


def _event(loss: LinkedLoss) -> str:
    """Where an observation's own axis lies; ValueError for arrays that the layout cannot hold."""
    shapes = [entry.link.input.axes for entry in loss.inputs]
    first, *others = shapes
    if first == loss.target.axes == () and not any(others):
        return ""
    if first == loss.target.axes and len(first) == 1 and not loss.known:
        if not others:
            return "second"
        if all(axes == first * 2 for axes in others):
            return "last"
    raise ValueError(
        f"no layout for the shapes of model {loss.model.name!r}: scalars, one axis that input and target share, or "
        "that and square matrices"
    )


def _refuse_names(names: list[str]) -> None:
    for name in names:
        identifier(name)
        if name in ARGUMENTS or names.count(name) > 1:
            raise ValueError(f"an argument cannot be called {name!r}: the emitted function has another of that name")


def _known(variable: Variable, loss: LinkedLoss, always: bool) -> Argument:
    tests, interval = _tests(variable.name, variable.domain, loss)
    words = f"a constant without gradient, {interval}"
    return Argument(variable.name, words, True, always, not always, tests, interval)


def _input(name: str, link: Link, always: bool, keyword: bool) -> Argument:
    """An input beside the first, in the words of its link."""
    domain = link.input.domain
    if link.input.rank == 2:
        words = f"{_link(link)}; a lower triangular matrix for each loss, or of a shape that broadcasts"
        return Argument(name, words, False, always, keyword, matrix=True)
    ends = [text for text, finite in _ends(name, domain, str(domain.lower), str(domain.upper)) if finite]
    interval = _interval(domain, str(domain.lower), str(domain.upper))
    words = f"{_link(link)}; one for each loss, or of a shape that broadcasts"
    return Argument(name, words, False, always, keyword, _joined(ends), interval)


def target_domain(loss: LinkedLoss) -> tuple[str, str]:
    """The target's range as an expression of torch and in words; weights between two labels are allowed."""
    tests, interval = _tests("target", loss.target.domain, loss)
    total = next((f for f in loss.model.data_facts if f.variable == loss.target and f.total.is_number), None)
    if total is not None:
        ones = f"torch.full_like(target, {int(total.total)})"
        within = f"torch.isclose(target.sum(dim, keepdim=True), {ones})"
        return f"{tests} & {within}", f"{interval} with total {total.total}"
    return tests or "torch.isfinite(target)", interval


def _tests(name: str, domain: Domain, loss: LinkedLoss) -> tuple[str, str]:
    """The tests that a value of the domain passes, and the domain in words."""
    lower, upper = (_end(end, loss) for end in (domain.lower, domain.upper))
    tests = [text for text, finite in _ends(name, domain, lower, upper) if finite]
    return _joined(tests), _interval(domain, lower, upper)


def _joined(tests: list[str]) -> str:
    return tests[0] if len(tests) == 1 else " & ".join(f"({t})" for t in tests)


def _ends(name: str, domain: Domain, lower: str, upper: str) -> list[tuple[str, bool]]:
    return [
        (f"{name} {'>' if domain.lower_open else '>='} {lower}", domain.lower != -sp.oo),
        (f"{name} {'<' if domain.upper_open else '<='} {upper}", domain.upper != sp.oo),
    ]


def _interval(domain: Domain, lower: str, upper: str) -> str:
    left, right = "(" if domain.lower_open else "[", ")" if domain.upper_open else "]"
    low, high = ("-inf" if lower == "-oo" else lower), ("inf" if upper == "oo" else upper)
    return f"in {left}{low}, {high}{right}"


def _end(end: sp.Expr, loss: LinkedLoss) -> str:
    """An end of a domain as an expression of torch, in terms of the arguments."""
    if end in (sp.oo, -sp.oo):
        return str(end)
    names = {node: identifier(variable) for node, variable in _argument_names(loss).items()}
    (line,) = statements({"end": settle(expand(_bound(end, loss)))}, names)
    return line.removeprefix("end = ")


def _argument_names(loss: LinkedLoss) -> dict[Node, str]:
    nodes = sources(loss)
    named = {nodes[entry.link.input.key]: entry.name for entry in loss.inputs}
    return named | {nodes[v.key]: v.name for v in loss.known} | {nodes[loss.target.key]: TARGET}


def _bound(end: sp.Expr, loss: LinkedLoss) -> Node:
    """The graph of an end of the support, which may be a parameter or a constant that is given."""
    for link in (*(entry.link for entry in loss.inputs), *loss.fixed):
        end = substitute_array(end, link.parameter.key, link.indices, link.inverse)
    return lower(substitute(end, known_by_their_names(loss.model)[1]), sources(loss), {})


def supported(loss: Node, derived: LinkedLoss) -> Node:
    """The loss, infinite where the target is beyond an end of its support that is a parameter."""
    domain = derived.target.domain
    parameters = {p.base for p in derived.model.parameters if not p.rank}
    observed = sources(derived)[derived.target.key]
    for end, above in ((domain.lower, True), (domain.upper, False)):
        if end.free_symbols & parameters:
            bound = settle(expand(_bound(end, derived)))
            first, second = (observed, bound) if above else (bound, observed)
            loss = graph.apply("select", graph.add(first, graph.negative(second)), graph.INFINITY, loss)
    return loss
