"""The engine: from a model to its derivation, section by section.

Reading order: `sampling` (from one observation to N), `likelihood`, `score`, `estimate` (with `lagrange` and
`newton`), `maximum`, `loss`, `example`; `chain`, `unknowns` and `definedness` are how they write steps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy as sp
from sympy.core.function import Application

from derive.algebra import codec
from derive.algebra.binding import free_symbols
from derive.algebra.context import Context
from derive.algebra.naming import readable
from derive.derivation import Derivation, Section, Step
from derive.families import is_shipped
from derive.model import Model
from derive.strategy.estimate import Estimate, Found, Search
from derive.strategy.information import fisher, hessian
from derive.strategy.likelihood import given, likelihood_section, log_likelihood
from derive.strategy.loss import gradient, loss_section
from derive.strategy.maximum import maximum_section
from derive.strategy.normalisation import check_total
from derive.strategy.posterior import log_posterior, recognised
from derive.strategy.sampling import Sample, UnsupportedSupportError, sample
from derive.strategy.score import scores
from derive.strategy.sufficient import sufficient_section
from derive.strategy.unknowns import entry, hat, hatted, put_in, ranges
from derive.strategy.vector import in_matrices

__all__ = ["Solved", "UnsupportedModelError", "derivation", "solve_for_estimate"]


class UnsupportedModelError(ValueError):
    """A model that states more than the engine can derive and check so far: what, in one line."""


#: The functions that can be differentiated, checked and saved, and their names in SymPy.
FUNCTIONS = frozenset(codec.FUNCTIONS.values())
NAMES = sorted(f.__name__ for f in FUNCTIONS)

#: Names that derivations give to what they introduce: likelihood, loss, Lagrangian, directions, sizes.
RESERVED = {"L", "E", "P", "Lambda", "v", "u", "N"}


@dataclass(frozen=True)
class Solved:
    """A model as far as its estimate: what was observed, the sections up to there, and what they found.

    `objective` is what is maximised (log L, or log P with a prior); `context` knows all names, in `working` counts are
    data of their own.
    """

    observed: Sample
    sections: tuple[Section, ...]
    results: dict[str, sp.Basic]
    objective: sp.Expr
    estimate: Estimate
    context: Context
    working: Context


def solve_for_estimate(model: Model) -> Solved:
    """Given, likelihood, log-likelihood (with the prior, where there is one), score and estimate."""
    _refuse_unsupported(model)
    try:
        observed = sample(model)
    except UnsupportedSupportError as error:
        raise UnsupportedModelError(f"model {model.name!r}: {error}") from None
    product, form, context = likelihood_section(observed)
    logs, objective = log_likelihood(form, observed)
    results: dict[str, sp.Basic] = {"likelihood": form, "log_likelihood": objective}
    if model.prior is not None:
        more, objective, named = log_posterior(form, objective, model, observed.working(observed.context))
        logs = replace(logs, steps=(*logs.steps, *more))
        context = context.extended(definitions=[named])
        results["log_posterior"] = objective
    indices = [r for parameter in observed.parameters for r in ranges(parameter)]
    context, working = context.extended(indices=indices), observed.working(context).extended(indices=indices)
    score, slopes = scores(objective, observed.parameters, model, working)
    estimate = Search(objective, slopes, model, working).run()
    results["score"] = sp.Tuple(
        *(sp.Eq(sp.Derivative(objective, entry(p)), s, evaluate=False) for p, s in slopes.items())
    )
    results["estimate"] = sp.Tuple(*(_result(f, estimate) for f in estimate.found))
    sections = (given(observed), product, logs, score, estimate.section)
    return Solved(observed, sections, results, objective, estimate, context, working)


def derivation(model: Model) -> Derivation:
    """The whole line: as far as the estimate, why it is a maximum, loss, gradient, second order, statistics."""
    solved = solve_for_estimate(model)
    observed, objective, working = solved.observed, solved.objective, solved.working
    best, directions, renamed = maximum_section(objective, solved.estimate, model, solved.estimate.context)
    partly = [hatted(f.parameter) for f in solved.estimate.found if f.kind == "given the rest"]
    context = solved.context.extended(
        variables=[*solved.estimate.context.variables, *directions, *partly],
        definitions=[*solved.estimate.context.definitions, *solved.estimate.definitions, *renamed],
    )
    posterior, context = _posterior(solved, context)
    log_of_data = solved.results["log_likelihood"]
    bend, seconds = hessian(objective, observed, working)
    statistics, enough, definitions = sufficient_section(log_of_data, observed, working)
    context = context.extended(definitions=definitions)
    information, means = fisher(log_of_data, observed, working)
    losses, mean, context = loss_section(observed, objective, context)
    slopes, slope, context = gradient(mean, model, context)
    matrices, context = in_matrices(model, mean, slope, context)
    first, product, logs, *rest = solved.sections
    sections = [first, product, replace(logs, steps=(*logs.steps, *posterior)), *rest, best, losses, slopes]
    sections += [s for s in (bend, statistics, information, matrices) if s.steps or s.note]
    more = {"loss": mean, "gradient": slope, "hessian": seconds, "sufficient": enough, "fisher": means}
    results = solved.results | {name: value for name, value in more.items() if name != "fisher" or value}
    defined = [d.variable.key for d in context.definitions]
    context = replace(context, variables=tuple(v for v in context.variables if v.key not in defined))
    return Derivation(model.name, context, tuple(sections), results)


def _posterior(solved: Solved, context: Context) -> tuple[list[Step], Context]:
    """With a prior: what the posterior is recognised as."""
    observed, steps = solved.observed, []
    for parameter in observed.parameters if observed.model.prior is not None else ():
        more, definitions = recognised(solved.objective, observed.model, parameter, observed.working(context))
        steps += more
        context = context.extended(definitions=definitions)
    return steps, context


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
