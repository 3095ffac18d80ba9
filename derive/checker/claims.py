"""How each kind of step is checked. Each has its own short checker and its own way to fail."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra import rational
from derive.algebra.binding import CyclicDefinitionError, unfold
from derive.algebra.context import Context
from derive.algebra.normal import TooLargeError, normal
from derive.algebra.sign import ZERO, of_domain, sign
from derive.checker import symbolic
from derive.checker.evaluator import UndefinedError, evaluate, is_exact
from derive.checker.extremum import maximises
from derive.checker.lint import Lint, lint
from derive.checker.numeric import Outcome, compare, shown, text
from derive.checker.sampler import axes_of, holds, points
from derive.checker.solution import solves
from derive.checker.verdict import Verdict
from derive.derivation import Step


class LanesDisagreeError(AssertionError):
    """The symbolic lane proved what the numeric lane refutes: a fault of the checker itself."""


def check_step(step: Step, context: Context) -> Verdict:
    """The verdict on one step under a context."""
    try:
        return CHECKERS[step.kind](step, with_given(context, step.given))
    except CyclicDefinitionError as error:
        return Verdict("ill-formed", str(error))
    except (TooLargeError, UndefinedError, RecursionError, NotImplementedError) as error:
        return Verdict("undecided", str(error) or "the expression is nested too deeply")


def with_given(context: Context, given: tuple[Relational, ...]) -> Context:
    """The context and what a step assumes, also in the form in which definitions are unfolded."""
    conditions = [g for g in given if _is_condition(g)]
    unfolded = [c.func(normal(symbolic.plain(c.lhs, context), context), c.rhs, evaluate=False) for c in conditions]
    return context.extended(hypotheses=[*conditions, *unfolded])


def _is_condition(given: sp.Basic) -> bool:
    return isinstance(given, Relational) and not isinstance(given, sp.Eq)


def decide(shown_for_all: bool, outcome: Outcome, given: tuple[str, ...], how: str) -> Verdict:
    """The verdict from what the two lanes say."""
    if outcome.refuted:
        if shown_for_all:
            raise LanesDisagreeError(f"proved, yet {outcome.sides} at {outcome.counterexample}")
        return Verdict("refuted", outcome.sides, given, outcome.counterexample)
    if shown_for_all and outcome.enough:
        return Verdict("proved", f"{how}; agrees at {outcome.agreed} points", given)
    if outcome.enough:
        return Verdict("tested", f"no proof was found; agrees to 30 digits at {outcome.agreed} points", given)
    if shown_for_all:
        return Verdict("undecided", f"{how}, but not confirmed with numbers: {outcome.trouble}", given)
    return Verdict("undecided", outcome.trouble or "neither lane decides", given)


def ill_formed(found: Lint, strict: bool = True) -> Verdict | None:
    """The verdict on what the lint found; None where there is nothing to object to."""
    if found.faults:
        return Verdict("ill-formed", found.faults[0])
    if strict and found.missing:
        return Verdict("ill-formed", f"it is not stated that {_list(found.missing)}, which the step needs")
    return None


def _list(relations: object) -> str:
    return ", ".join(sp.sstr(r) for r in relations)  # type: ignore[attr-defined]


def _given(step: Step) -> tuple[str, ...]:
    return tuple(sp.sstr(g) for g in step.given)


def _equal(step: Step, context: Context) -> Verdict:
    wrong = ill_formed(lint(context, step.before, step.after))
    if wrong:
        return wrong
    outcome = compare(step.before, step.after, step.relation, context, ())
    shown_for_all = symbolic.holds(step.before, step.after, step.relation, context)
    how = "equal by normal form" if step.relation == "=" else "by the signs of its parts"
    return decide(shown_for_all, outcome, _given(step), f"{how}, for all sizes")


def _equivalent(step: Step, context: Context) -> Verdict:
    """One equation is a nonzero multiple of the other, so both have the same solutions."""
    wrong = ill_formed(lint(context, step.before, step.after))
    if wrong:
        return wrong
    first, second = (symbolic.plain(e.lhs - e.rhs, context) for e in (step.before, step.after))
    top, bottom = rational.fraction(normal(first, context) / normal(second, context))
    shown_for_all = all(sign(rational.factored(part), context) & ZERO == 0 for part in (top, bottom))
    outcome = _same_solutions(step.before, step.after, context)
    return decide(shown_for_all, outcome, _given(step), "each equation is a nonzero multiple of the other")


def _same_solutions(first: Relational, second: Relational, context: Context) -> Outcome:
    """Where an entry is chosen so that one equation holds, the other must hold too."""
    agreed, trouble = 0, "no solution of either equation was found"
    for forced, other in ((first, second), (second, first)):
        for point in points(context):
            try:
                for entry in sorted(forced.atoms(sp.Symbol, sp.Indexed) - forced.atoms(sp.IndexedBase), key=str):
                    if context.variable(entry) is None or context.definition(entry) is not None:
                        continue
                    if not _force(forced, entry, point):
                        continue
                    if not all(holds(h, point) for h in context.hypotheses):
                        continue
                    left, right = evaluate(other.lhs, point), evaluate(other.rhs, point)
                    difference = left - right
                    if is_exact(difference) and difference == 0:
                        agreed += 1
                    elif is_exact(difference) or not difference.contains(0):
                        sides = f"one equation holds, the other has sides {text(left)} and {text(right)}"
                        return Outcome(agreed, shown(point), sides)
            except UndefinedError as error:
                trouble = str(error)
    return Outcome(agreed, trouble=trouble)


def _force(equation: Relational, entry: sp.Expr, point: object) -> bool:
    """Give an entry the value at which an equation holds, if the equation is affine or inversely affine in it."""
    from flint import fmpq

    from derive.algebra.context import key
    from derive.checker.evaluator import Point, as_int

    assert isinstance(point, Point)
    place = (key(entry)[0], tuple(as_int(evaluate(i, point)) for i in getattr(entry, "indices", ())))
    saved = point.values.get(place)

    def residual(value: object) -> object:
        point.values[place] = value
        return evaluate(equation.lhs, point) - evaluate(equation.rhs, point)

    for there, back in ((lambda v: v, lambda v: v), (lambda v: 1 / v, lambda v: 1 / v)):
        r1, r2, r3 = (residual(there(fmpq(v))) for v in (1, 2, 3))
        if all(map(is_exact, (r1, r2, r3))) and r3 - r2 == r2 - r1 and r2 != r1:  # type: ignore[operator]
            root = 1 - r1 / (r2 - r1)  # type: ignore[operator]
            if root != 0 and residual(back(root)) == 0:
                return True
    if saved is None:
        point.values.pop(place, None)
    else:
        point.values[place] = saved
    return False


def _solves(step: Step, context: Context) -> Verdict:
    return solves(step, context, _given(step))


def _maximises(step: Step, context: Context) -> Verdict:
    return maximises(step, context, _given(step))


def _definition(step: Step, context: Context) -> Verdict:
    """A definition claims nothing, but its value must make sense and lie in the domain that the name declares."""
    bound = tuple(getattr(step.before, "indices", ()))
    wrong = ill_formed(lint(context, step.after, bound=bound))
    if wrong:
        return wrong
    definition = context.definition(step.before)
    if definition is None:
        return Verdict("ill-formed", f"the context does not define {step.before}")
    outcome = compare(definition.head, step.after, "=", context_with(context, step), ())
    if outcome.refuted:
        return Verdict("refuted", "the context defines it otherwise", counterexample=outcome.counterexample)
    unfold(step.before, context)
    domain = of_domain(definition.variable.domain)
    value = context_with(context, step)
    if sign(definition.value, value) | domain != domain:
        return Verdict("ill-formed", f"its value need not be {definition.variable.domain.name}")
    return Verdict("definition", "introduces a name")


def context_with(context: Context, step: Step) -> Context:
    """The context in which the indices of a definition's head are free, over the axes on which they are used."""
    from derive.algebra.context import IndexRange

    axes = axes_of(step.before, context)
    return context.extended(
        indices=[IndexRange(i, sp.S.One, axis) for i, axis in axes.items() if i not in context.ranges]
    )


