"""From one observation to N: the arrays of a model get one more index, and the context says what they satisfy."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.binding import substitute_array
from derive.algebra.context import (
    COUNT,
    NONNEGATIVE,
    POSITIVE,
    POSITIVE_INTEGER,
    REAL,
    Context,
    Definition,
    Domain,
    SumFact,
    Variable,
    index,
    index_names,
    size,
)
from derive.algebra.naming import readable
from derive.algebra.order import Largest, OrderStatistic, Smallest
from derive.model import Model

N = size("N")
SAMPLE = index("i")


class UnsupportedSupportError(ValueError):
    """A support whose ends depend on the parameters in a way that is not known to the engine."""


@dataclass(frozen=True)
class Sample:
    """A model with N observations.

    `data` is the array of all observations, `parameters` are the unknowns with the domains that the data leave them,
    `density` is the density of observation i, `context` what may be assumed;
    `count` names Σ_i x_{i…} where an observation is an array (how often each class came), else None; `total` is what
    the counts add up to.
    """

    model: Model
    data: Variable
    parameters: tuple[Variable, ...]
    density: sp.Expr
    count: Definition | None
    total: SumFact | None
    context: Context

    def working(self, context: Context) -> Context:
        """A context in which the counts are data of their own: the names stay, their total is known."""
        if self.count is None:
            return context
        return context.without(self.count.variable.key).extended(facts=[self.total] if self.total else [])


def lift(variable: Variable) -> Variable:
    """The same variable with one row a sample: t_k becomes t_{ik}."""
    return Variable(
        sp.IndexedBase(variable.name, **variable.domain.assumptions()), variable.domain, (N, *variable.axes)
    )


def per_sample(expr: sp.Expr, variable: Variable, lifted: Variable) -> sp.Expr:
    """An expression about one observation, read as one about sample i."""
    indices = tuple(sp.Dummy(integer=True) for _ in variable.axes)
    result = substitute_array(expr, variable.key, indices, lifted.base[(SAMPLE, *indices)])
    return readable(result, taken=(SAMPLE,))


def sample(model: Model) -> Sample:
    """N independent observations of a model."""
    data = lift(model.data)
    density = per_sample(model.density, model.data, data)
    facts = [SumFact(data, fact.axis + 1, fact.total) for fact in model.data_facts]
    observed, parameters, hypotheses = _support(data, model)
    given = [lift(variable) for variable in model.given]
    context = Context(
        sizes=(N, *model.sizes, *(v.base for v in model.known if v.domain == POSITIVE_INTEGER)),
        variables=(observed, *parameters, *given, *(v for v in model.known if v.domain != POSITIVE_INTEGER)),
        facts=(*(replace(f, variable=observed) for f in facts), *model.constraints),
        hypotheses=hypotheses,
    )
    for variable, row in zip(model.given, given, strict=True):
        density = per_sample(density, variable, row)
    data = observed
    count = _count(model, data)
    total = None
    if count is not None:
        context = context.extended(definitions=[count])
        if len(model.data_facts) == 1:
            total = SumFact(count.variable, model.data_facts[0].axis, N * model.data_facts[0].total)
    return Sample(model, data, parameters, density, count, total, context)


def _support(data: Variable, model: Model) -> tuple[Variable, tuple[Variable, ...], tuple[Relational, ...]]:
    """A support that ends at a parameter (x ≤ θ) says, once the data are seen, where that parameter can lie.

    The likelihood is 0 for θ < max x_i; so the data are declared without that end, and θ from max x_i on.
    """
    domain, parameters = data.domain, {p.base: p for p in model.parameters}
    entry, hypotheses = data.base[SAMPLE], []
    for end, statistic, is_open in (
        (domain.lower, Smallest(entry, (SAMPLE, 1, N)), domain.lower_open),
        (domain.upper, Largest(entry, (SAMPLE, 1, N)), domain.upper_open),
    ):
        if end not in parameters:
            if end.free_symbols & parameters.keys():
                raise UnsupportedSupportError(f"its support ends at {end}; an end must be a parameter or free of them")
            continue
        parameter, own = parameters[end], parameters[end].domain
        name = f"{own.name}, bounded by the data"
        if end == domain.lower:
            domain = replace(domain, name=own.name, lower=own.lower, lower_open=own.lower_open)
            own = replace(own, name=name, upper=statistic, upper_open=is_open)
        else:
            domain = replace(domain, name=own.name, upper=own.upper, upper_open=own.upper_open)
            own = replace(own, name=name, lower=statistic, lower_open=is_open)
        if parameter.domain == POSITIVE:
            hypotheses.append(sp.StrictGreaterThan(parameter.base, 0, evaluate=False))
        parameters[end] = replace(parameter, domain=own)
    if domain != data.domain:
        domain = next((d for d in (POSITIVE, NONNEGATIVE, REAL) if _same_ends(d, domain)), domain)
        data = replace(data, domain=domain)
    return data, tuple(parameters.values()), tuple(hypotheses)


def is_bounded_by_data(parameter: Variable) -> bool:
    """Whether an end of what the data leave of a parameter's domain is one of the data: max x_i ≤ θ."""
    return any(end.has(OrderStatistic) for end in (parameter.domain.lower, parameter.domain.upper))


def _same_ends(first: Domain, second: Domain) -> bool:
    names = ("lower", "upper", "lower_open", "upper_open", "integer")
    return all(getattr(first, name) == getattr(second, name) for name in names)


def _count(model: Model, data: Variable) -> Definition | None:
    if not model.data.axes or not model.data.domain.integer or model.data.domain.lower != 0:
        return None
    indices = index_names(model.data.axes)
    counts = Variable(sp.IndexedBase(model.data.name, **COUNT.assumptions()), COUNT, model.data.axes)
    return Definition(counts, indices, sp.Sum(data.base[(SAMPLE, *indices)], (SAMPLE, 1, N)))
