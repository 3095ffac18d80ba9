"""Roots of one equation in one unknown, other solutions of a system, better points than a claimed maximiser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product

import mpmath
import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.context import Variable, key
from tests.soundness.arithmetic import (
    LogOfZeroError,
    UndefinedError,
    UnknownError,
    Value,
    add,
    floating,
    integer,
    same,
    subtract,
    times,
)
from tests.soundness.oracle import Place, World, value
from tests.soundness.special import determinant
from tests.soundness.worlds import declared, holds, inside

#: Roots found by iteration satisfy their equation to so much.
SMALL = mpmath.mpf(10) ** -18
SHARES = tuple(Fraction(s) for s in ("10", "1", "1/3", "1/30", "1/1000"))
NEAR = tuple(Fraction(s) for s in ("1/1000", "1/30000", "1/1000000"))
#: Other solutions are looked for where no more unknowns than these are to be found together.
MOST_UNKNOWNS = 8
#: From where: so many per cent around the claimed solution, of its size or of that and 1.
STARTS = ((60, 0), (300, 1), (300, 0), (300, 0), (300, 0), (300, 1))


def is_small(x: Value) -> bool:
    """Whether a residual counts as 0 at a root found by iteration."""
    return bool(abs(floating(x)) < SMALL)


def roots(equation: Relational, place: Place, world: World) -> list[Value]:
    """Values of one unknown at which an equation holds, found by secants: exact where they are simple fractions."""

    def residual(v: Value) -> Value:
        with world.having({place: v}):
            return subtract(value(equation.lhs, world), value(equation.rhs, world))

    found: list[Value] = []
    for start in (Fraction(1, 3), Fraction(7, 5), Fraction(-3, 4)):
        try:
            if residual(start) == 0:
                found.append(start)
                continue
            ends = floating(start), floating(start) * 1.3
            tolerance = mpmath.mpf(10) ** -60
            root = mpmath.findroot(lambda v: floating(residual(v)), ends, solver="secant", maxsteps=60, tol=tolerance)
            root = _rational(root)
            if is_small(residual(root)) and not any(is_small(subtract(root, r)) for r in found):
                found.append(root)
        except (ValueError, ArithmeticError):
            continue
    return found


def _rational(root: Value) -> Value:
    """The fraction with a small denominator that a root is, if it is one: then everything after is exact."""
    near = Fraction(mpmath.nstr(root, 40)).limit_denominator(10**12) if abs(root) < 10**9 else None
    return near if near is not None and abs(floating(near) - root) < mpmath.mpf(10) ** -30 else root


def claimed(
    equation: Relational, world: World, evaluate: Callable[[sp.Expr, World], Value | None]
) -> Iterator[tuple[Place, Value | None]]:
    """The places of an unknown with their claimed values, for every value of its index."""
    name, rank = key(equation.lhs)
    if not rank:
        yield (name, ()), evaluate(equation.rhs, world)
        return
    variable = world.context.variable(equation.lhs)
    assert variable is not None
    for place in product(*(range(1, integer(value(axis, world)) + 1) for axis in variable.axes)):
        pairs = list(zip(equation.lhs.indices, place, strict=True))
        if any(not i.is_Symbol and integer(value(i, world)) != n for i, n in pairs):
            continue  # one entry is meant
        with world.at({i: n for i, n in pairs if i.is_Symbol}):
            result = evaluate(equation.rhs, world)
        yield (name, place), result


def admissible(world: World) -> bool:
    """Whether all values lie in their domains, whose ends may have moved, and matrices are positive definite."""
    kinds = declared(world.context)
    matrices = set()
    for (name, indices), v in world.values.items():
        variable = kinds.get((name, len(indices)))
        if variable is None:
            continue
        if not inside(v, variable.domain, world):
            return False
        if variable.domain.definite:
            matrices.add((variable, indices[:-2]))
    return all(_is_definite(variable, leading, world) for variable, leading in matrices)


def _is_definite(variable: Variable, leading: tuple[int, ...], world: World) -> bool:
    """Whether the leading minors of a symmetric matrix are positive."""
    size = integer(value(variable.axes[-1], world))
    rows = [[world.values.get((variable.name, (*leading, a, b))) for b in range(1, size + 1)]
            for a in range(1, size + 1)]  # fmt: skip
    if any(v is None for row in rows for v in row):
        return True  # not all of it is known yet
    symmetric = all(same(rows[a][b], rows[b][a]) for a in range(size) for b in range(a))
    return symmetric and all(determinant([row[:n] for row in rows[:n]]) > 0 for n in range(1, size + 1))


def better(
    objective: sp.Expr, bind: tuple[Relational, ...], unknown: set[tuple[str, int]], world: World, local: bool = False
) -> str | None:
    """A feasible point with a larger objective than the claimed one, in words; None where none was found.

    UnknownError where the objective cannot be worked out at the claimed point. Of a local maximum only what is near is
    held against it.
    """
    at = {place: v for place, v in world.values.items() if (place[0], len(place[1])) in unknown}
    top = _objective(objective, world)
    for _ in range(6):
        direction = _direction(at, bind, world)
        for share in NEAR if local else SHARES:
            moved = {p: add(v, times(share, direction[p])) for p, v in at.items()}
            with world.having(moved):
                try:
                    feasible = admissible(world) and all(holds(c, world) for c in bind)
                    here = _objective(objective, world) if feasible else None
                except UnknownError:
                    continue
            if here is not None and (top is None or floating(here) - floating(top) > SMALL):
                return f"the objective is larger at {[mpmath.nstr(floating(v), 5) for v in moved.values()]}"
    return None


def _objective(objective: sp.Expr, world: World) -> Value | None:
    """The objective, None for −∞ (log 0)."""
    try:
        return value(objective, world)
    except LogOfZeroError:
        return None


def _direction(at: dict[Place, Value], bind: tuple[Relational, ...], world: World) -> dict[Place, Value]:
    """A random direction along which linear constraints keep holding."""
    direction: dict[Place, Value] = {p: Fraction(world.rnd.randint(-300, 300), 401) for p in at}
    kinds = declared(world.context)
    for name, indices in at:
        if kinds[name, len(indices)].domain.definite:  # stay symmetric
            direction[name, indices] = direction[name, (*indices[:-2], *sorted(indices[-2:]))]
    for constraint in bind:
        try:
            gradient = {p: _slope(constraint, p, world) for p in at}
        except (UndefinedError, UnknownError):
            continue
        squared = sum((times(g, g) for g in gradient.values()), Fraction(0))
        if squared != 0:
            along = sum((times(gradient[p], direction[p]) for p in at), Fraction(0)) / squared
            direction = {p: subtract(d, times(along, gradient[p])) for p, d in direction.items()}
    return direction


def _slope(constraint: Relational, place: Place, world: World) -> Value:
    before = subtract(value(constraint.lhs, world), value(constraint.rhs, world))
    with world.having({place: add(world.values[place], Fraction(1, 64))}):
        after = subtract(value(constraint.lhs, world), value(constraint.rhs, world))
    return times(subtract(after, before), Fraction(64))


def other_solution(
    equations: tuple[Relational, ...], values: tuple[Relational, ...], world: World, starts: int = len(STARTS)
) -> str | None:
    """A second solution of the equations in the domain, found by damped least squares from random starts.

    The domain includes the sums that the context knows.
    """
    unknown_keys = {key(v.lhs) for v in values}
    equations += tuple(f.equation() for f in world.context.facts if f.variable.key in unknown_keys)
    places: dict[Place, Variable] = {}
    for v in values:
        variable = world.context.variable(v.lhs)
        assert variable is not None
        places |= {place: variable for place, _ in claimed(v, world, value)}
    try:
        first = {p: floating(r) for v in values for p, r in claimed(v, world, value)}
    except (UndefinedError, UnknownError):
        return None
    unknown = list(places)
    if len(unknown) > MOST_UNKNOWNS or any(v.domain.definite or v.domain.integer for v in places.values()):
        return None
    loose: dict[sp.Symbol, sp.Expr] = {}
    for v in values:
        axes = getattr(world.context.variable(v.lhs), "axes", ())
        loose |= {i: axis for i, axis in zip(getattr(v.lhs, "indices", ()), axes, strict=True) if i.is_Symbol}
    ranges = [range(1, integer(value(axis, world)) + 1) for axis in loose.values()]
    sweeps = [dict(zip(loose, place, strict=True)) for place in product(*ranges)]

    def residuals(x: list[Value]) -> mpmath.matrix:
        found = []
        with world.having(dict(zip(unknown, x, strict=True))):
            for sweep in sweeps:
                with world.at(sweep):
                    found += [floating(subtract(value(e.lhs, world), value(e.rhs, world))) for e in equations]
        return mpmath.matrix(found)

    for spread, shift in STARTS[:starts]:
        start = [first[p] + (abs(first[p]) + shift) * _random(world, spread) for p in unknown]
        x = _least_squares(residuals, start)
        if x is None or all(abs(a - first[p]) < 1e-6 * (1 + abs(a)) for a, p in zip(x, unknown, strict=True)):
            continue
        if all(inside(a, places[p].domain, world) for a, p in zip(x, unknown, strict=True)):
            return ", ".join(f"{p[0]}{p[1]} = {mpmath.nstr(a, 6)}" for a, p in zip(x, unknown, strict=True))
    return None


def _random(world: World, percent: int) -> Value:
    return mpmath.mpf(world.rnd.randint(-percent, percent)) / 100


def _least_squares(residuals: Callable[[list[Value]], mpmath.matrix], x: list[Value]) -> list[Value] | None:
    """Levenberg–Marquardt with numeric slopes; None where it does not arrive.

    It has arrived where the residuals are nothing and it has stopped moving: 1/μ³ is small far out, and 0 nowhere; μ³
    is small near an end that is not in the domain, which is come near to in small steps only.
    """
    damping, h = mpmath.mpf(1) / 100, mpmath.mpf(10) ** -20
    try:
        r, moved, settled = residuals(x), True, False
        for _ in range(40):
            if settled and mpmath.norm(r) < mpmath.mpf(10) ** -30:
                return x
            if moved:
                steps = [[a + (h if m == n else 0) for m, a in enumerate(x)] for n in range(len(x))]
                columns = [(residuals(step) - r) / h for step in steps]
                jacobian = mpmath.matrix([[c[m] for c in columns] for m in range(len(r))])
            moved = False
            normal = jacobian.T * jacobian + damping * mpmath.eye(len(x))
            move = mpmath.lu_solve(normal, -(jacobian.T * r))
            settled = all(abs(move[n]) < 1e-4 * (1 + abs(a)) for n, a in enumerate(x))
            trial = [a + move[n] for n, a in enumerate(x)]
            try:
                s = residuals(trial)
            except (UndefinedError, UnknownError):
                damping *= 10
                continue
            if mpmath.norm(s) < mpmath.norm(r):
                x, r, damping, moved = trial, s, damping / 10, True
            else:
                damping *= 10
    except (UndefinedError, UnknownError, ZeroDivisionError):
        return None
    return None
