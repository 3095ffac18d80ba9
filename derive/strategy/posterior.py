"""With a prior: the posterior up to a factor takes the place of the likelihood, and is recognised where it can be.

A prior is conjugate where the posterior is of its own kind: with other values a′, b′ of its constants its logarithm
has the same derivatives as log L + log prior. Source: Bishop, Pattern Recognition and Machine Learning (2006), 2.1–2.3.
"""

from __future__ import annotations

import sympy as sp

from derive.algebra import rational
from derive.algebra.binding import depends_on, entries, substitute, substitute_array
from derive.algebra.calculus import derivative
from derive.algebra.context import NONNEGATIVE, Context, Definition, Domain, Variable
from derive.algebra.naming import readable
from derive.algebra.normal_form import normal
from derive.algebra.solving import Statistics
from derive.derivation import Step
from derive.model import Model
from derive.strategy.chain import Chain, define
from derive.strategy.likelihood import LIKELIHOOD, LOG_RULES
from derive.strategy.score import DERIVATIVE_RULES
from derive.strategy.unknowns import entry

#: The posterior as a name, up to a factor that is free of the parameters.
POSTERIOR = Variable(sp.Symbol("P", **NONNEGATIVE.assumptions()), NONNEGATIVE)


def log_posterior(
    likelihood: sp.Expr, log_likelihood: sp.Expr, model: Model, context: Context
) -> tuple[list[Step], sp.Expr, Definition]:
    """log P = log L + log prior by the rules of the logarithm, and the definition of P."""
    assert model.prior is not None, "without a prior there is no posterior"
    definition = Definition(POSTERIOR, (), LIKELIHOOD.base * model.prior)
    named = context.extended(definitions=[Definition(LIKELIHOOD, (), likelihood), definition])
    chain = Chain(sp.log(POSTERIOR.base), named.without(LIKELIHOOD.key))
    chain.step(sp.log(LIKELIHOOD.base) + sp.log(model.prior), "log_posterior")
    prior = Chain(sp.log(model.prior), context).apply_all(*LOG_RULES)
    chain.step(sp.log(LIKELIHOOD.base) + prior.current, prior.steps[-1].rule if prior.steps else "log_posterior")
    chain.context = named
    chain.step(log_likelihood + prior.current, "log_likelihood_put_in")
    steps = [define(POSTERIOR.base, definition.value, "posterior", named), *chain.steps]
    return steps, chain.current, definition


def recognised(
    objective: sp.Expr, model: Model, parameter: Variable, context: Context
) -> tuple[list[Step], list[Definition]]:
    """The constants of the prior that make it the posterior, and that the derivatives agree; nothing where none do."""
    prior = Chain(sp.log(model.prior), context).apply_all(*LOG_RULES).current
    constants = [v for v in model.known if depends_on(model.prior, _some(v))]
    updated = {v: _primed(v) for v in constants}
    swapped = prior
    for old, new in updated.items():
        swapped = _renamed(swapped, old, new)
    unknown = entry(parameter)
    statistics = Statistics(unknown, context.extended(variables=updated.values()))
    difference = derivative(swapped, unknown) - derivative(objective, unknown)
    form = statistics.hide(normal(statistics.hide(difference), statistics.context))
    plain, u = rational.numerator(form), sp.Dummy("u", positive=True)
    names = {entry(new): sp.Dummy(new.name, **new.domain.assumptions()) for new in updated.values()}
    plain = plain.xreplace({unknown: u}).xreplace(names)
    if depends_on(plain, unknown) or any(
        key.name in {n.name for n in updated.values()} for key in entries(plain) if isinstance(key, sp.Indexed)
    ):
        return [], []
    try:
        equations = sp.Poly(plain, u).coeffs()
        found = sp.solve(equations, list(names.values()), dict=True)
    except (sp.PolynomialError, NotImplementedError):
        return [], []
    if len(found) != 1 or set(found[0]) != set(names.values()):
        return [], []
    definitions = []
    for new in updated.values():
        value = readable(statistics.show(sp.factor_terms(sp.together(found[0][names[entry(new)]]))))
        definitions.append(Definition(new, tuple(getattr(entry(new), "indices", ())), value))
    inner = context.extended(definitions=definitions)
    chain = Chain(sp.Derivative(objective, unknown), inner).apply_all(*DERIVATIVE_RULES)
    chain.step(sp.Derivative(swapped, unknown), "conjugate")
    return [*(define(d.head, d.value, "updated", inner) for d in definitions), *chain.steps], definitions


def _some(variable: Variable) -> sp.Expr:
    return variable.base[(sp.S.One,) * variable.rank] if variable.axes else variable.base


def _primed(variable: Variable) -> Variable:
    """a′: the same constant after the data; of an integer or bounded one only the lower end is kept."""
    name = f"{variable.name}_new"
    domain = variable.domain if not variable.domain.integer else Domain("positive", lower=sp.S.Zero)
    base = sp.IndexedBase if variable.axes else sp.Symbol
    return Variable(base(name, **domain.assumptions()), domain, variable.axes)


def _renamed(expr: sp.Expr, old: Variable, new: Variable) -> sp.Expr:
    if not old.axes:
        return substitute(expr, {old.base: new.base})
    indices = tuple(sp.Dummy(integer=True) for _ in old.axes)
    return substitute_array(expr, old.key, indices, new.base[indices])
