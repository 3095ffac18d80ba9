"""A symmetric matrix as one unknown of an equation that holds for all values of its free indices."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.context import Variable, key
from tests.soundness.arithmetic import UndefinedError, UnknownError, Value, add, integer, subtract, times
from tests.soundness.oracle import Place, World, value
from tests.soundness.special import SingularError, solution
from tests.soundness.tree import free, sites

#: An unknown matrix: what is declared, and the leading indices at which it is meant.
Unknown = tuple[Variable, tuple[int, ...]]
Sweep = dict[sp.Symbol, int]


def sweeps(equations: tuple[Relational, ...], world: World) -> list[Sweep]:
    """Every value of the free indices of some equations."""
    reach = {r.symbol: r for r in world.context.indices if any(r.symbol in free(e) for e in equations)}
    ranges = [range(integer(value(r.lower, world)), integer(value(r.upper, world)) + 1) for r in reach.values()]
    return [dict(zip(reach, place, strict=True)) for place in product(*ranges)]


def matrices(equations: tuple[Relational, ...], world: World) -> Iterator[Unknown]:
    """The positive definite matrices without leading indices that equations speak of."""
    found = {key(s.node): s.node for e in equations for s in sites(e) if isinstance(s.node, sp.Indexed)}
    for entry in found.values():
        variable = world.context.variable(entry)
        if variable is None or not variable.domain.definite or len(variable.axes) != 2:
            continue
        if world.context.definition(entry) is None:
            yield variable, ()


def affine_solution(
    equation: Relational, unknown: Unknown, indices: list[Sweep], world: World
) -> dict[Place, Value] | None:
    """The values of all entries at which an affine equation holds for all its indices.

    Where every matrix solves it, the one that was drawn; None where it is not affine, or has no single solution.
    """
    variable, leading = unknown
    size = integer(value(variable.axes[-1], world))
    pairs = [(a, b) for a in range(1, size + 1) for b in range(1, a + 1)]

    def places(values: list[Value]) -> dict[Place, Value]:
        found: dict[Place, Value] = {}
        for (a, b), v in zip(pairs, values, strict=True):
            found[variable.name, (*leading, a, b)] = found[variable.name, (*leading, b, a)] = v
        return found

    def residuals(values: list[Value]) -> list[Value]:
        result = []
        with world.having(places(values)):
            for sweep in indices:
                with world.at(sweep):
                    result.append(subtract(value(equation.lhs, world), value(equation.rhs, world)))
        return result

    try:
        start = [world.entry(variable.base[a, b], (*leading, a, b)) for a, b in pairs]
        at_start = residuals(start)
        if all(r == 0 for r in at_start):
            return places(start)
        columns = []
        for n in range(len(pairs)):
            shifted = residuals([v + (n == m) for m, v in enumerate(start)])
            columns.append([subtract(s, r) for s, r in zip(shifted, at_start, strict=True)])
        # least squares: the equations for (j, m) and (m, j) are the same
        normal = [[_dot(c, d) for d in columns] for c in columns]
        move = solution(normal, [times(Fraction(-1), _dot(c, at_start)) for c in columns])
        found = [add(v, d) for v, d in zip(start, move, strict=True)]
        return places(found) if all(r == 0 for r in residuals(found)) else None
    except (UndefinedError, UnknownError, SingularError):
        return None


def _dot(first: list[Value], second: list[Value]) -> Value:
    total: Value = Fraction(0)
    for a, b in zip(first, second, strict=True):
        total = add(total, times(a, b))
    return total
