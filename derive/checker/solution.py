"""The claim that values solve equations, and are the only ones in the domain that do."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra import rational
from derive.algebra.binding import depends_on, fresh, substitute, substitute_array
from derive.algebra.context import Context, key
from derive.algebra.normal_form import is_zero, normal
from derive.algebra.signs import NONZERO, POSITIVE, ZERO, sign
from derive.checker import symbolic
from derive.checker.decision import LanesDisagreeError, ill_formed, is_shown
from derive.checker.evaluator import UndefinedError, evaluate
from derive.checker.linting import lint
from derive.checker.matrices import forced, positive_definite
from derive.checker.monotone import interior, only_root
from derive.checker.numeric import ROUNDS, Outcome, compare, shown
from derive.checker.sampler import points, surely_outside
from derive.checker.verdict import Verdict
from derive.derivation import Step


def solves(step: Step, context: Context, given: tuple[str, ...]) -> Verdict:
    """Put the values in; then show that elimination leaves no other choice."""
    equations, values = tuple(step.before), tuple(step.after)
    put_in = [(insert(e.lhs, values), insert(e.rhs, values)) for e in equations]
    wrong = ill_formed(lint(context, *equations), strict=False) or ill_formed(lint(context, *(v.rhs for v in values)))
    wrong = wrong or _undefined(equations, values, context)
    if wrong is not None:
        return wrong
    if any(context.variable(value.lhs) is None for value in values):
        return Verdict("ill-formed", "a value is given to a name that is not declared")
    if any(
        depends_on(value.rhs, other.lhs) and depends_on(normal(value.rhs, context), other.lhs)
        for value in values
        for other in values
    ):
        return Verdict("ill-formed", "a value is stated by what it is to be the value of")
    outside = _outside(values, context)
    if outside is not None:
        return Verdict("refuted", outside.sides, given, outside.counterexample)
    agreed, held = [], []
    for left, right in put_in:
        outcome = compare(left, right, "=", context, 1)
        held.append(is_shown(partial(symbolic.holds, left, right, "=", context), outcome.refuted))
        if not held[-1] and not outcome.refuted:
            outcome = compare(left, right, "=", context, ROUNDS)
        if outcome.refuted:
            if held[-1]:
                raise LanesDisagreeError(f"proved, yet {outcome.sides} at {outcome.counterexample}")
            return Verdict("refuted", f"put in, {outcome.sides}", given, outcome.counterexample)
        agreed.append(outcome)
    if not all(_in_domain(value, context) for value in values):
        return Verdict("undecided", "that the values lie in their domains was not shown", given)
    return _verdict(step, context, given, agreed, held)


def _in_domain(value: Relational, context: Context) -> bool:
    variable = context.variable(value.lhs)
    if variable is not None and variable.domain.definite:
        return positive_definite(value, context)
    return variable is not None and symbolic.in_domain(value.rhs, variable.domain, context)


def _outside(values: tuple[Relational, ...], context: Context) -> Outcome | None:
    """A point at which a value is certain to lie outside its domain."""
    for point in points(context):
        for value in values:
            variable = context.variable(value.lhs)
            with suppress(UndefinedError):
                if variable is not None and surely_outside(evaluate(value.rhs, point), variable.domain, point):
                    sides = f"the value of {value.lhs} is not {variable.domain.name}"
                    return Outcome(counterexample=shown(point), sides=sides)
    return None


def _undefined(equations: tuple[Relational, ...], values: tuple[Relational, ...], context: Context) -> Verdict | None:
    """The verdict where an equation is not known to be defined at the values: t_j/y_j at y_j = 0."""
    for condition in lint(context, *equations).missing:
        allowed = NONZERO if isinstance(condition, sp.Ne) else POSITIVE
        if symbolic.sign_in_normal_form(insert(condition.lhs, values), context) | allowed != allowed:
            shown = condition.func(insert(condition.lhs, values), 0, evaluate=False)
            return Verdict("ill-formed", f"it is not stated that {sp.sstr(shown)}, which the equations need")
    return None


def _verdict(
    step: Step, context: Context, given: tuple[str, ...], outcomes: list[Outcome], shown: list[bool]
) -> Verdict:
    confirmed = all(o.enough for o in outcomes)
    if not confirmed:
        trouble = next(o.trouble for o in outcomes if not o.enough)
        return Verdict("undecided", trouble, given)
    if not all(shown):
        return Verdict("tested", "the values satisfy the equations at every point that was tried", given)
    if step.relation == "⇔" and not _only_one(tuple(step.before), tuple(step.after), context):
        return Verdict("undecided", "the values satisfy the equations; that there are no others was not shown", given)
    only = "; by elimination there is no other solution" if step.relation == "⇔" else ""
    return Verdict("proved", f"put in, the equations hold{only}", given)


def insert(expr: sp.Expr, values: tuple[Relational, ...]) -> sp.Expr:
    """Put values in for scalars and for whole arrays (an equation y_j = f_j speaks of every j)."""
    for value in values:
        if isinstance(value.lhs, sp.Indexed):
            expr = substitute_array(expr, key(value.lhs), value.lhs.indices, value.rhs)
        else:
            expr = substitute(expr, {value.lhs: value.rhs})
    return expr


def _only_one(equations: tuple[Relational, ...], values: tuple[Relational, ...], context: Context) -> bool:
    """Whether elimination shows the values to be forced: each equation linear in what is still unknown.

    An array's equation g(y_j, λ) = 0, which holds for all j, is summed over j; the constraint on Σ_j y_j turns the sum
    into an equation for the scalar λ. Then λ is known and g is linear in y_j.
    """
    cleared = [rational.numerator(normal(symbolic.plain(e.lhs - e.rhs, context), context)) for e in equations]
    scalars = [v for v in values if not isinstance(v.lhs, sp.Indexed)]
    arrays = [v for v in values if isinstance(v.lhs, sp.Indexed)]
    if len(arrays) > 1 or len(scalars) > 1:
        return False
    if not arrays:
        (value,) = scalars
        variable = context.variable(value.lhs)
        within = context if variable is None else interior(variable, context)
        one = [e.lhs - e.rhs for e in equations if depends_on(e.lhs - e.rhs, value.lhs)]
        return any(_linear(p, value.lhs, context) for p in cleared) or any(
            only_root(e, value.lhs, value.rhs, within) for e in one
        )
    array = arrays[0]
    if not scalars and len(cleared) == 1 and forced(cleared[0], array.lhs, context):
        return True
    if len(array.lhs.indices) != 1:
        return False
    (j,) = array.lhs.indices
    own = [p for p in cleared if p.has(array.lhs)]
    if len(own) != 1 or j not in context.ranges:
        return False
    equation = own[0]
    if scalars:
        dummy = fresh()
        lower, upper = context.ranges[j]
        total = normal(sp.Sum(substitute(equation, {j: dummy}), (dummy, lower, upper)), context)
        if depends_on(total, array.lhs) or not _linear(total, scalars[0].lhs, context):
            return False
        known = symbolic.plain(scalars[0].rhs, context)
        if not is_zero(substitute(total, {scalars[0].lhs: known}), context):
            return False
        equation = normal(substitute(equation, {scalars[0].lhs: known}), context)
    return _linear(equation, array.lhs, context)


def _linear(expr: sp.Expr, unknown: sp.Expr, context: Context) -> bool:
    """Whether expr = slope·unknown + rest with a slope that is known not to be 0."""
    slope = expr.coeff(unknown, 1)
    rest = sp.expand(expr - slope * unknown)
    return not depends_on(rest, unknown) and not depends_on(slope, unknown) and sign(slope, context) & ZERO == 0
