"""Score, estimate, maximum: set the derivative to zero, with a Lagrange multiplier where a constraint asks for one.

Source of the second-order argument: Boyd and Vandenberghe, Convex Optimization (2004), sections 4.2.3 and 5.5.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.binding import substitute, substitute_array
from derive.algebra.context import REAL, Context, Definition, IndexRange, SumFact, Variable, array, index, scalar
from derive.algebra.naming import readable
from derive.algebra.normal import normal
from derive.algebra.sign import POSITIVE, sign
from derive.algebra.solve import Solution, solve
from derive.derivation import Section, Step
from derive.rules.everywhere import positivity
from derive.strategy.chain import Chain, claim, define
from derive.strategy.definedness import needs, nonzero

J, M = index("j"), index("m")
MULTIPLIER = scalar("lambda", REAL)
LAGRANGIAN = scalar("Lambda", REAL)
DERIVATIVE_RULES = ("differentiate", "delta_collapse", "sum_is_linear")


class NotConcaveError(ValueError):
    """The log-likelihood is not known to be concave, so a stationary point need not be its maximum."""


@dataclass(frozen=True)
class Estimate:
    """What the strategy found: its sections, the estimates as equations, and the context with all names."""

    sections: tuple[Section, ...]
    estimate: tuple[Relational, ...]
    context: Context


def estimate(objective: sp.Expr, parameter: Variable, constraint: SumFact | None, context: Context) -> Estimate:
    """The maximum-likelihood estimate of one parameter, scalar or array, with at most one constraint."""
    free = [IndexRange(letter, sp.S.One, size) for size in parameter.axes for letter in (J, M)]
    context = context.extended(indices=free)
    unknown = parameter.base[J] if parameter.axes else parameter.base
    score = _score(objective, unknown, constraint, context)
    if constraint is None:
        found = _unconstrained(score, unknown, context)
    else:
        found = _constrained(objective, unknown, constraint, context)
    hat = _hat(parameter, found.value)
    closing = Step("definition", hat.head, hat.value, ":=", "estimate")
    maximum, variables = _maximum(objective, parameter, hat, constraint, context)
    sections = (Section("score", tuple(score.steps)), Section("estimate", (*found.steps, closing)), maximum)
    value = sp.Eq(hat.head, hat.value, evaluate=False)
    return Estimate(
        sections, (value,), found.context.extended(variables=variables, definitions=[*found.definitions, hat])
    )


@dataclass(frozen=True)
class _Found:
    value: sp.Expr
    steps: list[Step]
    context: Context
    definitions: tuple[Definition, ...] = ()


def _score(objective: sp.Expr, unknown: sp.Expr, constraint: SumFact | None, context: Context) -> Chain:
    """The derivative of log L; with a constraint, also that it does not vanish by itself."""
    chain = Chain(sp.Derivative(objective, unknown), context).apply_all(*DERIVATIVE_RULES)
    if constraint is not None:
        positive = positivity(chain.current, context)
        if positive is not None:
            chain.steps.append(claim("inequality", chain.current, sp.S.Zero, ">", "never_zero", context, positive))
    return chain


def _unconstrained(score: Chain, unknown: sp.Expr, context: Context) -> _Found:
    """score = 0, cleared of denominators and solved."""
    solution = solve(score.current, unknown, context)
    equation = sp.Eq(score.current, 0, evaluate=False)
    cleared = sp.Eq(readable(solution.cleared), 0, evaluate=False)
    solved = sp.Eq(unknown, readable(solution.value), evaluate=False)
    at_solution = needs(context, substitute(equation, {unknown: solved.rhs}))
    steps = [
        claim("equivalent", equation, cleared, "⇔", "clear_denominators", context, _nonzero(solution, context)),
        claim("equivalent", cleared, solved, "⇔", "solve", context),
        Step("solves", sp.Tuple(equation), sp.Tuple(solved), "⇔", "stationary_point", at_solution),
    ]
    return _Found(solved.rhs, steps, context)


def _constrained(objective: sp.Expr, unknown: sp.Expr, constraint: SumFact, context: Context) -> _Found:
    """Lagrange: ∂Λ/∂y_j = 0 gives y_j in terms of λ, the constraint gives λ."""
    multiplier = MULTIPLIER.base
    equation = constraint.equation()
    lagrangian = objective - multiplier * (equation.lhs - equation.rhs)
    context = context.extended(variables=[MULTIPLIER])
    steps = [define(LAGRANGIAN.base, lagrangian, "lagrangian", context)]
    chain = Chain(sp.Derivative(lagrangian, unknown), context).apply_all(*DERIVATIVE_RULES)
    steps += chain.steps
    stationary = sp.Eq(chain.current, 0, evaluate=False)

    by_multiplier = solve(chain.current, unknown, context)
    value = readable(by_multiplier.value)
    of_multiplier = sp.Eq(unknown, value, evaluate=False)
    given = _nonzero(by_multiplier, context)
    steps.append(claim("equivalent", stationary, of_multiplier, "⇔", "solve", context, given))

    total = substitute_array(equation.lhs, constraint.variable.key, (J,), value)
    in_constraint = Chain(total, context).apply_all("sum_is_linear", "known_sum")
    steps += in_constraint.steps
    condition = sp.Eq(in_constraint.current, equation.rhs, evaluate=False)
    solution = solve(condition.lhs - condition.rhs, multiplier, context)
    solved = sp.Eq(multiplier, readable(solution.value), evaluate=False)
    steps.append(claim("equivalent", condition, solved, "⇔", "insert_constraint", context))

    final = substitute(value, {multiplier: solved.rhs})
    steps.append(claim("substitution", value, final, "=", "insert", context, bind=(solved,)))
    solution_claim = sp.Tuple(sp.Eq(unknown, final, evaluate=False), solved)
    interior = positivity(substitute(final, {J: index("k")}), context) or ()
    steps.append(Step("solves", sp.Tuple(stationary, equation), solution_claim, "⇔", "stationary_point", interior))
    return _Found(final, steps, context, (Definition(LAGRANGIAN, (), lagrangian),))


def _nonzero(solution: Solution, context: Context) -> tuple[Relational, ...]:
    """What was multiplied or divided by, as conditions."""
    return tuple(dict.fromkeys(c for factor in solution.nonzero for c in nonzero(factor, context)))


def _hat(parameter: Variable, value: sp.Expr) -> Definition:
    """The estimate under the name of its parameter with a hat."""
    name, domain = f"{parameter.name}_hat", parameter.domain
    if not parameter.axes:
        return Definition(Variable(sp.Symbol(name, **domain.assumptions()), domain), (), value)
    indices = (index("k"),)
    base = sp.IndexedBase(name, **domain.assumptions())
    return Definition(Variable(base, domain, parameter.axes), indices, substitute(value, {J: indices[0]}))


def _maximum(
    objective: sp.Expr, parameter: Variable, hat: Definition, constraint: SumFact | None, context: Context
) -> tuple[Section, list[Variable]]:
    """Second derivatives, their sign along every direction, and the claim of a global maximum."""
    first, second = (parameter.base[J], parameter.base[M]) if parameter.axes else (parameter.base, parameter.base)
    entry = parameter.base[hat.indices] if hat.indices else parameter.base
    chain = Chain(sp.Derivative(objective, first, second), context)
    chain.apply_each("differentiate", "delta_collapse")
    steps, form, variables = list(chain.steps), chain.current, []
    if parameter.axes:
        direction = array("v", parameter.axes, REAL)
        context = context.extended(variables=[direction])
        variables.append(direction)
        size = parameter.axes[0]
        along, limits = direction.base[J] * direction.base[M], ((M, 1, size), (J, 1, size))
        quadratic = Chain(sp.Sum(along * chain.steps[0].before, *limits), context)
        quadratic.step(sp.Sum(along * form, *limits), "second_derivatives")
        quadratic.apply_all("delta_collapse", "constant_factor")
        steps += quadratic.steps
        form = quadratic.current
    last = claim("inequality", form, sp.S.Zero, "≤", "concave", context)
    interior = context.extended(hypotheses=last.given)
    if sign(form, interior) & POSITIVE and sign(normal(form, interior), interior) & POSITIVE:
        raise NotConcaveError(f"that the stationary point is a maximum was not shown: {sp.sstr(form)} may be positive")
    steps.append(last)
    bind = () if constraint is None else (constraint.equation(),)
    maximiser = sp.Tuple(sp.Eq(entry, hat.value, evaluate=False))
    steps.append(Step("maximises", objective, maximiser, "", "global_maximum", (), bind))
    return Section("maximum", tuple(steps)), variables
