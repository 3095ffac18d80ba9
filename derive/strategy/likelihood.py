"""Given, likelihood, log-likelihood: from the density of one observation to log L of N."""

from __future__ import annotations

import sympy as sp

from derive.algebra.context import BINARY, NONNEGATIVE, Context, Definition, Domain, Variable, array, index_names
from derive.derivation import Section, Step
from derive.strategy.chain import Chain, assume, define
from derive.strategy.normalisation import normalisation_steps
from derive.strategy.sampling import SAMPLE, N, Sample

#: The likelihood as a name: never negative, since it is a probability (density).
LIKELIHOOD = Variable(sp.Symbol("L", **NONNEGATIVE.assumptions()), NONNEGATIVE)

PRODUCT_RULES = (
    "power_of_product",
    "same_base",
    "split_product",
    "product_of_constant",
    "product_of_exponentials",
    "swap_products",
    "product_of_powers",
    "common_exponent",
    "sum_is_linear",
    "by_definition",
)
LOG_RULES = ("log_of_quotient", "log_of_product", "log_of_power", "log_of_exp")


def given(sample: Sample) -> Section:
    """What is given: ranges, constraints, what the data satisfy, and the names for counts."""
    steps: list[Step] = []
    for parameter in sample.model.parameters:
        steps += [assume(r, "range") for r in ranges(parameter)]
    steps += [assume(fact.equation(), "constraint") for fact in sample.model.constraints]
    steps += [assume(r, "range") for r in ranges(sample.data)]
    steps += [assume(f.equation(), "data_fact") for f in sample.context.facts if f.variable == sample.data]
    if sample.count is not None:
        steps.append(define(sample.count.head, sample.count.value, "count", sample.context))
        steps += total_count(sample)
    name = density(sample)
    rule = "probability" if sample.data.domain.integer else "density"
    steps.append(define(name.head, name.value, rule, sample.context))
    return Section("given", (*steps, *normalisation_steps(sample)))


def density(sample: Sample) -> Definition:
    """p_i, the probability (density) of observation i, under a letter that is free.

    A parameter p takes it too, since the loss gives every sample a p_i of its own.
    """
    taken = {v.name for v in sample.context.variables}
    letter = next(name for name in ("p", "f", "g", "h") if name not in taken)
    return Definition(array(letter, [N], NONNEGATIVE), (SAMPLE,), sample.density)


def ranges(variable: Variable) -> list[sp.Rel]:
    """The range of a variable as inequalities: y_k ≥ 0, or θ ≥ 0 and θ ≤ 1."""
    entry = variable.base[index_names(variable.axes)] if variable.axes else variable.base
    if variable.domain == BINARY:
        return [sp.Contains(entry, sp.FiniteSet(0, 1), evaluate=False)]
    return [r for r in (_bound(entry, variable.domain, low) for low in (True, False)) if r is not None]


def _bound(entry: sp.Expr, domain: Domain, low: bool) -> sp.Rel | None:
    end, is_open = (domain.lower, domain.lower_open) if low else (domain.upper, domain.upper_open)
    if not end.is_finite:
        return None
    relations = {
        (True, True): sp.StrictGreaterThan,
        (True, False): sp.GreaterThan,
        (False, True): sp.StrictLessThan,
        (False, False): sp.LessThan,
    }
    return relations[low, is_open](entry, end, evaluate=False)


def total_count(sample: Sample) -> list[Step]:
    """Σ_k t_k = N, from Σ_k t_{ik} = 1."""
    if sample.count is None or sample.total is None:
        return []
    indices = sample.count.indices
    limits = (indices[sample.total.axis], *sample.total.limits)
    chain = Chain(sp.Sum(sample.count.head, limits), sample.context)
    inner = sp.Sum(sample.count.value.function, limits, (SAMPLE, 1, N))
    return chain.step(inner, "count").apply_all("known_sum", "sum_of_constant").steps


def likelihood_section(sample: Sample) -> tuple[Section, sp.Expr, Context]:
    """L = Π_i p(x_i), brought to its shortest form; the context then knows the name L."""
    each = density(sample)
    product = sp.Product(each.head, (SAMPLE, 1, N))
    context = sample.context.extended(definitions=[each, Definition(LIKELIHOOD, (), product)])
    chain = Chain(product, sample.context.extended(variables=[each.variable]))
    chain.step(sp.Product(each.value, (SAMPLE, 1, N)), "by_definition").apply_all(*PRODUCT_RULES)
    rule = "independence" if sample.data.domain.integer else "independent_densities"
    steps = [define(LIKELIHOOD.base, product, rule, context), *chain.steps]
    return Section("likelihood", tuple(steps)), chain.current, context


def log_likelihood(form: sp.Expr, sample: Sample) -> tuple[Section, sp.Expr]:
    """log L from the last form of L, by the rules of the logarithm."""
    named = Definition(LIKELIHOOD, (), form)
    chain = Chain(sp.log(LIKELIHOOD.base), sample.working(sample.context).extended(definitions=[named]))
    chain.step(sp.log(form), "log_likelihood")
    chain.apply_all(*LOG_RULES).apply_all("known_sum", "constant_factor")
    return Section("log_likelihood", tuple(chain.steps)), chain.current
