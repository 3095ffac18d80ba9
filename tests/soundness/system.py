"""An array as one unknown of an equation that holds for all values of its free indices: Σ_d A_{jd} (x_d − μ_d) = 0.

One entry alone cannot be asked for where the equation for one j speaks of every entry, or where an entry stands in two
places, as in a symmetric matrix.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.context import Context, Variable, key
from tests.soundness.arithmetic import (
    TINY,
    UndefinedError,
    UnknownError,
    Value,
    add,
    floating,
    integer,
    subtract,
    times,
)
from tests.soundness.oracle import Place, World, value
from tests.soundness.special import SingularError, solution
from tests.soundness.tree import free, sites

Sweep = dict[sp.Symbol, int]
#: The places that have one value in common.
Group = tuple[Place, ...]


def sweeps(equations: tuple[Relational, ...], world: World) -> list[Sweep]:
    """Every value of the free indices of some equations."""
    reach = {r.symbol: r for r in world.context.indices if any(r.symbol in free(e) for e in equations)}
    ranges = [range(integer(value(r.lower, world)), integer(value(r.upper, world)) + 1) for r in reach.values()]
    return [dict(zip(reach, place, strict=True)) for place in product(*ranges)]


def speak_of_arrays(equations: tuple[Relational, ...], context: Context) -> bool:
    """Whether equations with free indices speak of an array as a whole."""
    if not any(r.symbol in free(e) for r in context.indices for e in equations):
        return False
    entries = (s for e in equations for s in sites(e) if isinstance(s.node, sp.Indexed))
    return any(i in {v for v, _, _ in s.scope} for s in entries for i in s.node.indices)


def coupled(equations: tuple[Relational, ...], world: World) -> list[tuple[Variable, list[Group]]]:
    """The arrays and scalars that as many equations could determine as there are, each with its places."""
    found = []
    most = len(sweeps(equations, world))
    nodes = sorted(
        (s.node for e in equations for s in sites(e) if isinstance(s.node, (sp.Indexed, sp.Symbol))), key=str
    )
    for entry in {key(node): node for node in nodes}.values():
        variable = world.context.variable(entry)
        if variable is None or world.context.definition(entry) is not None or variable.domain.integer:
            continue
        groups = _groups(variable, world)
        if len(groups) <= most and not any(f.variable.key == variable.key for f in world.context.facts):
            found.append((variable, groups))
    return found


def _groups(variable: Variable, world: World) -> list[Group]:
    ranges = [range(1, integer(value(axis, world)) + 1) for axis in variable.axes]
    found: dict[tuple[int, ...], list[Place]] = {}
    for place in product(*ranges):
        first = (*place[:-2], *sorted(place[-2:])) if variable.domain.definite else place
        found.setdefault(first, []).append((variable.name, place))
    return list(map(tuple, found.values()))


def affine_solution(
    equation: Relational, variable: Variable, groups: list[Group], indices: list[Sweep], world: World
) -> dict[Place, Value] | None:
    """The values of all entries at which an affine equation holds for all its indices.

    Where all values solve it, those that were drawn; None where it is not affine, or has no single solution.
    """

    def places(values: list[Value]) -> dict[Place, Value]:
        return {place: v for group, v in zip(groups, values, strict=True) for place in group}

    def residuals(values: list[Value], sweeps: list[Sweep] = indices) -> list[Value]:
        result = []
        with world.having(places(values)):
            for sweep in sweeps:
                with world.at(sweep):
                    result.append(subtract(value(equation.lhs, world), value(equation.rhs, world)))
        return result

    try:
        heads = [variable.base[group[0][1]] if variable.axes else variable.base for group in groups]
        start = [world.entry(head, group[0][1]) for head, group in zip(heads, groups, strict=True)]
        one, two, three = (residuals([v * n + n for v in start], indices[:1])[0] for n in (1, 2, 3))
        if not _is_nothing(subtract(add(one, three), add(two, two))):
            return None  # not affine
        at_start = residuals(start)
        if all(map(_is_nothing, at_start)):
            return places(start)
        columns = []
        for n in range(len(groups)):
            shifted = residuals([v + (n == m) for m, v in enumerate(start)])
            columns.append([subtract(s, r) for s, r in zip(shifted, at_start, strict=True)])
        # least squares: there may be more equations than unknowns
        normal = [[_dot(c, d) for d in columns] for c in columns]
        move = solution(normal, [times(Fraction(-1), _dot(c, at_start)) for c in columns])
        found = [add(v, d) for v, d in zip(start, move, strict=True)]
        return places(found) if all(map(_is_nothing, residuals(found))) else None
    except (UndefinedError, UnknownError, SingularError):
        return None


def _is_nothing(x: Value) -> bool:
    return bool(abs(floating(x)) < TINY)


def _dot(first: list[Value], second: list[Value]) -> Value:
    total: Value = Fraction(0)
    for a, b in zip(first, second, strict=True):
        total = add(total, times(a, b))
    return total
