"""Is a claim true? Decided by numbers alone, at random points of the context.

`judge` answers "wrong" with a reason, or "true" where no point speaks against the claim: generic points with N, K ≥ 3
first, then corners (values at the closed ends of their domains, small sizes). A side without a value at an admissible
point makes a claim wrong: it speaks of what is not there. Where no point tells anything (a sum or an integral that does
not settle), the claim is left open: UndecidedError.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from random import Random

import mpmath
import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.context import Context, key
from derive.derivation import Step
from tests.soundness import optimum, system
from tests.soundness.arithmetic import (
    DIGITS,
    TOLERANCE,
    UndefinedError,
    UnknownError,
    Value,
    floating,
    integer,
    same,
    subtract,
)
from tests.soundness.oracle import Place, World, value
from tests.soundness.tree import sites
from tests.soundness.worlds import LARGE, declared, holds, inside, instances, related, worlds

RELATIONS = {"=": sp.Eq, "≤": sp.LessThan, "<": sp.StrictLessThan, "≥": sp.GreaterThan, ">": sp.StrictGreaterThan}


@dataclass(frozen=True)
class Effort:
    """How many generic points and how many corners a claim must survive to count as true."""

    generic: int = 15
    corners: int = 40
    #: For another solution: in how many worlds, of which sizes, from how many points of each it is looked for.
    searches: int = 2
    sizes: tuple[int, ...] = (3, 4)
    starts: int = 6


#: For rewrites, which are equal by construction: the five points of a plain check.
LIGHT = Effort(5, 6, 1, (3,), 2)
THOROUGH = Effort()


#: Integrals and infinite sums take a quarter of a second at a point.
SLOW, SLOW_LIGHT = Effort(4, 3, 1, (3,), 2), Effort(2, 1, 1, (3,), 2)


class WrongError(Exception):
    """A point speaks against the claim: the reason."""


class UndecidedError(Exception):
    """No point tells anything about the claim."""


def judge(step: Step, context: Context, rnd: Random, effort: Effort = THOROUGH) -> str | None:
    """Why a claim is wrong, or None where nothing was found against it. UndecidedError where nothing can be told."""
    if step.kind not in _JUDGES:
        raise UndecidedError(f"nobody judges claims of the kind {step.kind}")
    try:
        slow = SLOW_LIGHT if effort == LIGHT else SLOW
        told = _JUDGES[step.kind](step, context, rnd, slow if _is_slow(step) else effort)
    except WrongError as error:
        return str(error)
    if not told:
        raise UndecidedError("no point tells")
    return None


def _is_slow(step: Step) -> bool:
    parts = [p for p in (step.before, step.after) if isinstance(p, sp.Basic)]
    return any(p.has(sp.Integral, sp.oo) for p in parts)


def _points(
    step: Step, context: Context, rnd: Random, effort: Effort, fixed: tuple[Relational, ...] = ()
) -> Iterator[World]:
    yield from worlds(context, step.given, rnd, effort.generic, fixed=fixed)
    yield from worlds(context, step.given, rnd, effort.corners, corner=True, fixed=fixed)


def _sides(step: Step, world: World) -> tuple[Value, Value] | None:
    """Both sides; None where one cannot be worked out though it may have a value."""
    found = [_value(side, world) for side in (step.before, step.after)]
    return None if None in found else (found[0], found[1])


def _value(expr: sp.Expr, world: World) -> Value | None:
    try:
        return value(expr, world)
    except UnknownError:
        return None
    except UndefinedError as error:
        raise WrongError(f"a side has no value: {error} {_where(world)}") from error


def _where(world: World) -> str:
    sizes = {str(s): n for s, n in world.sizes.items()} | {str(s): n for s, n in world.indices.items()}
    entries = {f"{n}{list(i) or ''}": str(v) if len(str(v)) < 12 else mpmath.nstr(floating(v), 5)
               for (n, i), v in world.values.items()}  # fmt: skip
    return f"at {sizes} {entries}"


def _equal(step: Step, context: Context, rnd: Random, effort: Effort) -> int:
    relation, slow, told = RELATIONS.get(step.relation, sp.Eq), _is_slow(step), 0
    for world in _points(step, context, rnd, effort):
        sides = _sides(step, world)
        if sides is None:
            continue
        told += 1
        left, right = sides
        if slow and optimum.is_small(subtract(left, right)):  # of an integral less what it is, digits after the point
            left, right = Fraction(0), Fraction(0)
        if not related(left, right, relation) and (
            slow or not _holds_with_more_digits(step, world, relation, subtract(left, right))
        ):
            raise WrongError(f"{mpmath.nstr(floating(left), 12)} and {mpmath.nstr(floating(right), 12)} "
                             f"{_where(world)}")  # fmt: skip
    return told


def _holds_with_more_digits(step: Step, world: World, relation: type, before: Value) -> bool:
    """Whether numbers beyond 10¹⁰⁰, of whose difference no digit is right, agree after all.

    A difference too small to count otherwise (10⁻²⁰⁰ > 0) counts if it is the same with more digits.
    """
    with mpmath.workdps(4 * DIGITS):
        sides = _sides(step, world)
        if sides is None or related(*sides, relation):
            return sides is not None
        difference = floating(subtract(*sides))
        stable = abs(difference - floating(before)) <= TOLERANCE * abs(difference)
        return stable and bool(difference > 0 if relation is sp.StrictGreaterThan else
                               difference < 0 if relation is sp.StrictLessThan else False)  # fmt: skip


def _substitution(step: Step, context: Context, rnd: Random, effort: Effort) -> int:
    """Where a side has no value (log 0) nothing is claimed, as long as both have one somewhere."""
    agreed, trouble = 0, ""
    fixed = tuple(step.bind)
    everywhere = (_points(step, context, rnd, effort, fixed), worlds(context, step.given, rnd, 5, False, fixed, LARGE))
    for world in chain.from_iterable(everywhere):
        try:
            sides = _sides(step, world)
        except WrongError as error:
            trouble = str(error)
            continue
        if sides is None:
            continue
        if not same(*sides):
            raise WrongError(f"{sides[0]} and {sides[1]} {_where(world)}")
        agreed += 1
    if not agreed and trouble:
        raise WrongError(trouble)
    return agreed


def _definition(step: Step, context: Context, rnd: Random, effort: Effort) -> int:
    """The context's own value of the name is the measure."""
    definition = context.definition(step.before)
    if definition is None:
        raise WrongError("the context does not define that name")
    indices, told = tuple(getattr(step.before, "indices", ())), 0
    for world in _points(step, context, rnd, effort):
        for symbol, axis in zip(indices, definition.variable.axes, strict=True):
            world.indices[symbol] = rnd.randint(1, integer(value(axis, world)))
        world.forget()
        sides = _sides(step, world)
        told += sides is not None
        if sides is not None and not same(*sides):
            raise WrongError(f"the context has another value {_where(world)}")
    return told


