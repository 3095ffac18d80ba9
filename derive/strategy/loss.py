"""Loss and gradient: the mean negative log-likelihood of N predictions, and its gradient through the link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from derive.algebra.binding import substitute, substitute_array
from derive.algebra.context import REAL, Context, Definition, IndexRange, SumFact, Variable, array, index, scalar
from derive.algebra.naming import readable
from derive.derivation import Section
from derive.model import Model
from derive.strategy.chain import Chain, define
from derive.strategy.likelihood import LIKELIHOOD, LOG_RULES
from derive.strategy.matrices import concerns, matrix_score
from derive.strategy.posterior import POSTERIOR
from derive.strategy.sampling import SAMPLE, N, Sample, lift, per_sample
from derive.strategy.score import DERIVATIVE_RULES
from derive.strategy.unknowns import entry, ranges

COLUMN = index("j")
LOSS = scalar("E", REAL)
SAMPLE_LOSS = array("E", [N], REAL)


def row_of(context: Context) -> sp.Symbol:
    """The index of one sample among N: n, unless the model calls something else so."""
    taken = {s.name for s in context.sizes} | {v.name for v in context.variables}
    return next(index(c) for c in "nhgq" if c not in taken)


def loss_section(sample: Sample, log_likelihood: sp.Expr, context: Context) -> tuple[Section, sp.Expr, Context]:
    """−log L and the mean over the samples: with a link each sample has its own prediction, without one all share θ."""
    whole_name, negated, put_in = LIKELIHOOD.base, "negative_log_likelihood", "log_likelihood_put_in"
    if sample.model.prior is not None:
        whole_name, negated, put_in = POSTERIOR.base, "negative_log_posterior", "log_posterior_put_in"
    total = Chain(-sp.log(whole_name), sample.working(context))
    negative = sp.Add(*(-term for term in sp.Add.make_args(log_likelihood)))
    total.step(negative, negated)
    if sample.model.link is None:
        mean = Definition(LOSS, (), -sp.log(whole_name) / N)
        context = context.extended(definitions=[mean])
        whole = Chain(mean.value, sample.working(context))
        whole.step(sp.Add(*(term / N for term in sp.Add.make_args(negative))), put_in)
        steps = (*total.steps, define(LOSS.base, mean.value, "mean_loss", context), *whole.steps)
        return Section("loss", steps), whole.current, context

    density = sample.density
    for parameter in sample.model.parameters:
        row = lift(parameter)
        density = per_sample(density, parameter, row)
        facts = [SumFact(row, f.axis + 1, f.total) for f in sample.model.constraints if f.variable == parameter]
        context = context.extended(variables=[row], facts=facts)
    one = row_of(context)
    context = context.extended(indices=[IndexRange(one, sp.S.One, N)])
    each = Chain(substitute(-sp.log(density), {SAMPLE: one}), context)
    head = Definition(SAMPLE_LOSS, (one,), each.current)
    start = define(head.head, head.value, "sample_loss", context.extended(definitions=[head]))
    each.apply_all(*LOG_RULES)

    mean = Definition(LOSS, (), sp.Sum(SAMPLE_LOSS.base[SAMPLE], (SAMPLE, 1, N)) / N)
    context = context.extended(definitions=[head, mean])
    whole = Chain(mean.value, context)
    whole.step(sp.Sum(substitute(each.current, {one: SAMPLE}), (SAMPLE, 1, N)) / N, "by_definition")
    whole.apply_all("constant_factor")
    steps = (*total.steps, start, *each.steps, define(LOSS.base, mean.value, "mean_loss", context), *whole.steps)
    return Section("loss", steps), whole.current, context


def gradient(loss: sp.Expr, model: Model, context: Context) -> tuple[Section, sp.Basic, Context]:
    """The gradient of the loss: through the link where there is one, else by the parameters."""
    if model.link is None:
        return _by_parameters(loss, model.parameters, context)
    section, slope, context = _through_link(loss, model, context)
    others = [lift(p) for p in model.parameters if p.key != model.link.parameter.key]
    if not others:
        return section, slope, context
    rest, slopes, context = _by_parameters(loss, others, context)
    inputs = lift(model.link.input)
    entry_ = inputs.base[(row_of(context), COLUMN)[: inputs.rank]]
    both = sp.Tuple(sp.Eq(sp.Derivative(LOSS.base, entry_), slope, evaluate=False), *slopes)
    return Section("gradient", (*section.steps, *rest.steps)), both, context


def _by_parameters(
    loss: sp.Expr, parameters: Sequence[Variable], context: Context
) -> tuple[Section, sp.Tuple, Context]:
    """∂E/∂θ for every parameter, as equations."""
    steps, slopes = [], []
    unfolded = context.without(LOSS.key, SAMPLE_LOSS.key)
    for parameter in parameters:
        each = (row_of(context), COLUMN)[: parameter.rank]
        letters = each if parameter.axes and parameter.axes[0] == N else None
        unknown = parameter.base[letters] if letters else entry(parameter)
        own = ranges(parameter)
        if letters:
            own = [IndexRange(s, sp.S.One, size) for s, size in zip(letters, parameter.axes, strict=True)]
        context, unfolded = context.extended(indices=own), unfolded.extended(indices=own)
        if concerns(loss, parameter) and not letters:
            chain = matrix_score(loss, parameter, unfolded)
        else:
            chain = Chain(sp.Derivative(loss, unknown), unfolded).apply_all(*DERIVATIVE_RULES)
        steps += chain.steps
        slopes.append(sp.Eq(sp.Derivative(LOSS.base, unknown), chain.current, evaluate=False))
    return Section("gradient", tuple(steps)), sp.Tuple(*slopes), context


def _through_link(loss: sp.Expr, model: Model, context: Context) -> tuple[Section, sp.Expr, Context]:
    """∂E/∂input through the link: for a canonical link, (prediction − data)/N."""
    link = model.link
    assert link is not None, "without a link there is no input to differentiate by"
    parameter, inputs = lift(link.parameter), lift(link.input)
    prediction = Definition(parameter, (SAMPLE, *link.indices), per_sample(link.inverse, link.input, inputs))
    context = context.extended(variables=[inputs], definitions=[prediction])
    unfolded = context.without(parameter.key, LOSS.key, SAMPLE_LOSS.key)

    through_link = Chain(loss, unfolded)
    through_link.step(substitute_array(loss, parameter.key, prediction.indices, prediction.value), "by_definition")
    through_link.apply_all("complement", *LOG_RULES).apply_each("sum_is_linear", "known_sum").apply_if_shorter(
        "collect"
    ).apply("simplify")

    free = [IndexRange(s, sp.S.One, size) for s, size in zip((row_of(context), COLUMN), inputs.axes, strict=False)]
    context = context.extended(indices=free)
    place = inputs.base[tuple(r.symbol for r in free)]
    slope = Chain(sp.Derivative(through_link.current, place), unfolded.extended(indices=free))
    slope.apply_all("differentiate", "delta_collapse", "simplify").apply_if_shorter("collect")
    slope.context = context.without(LOSS.key, SAMPLE_LOSS.key)
    slope.apply("by_definition")
    steps = (define(prediction.head, prediction.value, "link", context), *through_link.steps, *slope.steps)
    return Section("gradient", steps), slope.current, context


@dataclass(frozen=True)
class LinkedLoss:
    """The loss of one observation on the link's scale, and its gradient: what becomes torch code.

    `loss` is −log p(target) with the parameter computed from `input`; `gradient` its derivative by `input[index]`
    (by `input` itself where that is a scalar). Sums over the target are kept: soft labels need not add up to 1.
    """

    model: Model
    input: Variable
    target: Variable
    loss: sp.Expr
    gradient: sp.Expr
    index: sp.Symbol | None
    context: Context


def linked_loss(model: Model) -> LinkedLoss:
    """The loss of one observation of a model on its link's scale; ValueError for a model without a link."""
    link = model.link
    if link is None:
        raise ValueError(f"model {model.name!r} states no link, so there is no input to compute its loss from")
    context = Context(sizes=model.sizes, variables=(model.data, *model.parameters, link.input))
    log_density = Chain(-sp.log(model.density), context).apply_all(*LOG_RULES).current
    value = readable(substitute_array(log_density, link.parameter.key, link.indices, link.inverse))
    free = [IndexRange(COLUMN, sp.S.One, size) for size in link.input.axes]
    inner = context.extended(indices=free)
    entry = link.input.base[COLUMN] if free else link.input.base
    simple = Chain(value, inner).apply_all(*LOG_RULES).apply_each("sum_is_linear", "collect").current
    slope = Chain(sp.Derivative(simple, entry), inner).apply_all("differentiate", "delta_collapse")
    slope.apply("collect")
    return LinkedLoss(model, link.input, model.data, value, slope.current, COLUMN if free else None, inner)
