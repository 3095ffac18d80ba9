"""Second derivatives of the log-likelihood, and the Fisher information, which is minus their mean.

Source: Lehmann and Casella, Theory of Point Estimation (1998), section 2.5.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations_with_replacement

import sympy as sp

from derive.algebra.binding import depends_on, rebuild, substitute_array
from derive.algebra.budgets import OutOfTimeError, budget
from derive.algebra.calculus import NotDifferentiableError, derivative
from derive.algebra.context import BINARY, Context, Variable, index
from derive.algebra.naming import readable
from derive.algebra.normal_form import TooLargeError, normal
from derive.algebra.rational import factored, fraction
from derive.algebra.signs import POSITIVE, sign
from derive.derivation import Section, Step
from derive.model import Model
from derive.strategy.chain import Chain
from derive.strategy.likelihood import LOG_RULES
from derive.strategy.normalisation import over
from derive.strategy.sampling import SAMPLE, N, Sample, is_bounded_by_data, lift, per_sample
from derive.strategy.score import DERIVATIVE_RULES
from derive.strategy.unknowns import entry

#: Longer second derivatives are not integrated.
MAX_OPERATIONS = 60


def hessian(log_likelihood: sp.Expr, sample: Sample, context: Context) -> tuple[Section, sp.Tuple]:
    """∂² log L/∂θ∂θ′ for every pair of parameters."""
    steps: list[Step] = []
    found = []
    for first, second in _pairs(sample):
        place = (entry(first), entry(second, second=bool(second.axes)))
        chain = Chain(sp.Derivative(log_likelihood, *place), context)
        try:
            chain.apply_all(*DERIVATIVE_RULES)
        except NotDifferentiableError:
            continue
        steps += chain.steps
        found.append(sp.Eq(sp.Derivative(log_likelihood, *place), chain.current, evaluate=False))
    return Section("hessian", tuple(steps)), sp.Tuple(*found)


def _pairs(sample: Sample) -> list[tuple[Variable, Variable]]:
    smooth = [p for p in sample.parameters if not p.domain.definite]
    return list(combinations_with_replacement(smooth, 2))


def fisher(log_likelihood: sp.Expr, sample: Sample, context: Context) -> tuple[Section, sp.Tuple]:
    """−E ∂² log L/∂θ∂θ′ where it has a closed form; the entries that have none, or are not regular, are left out."""
    model = sample.model
    regular = [p for p in sample.parameters if not is_bounded_by_data(p)]
    own = Context(
        sizes=context.sizes,
        variables=(*model.parameters, *model.known, *model.given),
        facts=tuple(model.constraints),
        indices=context.indices,
    )
    log_density = Chain(sp.log(model.density), own.extended(variables=[model.data])).apply_all(*LOG_RULES).current
    steps: list[Step] = []
    found, missing = [], len(regular) < len(sample.parameters)
    for first, second in _pairs(sample):
        if first not in regular or second not in regular:
            continue
        unknowns = (entry(first), entry(second, second=bool(second.axes)))
        chain = _mean(log_density, unknowns, model, context)
        if chain is None:
            missing = True
            continue
        if not chain.steps:  # no data in the second derivative: it is its own mean
            chain = Chain(-sp.Derivative(log_likelihood, *unknowns), context)
            chain.apply_all(*DERIVATIVE_RULES, "common_denominator")
            chain.steps[-1:] = [replace(last, rule="information_constant") for last in chain.steps[-1:]]
        steps += chain.steps
        found.append(chain.current)
    note = "fisher_not_all" if missing and steps else "fisher_not_closed" if missing else ""
    return Section("fisher", tuple(steps), note), sp.Tuple(*found)


def _mean(log_density: sp.Expr, unknowns: tuple[sp.Expr, ...], model: Model, context: Context) -> Chain | None:
    """One entry of the information; None where no closed form is found or the density is not smooth enough."""
    try:
        body, rule = _information(log_density, unknowns)
        if body.count_ops() > MAX_OPERATIONS:
            return None
        whole = _expected(body, model)
        if whole is None:
            return None
        chain = Chain(_over_samples(whole, model), context).apply_all("delta_collapse")
        with budget(SECONDS):
            value = readable(normal(chain.current, context), taken=context.declared)
    except (TooLargeError, NotImplementedError, NotDifferentiableError, OutOfTimeError):
        return None
    if value.has(sp.Integral) or any(limit[2] == sp.oo for s in value.atoms(sp.Sum) for limit in s.limits):
        return None
    value = _shortest(value, context)
    if whole == body:  # no data in it
        return Chain(value, context)
    return chain.step(value, rule)


def _information(log_density: sp.Expr, unknowns: tuple[sp.Expr, ...]) -> tuple[sp.Expr, str]:
    """What the information is the mean of, and the rule that says so.

    Minus the second derivative; where the density has a kink that moves with the parameter, the product of the scores,
    which is what the information is by definition.
    """
    first, second = unknowns
    if log_density.has(sp.Abs):
        return derivative(log_density, first) * derivative(log_density, second), "information_of_scores"
    return -derivative(derivative(log_density, first), second), "information"


def _shortest(value: sp.Expr, context: Context) -> sp.Expr:
    """A normal form as people write it: powers as powers, one fraction, positive factors, as short as may be."""
    plain = _powers(value)
    top, bottom = fraction(plain)
    ways = (plain, sp.factor_terms(plain), top / bottom, factored(top) / factored(bottom))
    best = min(ways, key=lambda way: (way.is_Add, way.count_ops(), str(way)))
    factors = []
    for factor in sp.Mul.make_args(best):
        base, exponent = factor.as_base_exp()
        turned = base.is_Add and exponent.is_Integer and not sign(base, context) & POSITIVE
        factors += [sp.S.NegativeOne**exponent, sp.expand(-base) ** exponent] if turned else [factor]
    return sp.Mul(*factors)


def _powers(expr: sp.Expr) -> sp.Expr:
    """e^{c log b + r} as b^c · e^r, and e^{log Γ(a)} as Γ(a)."""
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    if isinstance(expr, sp.exp):
        factors = []
        for term in sp.Add.make_args(expr.args[0]):
            logs = [f for f in sp.Mul.make_args(term) if isinstance(f, (sp.log, sp.loggamma))]
            if len(logs) == 1:
                (found,) = logs
                base = _powers(found.args[0]) if isinstance(found, sp.log) else sp.gamma(_powers(found.args[0]))
                factors.append(base ** _powers(term / found))
            else:
                factors.append(sp.exp(_powers(term)))
        return sp.Mul(*factors)
    return rebuild(expr, tuple(_powers(a) for a in expr.args))


#: Time for one mean.
SECONDS = 2.0


def _expected(body: sp.Expr, model: Model) -> sp.Expr | None:
    """E f(x) as one sum or integral over the support; the body itself where the data do not enter."""
    data = model.data
    some = data.base[(sp.S.One,) * data.rank] if data.axes else data.base
    if not depends_on(body, some):
        return body
    if not data.axes:
        return over(body * model.density, data)
    if data.domain == BINARY and len(data.axes) == 1 and model.data_facts:
        row, column = index("_row"), index("_column")
        one_hot = sp.KroneckerDelta(column, row)
        weighted = substitute_array(body * model.density, data.key, (row,), one_hot)
        return sp.Sum(weighted, (column, 1, data.axes[0]))
    return None


def _over_samples(whole: sp.Expr, model: Model) -> sp.Expr:
    """N times the mean of one observation; with inputs of their own, the sum over the samples."""
    if not model.given:
        return N * whole
    for variable in model.given:
        whole = per_sample(whole, variable, lift(variable))
    return sp.Sum(whole, (SAMPLE, 1, N))
