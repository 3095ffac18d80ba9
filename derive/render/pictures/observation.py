"""The derived loss of one observation: what stands in it, and how it is put on a grid.

The loss of a derivation is a mean over N samples; with N = 1 it is the loss of one observation.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derive.algebra.binding import entries, substitute, unfold
from derive.algebra.context import Context, Definition, Variable, key
from derive.derivation import Derivation

#: The size that counts the samples.
SAMPLES = "N"


@dataclass(frozen=True)
class Observation:
    """A loss whose predictions come from a link: the definition of the link, its input, and the data.

    `loss` and `slope` (by the input, at sample 1 and class 1) hold the input, the data and `others`, which are the
    parameters without a link; the predicted parameter stands in them by its definition.
    """

    context: Context
    link: Definition
    input: Variable
    target: Variable
    others: tuple[Variable, ...]
    predicted: sp.Expr
    loss: sp.Expr
    slope: sp.Expr


def one_observation(derivation: Derivation) -> Observation | None:
    """The loss of one observation of a derivation with a link; None where there is none or it is of another kind."""
    context, results = derivation.context, derivation.results
    if "log_posterior" in results or not isinstance(results.get("loss"), sp.Expr) or "gradient" not in results:
        return None
    in_loss = {key(e) for e in entries(results["loss"])}
    links = (d for d in context.definitions if d.variable.key in in_loss and _is_link(d, context))
    link = next(links, None)
    if link is None:
        return None
    inputs = next(v for v in map(context.variable, entries(link.value)) if v is not None and _per_sample(v))
    predicted = results["loss"]
    others = {
        v.key: v
        for v in map(context.variable, entries(predicted))
        if v is not None and v.axes and v.key not in (link.variable.key, inputs.key)
    }
    scalars = {v.name for v in context.variables if not v.axes}
    targets = [v for v in others.values() if v.name not in scalars]
    if len(targets) != 1 or not isinstance(predicted, sp.Expr):
        return None
    rest = tuple(v for v in others.values() if v is not targets[0])
    slope = _by_input(results["gradient"], inputs)
    if slope is None or any(v.rank != 1 for v in rest):
        return None
    kept = context.without(targets[0].key, *(v.key for v in rest))
    unfolded = unfold(predicted, kept)
    return Observation(
        context, link, inputs, targets[0], rest, predicted, unfolded, unfold(_at_one(slope, context), kept)
    )


def _per_sample(variable: Variable) -> bool:
    return bool(variable.axes) and str(variable.axes[0]) == SAMPLES


def _is_link(definition: Definition, context: Context) -> bool:
    """A prediction of each sample that is computed from an input of its own, which nothing defines."""
    if not _per_sample(definition.variable) or definition.variable.name == "E":
        return False
    held = {v.key: v for v in map(context.variable, entries(definition.value)) if v is not None and v.axes}
    if len(held) != 1:
        return False
    (found,) = held.values()
    return _per_sample(found) and found.rank == definition.variable.rank and context.definition(_any(found)) is None


def _any(variable: Variable) -> sp.Expr:
    return variable.base[tuple(sp.Symbol(f"any{n}", integer=True) for n in range(variable.rank))]


def _by_input(gradient: sp.Basic, inputs: Variable) -> sp.Expr | None:
    """The gradient by the input: the only one, or the one of the equations that says so."""
    if isinstance(gradient, sp.Expr):
        return gradient
    for equation in gradient.args:
        if not isinstance(equation, sp.Eq):
            return None
        by = equation.lhs.variables[0] if isinstance(equation.lhs, sp.Derivative) else None
        if by is not None and key(by) == inputs.key:
            return equation.rhs
    return None


def _at_one(slope: sp.Expr, context: Context) -> sp.Expr:
    """The slope by the first sample's input (of the first class)."""
    return substitute(slope, {symbol: sp.S.One for symbol in context.ranges})
