"""Vectors and matrices of unknowns beside a determinant or an inverse: the mean and the covariance of a Gaussian.

Source: Anderson, An Introduction to Multivariate Statistical Analysis (2003), section 3.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.binding import depends_on, free_symbols, fresh, substitute
from derive.algebra.context import Context, Variable, key
from derive.algebra.matrices import Det, InverseEntry, SquareMatrix, is_definite
from derive.algebra.naming import readable, samples_outermost
from derive.algebra.normal_form import normal
from derive.algebra.signs import is_positive
from derive.algebra.solving import NoClosedFormError, solve
from derive.derivation import Step
from derive.strategy.chain import Chain, claim
from derive.strategy.unknowns import FIRST, entry

MATRIX_RULES = ("derivative_of_terms", "derivative_of_log_det", "derivative_of_inverse")


@dataclass(frozen=True)
class MatrixEstimate:
    """The value of `entry(parameter)`, how it was found, and what it needs to lie in the domain."""

    value: sp.Expr
    steps: list[Step]
    given: tuple[Relational, ...]


def concerns(objective: sp.Expr, parameter: Variable) -> bool:
    """Whether an unknown is a positive definite matrix, or a vector in an objective that holds an inverse."""
    return parameter.domain.definite or (parameter.rank == 1 and objective.has(InverseEntry))


def matrix_score(objective: sp.Expr, parameter: Variable, context: Context) -> Chain:
    """∂ log L/∂μ_j or ∂ log L/∂Σ_jm."""
    chain = Chain(sp.Derivative(objective, entry(parameter)), context)
    if parameter.domain.definite:
        return chain.apply_all(*MATRIX_RULES, "constant_factor")
    chain.apply_each("differentiate")
    return chain.step(_gathered(normal(chain.current, context)), "collect")


def _gathered(expr: sp.Expr) -> sp.Expr:
    """−N·Σ_d μ_d a_d + Σ_i Σ_d x_id a_d as Σ_i Σ_d a_d (x_id − μ_d)."""
    terms = [t.as_independent(sp.Sum, as_Add=False) for t in sp.Add.make_args(samples_outermost(readable(expr)))]
    if not any(isinstance(s, sp.Sum) for _, s in terms):
        return expr
    factor, longest = max(((c, s.limits) for c, s in terms if isinstance(s, sp.Sum)), key=lambda t: len(t[1]))
    inside, outside = sp.S.Zero, sp.S.Zero
    for coefficient, series in terms:
        own = series.limits if isinstance(series, sp.Sum) else ()
        missing = [limit for limit in longest if limit not in own]
        length = sp.Mul(*(upper for _, lower, upper in missing if lower == 1))
        share = sp.cancel(coefficient / (length * factor))
        if own and set(own) <= set(longest) and share.is_number:
            inside += share * series.function
        else:
            outside += coefficient * series
    return outside + factor * sp.Sum(sp.factor_terms(inside), *longest)


def matrix_estimate(objective: sp.Expr, score: sp.Expr, parameter: Variable, context: Context) -> MatrixEstimate:
    """The zero of the score: multiplied by an invertible matrix it is linear. NoClosedFormError where it is not."""
    unknown = entry(parameter)
    given: tuple[Relational, ...] = ()
    if parameter.domain.definite:
        factor, total = _determinant_and_inverse(objective, parameter, context)
        cleared, value = total - factor * unknown, readable(_divided(total, factor))
        given = (_invertible(value, parameter),)
    else:
        cleared = _without_inverse(score, parameter, context)
        value = readable(solve(cleared, unknown, context).value)
    equation, linear = sp.Eq(score, 0, evaluate=False), sp.Eq(readable(cleared), 0, evaluate=False)
    solved = sp.Eq(unknown, value, evaluate=False)
    steps = [
        claim("equivalent", equation, linear, "⇔", "multiply_by_matrix", context),
        claim("equivalent", linear, solved, "⇔", "solve", context),
        Step("solves", sp.Tuple(equation), sp.Tuple(solved), "⇔", "stationary_point", given),
    ]
    return MatrixEstimate(value, steps, given)


def _without_inverse(score: sp.Expr, parameter: Variable, context: Context) -> sp.Expr:
    """Σ_b Σ_jb score_b, for a matrix with which no inverse is left."""
    for variable in context.variables:
        if variable.domain.definite and variable.rank == 2 and variable.axes[0] == parameter.axes[0]:
            bound = fresh()
            product = variable.base[FIRST[0], bound] * substitute(score, {FIRST[0]: bound})
            result = normal(sp.Sum(product, (bound, sp.S.One, variable.axes[0])), context)
            if not result.has(InverseEntry):
                return samples_outermost(result)
    raise NoClosedFormError(f"the equations for {parameter.name} cannot be freed of the inverse")


def _determinant_and_inverse(objective: sp.Expr, parameter: Variable, context: Context) -> tuple[sp.Expr, sp.Expr]:
    """c and T_jm where the objective is −c·log det Σ − Σ_ab T_ab (Σ⁻¹)_ab and what does not depend on Σ."""
    unknown = entry(parameter)
    factor, total = sp.S.Zero, sp.S.Zero
    for term in sp.Add.make_args(objective):
        if not depends_on(term, unknown):
            continue
        coefficient, rest = term.as_independent(sp.Sum, sp.log, as_Add=False)
        if isinstance(rest, sp.log) and isinstance(rest.args[0], Det) and _is(rest.args[0].matrix, parameter, context):
            factor -= coefficient
            continue
        weight = _weight(rest, parameter, context)
        if weight is None or depends_on(coefficient * weight, unknown):
            raise NoClosedFormError(f"{parameter.name} occurs otherwise than in a log-determinant and its inverse")
        total -= coefficient * weight
    if not is_positive(factor, context):
        raise NoClosedFormError(f"the log-determinant of {parameter.name} has no negative factor")
    return factor, readable(total, taken=context.declared)


def _is(found: SquareMatrix, parameter: Variable, context: Context) -> bool:
    return key(found.function) == parameter.key and is_definite(found, context)


def _weight(series: sp.Expr, parameter: Variable, context: Context) -> sp.Expr | None:
    """W_jm where a sum is Σ_ab W_ab (Σ⁻¹)_ab, perhaps summed further; None where it is no such sum."""
    if not isinstance(series, sp.Sum):
        return None
    factors = sp.Mul.make_args(series.function)
    inverses = [f for f in factors if isinstance(f, InverseEntry)]
    ranges = {v: (lower, upper) for v, lower, upper in series.limits}
    if len(inverses) != 1 or not _is(inverses[0].matrix, parameter, context):
        return None
    (a, b), whole = inverses[0].args[1:], (sp.S.One, parameter.axes[0])
    if a == b or ranges.get(a) != whole or ranges.get(b) != whole:
        return None
    rest = [limit for limit in series.limits if limit[0] not in (a, b)]
    if any({a, b} & (free_symbols(lower) | free_symbols(upper)) for _, lower, upper in rest):
        return None
    body = sp.Mul(*(f for f in factors if f != inverses[0]))
    inner = sp.Sum(body, *rest) if rest else body
    return substitute(inner, dict(zip((a, b), FIRST, strict=True)))


def _divided(total: sp.Expr, factor: sp.Expr) -> sp.Expr:
    """T/c with the numbers in front, the sums as they are."""
    return sp.Add(*(sp.cancel(c / factor) * rest for c, rest in (_split(t) for t in sp.Add.make_args(total))))


def _split(term: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    coefficient, rest = term.as_independent(sp.Sum, sp.Indexed, as_Add=False)
    return coefficient, rest


def _invertible(value: sp.Expr, parameter: Variable) -> Relational:
    """det S > 0: with N > D observations in general position."""
    size = parameter.axes[0]
    whole = SquareMatrix(value, *((letter, sp.S.One, size) for letter in FIRST))
    return sp.StrictGreaterThan(readable(Det(whole)), 0, evaluate=False)
