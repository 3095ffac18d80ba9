"""The engine: from a model to its derivation, section by section.

Reading order: `sampling` (from one observation to N), `likelihood`, `maximum_likelihood`, `loss`, `example`; `chain`
and `definedness` are how they write steps.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derive.algebra.binding import free_symbols
from derive.algebra.normal import are_equal
from derive.algebra.solve import NoClosedFormError
from derive.derivation import Derivation
from derive.model import Model
from derive.strategy.likelihood import given, likelihood, log_likelihood, normalisation
from derive.strategy.loss import gradient, loss
from derive.strategy.maximum_likelihood import NotConcaveError, estimate
from derive.strategy.sampling import sample

__all__ = ["UnsupportedModelError", "derivation"]


class UnsupportedModelError(ValueError):
    """A model that states more than the engine can derive and check so far: what, in one line."""


#: Names that derivations give to what they introduce: likelihood, loss, Lagrangian, multiplier, direction, sizes.
RESERVED = {"L", "E", "Lambda", "lambda", "v", "N"}


def derivation(model: Model) -> Derivation:
    """The whole line: given, likelihood, log-likelihood, score, estimate, maximum, loss, gradient."""
    _refuse_unsupported(model)
    observed = sample(model)
    product, form, context = likelihood(observed)
    logs, objective = log_likelihood(form, observed)
    (parameter,) = model.parameters
    constraint = next((f for f in model.constraints if f.variable == parameter), None)
    try:
        found = estimate(objective, parameter, constraint, observed.working(context))
    except (NoClosedFormError, NotConcaveError) as error:
        raise UnsupportedModelError(f"model {model.name!r}: no estimate can be given, {error}") from None
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


def _refuse_unsupported(model: Model) -> None:
    """Say in one line what a model states that cannot be derived yet; UnsupportedModelError then."""
    known = {model.data.name, *(p.name for p in model.parameters), *(s.name for s in model.sizes)}
    unknown = sorted(s.name for s in free_symbols(model.density) if s.name not in known)
    taken = sorted(RESERVED & known)
    fault = ""
    if unknown:
        fault = f"its density holds {', '.join(unknown)}, which it does not declare"
    elif taken:
        fault = f"the name {taken[0]} is one that derivations need; choose another"
    elif len(model.parameters) != 1 or len(model.constraints) > 1 or len(model.parameters[0].axes) > 1:
        fault = "one parameter with at most one constraint can be estimated so far"
    else:
        observed = sample(model)
        totals = normalisation(observed)
        if not totals:
            fault = "that the density adds up to 1 can be checked so far for data that are 0 or 1 only"
        elif not are_equal(totals[0].before, totals[0].after, observed.context):
            fault = "that the density adds up to 1 over its values could not be shown"
    if fault:
        raise UnsupportedModelError(f"model {model.name!r}: {fault}")
