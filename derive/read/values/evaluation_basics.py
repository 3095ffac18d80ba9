"""What every rule of evaluation stands on: the recursion itself, indices, definitions, quotients.

The rules are listed in `evaluation`, one a head.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flint import arb, arb_series, fmpq

from derive.algebra.budgets import tick
from derive.checker.evaluator import UndefinedError, is_exact
from derive.checker.functions import constant
from derive.read.meanings.terms import Meaningless, NotUnderstood, Term
from derive.read.values import arrays
from derive.read.values.arrays import Array
from derive.read.values.points import Point

Value = Any  # fmpq | arb | arb_series | Array
Env = Mapping[str, Any]
Rule = Callable[[Term, Point, Env], Value]

#: The rule of every head; `evaluation` fills it.
RULES: dict[str, Rule] = {}


@dataclass(frozen=True)
class Alias:
    """A parameter that stands for another name, with all its entries: p for p̂."""

    name: str


class PoleError(UndefinedError):
    """A factorial or Γ at a pole: as a denominator it makes the quotient 0."""


def evaluate(term: Term, point: Point, env: Env | None = None) -> Value:
    """The value of a term; UndefinedError where there is none, Meaningless where shapes do not fit."""
    return value_of(term, point, env or {})


def number(term: Term, point: Point, env: Env) -> Any:
    """The value of a term that must be a number."""
    value = value_of(term, point, env)
    if isinstance(value, Array):
        raise Meaningless(f"a {arrays.words(value.shape)} matrix stands where a number is needed", term.span)
    return value


def value_of(t: Term, point: Point, env: Env) -> Value:
    """The value of a term under bindings."""
    tick()
    point.count()
    plain = not point.override and point.omega is None and (not env or t.names.isdisjoint(env))
    if plain and t in point.known:
        return point.known[t]
    rule = RULES.get(t.head)
    if rule is None:
        raise NotUnderstood(f"no value is known for this ({t.name or t.head})", t.span)
    value = rule(t, point, env)
    if plain and t.args:
        point.known[t] = value
    return value


def index_of(t: Term, point: Point, env: Env) -> int:
    """The value of an index."""
    value = number(t, point, env)
    if isinstance(value, arb_series):
        value = value[0]
    if not (is_exact(value) and value.q == 1):
        raise UndefinedError(f"{value} is no index")
    return int(value.p)


def picked(whole: Value, indices: tuple[int, ...]) -> Value:
    """An entry of a vector or a matrix."""
    if not isinstance(whole, Array):
        raise UndefinedError("an entry of a number")
    place = list(indices)
    if len(place) == 1:
        if not whole.is_vector or not 1 <= place[0] <= len(whole.entries):
            raise UndefinedError("there is no such entry")
        return whole.entries[place[0] - 1]
    if len(place) != 2 or not (1 <= place[0] <= whole.shape[0] and 1 <= place[1] <= whole.shape[1]):
        raise UndefinedError("there is no such entry")
    return whole.rows[place[0] - 1][place[1] - 1]


def placed(work: Callable[..., Value], *args: Any) -> Value:
    """What is worked out of all arguments but the last, which says where it stands if it makes no sense."""
    *values, t = args
    try:
        return work(*values)
    except Meaningless as error:
        raise error if error.span is not None else Meaningless(str(error), t.span) from None


def divided(x: Value, y: Value) -> Value:
    """x/y; UndefinedError where y is or may be 0."""
    if is_exact(y):
        if y == 0:
            raise UndefinedError("division by 0")
        return x / y
    try:
        return finite(x / y, "division by what may be 0")
    except ValueError as error:  # a power series without a constant term
        raise UndefinedError(str(error)) from None


def finite(x: Value, what: str) -> Value:
    """x, unless it is no number."""
    if not is_exact(x) and not arb(constant(x)).is_finite():
        raise UndefinedError(what)
    return x


def whole(x: Value) -> int:
    """A number that must be an integer."""
    if not (is_exact(x) and x.q == 1):
        raise UndefinedError("a sum whose ends are no integers")
    return int(x.p)


def unfolded(found: tuple[Any, Mapping[str, Term]], point: Point, env: Env, call: Term) -> Value:
    """The value of what a definition stands for at a call."""
    definition, bindings = found
    inner: dict[str, Any] = {}
    for name, term in bindings.items():
        held = env.get(term.name) if term.head == "var" and not term.args else None
        if term.head == "var" and not term.args and (held is None or isinstance(held, Alias)):
            target = held.name if isinstance(held, Alias) else term.name
            if target != name:
                inner[name] = Alias(target)
        else:
            inner[name] = value_of(term, point, env)
    with point.deeper(call):
        return value_of(definition.body, point, inner)


def decimal(digits: str) -> fmpq:
    """The exact value of printed digits."""
    whole, _, part = digits.partition(".")
    return fmpq(int((whole or "0") + part), 10 ** len(part))
