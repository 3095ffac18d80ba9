"""The engine: from a model to its derivation, section by section.

Reading order: `sampling` (from one observation to N), `likelihood`, `maximum_likelihood`, `loss`, `example`; `chain`
and `definedness` are how they write steps.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derive.derivation import Derivation
from derive.model import Model
from derive.strategy.likelihood import given, likelihood, log_likelihood
from derive.strategy.loss import gradient, loss
from derive.strategy.maximum_likelihood import estimate
from derive.strategy.sampling import sample

__all__ = ["derivation"]


def derivation(model: Model) -> Derivation:
    """The whole line: given, likelihood, log-likelihood, score, estimate, maximum, loss, gradient."""
    observed = sample(model)
    product, form, context = likelihood(observed)
    logs, objective = log_likelihood(form, observed)
    (parameter,) = model.parameters
    constraint = next((f for f in model.constraints if f.variable == parameter), None)
    found = estimate(objective, parameter, constraint, observed.working(context))
    context = context.extended(
        variables=found.context.variables, indices=found.context.indices, definitions=found.context.definitions
    )
    losses, mean, context = loss(observed, objective, context)
    sections = [given(observed), product, logs, *found.sections, losses]
    results = {"likelihood": form, "log_likelihood": objective, "estimate": sp.Tuple(*found.estimate), "loss": mean}
    if model.link is not None:
        slopes, slope, context = gradient(mean, model, context)
        sections.append(slopes)
        results["gradient"] = slope
    defined = [d.variable.key for d in context.definitions]
    context = replace(context, variables=tuple(v for v in context.variables if v.key not in defined))
    return Derivation(model.name, context, tuple(sections), results)
