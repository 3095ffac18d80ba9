"""The claim that two equations have the same solutions."""

from __future__ import annotations

import sympy as sp
from flint import fmpq
from sympy.core.relational import Relational

from derive.algebra import rational
from derive.algebra.binding import free_symbols
from derive.algebra.context import Context, key
from derive.algebra.normal import normal
from derive.algebra.sign import ZERO, sign
from derive.checker import symbolic
from derive.checker.decision import decide, ill_formed
from derive.checker.evaluator import Point, UndefinedError, Value, as_int, evaluate, is_exact
from derive.checker.lint import lint
from derive.checker.numeric import Outcome, shown, text
from derive.checker.sampler import holds, inside, points
from derive.checker.verdict import Verdict
from derive.derivation import Step


def equivalent(step: Step, context: Context, given: tuple[str, ...]) -> Verdict:
    """One equation is a nonzero multiple of the other, so both have the same solutions."""
    wrong = ill_formed(lint(context, step.before, step.after))
    if wrong is not None:
        return wrong
    first, second = (normal(symbolic.plain(e.lhs - e.rhs, context), context) for e in (step.before, step.after))
    parts = rational.fraction(first / second)
    shown_for_all = all(sign(rational.factored(part), context) & ZERO == 0 for part in parts)
    outcome = _same_solutions(step.before, step.after, context)
    return decide(shown_for_all, outcome, given, "each equation is a nonzero multiple of the other")


def _same_solutions(first: Relational, second: Relational, context: Context) -> Outcome:
    """Where one equation holds, at random or because an entry is chosen so, the other must hold too."""
    outcomes = [_follows(first, second, context), _follows(second, first, context)]
    wrong = next((o for o in outcomes if o.refuted), None)
    if wrong is not None:
        return wrong
    untried = sum(not o.enough for o in outcomes)  # without a proof both directions must have been tried
    return Outcome(sum(o.agreed for o in outcomes), untried, trouble=min(outcomes, key=lambda o: o.agreed).trouble)


def _follows(forced: Relational, other: Relational, context: Context) -> Outcome:
    """Points at which one equation holds, exactly, and what the other says there."""
    agreed, trouble = 0, "no solution of one of the equations was found"
    for point in points(context, rounds=2):
        for entry in (None, *_given_entries(forced, context)):
            try:
                if not (_holds_exactly(forced, point) if entry is None else _force(forced, entry, point)):
                    continue
                if not all(holds(h, point) for h in context.hypotheses):
                    continue
                left, right = evaluate(other.lhs, point), evaluate(other.rhs, point)
            except UndefinedError as error:
                trouble = str(error)
                continue
            difference = left - right
            if difference == 0 if is_exact(difference) else difference.contains(0):
                agreed += 1
                continue
            sides = f"one equation holds, the other has sides {text(left)} and {text(right)}"
            return Outcome(agreed, counterexample=shown(point), sides=sides)
    return Outcome(agreed, trouble=trouble)


def _holds_exactly(equation: Relational, point: Point) -> bool:
    difference = evaluate(equation.lhs, point) - evaluate(equation.rhs, point)
    return is_exact(difference) and bool(difference == 0)


def _given_entries(equation: Relational, context: Context) -> list[sp.Expr]:
    """The scalars and entries of an equation whose values can be chosen."""
    found = [e for e in equation.atoms(sp.Symbol, sp.Indexed) if context.variable(e) is not None]
    known = {*context.sizes, *context.ranges}
    free = [e for e in found if not isinstance(e, sp.Indexed) or free_symbols(e) <= known]
    return sorted((e for e in free if context.definition(e) is None), key=str)


def _force(equation: Relational, entry: sp.Expr, point: Point) -> bool:
    """Give an entry the value at which an equation holds, if the equation is linear in it or in its inverse."""
    place = (key(entry)[0], tuple(as_int(evaluate(i, point)) for i in getattr(entry, "indices", ())))
    saved = point.values.get(place)
    variable = point.context.variable(entry)
    assert variable is not None, "only declared names are forced"
    domain = variable.domain

    def residual(value: Value) -> Value:
        point.assign(place, value)
        return evaluate(equation.lhs, point) - evaluate(equation.rhs, point)

    for inverse in (False, True):
        at = [fmpq(1, n) if inverse else fmpq(n) for n in (1, 2, 3)]
        r1, r2, r3 = map(residual, at)
        if all(map(is_exact, (r1, r2, r3))) and r3 - r2 == r2 - r1 and r2 != r1:
            root = 1 - r1 / (r2 - r1)
            if inverse and root == 0:
                continue
            value = 1 / root if inverse else root
            if inside(value, domain) and residual(value) == 0:
                return True
    point.assign(place, saved)
    return False
