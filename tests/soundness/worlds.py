"""Admissible worlds: points of a context at which what a step assumes holds."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.context import Context, Domain, Variable, key
from tests.soundness.arithmetic import UndefinedError, UnknownError, Value, integer, is_whole, same, subtract
from tests.soundness.oracle import World, value
from tests.soundness.tree import exchange, free

#: A generic point has N, K ≥ 3; at the corners smaller sizes and values at the ends of domains are drawn too.
GENERIC, SMALL, LARGE = (3, 4, 5), (1, 2, 3), (6, 7, 8)
ATTEMPTS = 60


def worlds(
    context: Context,
    given: tuple[sp.Basic, ...],
    rnd: Random,
    count: int,
    corner: bool = False,
    fixed: tuple[Relational, ...] = (),
    choice: tuple[int, ...] | None = None,
) -> Iterator[World]:
    """Up to `count` worlds in which the hypotheses and `given` hold; `fixed` equations give names their values."""
    for _ in range(count):
        for _ in range(ATTEMPTS):
            sizes = {s: rnd.choice(choice or (SMALL if corner else GENERIC)) for s in context.sizes}
            world = _world(context, rnd, sizes, corner, fixed)
            if world is not None and all(holds(c, world) for c in (*context.hypotheses, *given)):
                yield world
                break
        else:
            return


def _world(
    context: Context, rnd: Random, sizes: dict[sp.Symbol, int], corner: bool, fixed: tuple[Relational, ...]
) -> World | None:
    sizes |= {e.lhs: int(e.rhs) for e in fixed if e.lhs in context.sizes and e.rhs.is_Integer}
    if any(e.lhs in context.sizes and not e.rhs.is_Integer for e in fixed):
        return None
    world = World(context, rnd, sizes, corner)
    try:
        for reach in context.indices:
            lower, upper = integer(value(reach.lower, world)), integer(value(reach.upper, world))
            if upper < lower:
                return None
            world.indices[reach.symbol] = rnd.randint(lower, upper)
        for equation in fixed:
            if equation.lhs not in world.sizes:
                place = tuple(integer(value(i, world)) for i in getattr(equation.lhs, "indices", ()))
                world.values[key(equation.lhs)[0], place] = value(equation.rhs, world)
                world.forget()
    except UndefinedError:
        return None
    return world


def holds(condition: sp.Basic, world: World) -> bool:
    """Whether a condition holds for all values of its undeclared indices; not where it is undefined."""
    try:
        return all(_holds(c, world) for c in instances(condition, world))
    except (UndefinedError, UnknownError):
        return False


def instances(claim: sp.Basic, world: World) -> Iterator[sp.Basic]:
    """A claim for every value of the indices that nothing declares or binds."""
    context = world.context
    axes = {
        i: axis
        for e in sorted(claim.atoms(sp.Indexed), key=str)
        for i, axis in zip(e.indices, getattr(context.variable(e), "axes", ()), strict=False)
        if i.is_Symbol and i not in context.sizes and i not in world.indices
    }
    loose = [s for s in sorted(free(claim), key=str) if s in axes]
    if not loose:
        yield claim
        return
    for n in range(1, integer(value(axes[loose[0]], world)) + 1):
        instance = exchange(claim, loose[0], sp.Integer(n))
        assert instance is not None, "a number cannot be caught"
        yield from instances(instance, world)


def _holds(condition: sp.Basic, world: World) -> bool:
    if isinstance(condition, sp.Contains):
        element, members = condition.args
        return any(same(value(element, world), value(m, world)) for m in members)
    return related(value(condition.lhs, world), value(condition.rhs, world), type(condition))


def related(left: Value, right: Value, relation: type) -> bool:
    """Whether two values stand in a relation."""
    if issubclass(relation, (sp.Eq, sp.Ne)):
        return same(left, right) is issubclass(relation, sp.Eq)
    difference = subtract(left, right)
    if issubclass(relation, (sp.LessThan, sp.StrictLessThan)):
        difference = -difference
    if same(left, right):
        return issubclass(relation, (sp.LessThan, sp.GreaterThan))
    return bool(difference > 0)


def declared(context: Context) -> dict[tuple[str, int], Variable]:
    """What a context declares, by name and number of indices."""
    return {v.key: v for v in (*context.variables, *(d.variable for d in context.definitions))}


def inside(x: Value, domain: Domain, world: World) -> bool:
    """Whether a value lies in a domain."""
    if domain.integer and not is_whole(x):
        return False
    for end, is_open, direction in ((domain.lower, domain.lower_open, 1), (domain.upper, domain.upper_open, -1)):
        if end.is_finite is False:
            continue
        limit = value(end, world)
        if same(x, limit):
            if is_open:
                return False
        elif direction * subtract(x, limit) < 0:
            return False
    return True
