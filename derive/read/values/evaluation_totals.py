"""Values of sums, products, integrals, limits: whatever runs over a range."""

from __future__ import annotations

from flint import arb, arb_series, fmpq

from derive.checker.evaluator import UndefinedError, is_exact
from derive.checker.functions import constant
from derive.read.meanings.terms import Term
from derive.read.values import arrays, special, totals
from derive.read.values.arrays import Array
from derive.read.values.evaluation_basics import Alias, Env, Value, number, value_of, whole
from derive.read.values.points import Point

MAX_RANGE = 400


def range_of(t: Term, point: Point, env: Env) -> tuple[int, int | None]:
    """The ends of a range of integers; None for one without end."""
    lower, upper = (number(a, point, env) for a in t.args[1:3])
    start = whole(lower)
    if not is_exact(upper) and not isinstance(upper, arb_series) and not arb(upper).is_finite():
        return start, None
    end = whole(upper)
    if end - start > MAX_RANGE:
        raise UndefinedError("a long sum")
    return start, end


def total(t: Term, point: Point, env: Env) -> Value:
    """A sum over integers."""
    start, end = range_of(t, point, env)
    body = t.args[0]
    if end is None:
        point.uncertified = True
        return totals.endless(lambda n: number(body, point, {**env, t.bound: fmpq(n)}), start)
    total: Value = fmpq(0)
    for n in range(start, end + 1):
        total = arrays.plus(total, value_of(body, point, {**env, t.bound: fmpq(n)}))
    return total


def product(t: Term, point: Point, env: Env) -> Value:
    """A product over integers."""
    start, end = range_of(t, point, env)
    if end is None:
        raise UndefinedError("a product without end")
    total: Value = fmpq(1)
    for n in range(start, end + 1):
        total = arrays.times(total, value_of(t.args[0], point, {**env, t.bound: fmpq(n)}))
    return total


def row(t: Term, point: Point, env: Env) -> Value:
    """A row written out with dots."""
    start, end = range_of(t, point, env)
    if end is None or end < start:
        raise UndefinedError("a row without end")
    return arrays.array([[number(t.args[0], point, {**env, t.bound: fmpq(n)}) for n in range(start, end + 1)]])


def over_members(t: Term, point: Point, env: Env) -> Value:
    """A sum, a product or an integral over an abstract range."""
    total: Value = fmpq(1) if t.head == "prodset" else fmpq(0)
    for weight, value in point.members(t.name, t.bound, t.head == "intset"):
        inner = {**env, t.bound: value}
        if t.head == "prodset":
            total = arrays.times(total, value_of(t.args[0], point, inner))
        else:
            total = arrays.plus(total, arrays.times(weight, value_of(t.args[0], point, inner)))
    return total


def integral(t: Term, point: Point, env: Env) -> Value:
    """An integral between two ends."""
    lower, upper = (number(a, point, env) for a in t.args[1:3])
    point.uncertified = True
    return totals.integral(lambda x: number(t.args[0], point, {**env, t.bound: x}), lower, upper)


def extreme(t: Term, point: Point, env: Env) -> Value:
    """The largest or smallest value over a range."""
    start, end = range_of(t, point, env)
    if end is None:
        raise UndefinedError("an extreme of values without end")
    values = [number(t.args[0], point, {**env, t.bound: fmpq(n)}) for n in range(start, end + 1)]
    return special.known(t.name, values)


def limit(t: Term, point: Point, env: Env) -> Value:
    """A limit at ±∞, taken far out; at a number, close to it."""
    at = number(t.args[1], point, env)
    point.uncertified = True
    far = arb(10) ** 45
    x = (far if at > 0 else -far) if not arb(constant(at)).is_finite() else at + 1 / far
    found = number(t.args[0], point, {**env, t.bound: x})
    return found + arb(0, (arb(10) ** -43 * (1 + abs(arb(constant(found))))).upper())


def at_point(t: Term, point: Point, env: Env) -> Value:
    """A body with its variable at a point."""
    place = t.args[1]
    held = env.get(place.name)
    if place.head == "var" and not place.args and (held is None or isinstance(held, Alias)):
        return value_of(t.args[0], point, {**env, t.bound: held or Alias(place.name)})
    at = value_of(place, point, env)
    if not isinstance(at, Array) and not is_exact(at) and not arb(constant(at)).is_finite():
        return limit(t, point, env)
    return value_of(t.args[0], point, {**env, t.bound: at})
