"""How each kind of step is checked. Each has its own short checker and its own way to fail."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.binding import CyclicDefinitionError, substitute, unfold
from derive.algebra.budgets import SECONDS, OutOfTimeError, budget, tick
from derive.algebra.context import Context
from derive.algebra.normal_form import normal
from derive.algebra.products import ShapeError
from derive.checker import symbolic
from derive.checker.decision import LanesDisagreeError, decide, ill_formed, is_shown
from derive.checker.equivalence import equivalent
from derive.checker.evaluator import NoEntryError, Point, UndefinedError, evaluate, is_exact
from derive.checker.extremum import maximises
from derive.checker.linting import lint
from derive.checker.matrices import positive_definite
from derive.checker.numeric import ENOUGH, FIRST_POINTS, ROUNDS, compare, shown, text
from derive.checker.products import by_entries
from derive.checker.sampler import axes_of, points
from derive.checker.solution import solves
from derive.checker.verdict import Verdict
from derive.derivation import Step

#: Longer is not spent on whether a hypothesis contradicts the context.
HYPOTHESIS_SECONDS = 0.5


def check_step(step: Step, context: Context, seconds: float = SECONDS) -> Verdict:
    """The verdict on one step under a context; what takes longer than so many seconds stays undecided."""
    try:
        given = tuple(sp.sstr(g) for g in step.given)
        with budget(seconds):
            step, context = by_entries(step, context)
            return CHECKERS[step.kind](step, with_given(context, step.given), given)
    except ShapeError as error:
        return Verdict("ill-formed", str(error))
    except CyclicDefinitionError as error:
        return Verdict("ill-formed", str(error))
    except OutOfTimeError as error:
        return Verdict("undecided", str(error))
    except LanesDisagreeError:
        raise
    except Exception as error:  # whatever a step from outside trips over, it is neither right nor wrong for that
        return Verdict("undecided", str(error) or f"the checker cannot take this step in ({type(error).__name__})")


def with_given(context: Context, given: tuple[Relational, ...]) -> Context:
    """The context and what a step assumes, the same object for the same assumptions: what it finds out stays known."""
    if given not in context.assuming:
        context.assuming[given] = _with_given(context, given) if given else context
    return context.assuming[given]


def _with_given(context: Context, given: tuple[Relational, ...]) -> Context:
    """The context and what a step assumes, also in the form in which definitions are unfolded."""
    equations = [g for g in given if isinstance(g, sp.Eq) and not symbolic.holds(g.lhs, g.rhs, "=", context)]
    conditions = [*(g for g in given if isinstance(g, Relational) and not isinstance(g, sp.Eq)), *equations]
    unfolded = [c.func(normal(symbolic.plain(c.lhs, context), context), c.rhs, evaluate=False) for c in conditions]
    return context.extended(hypotheses=[*conditions, *unfolded])


def _equal(step: Step, context: Context, given: tuple[str, ...]) -> Verdict:
    wrong = ill_formed(lint(context, step.before, step.after))
    if wrong is not None:
        return wrong
    unfold(sp.Tuple(step.before, step.after), context)  # raises where a name is defined by itself
    outcome = compare(step.before, step.after, step.relation, context, 1, FIRST_POINTS)
    shown_for_all = is_shown(lambda: symbolic.holds(step.before, step.after, step.relation, context), outcome.refuted)
    if not shown_for_all and not outcome.refuted:
        outcome = compare(step.before, step.after, step.relation, context, ROUNDS)
    if step.relation in ("<", ">") and symbolic.holds(step.before, step.after, "=", context):
        point = next(points(context), None)
        where = None if point is None else shown_at(step.before, point)
        return Verdict("refuted", "both sides are equal, for all sizes", given, where)
    how = "equal by normal form" if step.relation == "=" else "by the signs of its parts"
    return decide(shown_for_all, outcome, given, f"{how}, for all sizes", points_tell=step.relation == "=")


def shown_at(expr: sp.Expr, point: Point) -> dict[str, str]:
    """The values that a point gives to what an expression reads."""
    with suppress(UndefinedError):
        evaluate(expr, point)
    return shown(point)


def _definition(step: Step, context: Context, given: tuple[str, ...]) -> Verdict:
    """A definition claims nothing, but its value must make sense and lie in the domain that the name declares."""
    bound = tuple(getattr(step.before, "indices", ()))
    wrong = ill_formed(lint(context, step.after, bound=bound))
    if wrong is not None:
        return wrong
    definition = context.definition(step.before)
    if definition is None:
        return Verdict("ill-formed", f"the context does not define {step.before}")
    unfold(definition.head, context)  # raises where the name is defined by itself
    inner = context.over_axes(step.before)
    outcome = compare(step.before, step.after, "=", inner, 1)
    shown_for_all = not outcome.refuted and symbolic.holds(step.before, step.after, "=", inner)
    if not shown_for_all and not outcome.refuted:
        outcome = compare(step.before, step.after, "=", inner, ROUNDS)
    if outcome.refuted:
        return Verdict("refuted", "the context defines it otherwise", counterexample=outcome.counterexample)
    if not outcome.enough or not shown_for_all:
        return Verdict("undecided", "that the context defines it so was not shown")
    definite = definition.variable.domain.definite
    value = sp.Eq(step.before, step.after, evaluate=False)
    if not (
        positive_definite(value, context)
        if definite
        else symbolic.in_domain(step.after, definition.variable.domain, inner)
    ):
        return Verdict("ill-formed", f"its value need not be {definition.variable.domain.name}")
    return Verdict("definition", "introduces a name")


def _hypothesis(step: Step, context: Context, given: tuple[str, ...]) -> Verdict:
    bound = tuple(axes_of(step.before, context))
    wrong = ill_formed(lint(context, step.before, bound=bound), strict=False)
    if wrong is not None:
        return wrong
    options = (
        [sp.Eq(step.before.args[0], member, evaluate=False) for member in step.before.args[1]]
        if isinstance(step.before, sp.Contains)
        else [step.before]
    )
    if _excluded(options, context):
        return Verdict("refuted", "it contradicts what else is given, for all sizes")
    return Verdict("hypothesis", "is assumed")


def _excluded(options: list[Relational], context: Context) -> bool:
    """Whether none of the options can hold; a long one that would take too much time is taken to be possible."""
    try:
        with budget(HYPOTHESIS_SECONDS):
            return all(symbolic.excluded(option, context) for option in options)
    except OutOfTimeError:
        tick()  # if the time for the whole step is up too, that counts
        return False


def _substitution(step: Step, context: Context, given: tuple[str, ...]) -> Verdict:
    """Values are put in: the sides must agree once names have these values."""
    wrong = ill_formed(lint(context, step.before, step.after, sized=True), strict=False)
    if wrong is not None:
        return wrong
    fault = _unfit(step.bind, context)
    if fault:
        return Verdict("ill-formed", fault)
    agreed, trouble = 0, "no admissible point was found"
    sized = {value.lhs for value in step.bind} >= set(context.sizes)
    for point in points(context, tuple(step.bind), ROUNDS):
        try:
            left, right = evaluate(step.before, point), evaluate(step.after, point)
        except NoEntryError as error:
            if sized:
                return Verdict("ill-formed", str(error))
            trouble = str(error)
            continue
        except UndefinedError as error:
            trouble = str(error)
            continue
        difference = left - right
        if not (difference == 0 if is_exact(difference) else difference.contains(0)):
            return Verdict("refuted", f"left side {text(left)}, right side {text(right)}", given, shown(point))
        agreed += 1
    if agreed < ENOUGH:
        return Verdict("undecided", trouble)
    return Verdict("substitution", f"values put in; agrees at {agreed} points", given)


def _unfit(values: tuple[sp.Basic, ...], context: Context) -> str:
    """What is wrong with values that are to be put in; "" where nothing is."""
    given: dict[sp.Basic, sp.Basic] = {}
    for value in values:
        if not isinstance(value, sp.Eq) or (value.lhs not in context.sizes and context.variable(value.lhs) is None):
            return f"{sp.sstr(value)} gives no value to a name"
        if given.setdefault(value.lhs, value.rhs) != value.rhs:
            return f"{value.lhs} is given two values"
        variable = context.variable(value.lhs)
        if value.lhs in context.sizes and not (value.rhs.is_Integer and value.rhs.is_positive):
            return f"the size {value.lhs} cannot be {value.rhs}"
        if variable is None or not value.rhs.is_number:
            continue
        ends = {name: substitute(getattr(variable.domain, name), given) for name in ("lower", "upper")}
        if not symbolic.in_domain(value.rhs, replace(variable.domain, **ends), context):
            return f"{value.lhs} cannot be {value.rhs}: it is {variable.domain.name}"
    return ""


CHECKERS: dict[str, Callable[[Step, Context, tuple[str, ...]], Verdict]] = {
    "equal": _equal,
    "inequality": _equal,
    "equivalent": equivalent,
    "solves": solves,
    "maximises": maximises,
    "definition": _definition,
    "hypothesis": _hypothesis,
    "substitution": _substitution,
}
