"""What a derivation says about its estimate: what is closed, what is to be solved for, in which order."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derive.algebra.binding import entries, free_symbols, unfold
from derive.algebra.context import Context, Variable, key
from derive.derivation import Derivation
from derive.estimation.coordinates import Unknown, ends
from derive.estimation.data import Data
from derive.estimation.objective import Closed

HAT = "_hat"


@dataclass(frozen=True)
class Plan:
    """`direct` is closed in the data alone, `given_rest` closed once `unknowns` are known, each in a workable order.

    `equations` are what the unknowns solve; `parameters` declares all parameters by name, `ranges`
    says how far the indices run that are free in the equations, `binary` whether observations are classes, 0 or 1.
    """

    direct: tuple[Closed, ...]
    given_rest: tuple[Closed, ...]
    unknowns: tuple[Unknown, ...]
    equations: tuple[sp.Expr, ...]
    log_likelihood: sp.Expr
    parameters: dict[str, Variable]
    ranges: dict[sp.Symbol, int]
    binary: bool


def plan(derivation: Derivation, data: Data) -> Plan:
    """Sort the equations of a derivation's estimate."""
    context = derivation.context.without(*data.names)
    hats = [d.variable.key for d in context.definitions if d.variable.name.endswith(HAT)]
    context = context.without(*hats)
    closed: dict[str, Closed] = {}
    equations: list[sp.Expr] = []
    for equation in derivation.results["estimate"].args:
        head, value = equation.args
        name = key(head)[0]
        if name.endswith(HAT) and name not in _hats(value):
            indices = tuple(getattr(head, "indices", ()))
            axes = _lengths(_variable(derivation.context, name, len(indices)), data)
            closed[name] = Closed(name.removesuffix(HAT), indices, axes, unfold(value, context))
        else:
            equations.append(unfold(head - value, context))
    sought = {n: rank for e in equations for n, rank in _ranks(e).items() if n not in closed}
    direct, given_rest = _ordered(closed, set(sought))
    variables = {n: _variable(derivation.context, n, r) for n, r in sought.items()}
    variables |= {n: _variable(derivation.context, n, len(c.indices)) for n, c in closed.items()}
    unknowns = tuple(_unknown(derivation.context, variables[n], data) for n in sought)
    objective = derivation.results.get("log_posterior", derivation.results["log_likelihood"])
    logs = unfold(objective, context)
    parameters = {n.removesuffix(HAT): v for n, v in variables.items()}
    ranges = _ranges(equations, {n: _lengths(v, data) for n, v in variables.items()}, context, data)
    return Plan(
        direct, given_rest, unknowns, tuple(equations), logs, parameters, ranges, _is_binary(derivation.context, data)
    )


def _is_binary(context: Context, data: Data) -> bool:
    target = next((v for v in context.variables if v.key == data.target), None)
    return target is not None and target.domain.integer and target.domain.upper == 1


def _ranges(
    equations: list[sp.Expr], axes: dict[str, tuple[int, ...]], context: Context, data: Data
) -> dict[sp.Symbol, int]:
    """How far the free indices of the equations run: as the axes of the entries in which they stand."""
    found: dict[sp.Symbol, int] = {}
    for equation in equations:
        free = free_symbols(equation)
        for e in entries(equation):
            if not isinstance(e, sp.Indexed):
                continue
            lengths = axes.get(key(e)[0])
            if lengths is None:
                variable = context.variable(e)
                lengths = _lengths(variable, data) if variable else ()
            found |= {i: n for i, n in zip(e.indices, lengths, strict=False) if i.is_Symbol and i in free}
    return found


def _ranks(expr: sp.Basic) -> dict[str, int]:
    """The hats in an expression with their numbers of indices."""
    found = (key(e) for e in entries(expr))
    return {name: rank for name, rank in found if name.endswith(HAT)}


def _hats(expr: sp.Basic) -> set[str]:
    return set(_ranks(expr))


def _ordered(closed: dict[str, Closed], sought: set[str]) -> tuple[tuple[Closed, ...], tuple[Closed, ...]]:
    """What needs the data alone, then what needs the rest; each after what it needs."""
    direct: dict[str, Closed] = {}
    later: dict[str, Closed] = {}
    for found, known in ((direct, set[str]()), (later, sought)):
        pending = {n: c for n, c in closed.items() if n not in direct}
        while ready := {n: c for n, c in pending.items() if _hats(c.value) <= known | set(direct) | set(later)}:
            found.update(ready)
            pending = {n: c for n, c in pending.items() if n not in ready}
    if len(direct) + len(later) < len(closed):
        raise NotImplementedError("the parameters' closed forms refer to each other in a circle")
    return tuple(direct.values()), tuple(later.values())


def _variable(context: Context, hat: str, rank: int) -> Variable:
    """The declaration of a parameter, by its hat's name."""
    declared = {v.key: v for v in (*(d.variable for d in context.definitions), *context.variables)}
    for name in (hat.removesuffix(HAT), hat):
        if (name, rank) in declared:
            return declared[name, rank]
    raise NotImplementedError(f"{hat} is not declared")


def _lengths(variable: Variable, data: Data) -> tuple[int, ...]:
    sizes = {symbol.name: value for symbol, value in data.sizes.items()}
    return tuple(int(a) if a.is_Integer else sizes[a.name] for a in variable.axes)


def _unknown(context: Context, variable: Variable, data: Data) -> Unknown:
    lower, upper = ends(variable.domain)
    name = variable.name.removesuffix(HAT)
    for fact in context.facts:
        if fact.variable.key == variable.key and fact.total.is_number:
            return Unknown(name, _lengths(variable, data), lower, upper, fact.axis, float(fact.total))
    closed = (not variable.domain.lower_open, not variable.domain.upper_open)
    return Unknown(name, _lengths(variable, data), lower, upper, lower_closed=closed[0], upper_closed=closed[1])
