"""The claim that two equations have the same solutions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import sympy as sp
from flint import arb, fmpq
from sympy.core.relational import Relational

from derive.algebra import rational
from derive.algebra.binding import depends_on, free_symbols
from derive.algebra.context import Context, key
from derive.algebra.matrices import InverseEntry
from derive.algebra.normal_form import normal
from derive.algebra.products import has_matrices
from derive.algebra.signs import ZERO, sign
from derive.checker import symbolic
from derive.checker.decision import decide, ill_formed
from derive.checker.evaluator import Point, UndefinedError, Value, as_int, evaluate, is_exact
from derive.checker.functions import ball
from derive.checker.linting import lint
from derive.checker.matrices import same_up_to_a_matrix
from derive.checker.monotone import only_root
from derive.checker.numeric import ENOUGH, Outcome, shown, text
from derive.checker.sampler import holds, inside, points
from derive.checker.verdict import Verdict
from derive.derivation import Step

#: Where roots are looked for, in how many steps at most, how many of them, and how small (2 to minus that) their balls.
PROBES = tuple(sorted(fmpq(sign * n, 16) for sign in (-1, 1) for n in (1, 2, 4, 8, 12, 16, 24, 32, 64, 128, 512)))
STEPS = 60
MAX_BISECTED = 8
NARROW = 130


def equivalent(step: Step, context: Context, given: tuple[str, ...]) -> Verdict:
    """One equation is a nonzero multiple of the other, so both have the same solutions."""
    wrong = ill_formed(lint(context, step.before, step.after))
    if wrong is not None:
        return wrong
    first, second = (normal(symbolic.plain(e.lhs - e.rhs, context), context) for e in (step.before, step.after))
    parts = rational.fraction(first / second)
    shown_for_all = all(sign(rational.factored(part), context) & ZERO == 0 for part in parts)
    if not shown_for_all or _definite_in_both(step, context):
        by_matrix = same_up_to_a_matrix(step.before, step.after, context, given)
        if by_matrix is not None:
            return by_matrix
        if any(e.has(InverseEntry) for e in (step.before, step.after)) and free_symbols(step.before) & context.declared:
            return Verdict("undecided", "that one is an invertible matrix times the other was not shown", given)
    how = "each equation is a nonzero multiple of the other"
    solved = _solved(step.before, step.after, context) or _solved(step.after, step.before, context)
    if solved is not None:
        equation, value = solved
        if not shown_for_all and only_root(equation.lhs - equation.rhs, value.lhs, value.rhs, context):
            shown_for_all, how = True, "the value solves the equation, which is strictly monotone in the unknown"
        if shown_for_all:
            return decide(True, _at_and_beside(equation, value, context), given, how)
    return decide(shown_for_all, _same_solutions(step.before, step.after, context, shown_for_all), given, how)


def _definite_in_both(step: Step, context: Context) -> bool:
    """Whether both equations hold an entry of a positive definite matrix."""
    return any(_of_definite(e, context) for e in step.before.atoms(sp.Indexed) & step.after.atoms(sp.Indexed))


def _of_definite(entry: sp.Expr, context: Context) -> bool:
    variable = context.variable(entry)
    return variable is not None and variable.domain.definite


def _solved(value: Relational, equation: Relational, context: Context) -> tuple[Relational, Relational] | None:
    """Equation and value, where one side of the claim is "unknown = value" for a scalar."""
    if context.variable(value.lhs) is None or not value.lhs.is_Symbol or depends_on(value.rhs, value.lhs):
        return None
    return (equation, value) if depends_on(equation, value.lhs) else None


def _at_and_beside(equation: Relational, value: Relational, context: Context) -> Outcome:
    """The equation must hold where the unknown has the value, and at points where it has another, it must not."""
    variable = context.variable(value.lhs)
    assert variable is not None  # `_solved` saw to it
    place, domain = (key(value.lhs)[0], ()), variable.domain
    at, beside, trouble = 0, 0, "no admissible point was found"
    for point in points(context, rounds=2):
        try:
            drawn, root = point.entry(value.lhs, ()), evaluate(value.rhs, point)
            left, right = evaluate(equation.lhs, point), evaluate(equation.rhs, point)
            if _differ(drawn, root) and not _differ(left, right) and is_exact(left - right):
                return Outcome(at, counterexample=shown(point), sides="the equation holds for another value too")
            beside += _differ(drawn, root) and _differ(left, right)
            if not inside(root, domain, point):
                continue
            point.assign(place, root)
            left, right = evaluate(equation.lhs, point), evaluate(equation.rhs, point)
        except UndefinedError as error:
            trouble = str(error)
            continue
        if _differ(left, right):
            sides = f"with the value put in, the sides are {text(left)} and {text(right)}"
            return Outcome(at, counterexample=shown(point), sides=sides)
        at += 1
    return Outcome(at + beside if at else 0, int(at < ENOUGH or beside < ENOUGH), trouble=trouble)


def _differ(left: Value, right: Value) -> bool:
    difference = left - right
    return bool(difference != 0) if is_exact(difference) else not difference.contains(0)


def _same_solutions(first: Relational, second: Relational, context: Context, shown_for_all: bool) -> Outcome:
    """Where one equation holds, at random or because an entry is chosen so, the other must hold too.

    What a proof shows already is confirmed at a few points; without one they are what there is.
    """
    wanted = 2 * ENOUGH if shown_for_all else None
    outcomes = [_follows(first, second, context, wanted), _follows(second, first, context, wanted)]
    wrong = next((o for o in outcomes if o.refuted), None)
    if wrong is not None:
        return wrong
    untried = sum(not o.enough for o in outcomes)  # without a proof both directions must have been tried
    untried += sum(o.untold for o in outcomes)  # roots within balls confirm a proof, they do not make up for one
    return Outcome(sum(o.agreed for o in outcomes), untried, trouble=min(outcomes, key=lambda o: o.agreed).trouble)


def _follows(forced: Relational, other: Relational, context: Context, wanted: int | None) -> Outcome:
    """Points at which one equation holds, exactly or within a small ball, and what the other says there."""
    agreed, bisected, trouble = 0, 0, "no solution of one of the equations was found"
    for point in points(context, rounds=2):
        for entry in (None, *_given_entries(forced, context)):
            if wanted is not None and agreed >= wanted:
                return Outcome(agreed, bisected)
            try:
                exact = _holds_exactly(forced, point) if entry is None else _force(forced, entry, point)
                roots: Iterator[None] = iter([None]) if exact else iter([])
                if not exact and entry is not None and agreed < ENOUGH and bisected < MAX_BISECTED:
                    roots = _bisect(forced, entry, point)
                for _ in roots:
                    bisected += not exact
                    if not all(holds(h, point) for h in context.hypotheses):
                        continue
                    left, right = evaluate(other.lhs, point), evaluate(other.rhs, point)
                    if _differ(left, right):
                        sides = f"one equation holds, the other has sides {text(left)} and {text(right)}"
                        return Outcome(agreed, counterexample=shown(point), sides=sides)
                    agreed += 1
            except UndefinedError as error:
                trouble = str(error)
    return Outcome(agreed, bisected, trouble=trouble)


def _holds_exactly(equation: Relational, point: Point) -> bool:
    difference = evaluate(equation.lhs, point) - evaluate(equation.rhs, point)
    return is_exact(difference) and bool(difference == 0)


def _given_entries(equation: Relational, context: Context) -> list[sp.Expr]:
    """The scalars and entries of an equation whose values can be chosen."""
    found = [e for e in equation.atoms(sp.Symbol, sp.Indexed) if context.variable(e) is not None]
    known = {*context.sizes, *context.ranges}
    free = [e for e in found if not isinstance(e, sp.Indexed) or free_symbols(e) <= known]
    if has_matrices(equation):  # whose entries have indices that are bound: the first entry of each array
        inside = [e for e in found if isinstance(e, sp.Indexed) and e not in free]
        free += {e.base[tuple(i if free_symbols(i) <= known else sp.S.One for i in e.indices)] for e in inside}
    free = [e for e in free if context.definition(e) is None]
    return sorted((e for e in free if not _of_definite(e, context)), key=str)  # not one entry alone


def _bisect(equation: Relational, entry: sp.Expr, point: Point) -> Iterator[None]:
    """Give an entry, one after the other, balls that certainly hold a root: there the two sides change places."""
    place = (key(entry)[0], tuple(as_int(evaluate(i, point)) for i in getattr(entry, "indices", ())))
    saved = point.values.get(place)
    variable = point.context.variable(entry)
    if variable is None or variable.domain.integer:
        return

    def residual(value: Value) -> Value:
        point.assign(place, value)
        return ball(evaluate(equation.lhs, point) - evaluate(equation.rhs, point))

    try:
        probes = [arb(v) for v in PROBES if inside(v, variable.domain, point)]
        for (low, first), (high, last) in pairwise([(v, residual(v)) for v in probes]):
            if (first > 0 and last < 0) or (first < 0 and last > 0):
                root = _between(residual, (low, first), (high, last))
                if root is not None:
                    point.assign(place, root)
                    yield
    finally:
        point.assign(place, saved)


def _between(residual: Callable[[Value], Value], low: tuple[Value, Value], high: tuple[Value, Value]) -> Value | None:
    """A small ball with a certain root between two places where the residual differs in sign, by false position.

    The end that stays has its residual halved (the Illinois rule), so that the other comes close too.
    """
    (a, at_a), (b, at_b) = low, high
    middle, stayed = a, 0
    for _ in range(STEPS):
        before, middle = middle, ((a * at_b - b * at_a) / (at_b - at_a)).mid()
        here = residual(middle)
        if here.contains(0) or abs(middle - before) < (abs(middle) + 1) * arb(2) ** (-NARROW - 10):
            break
        if (here > 0 and at_b > 0) or (here < 0 and at_b < 0):
            b, at_b = middle, here
            at_a, stayed = (at_a / 2 if stayed == 1 else at_a), 1
        else:
            a, at_a = middle, here
            at_b, stayed = (at_b / 2 if stayed == 2 else at_b), 2
    width = (abs(middle) + 1) * arb(2) ** -NARROW
    left, right = residual(middle - width), residual(middle + width)
    opposite = (left > 0 and right < 0) or (left < 0 and right > 0)
    return (middle - width).union(middle + width) if opposite else None


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