def _hypothesis(step: Step, context: Context, rnd: Random, effort: Effort) -> int:
    """A hypothesis claims nothing, but it must have a meaning somewhere and be possible.

    Where a side has no value (√Δ at Δ < 0) it does not hold: so is every condition read, in `worlds` too.

    It is impossible for certain where its sides are the same numbers at every point and do not fit, or where no value
    of an entry's domain fits. Other hypotheses may be possible at points that were not drawn.
    """
    seen: set[tuple[str, ...]] = set()
    held, told, trouble = False, 0, "it speaks of nothing"
    for world in _points(step, context, rnd, effort):
        told += 1
        for instance in instances(step.before, world):
            sides = instance.args[: 1 if isinstance(instance, sp.Contains) else 2]
            try:
                values = [v for v in (_value(s, world) for s in sides) if v is not None]
            except WrongError as error:
                trouble = str(error)
            else:
                seen.add(tuple(mpmath.nstr(floating(v), 15) for v in values))
        held = held or holds(step.before, world)
    if told and not seen:
        raise WrongError(trouble)
    if not held and told and (len(seen) == 1 or _outside(step.before, context)):
        raise WrongError("it holds nowhere")
    return told


def _outside(claim: sp.Basic, context: Context) -> bool:
    """Whether a claim about one entry and numbers fits no value of the entry's domain."""
    variable = context.variable(claim.args[0]) if isinstance(claim.args[0], (sp.Symbol, sp.Indexed)) else None
    if variable is None or (not variable.domain.integer and isinstance(claim, sp.Contains)):
        return False
    lower, upper = variable.domain.lower, variable.domain.upper
    if not (lower.is_extended_real and upper.is_extended_real and lower.is_number and upper.is_number):
        return False
    if isinstance(claim, sp.Contains):
        return all(not lower <= m <= upper or not m.is_integer for m in claim.args[1])
    if not claim.rhs.is_number:
        return False
    if isinstance(claim, (sp.GreaterThan, sp.StrictGreaterThan)):
        return bool(claim.rhs > upper)
    return bool(claim.rhs < lower) if isinstance(claim, (sp.LessThan, sp.StrictLessThan)) else False


def _equivalent(step: Step, context: Context, rnd: Random, effort: Effort) -> int:
    told = 0
    for world in _points(step, context, rnd, effort):
        for side in (step.before, step.after):
            _value(side.lhs, world), _value(side.rhs, world)
    if system.speak_of_arrays((step.before, step.after), context):
        return told + _arrays_carry_over(step, context, rnd, min(effort.generic, 8))
    for corner, count in ((False, min(effort.generic, 6)), (True, min(effort.corners, 6))):
        for world in worlds(context, step.given, rnd, count, corner=corner):
            for first, second in ((step.before, step.after), (step.after, step.before)):
                for place in _unknowns((first, second), world):
                    told += _solutions_carry_over(first, second, place, world, step)
    return told


def _arrays_carry_over(step: Step, context: Context, rnd: Random, count: int) -> int:
    """Whether the arrays that solve one equation for all its free indices solve the other, too.

    Found are the solutions of equations that are affine in the array.
    """
    told = 0
    for world in worlds(context, step.given, rnd, count, choice=(1, 2, 3, 4)):
        sweeps = system.sweeps((step.before, step.after), world)
        for variable, groups in system.coupled((step.before, step.after), world):
            for first, second in ((step.before, step.after), (step.after, step.before)):
                found = system.affine_solution(first, variable, groups, sweeps, world)
                if found is not None:
                    told += _array_agrees(second, found, sweeps, world, step)
    return told


