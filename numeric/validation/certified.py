"""Certified truth: −log p of one observation and its derivatives by every input, in ball arithmetic.

The truth comes from what the model states, its density and its links, and not from the derived loss: what is compared
with it is the derivation and the code at once. Each quantity is a ball that encloses the exact number. The precision
is doubled until every ball is narrower than a hundredth of the unit in the last place of the format in question:
cancellation, which turns floating point into silent zeros, here only makes the ball wide and costs another round.

The derived loss and gradient are asked for one thing only: the size of the largest term of the sums that make them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp
from flint import arb, ctx

from derive.algebra.context import Variable
from derive.algebra.matrices import InverseEntry
from derive.model import Link, Model
from numeric.validation.evaluating import Arrays, Evaluator
from numeric.validation.magnitude import largest_term
from numeric.validation.ulp import Format, exponent

START, LIMIT = 128, 1 << 15  # bits
FUNCTIONS = (sp.Function, sp.Pow, InverseEntry)  # what may round its argument
SLACK = -7  # 2^-7 < 1/100: the widest ball, in units in the last place


@dataclass(frozen=True)
class Question:
    """What is asked of a model: its loss as a function of some inputs.

    `links` say how parameters are computed from `inputs`, which derivatives are taken by; `names` are what a caller
    calls these, `known` the plain arguments. `loss`, `constant` and `gradients` are the derived expressions, in which
    the inputs are the variables `shown`, at the `indices`: −log p is loss + constant, the terms without any input.
    """

    model: Model
    links: tuple[Link, ...]
    inputs: tuple[Variable, ...]
    shown: tuple[Variable, ...]
    names: tuple[str, ...]
    known: tuple[Variable, ...]
    indices: tuple[tuple[sp.Symbol, ...], ...]
    loss: sp.Expr
    constant: sp.Expr
    gradients: tuple[sp.Expr, ...]


@dataclass(frozen=True)
class Truth:
    """The loss of one observation and its derivatives by each input's entries, row by row.

    `value` is without the constant terms, `whole` with them. Beside each stand its largest term and its reach.
    """

    value: Exact
    whole: Exact
    gradients: tuple[tuple[Exact, ...], ...]


@dataclass(frozen=True)
class Exact:
    """A certified number; the largest `term` of the sum that makes it, and the `reach` of its functions' arguments."""

    ball: arb
    term: arb
    reach: arb


def truth(question: Question, arrays: Arrays, sizes: Mapping[str, int], number: Format) -> Truth:
    """Loss and gradients of one observation to a hundredth of a unit in the last place of `number`.

    `arrays` holds the entries of inputs, observation and known constants by name and rank, `sizes` the value of each
    size. ArithmeticError where no precision suffices: the loss is infinite, or not differentiable there.
    """
    prec = START
    while prec <= LIMIT:
        with ctx.workprec(prec):
            loss = Evaluator(question.links, question.inputs, arrays, sizes).log(question.model.density, {})
            sized = Evaluator(question.links, (), arrays, sizes)
            whole, value = -loss.value, -loss.value - sized(question.constant, {}).value
            gradients = tuple(
                tuple(-loss.slopes.get((i, place), arb(0)) for place in arrays[variable.key])
                for i, variable in enumerate(question.inputs)
            )
            if all(_narrow(ball, number) for ball in (whole, value, *sum(gradients, ()))):
                return _with_terms(question, sized, arrays, value, whole, gradients)
        prec *= 2
    where = {name: tuple(entries.values()) for (name, _), entries in arrays.items()}
    raise ArithmeticError(f"no certified value of {question.model.name} within {LIMIT} bits at {where}")


def _with_terms(
    question: Question, sized: Evaluator, arrays: Arrays, value: arb, whole: arb, gradients: tuple[tuple[arb, ...], ...]
) -> Truth:
    """The certain numbers, each with the largest term of the derived expression that makes it."""

    def exact(ball: arb, expr: sp.Expr, at: dict[str, int]) -> Exact:
        term = largest_term(sized, expr, at)
        return Exact(ball, term, largest_term(sized, expr, at, reach=True) if expr.has(*FUNCTIONS) else term)

    every = []
    slopes = zip(question.shown, question.indices, question.gradients, gradients, strict=True)
    for shown, letters, expr, found in slopes:
        places = [dict(zip([s.name for s in letters], place, strict=True)) for place in arrays[shown.key]]
        every.append(tuple(exact(ball, expr, place) for ball, place in zip(found, places, strict=True)))
    loss, constant = exact(value, question.loss, {}), exact(whole, question.constant, {})
    both = Exact(whole, max(loss.term, constant.term), max(loss.reach, constant.reach))
    return Truth(loss, both, tuple(every))


def inside(question: Question, arrays: Arrays, sizes: Mapping[str, int]) -> bool:
    """Whether the observation certainly lies in the support, whose ends may be parameters."""
    domain = question.model.data.domain
    with ctx.workprec(START):
        evaluate = Evaluator(question.links, question.inputs, arrays, sizes)
        entries = [arb(x) for x in arrays[question.model.data.key].values()]
        for end, sign, is_open in ((domain.lower, 1, domain.lower_open), (domain.upper, -1, domain.upper_open)):
            if not end.is_finite:
                continue
            bound = evaluate(end, {}).value
            for x in entries:
                beyond = sign * (x - bound)
                if not (beyond > 0 if is_open else beyond >= 0):
                    return False
    return True


def _narrow(ball: arb, number: Format) -> bool:
    """Whether the ball is certain to a hundredth of a unit in the last place."""
    if not ball.is_finite():
        return False
    if bool(ball.rad() == 0):
        return True
    return exponent(ball.rad()) < number.unit_exponent(ball) + SLACK