def _hypothesis(step: Step, context: Context) -> Verdict:
    bound = tuple(axes_of(step.before, context))
    wrong = ill_formed(lint(context, step.before, bound=bound), strict=False)
    if wrong:
        return wrong
    found = [holds(step.before, point) for point in points(context)]
    if found and not any(found):
        return Verdict("refuted", "it contradicts what else is given")
    return Verdict("hypothesis", "is assumed")


def _substitution(step: Step, context: Context) -> Verdict:
    """Values are put in: the sides must agree once names have these values."""
    wrong = ill_formed(lint(context, step.before, step.after, *(b.rhs for b in step.bind)), strict=False)
    if wrong:
        return wrong
    agreed, trouble = 0, "no admissible point was found"
    for point in points(context, fixed=tuple(step.bind)):
        try:
            left, right = evaluate(step.before, point), evaluate(step.after, point)
        except UndefinedError as error:
            trouble = str(error)
            continue
        difference = left - right
        if not (difference == 0 if is_exact(difference) else difference.contains(0)):
            return Verdict("refuted", f"left side {text(left)}, right side {text(right)}", _given(step), shown(point))
        agreed += 1
    if not agreed:
        return Verdict("undecided", trouble)
    return Verdict("substitution", f"values put in; agrees at {agreed} points", _given(step))


CHECKERS: dict[str, Callable[[Step, Context], Verdict]] = {
    "equal": _equal,
    "inequality": _equal,
    "equivalent": _equivalent,
    "solves": _solves,
    "maximises": _maximises,
    "definition": _definition,
    "hypothesis": _hypothesis,
    "substitution": _substitution,
}
