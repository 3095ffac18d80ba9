"""Maxima over vectors and positive definite matrices, where the objective holds a determinant or an inverse.

For a matrix: −c·(log det Σ + Σ_ab (Σ⁻¹)_ab S_ab) with c > 0 and a positive definite S that does not depend on Σ is
largest at Σ = S and nowhere else. (With the eigenvalues r of Σ⁻¹S it is c·(Σ (log r − r) − log det S), and log r − r is
largest at r = 1.) Source: Anderson, An Introduction to Multivariate Statistical Analysis (2003), lemma 3.2.2.

For a vector: second derivatives that are minus a positive definite matrix make the objective strictly concave.
"""

from __future__ import annotations

import sympy as sp
from flint import fmpq
from sympy.core.relational import Relational

from derive.algebra.binding import depends_on, fresh, substitute, substitute_array
from derive.algebra.context import REAL, Context, IndexRange, Variable, index
from derive.algebra.definite import is_definite_entry
from derive.algebra.matrices import Det, InverseEntry, matrix
from derive.algebra.normal_form import is_zero, normal
from derive.algebra.signs import NEGATIVE, POSITIVE, sign
from derive.checker import symbolic
from derive.checker.evaluator import Entry, UndefinedError, Value, as_int, evaluate, evaluate_at
from derive.checker.linear import is_positive_definite
from derive.checker.matrices import positive_definite
from derive.checker.numeric import Outcome, shown, text
from derive.checker.sampler import points

#: How far from the claimed matrix towards (or away from) an admissible one the objective is probed.
SHARES = (fmpq(1), fmpq(1, 4), fmpq(1, 64), fmpq(-1, 64), fmpq(-1, 4))


def matrix_maximum(objective: sp.Expr, value: Relational, variable: Variable, context: Context) -> bool:
    """Whether a value is shown to be the only maximum: of a positive definite matrix, or of a vector beside one."""
    objective = symbolic.plain(objective, context)
    if variable.domain.definite:
        return variable.rank == 2 and _matrix(objective, value, variable, context)
    return variable.rank == 1 and variable.domain == REAL and _vector(objective, value, variable, context)


def _matrix(objective: sp.Expr, value: Relational, variable: Variable, context: Context) -> bool:
    whole, size = matrix(variable), variable.axes[0]
    entry = variable.base[value.lhs.indices]
    if depends_on(symbolic.plain(value.rhs, context), entry) or not positive_definite(value, context):
        return False
    log_det = normal(sp.log(Det(whole)), context)
    factor = -normal(objective, context).coeff(log_det, 1)
    if depends_on(factor, entry) or sign(factor, context) != POSITIVE:
        return False
    a, b = fresh(), fresh()
    target = substitute(symbolic.plain(value.rhs, context), dict(zip(value.lhs.indices, (a, b), strict=True)))
    trace = sp.Sum(InverseEntry(whole, a, b) * target, (b, sp.S.One, size), (a, sp.S.One, size))
    return not depends_on(normal(objective + factor * (sp.log(Det(whole)) + trace), context), entry)


def _vector(objective: sp.Expr, value: Relational, variable: Variable, context: Context) -> bool:
    if any(fact.variable.key == variable.key for fact in context.facts):
        return False
    j, m, size = index("_first"), index("_second"), variable.axes[0]
    inner = context.extended(indices=[IndexRange(j, sp.S.One, size), IndexRange(m, sp.S.One, size)])
    slope = symbolic.plain(sp.Derivative(objective, variable.base[j]), inner)
    bend = normal(symbolic.plain(sp.Derivative(slope, variable.base[m]), inner), inner)
    factor, entry = bend.as_independent(j, m, as_Add=False)
    place = is_definite_entry(entry, inner)
    if place is None or set(place) != {j, m} or sign(factor, inner) != NEGATIVE or depends_on(bend, variable.base[j]):
        return False
    at = substitute(symbolic.plain(value.rhs, context), {value.lhs.indices[0]: j})
    if depends_on(at, variable.base[j]):
        return False
    return is_zero(substitute_array(slope, variable.key, (j,), at), inner)


def matrix_probe(objective: sp.Expr, value: Relational, variable: Variable, context: Context) -> Outcome:
    """The objective at the claimed matrix, at admissible ones and at those between, all positive definite."""
    agreed, trouble = 0, "no admissible point was found"
    for point in points(context):
        try:
            size = as_int(evaluate(variable.axes[0], point))
            places = [(m, n) for m in range(1, size + 1) for n in range(1, size + 1)]
            claimed = {place: evaluate(value.rhs, point, _bound(value, place)) for place in places}
            if not is_positive_definite(_rows(claimed, size)):
                return Outcome(agreed, counterexample=shown(point), sides="the claimed matrix is not positive definite")
            drawn = {place: point.entry(variable.base[place], place) for place in places}
            top = evaluate_at(objective, point, _places(claimed, variable))
            for share in SHARES:
                between = {p: claimed[p] + (drawn[p] - claimed[p]) * share for p in places}
                if not is_positive_definite(_rows(between, size)):
                    continue
                difference = top - evaluate_at(objective, point, _places(between, variable))
                if difference < 0:
                    point.read.update({(variable.name, p): v for p, v in between.items()})
                    return Outcome(agreed, counterexample=shown(point), sides=f"larger there by {text(-difference)}")
                agreed += bool(difference >= 0) or between == claimed
        except UndefinedError as error:
            trouble = str(error)
    return Outcome(agreed, trouble=trouble)


def _bound(value: Relational, place: tuple[int, int]) -> dict[sp.Symbol, Value]:
    return {i: fmpq(n) for i, n in zip(value.lhs.indices, place, strict=True)}


def _rows(entries: dict[tuple[int, int], Value], size: int) -> list[list[Value]]:
    return [[entries[m, n] for n in range(1, size + 1)] for m in range(1, size + 1)]


def _places(entries: dict[tuple[int, int], Value], variable: Variable) -> dict[Entry, Value]:
    return {(variable.name, place): value for place, value in entries.items()}
