"""The engine: from a model to its derivation, section by section.

Reading order: `sampling` (from one observation to N), `likelihood`, `score`, `estimate` (with `lagrange` and
`newton`), `maximum`, `loss`, `example`; `chain`, `unknowns` and `definedness` are how they write steps.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp
from sympy.core.function import Application

from derive.algebra import codec
from derive.algebra.binding import free_symbols
from derive.algebra.naming import readable
from derive.derivation import Derivation
from derive.families import is_shipped
from derive.model import Model
from derive.strategy.estimate import Estimate, Found, Search
from derive.strategy.information import fisher, hessian
from derive.strategy.likelihood import given, likelihood_section, log_likelihood
from derive.strategy.loss import gradient, loss_section
from derive.strategy.maximum import maximum_section
from derive.strategy.normalisation import check_total
from derive.strategy.posterior import log_posterior, recognised
from derive.strategy.sampling import UnsupportedSupportError, sample
from derive.strategy.score import scores
from derive.strategy.sufficient import sufficient_section
from derive.strategy.unknowns import entry, hat, hatted, put_in, ranges
from derive.strategy.vector import in_matrices

__all__ = ["UnsupportedModelError", "derivation"]


class UnsupportedModelError(ValueError):
    """A model that states more than the engine can derive and check so far: what, in one line."""


#: The functions that can be differentiated, checked and saved, and their names in SymPy.
FUNCTIONS = frozenset(codec.FUNCTIONS.values())
NAMES = sorted(f.__name__ for f in FUNCTIONS)

#: Names that derivations give to what they introduce: likelihood, loss, Lagrangian, directions, sizes.
RESERVED = {"L", "E", "P", "Lambda", "v", "u", "N"}


def derivation(model: Model) -> Derivation:
    """The whole line: given, likelihood, log-likelihood, score, estimate, maximum, loss, gradient."""
    _refuse_unsupported(model)
    try:
        observed = sample(model)
    except UnsupportedSupportError as error:
        raise UnsupportedModelError(f"model {model.name!r}: {error}") from None
    product, form, context = likelihood_section(observed)
    logs, objective = log_likelihood(form, observed)
    results = {"likelihood": form, "log_likelihood": objective}
    if model.prior is not None:
        more, objective, named = log_posterior(form, objective, model, observed.working(observed.context))
        logs = replace(logs, steps=(*logs.steps, *more))
        context = context.extended(definitions=[named])
        results["log_posterior"] = objective
    working = observed.working(context)
    for parameter in observed.parameters:
        context = context.extended(indices=ranges(parameter))
        working = working.extended(indices=ranges(parameter))
    score, slopes = scores(objective, observed.parameters, model, working)
    estimate = Search(objective, slopes, model, working).run()
    bend, seconds = hessian(objective, observed, working)
    best, directions = maximum_section(objective, estimate, model, estimate.context)
    context = context.extended(
        variables=[*estimate.context.variables, *directions],
        definitions=[*estimate.context.definitions, *estimate.definitions],
    )
    if model.prior is not None:
        for parameter in observed.parameters:
            more, definitions = recognised(objective, model, parameter, observed.working(context))
            logs = replace(logs, steps=(*logs.steps, *more))
            context = context.extended(definitions=definitions)
    statistics, enough, context_with_statistics = sufficient_section(results["log_likelihood"], observed, working)
    context = context.extended(
        definitions=[d for d in context_with_statistics.definitions if d not in context.definitions]
    )
    information, means = fisher(results["log_likelihood"], observed, working)
    losses, mean, context = loss_section(observed, objective, context)
    slope_section, slope, context = gradient(mean, model, context)
    matrices, context = in_matrices(model, mean, slope, context)
    sections = [given(observed), product, logs, score, estimate.section, best, losses, slope_section]
    sections += [s for s in (bend, statistics, information, matrices) if s.steps or s.note]
    results |= {
        "score": sp.Tuple(*(sp.Eq(sp.Derivative(objective, entry(p)), s, evaluate=False) for p, s in slopes.items())),
        "estimate": sp.Tuple(*(_result(f, estimate) for f in estimate.found)),
        "loss": mean,
        "gradient": slope,
        "hessian": seconds,
        "sufficient": enough,
    }
    if means:
        results["fisher"] = means
    defined = [d.variable.key for d in context.definitions]
    context = replace(context, variables=tuple(v for v in context.variables if v.key not in defined))
    return Derivation(model.name, context, tuple(sections), results)


def _result(found: Found, estimate: Estimate) -> sp.Basic:
    """θ̂ = value, or g(θ̂) = 0, with hats on all that is estimated."""
    value = found.value
    for other in estimate.found:
        if other.kind in ("implicit", "given the rest"):
            value = put_in(value, other.parameter, entry(hatted(other.parameter)))
    if found.kind == "implicit":
        return sp.Eq(readable(value), 0, evaluate=False)
    definition = hat(found.parameter, value)
    return sp.Eq(definition.head, readable(definition.value, taken=free_symbols(definition.head)), evaluate=False)


def _refuse_unsupported(model: Model) -> None:
    """Say in one line what a model states that cannot be derived yet; UnsupportedModelError then."""
    variables = (model.data, *model.parameters, *model.known, *model.given)
    known = {*(v.name for v in variables), *(s.name for s in model.sizes)}
    unknown = sorted(s.name for s in free_symbols(model.density) if s.name not in known)
    taken = sorted(RESERVED & known)
    expressions = [e for e in (model.density, model.prior) if e is not None]
    strange = sorted({f.func.__name__ for e in expressions for f in e.atoms(Application) if f.func not in FUNCTIONS})
    fault = ""
    if unknown:
        fault = f"its density holds {', '.join(unknown)}, which it does not declare"
    elif taken:
        fault = f"the name {taken[0]} is one that derivations need; choose another"
    elif strange:
        fault = f"its density holds {strange[0]}, a function that is not known here; known are {', '.join(NAMES)}"
    else:
        fault = "" if is_shipped(model) else check_total(model)  # shipped densities are checked as a step, and by tests
    if fault:
        raise UnsupportedModelError(f"model {model.name!r}: {fault}")
