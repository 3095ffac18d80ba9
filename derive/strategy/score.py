"""The score: the derivatives of the log-likelihood by the parameters."""

from __future__ import annotations

import sympy as sp

from derive.algebra.context import Context, Variable
from derive.derivation import Section
from derive.model import Model
from derive.rules.places import positivity
from derive.strategy.chain import Chain, claim
from derive.strategy.matrices import concerns, matrix_score
from derive.strategy.unknowns import entry

DERIVATIVE_RULES = (
    "differentiate",
    "delta_collapse",
    "known_sum",
    "constant_factor",
    "separate",
    "sum_of_constant",
    "simplify",
)


def scores(
    objective: sp.Expr, parameters: tuple[Variable, ...], model: Model, context: Context
) -> tuple[Section, dict[Variable, sp.Expr]]:
    """∂ log L/∂θ for every parameter; for one on a simplex also that it is never 0 by itself."""
    steps, found = [], {}
    constrained = {f.variable for f in model.constraints}
    for parameter in parameters:
        if concerns(objective, parameter):
            chain = matrix_score(objective, parameter, context)
        else:
            chain = Chain(sp.Derivative(objective, entry(parameter)), context).apply_all(*DERIVATIVE_RULES)
        if parameter in constrained:
            positive = positivity(chain.current, context)
            if positive is not None:
                chain.steps.append(claim("inequality", chain.current, sp.S.Zero, ">", "never_zero", context, positive))
        steps += chain.steps
        found[parameter] = chain.current
    return Section("score", tuple(steps)), found
