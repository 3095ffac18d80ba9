"""Loss and gradient: the mean negative log-likelihood of N predictions, and its gradient through the link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy as sp

from derive.algebra.binding import rebuild, substitute, substitute_array
from derive.algebra.context import (
    BINARY,
    NONNEGATIVE,
    REAL,
    Context,
    Definition,
    IndexRange,
    SumFact,
    Variable,
    array,
    index,
    scalar,
)
from derive.derivation import Section
from derive.model import Link, Model
from derive.strategy.chain import Chain, define
from derive.strategy.cholesky import by_factor, is_cholesky, put_in
from derive.strategy.likelihood import LIKELIHOOD, LOG_RULES
from derive.strategy.links import known_by_their_names, mentions, ways, with_predictor
from derive.strategy.matrices import concerns, matrix_score
from derive.strategy.posterior import POSTERIOR
from derive.strategy.sampling import SAMPLE, N, Sample, lift, per_sample
from derive.strategy.score import DERIVATIVE_RULES
from derive.strategy.unknowns import FIRST, entry, ranges

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
class LossInput:
    """An argument of the emitted function that carries a gradient.

    `name` is what the caller calls it: `input` for the first, then torch's names (log_scale, var). `link` says how the
    parameter is computed from it; in the expressions the argument is the variable `link.input`.
    """

    name: str
    link: Link


@dataclass(frozen=True)
class LinkedLoss:
    """The loss of one observation on the links' scales, and its gradient: what becomes torch code.

    −log p(target) is `loss` + `constant`, with every parameter computed from its input; `constant` holds the terms
    without any input. `gradients` are the derivatives of `loss`, one an input, by its entry at the first `indices` (as
    many as it has axes; by the input itself where that is a scalar). `known` are arguments without gradient, `fixed`
    the links of parameters that are not given. `model` is the model as the links see it: in a regression, the weighted
    sum of the features is one parameter. Sums over the target are kept: soft labels need not add up to 1.
    """

    model: Model
    inputs: tuple[LossInput, ...]
    target: Variable
    known: tuple[Variable, ...]
    fixed: tuple[Link, ...]
    loss: sp.Expr
    constant: sp.Expr
    gradients: tuple[sp.Expr, ...]
    indices: tuple[sp.Symbol, ...]
    context: Context

    @property
    def index(self) -> sp.Symbol | None:
        """The free index of an entry of the first input, None for a scalar."""
        return self.indices[0] if self.input.rank else None

    @property
    def input(self) -> Variable:
        """The variable of the first input."""
        return self.inputs[0].link.input

    @property
    def gradient(self) -> sp.Expr:
        """The derivative by the first input."""
        return self.gradients[0]


def linked_loss(model: Model) -> LinkedLoss:
    """The loss of one observation, each parameter given in the first way that the model states; ValueError as below."""
    return linked_losses(model)[0]


def linked_losses(model: Model) -> tuple[LinkedLoss, ...]:
    """One loss for each way in which the parameters can be given, in the order in which the model states them.

    ValueError in one line for a model with a prior, and where no link reaches a parameter.
    """
    if model.prior is not None:
        raise ValueError(
            f"model {model.name!r} has a prior, which belongs to a fit and not to the loss of one observation; "
            "use the family of its likelihood"
        )
    whole = with_predictor(model)
    return tuple(_with_links(whole, links) for links in ways(whole))


def weighted_outcomes(linked: LinkedLoss) -> LinkedLoss | None:
    """The loss of a 0-or-1 observation x with the outcome 1 counted `pos_weight` times; None for other observations.

    E(x) = x w E(1) + (1 − x) E(0), and so its derivatives: torch's convention for unbalanced classes.
    """
    if linked.target.domain != BINARY or linked.target.rank or linked.known:
        return None
    weight, outcome = scalar("pos_weight", NONNEGATIVE), linked.target.base

    def weighted(expr: sp.Expr) -> sp.Expr:
        happened, not_happened = (substitute(expr, {outcome: value}) for value in (sp.S.One, sp.S.Zero))
        return weight.base * outcome * happened + (1 - outcome) * not_happened

    gradients = tuple(map(weighted, linked.gradients))
    context = linked.context.extended(variables=[weight])
    return replace(linked, known=(weight,), loss=weighted(linked.loss), gradients=gradients, context=context)


def _with_links(model: Model, links: tuple[Link, ...]) -> LinkedLoss:
    """The loss where each parameter is computed by its link."""
    known, constants = known_by_their_names(model)
    inputs = tuple(link for link in links if mentions(link.inverse, link.input))
    if not inputs:
        raise ValueError(f"no parameter of model {model.name!r} is given by an input: there is nothing to learn")
    variables = (model.data, *model.parameters, *model.known, *known, *(link.input for link in inputs))
    context = Context(sizes=model.sizes, variables=tuple({v.key: v for v in variables}.values()))
    stated = Chain(-sp.log(model.density), context).apply_all(*LOG_RULES).current
    value = put_in(stated, links, constants)
    rank = max(link.input.rank for link in inputs)
    letters = FIRST[:rank]
    axes = max((link.input.axes for link in inputs), key=len)
    inner = context.extended(indices=[IndexRange(s, sp.S.One, size) for s, size in zip(letters, axes, strict=True)])
    if any(map(is_cholesky, links)):
        slopes = tuple(put_in(_matrix_slope(stated, link, inner), links, constants) for link in inputs)
    else:
        simple = Chain(_exponentials(Chain(value, inner).apply_all(*LOG_RULES).current, inner), inner)
        value = value if axes else simple.current
        if axes:  # a sum that is common to all terms stands once
            simple.apply_each("sum_is_linear", "collect")
        slopes = tuple(_slope(simple.current, link.input, inner) for link in inputs)
    constant, varying = _apart(value, inputs)
    named = tuple(LossInput(link.input.name if n else "input", link) for n, link in enumerate(inputs))
    fixed = tuple(link for link in links if link not in inputs)
    return LinkedLoss(model, named, model.data, known, fixed, varying, constant, slopes, letters, inner)


def _matrix_slope(stated: sp.Expr, link: Link, context: Context) -> sp.Expr:
    """The derivative by an input beside a Cholesky factor, in terms of the parameters."""
    if is_cholesky(link):
        return by_factor(stated, link, context)
    if link.name != "identity":
        raise ValueError(f"{link.parameter.name} stands beside a matrix: only the link identity is derived for it")
    return matrix_score(stated, link.parameter, context).current


def _exponentials(expr: sp.Expr, context: Context) -> sp.Expr:
    """The expression with f^g as e^{g log f} where the exponent is no number, and that logarithm taken apart."""
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    expr = rebuild(expr, tuple(_exponentials(a, context) for a in expr.args))
    if not isinstance(expr, sp.Pow) or expr.exp.is_number:
        return expr
    return sp.exp(expr.exp * Chain(sp.log(expr.base), context).apply_all(*LOG_RULES).current)


def _slope(loss: sp.Expr, variable: Variable, context: Context) -> sp.Expr:
    """The derivative of the loss by the variable, or by its entry at the free index."""
    place = variable.base[COLUMN] if variable.axes else variable.base
    chain = Chain(sp.Derivative(loss, place), context).apply_all("differentiate", "delta_collapse")
    if variable.axes:
        chain.apply("collect")
    return chain.current


def _apart(value: sp.Expr, inputs: Sequence[Link]) -> tuple[sp.Expr, sp.Expr]:
    """The terms without any input, and the others."""
    constant: list[sp.Expr] = []
    varying: list[sp.Expr] = []
    for term in _terms(value):
        has = any(mentions(term, link.input) for link in inputs)
        (varying if has else constant).append(term)
    return sp.Add(*constant), sp.Add(*varying)


def _terms(value: sp.Expr) -> list[sp.Expr]:
    """The terms of a sum; Σ_k (f_k + g_k) gives two."""
    found = []
    for term in sp.Add.make_args(value):
        factors = sp.Mul.make_args(term)
        sums = [f for f in factors if isinstance(f, sp.Sum) and isinstance(f.function, sp.Add)]
        if len(sums) != 1:
            found.append(term)
            continue
        rest = sp.Mul(*(f for f in factors if f is not sums[0]))
        found += [rest * sp.Sum(part, *sums[0].limits) for part in sums[0].function.args]
    return found
