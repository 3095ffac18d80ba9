"""Newton's method for score equations without a closed form, derived.

Source: Nocedal and Wright, Numerical Optimization (2006), section 2.2.
"""

from __future__ import annotations

import sympy as sp

from derive.algebra.binding import depends_on
from derive.algebra.calculus import derivative
from derive.algebra.context import REAL, Context, Variable
from derive.derivation import Step
from derive.strategy.chain import Chain
from derive.strategy.definedness import needs
from derive.strategy.score import DERIVATIVE_RULES
from derive.strategy.unknowns import SECOND, SECOND_OF_TWO, entry


def newton_steps(equations: dict[Variable, sp.Expr], context: Context) -> tuple[list[Step], Context]:
    """The derivatives of the scores, and the linear equations Σ_q ∂s_p/∂q · Δ_q = −s_p for the step Δ."""
    steps: list[Step] = []
    changes = {p: _change(p) for p in equations}
    context = context.extended(variables=changes.values())
    for score in equations.values():
        total = sp.S.Zero
        for other, change in changes.items():
            slope = Chain(sp.Derivative(score, entry(other, second=True)), context)
            slope.apply_all(*DERIVATIVE_RULES)
            steps += slope.steps
            letters = (SECOND_OF_TWO if other.rank > 1 else SECOND)[: other.rank]
            term = slope.current * (change.base[letters] if letters else change.base)
            limits = [(letter, 1, size) for letter, size in zip(letters, other.axes, strict=True)]
            total += sp.Sum(term, *limits) if limits else term
        equation = sp.Eq(total, -score, evaluate=False)
        rule = (
            "newton_step_linear"
            if all(is_linear(s, p) for s in equations.values() for p in equations)
            else "newton_step"
        )
        steps.append(Step("hypothesis", equation, sp.true, "", rule, needs(context, total, score)))
    return steps, context


def is_linear(score: sp.Expr, parameter: Variable) -> bool:
    """Whether the derivative of a score by an unknown is free of it."""
    return not depends_on(derivative(score, entry(parameter, second=True)), entry(parameter))


def _change(parameter: Variable) -> Variable:
    """The step Δ of an unknown: as many entries, any real values."""
    name = f"Delta_{parameter.name}"
    base = sp.IndexedBase(name, real=True) if parameter.axes else sp.Symbol(name, real=True)
    return Variable(base, REAL, parameter.axes)