def _array_agrees(
    equation: Relational, values: dict[Place, Value], sweeps: list[system.Sweep], world: World, step: Step
) -> int:
    told = 0
    with world.having(values):
        if optimum.admissible(world) and all(holds(c, world) for c in (*world.context.hypotheses, *step.given)):
            for sweep in sweeps:
                with world.at(sweep):
                    told += _must_agree(equation, world, "a solution of one equation is none of the other")
    return told


def _unknowns(equations: tuple[Relational, ...], world: World) -> list[Place]:
    """The places whose values may be chosen: what is given and real, those bound by no known sum first."""
    context = world.context
    bound_by_sum = {f.variable.key for f in context.facts}
    found: dict[Place, bool] = {}
    for site in (s for equation in equations for s in sites(equation)):
        e, hidden = site.node, {v for v, _, _ in site.scope}
        variable = context.variable(e) if isinstance(e, (sp.Symbol, sp.Indexed)) else None
        if variable is None or context.definition(e) is not None or variable.domain.integer:
            continue
        indices = getattr(e, "indices", ())
        if not all((i in world.indices and i not in hidden) or i.is_Integer for i in indices):
            continue
        place = (key(e)[0], tuple(integer(value(i, world)) for i in indices))
        world.entry(e, place[1])
        found[place] = variable.key in bound_by_sum
    unbound = [p for p, is_bound in found.items() if not is_bound]
    return sorted(unbound or found)


def _solutions_carry_over(first: Relational, second: Relational, place: Place, world: World, step: Step) -> int:
    variable, told = declared(world.context)[place[0], len(place[1])], 0
    for root in optimum.roots(first, place, world):
        with world.having({place: root}):
            conditions = (*world.context.hypotheses, *step.given)
            if inside(root, variable.domain, world) and all(holds(c, world) for c in conditions):
                told += _must_agree(second, world, "a solution of one equation is none of the other")
    return told


def _must_agree(equation: Relational, world: World, else_why: str) -> bool:
    """Whether that an equation holds could be told."""
    left, right = _value(equation.lhs, world), _value(equation.rhs, world)
    if left is None or right is None:
        return False
    if not same(left, right) and not optimum.is_small(subtract(left, right)):
        raise WrongError(f"{else_why} {_where(world)}")
    return True


def _solves(step: Step, context: Context, rnd: Random, effort: Effort) -> int:
    equations, values, told = tuple(step.before), tuple(step.after), 0
    for world in _points(step, context, rnd, effort):
        if _put_in(values, world):
            told += all([_must_agree(e, world, "put in, the equation does not hold") for e in equations])
    if step.relation == "⇔":
        for world in worlds(context, step.given, rnd, effort.searches, choice=effort.sizes):
            other = optimum.other_solution(equations, values, world, effort.starts)
            if other is not None:
                raise WrongError(f"not the only solution: {other} {_where(world)}")
    return told


def _put_in(values: tuple[Relational, ...], world: World) -> bool:
    """Give the unknowns their claimed values, which must lie in their domains. Whether all could be worked out.

    A value may be stated by other unknowns (σ by μ): they are worked out until nothing changes any more.
    """
    variables = [world.context.variable(e.lhs) for e in values]
    if None in variables:
        raise WrongError("a value is given to what is not declared")
    for turn in range(len(values) + 1):
        found: dict[Place, Value] = {}
        for equation in values:
            for place, claimed in optimum.claimed(equation, world, _value):
                if claimed is None:
                    return False
                found[place] = claimed
        settled = all(p in world.values and same(world.values[p], v) for p, v in found.items())
        world.values |= found
        world.forget()
        if settled and turn:
            break
    if not optimum.admissible(world):
        raise WrongError(f"the claimed value lies outside its domain {_where(world)}")
    return True


def _maximises(step: Step, context: Context, rnd: Random, effort: Effort) -> int:
    values, told = tuple(step.after), 0
    for world in _points(step, context, rnd, effort):
        if not _put_in(values, world):
            continue
        if not all(holds(c, world) for c in step.bind):
            raise WrongError(f"the claimed point violates a constraint {_where(world)}")
        unknown = {key(v.lhs) for v in values}
        try:
            better = optimum.better(step.before, tuple(step.bind), unknown, world, step.relation == "local")
        except UndefinedError as error:
            raise WrongError(f"the objective has no value: {error} {_where(world)}") from error
        except UnknownError:
            continue
        if better is not None:
            raise WrongError(f"{better} {_where(world)}")
        told += 1
    return told


_JUDGES = {
    "equal": _equal,
    "inequality": _equal,
    "substitution": _substitution,
    "definition": _definition,
    "hypothesis": _hypothesis,
    "equivalent": _equivalent,
    "solves": _solves,
    "maximises": _maximises,
}
