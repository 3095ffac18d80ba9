"""Derivatives by power series, and inverses by Newton's method."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flint import arb, arb_series, ctx, fmpq

from derive.checker.evaluator import UndefinedError
from derive.checker.functions import ball, constant
from derive.read.meanings.terms import NotUnderstood, Term, walk
from derive.read.values import arrays
from derive.read.values.arrays import Array
from derive.read.values.evaluation_basics import Alias, Env, Value, index_of, number, value_of
from derive.read.values.points import Point


def derivative(t: Term, point: Point, env: Env) -> Value:
    """Derivatives by power series, entry by entry where the variable is a vector or a matrix."""
    body, variable = t.args
    order = int(t.name or "1")
    if body.head == "diff" and order == 1 and (body.name or "1") == "1":
        return _mixed(t, point, env)
    if variable.head != "var" or order > 4:
        raise NotUnderstood("a derivative of this kind", t.span)
    held = env.get(variable.name)
    if held is None and point.store.find(variable) is not None and variable.name not in body.names:
        body = _in_terms_of(body, variable, point)
    if held is not None and not isinstance(held, Alias):
        if variable.args or isinstance(held, (Array, arb_series)):
            raise NotUnderstood("a derivative of this kind", t.span)
        return _taylor(lambda x: value_of(body, point, {**env, variable.name: x}), held, order)
    name = held.name if isinstance(held, Alias) else variable.name
    indices = tuple(index_of(a, point, env) for a in variable.args)
    at = point.base_value(name, indices, lambda: value_of(variable, point, env))
    if isinstance(at, Array):
        if not _stands_on(body, name, point, 0):
            raise NotUnderstood("a derivative by a vector that does not occur", t.span)
        if order != 1:
            raise NotUnderstood("a second derivative by a vector", t.span)
        return _by_array(body, point, env, name, at)
    return _taylor(lambda x: point.having({(name, indices): x}, lambda: value_of(body, point, env)), at, order)


def _in_terms_of(body: Term, variable: Term, point: Point) -> Term:
    """A name as the text solves it for what it is differentiated by, which is defined by other names."""
    others = point.store.solved.get(body.name, ()) if body.head == "var" else ()
    for other in others:
        if variable.name in other.names:
            return other
    if others:
        return others[0]
    if body.head == "var" and point.store.find(body) is None:
        raise NotUnderstood("a derivative by what is itself defined by other names", body.span)
    return body


def _stands_on(term: Term, name: str, point: Point, depth: int) -> bool:
    """Whether a term holds a name, as it stands or behind its definitions."""
    if name in term.names:
        return True
    for t in walk(term):
        found = point.store.find(t) if t.head in ("var", "apply", "mean") and depth < 12 else None
        if found is not None and _stands_on(found[0].body, name, point, depth + 1):
            return True
    return False


def _mixed(t: Term, point: Point, env: Env) -> Value:
    """∂²f/∂a∂b by polarisation: from second derivatives along a, along b and along both."""
    inner, places = t.args[0], []
    for variable in (inner.args[1], t.args[1]):
        held = env.get(variable.name)
        if variable.head != "var" or (held is not None and not isinstance(held, Alias)):
            raise NotUnderstood("a derivative of this kind", t.span)
        name = held.name if isinstance(held, Alias) else variable.name
        indices = tuple(index_of(a, point, env) for a in variable.args)
        at = point.base_value(name, indices, partial(value_of, variable, point, env))
        if isinstance(at, (Array, arb_series)):
            raise NotUnderstood("a derivative of this kind", t.span)
        places.append(((name, indices), at))

    def along(chosen: list[tuple[Any, Any]]) -> Value:
        cap = ctx.cap
        try:
            ctx.cap = 3
            values = {place: arb_series([ball(at), arb(1)]) for place, at in chosen}
            found = point.having(values, lambda: number(inner.args[0], point, env))
        finally:
            ctx.cap = cap
        return found[2] if isinstance(found, arb_series) else fmpq(0)

    (first, at), (second, _) = places
    if first == second:
        return 2 * along([(first, at)])
    return along(places) - along(places[:1]) - along(places[1:])


def _taylor(f: Callable[[Value], Value], at: Value, order: int) -> Value:
    if isinstance(at, arb_series):
        raise NotUnderstood("a derivative inside a derivative")
    cap = ctx.cap
    try:
        ctx.cap = order + 1
        value = f(arb_series([ball(constant(at)), arb(1)]))
    finally:
        ctx.cap = cap
    factor = 1
    for n in range(2, order + 1):
        factor *= n

    def coefficient(x: Value) -> Value:
        return x[order] * factor if isinstance(x, arb_series) else fmpq(0)

    return value.each(coefficient) if isinstance(value, Array) else coefficient(value)


def _by_array(body: Term, point: Point, env: Env, name: str, at: Array) -> Value:
    def entry(row: int, column: int) -> Value:
        def f(x: Value) -> Value:
            rows = [[x if (m, n) == (row, column) else v for n, v in enumerate(r)] for m, r in enumerate(at.rows)]
            return point.having({(name, ()): Array(tuple(map(tuple, rows)))}, lambda: number(body, point, env))

        return _taylor(f, at.rows[row][column], 1)

    return arrays.array([[entry(m, n) for n in range(at.shape[1])] for m in range(at.shape[0])])


def inverted(name: str, wanted: Value, point: Point) -> Value:
    """The x with f(x) = wanted, found by Newton's method; NotUnderstood where f is not defined in the text."""
    x_name = Term("var", (), "x⁻¹")
    call = Term("apply", (x_name,), name)
    if point.store.find(call) is None or isinstance(wanted, (Array, arb_series)):
        raise NotUnderstood(f"the inverse of {name}")
    point.uncertified = True
    x: Value = arb(wanted)
    for _ in range(60):
        cap = ctx.cap
        try:
            ctx.cap = 2
            found = value_of(call, point, {x_name.name: arb_series([x, arb(1)])})
        finally:
            ctx.cap = cap
        if not isinstance(found, arb_series) or found[1].contains(0):
            break
        moved = (x - (found[0] - wanted) / found[1]).mid()
        if abs(moved - x) < arb(10) ** -50 * (1 + abs(moved)):
            return moved + arb(0, arb(10) ** -48)
        x = moved
    raise UndefinedError(f"the inverse of {name} was not found")
