"""Estimates on a simplex: one Lagrange multiplier for the sum that is fixed.

Source: Boyd and Vandenberghe, Convex Optimization (2004), section 5.5.3.
"""

from __future__ import annotations

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.binding import substitute
from derive.algebra.context import REAL, Context, Definition, SumFact, Variable, index, scalar
from derive.algebra.naming import readable
from derive.algebra.solving import Solution, solve
from derive.derivation import Step
from derive.rules.places import positivity
from derive.strategy.chain import Chain, claim, define
from derive.strategy.definedness import nonzero
from derive.strategy.score import DERIVATIVE_RULES
from derive.strategy.unknowns import FIRST, entry, put_in

LAGRANGIAN = scalar("Lambda", REAL)
#: What the multiplier may be called, in order of preference.
MULTIPLIERS = ("lambda", "nu", "eta")


def constrained(
    objective: sp.Expr, parameter: Variable, constraint: SumFact, context: Context
) -> tuple[sp.Expr, list[Step], Context]:
    """∂Λ/∂y_j = 0 gives y_j in terms of the multiplier, the constraint gives the multiplier.

    Returns the value of `entry(parameter)`, the steps, and the context with the names that they introduce.
    """
    unknown = entry(parameter)
    taken = {v.name for v in context.variables}
    variable = scalar(next(name for name in MULTIPLIERS if name not in taken), REAL)
    multiplier, equation = variable.base, constraint.equation()
    lagrangian = Definition(LAGRANGIAN, (), objective - multiplier * (equation.lhs - equation.rhs))
    context = context.extended(variables=[variable])
    steps = [define(LAGRANGIAN.base, lagrangian.value, "lagrangian", context)]
    chain = Chain(sp.Derivative(lagrangian.value, unknown), context).apply_all(*DERIVATIVE_RULES)
    steps += chain.steps
    stationary = sp.Eq(chain.current, 0, evaluate=False)

    by_multiplier = solve(chain.current, unknown, context)
    value = readable(by_multiplier.value)
    of_multiplier = sp.Eq(unknown, value, evaluate=False)
    steps.append(claim("equivalent", stationary, of_multiplier, "⇔", "solve", context, needed(by_multiplier, context)))

    in_constraint = Chain(put_in(equation.lhs, parameter, value), context)
    in_constraint.apply_all("sum_is_linear", "known_sum", "sum_of_constant")
    steps += in_constraint.steps
    condition = sp.Eq(in_constraint.current, equation.rhs, evaluate=False)
    solution = solve(condition.lhs - condition.rhs, multiplier, context)
    solved = sp.Eq(multiplier, readable(solution.value), evaluate=False)
    steps.append(claim("equivalent", condition, solved, "⇔", "insert_constraint", context, needed(solution, context)))

    final = substitute(value, {multiplier: solved.rhs})
    steps.append(claim("substitution", value, final, "=", "insert", context, bind=(solved,)))
    solution_claim = sp.Tuple(sp.Eq(unknown, final, evaluate=False), solved)
    interior = positivity(substitute(final, {FIRST[0]: index("k")}), context) or ()
    steps.append(Step("solves", sp.Tuple(stationary, equation), solution_claim, "⇔", "stationary_point", interior))
    return final, steps, context.extended(definitions=[lagrangian])


def needed(solution: Solution, context: Context) -> tuple[Relational, ...]:
    """What was multiplied or divided by, as conditions."""
    return tuple(dict.fromkeys(c for factor in solution.nonzero for c in nonzero(factor, context)))
