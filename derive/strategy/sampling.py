"""From one observation to N: the arrays of a model get one more index, and the context says what they satisfy."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derive.algebra.binding import substitute_array
from derive.algebra.context import COUNT, Context, Definition, SumFact, Variable, index, index_names, size
from derive.algebra.naming import readable
from derive.model import Model

N = size("N")
SAMPLE = index("i")


@dataclass(frozen=True)
class Sample:
    """A model with N observations.

    `data` is the array of all observations, `density` the density of observation i, `context` what may be assumed;
    `count` names Σ_i x_{i…} where an observation is an array (how often each class came), else None; `total` is what
    the counts add up to.
    """

    model: Model
    data: Variable
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
    context = Context(sizes=(N, *model.sizes), variables=(data, *model.parameters), facts=(*facts, *model.constraints))
    count = _count(model, data)
    total = None
    if count is not None:
        context = context.extended(definitions=[count])
        if len(model.data_facts) == 1:
            total = SumFact(count.variable, model.data_facts[0].axis, N * model.data_facts[0].total)
    return Sample(model, data, density, count, total, context)


def _count(model: Model, data: Variable) -> Definition | None:
    if not model.data.axes or not model.data.domain.integer or model.data.domain.lower != 0:
        return None
    indices = index_names(model.data.axes)
    counts = Variable(sp.IndexedBase(model.data.name, **COUNT.assumptions()), COUNT, model.data.axes)
    return Definition(counts, indices, sp.Sum(data.base[(SAMPLE, *indices)], (SAMPLE, 1, N)))
