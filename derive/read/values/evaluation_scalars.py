"""Values of numbers, names, sums, products, powers and functions."""

from __future__ import annotations

from dataclasses import replace

from flint import arb, arb_series, fmpq

from derive.checker import evaluator
from derive.checker.evaluator import LogOfZeroError, UndefinedError, is_exact
from derive.read.meanings.terms import Meaningless, NotUnderstood, Term, num
from derive.read.values import arrays, special
from derive.read.values.arrays import Array
from derive.read.values.evaluation_basics import (
    Alias,
    Env,
    PoleError,
    Value,
    decimal,
    divided,
    index_of,
    number,
    picked,
    placed,
    unfolded,
    value_of,
)
from derive.read.values.points import Point


def printed(t: Term, point: Point, env: Env) -> Value:
    """A number from its digits."""
    return decimal(t.name)


def constant_of(t: Term, point: Point, env: Env) -> Value:
    """π, e, ∞."""
    if t.name == "pi":
        return arb.pi()
    if t.name == "e":
        return arb(1).exp()
    if t.name == "inf":
        return arb.pos_inf()
    raise NotUnderstood(f"no value is known for {t.name}", t.span)


def variable(t: Term, point: Point, env: Env) -> Value:
    """A name, by what binds it, gives it, defines it or draws it."""
    name, held = t.name, env.get(t.name)
    if isinstance(held, Alias):
        name = held.name
    elif held is not None and not t.args:
        return held
    indices = tuple(index_of(a, point, env) for a in t.args)
    if isinstance(held, Array):
        return picked(held, indices)
    if (name, indices) in point.override:
        return point.override[name, indices]
    call = replace(t, name=name) if name != t.name else t
    found = point.store.find(call)
    if found is None and indices:
        found = point.store.find(replace(call, args=tuple(num(i) for i in indices)))
    if found is not None and not point.is_given(name, indices):
        return unfolded(found, point, env, call)
    if indices:
        whole = point.store.find(Term("var", (), name))
        if whole is not None and name not in whole[0].body.names:
            value = unfolded(whole, point, {}, call)
            if isinstance(value, Array):
                return picked(value, indices)
        if name == "delta" and len(indices) == 2:  # Kronecker's
            return fmpq(int(indices[0] == indices[1]))
    return point.entry(name, indices)


def plus(t: Term, point: Point, env: Env) -> Value:
    """A sum of numbers or arrays."""
    total = value_of(t.args[0], point, env)
    for arg in t.args[1:]:
        value = value_of(arg, point, env)
        if isinstance(total, Array) != isinstance(value, Array) and arg.head != "num":
            point.modelled.add("a number added to a vector")
        total = placed(arrays.plus, total, value, arg)
    return total


def times(t: Term, point: Point, env: Env) -> Value:
    """A product from left to right; an exact 0 wins over log 0. `name` holds the operators, one a factor."""
    operators = ("", *t.name.split(",")) if t.name else ("",) * len(t.args)
    result: Value = fmpq(1)
    missing: LogOfZeroError | None = None
    zero = False
    for arg, operator in zip(t.args, operators, strict=True):
        try:
            value = value_of(arg, point, env)
        except LogOfZeroError as error:
            missing = error
            continue
        zero = zero or (is_exact(value) and value == 0)
        result = placed(arrays.times, result, value, operator, arg)
    if missing is not None and not zero:
        raise missing
    return fmpq(0) if zero and not isinstance(result, Array) else result


def minus(t: Term, point: Point, env: Env) -> Value:
    """The negative."""
    value = value_of(t.args[0], point, env)
    return value.each(lambda x: -x) if isinstance(value, Array) else -value


def quotient(t: Term, point: Point, env: Env) -> Value:
    """A quotient; a pole below makes it 0."""
    above = value_of(t.args[0], point, env)
    try:
        below = number(t.args[1], point, env)
    except PoleError:
        return fmpq(0)
    if isinstance(above, Array):
        return above.each(lambda x: divided(x, below))
    return divided(above, below)


def power_of(t: Term, point: Point, env: Env) -> Value:
    """A power of a number or a matrix."""
    base, exponent = value_of(t.args[0], point, env), number(t.args[1], point, env)
    if isinstance(base, Array):
        if is_exact(exponent) and exponent.q == 1:
            if base.is_vector and base.shape[0] != base.shape[1] and exponent == 2:
                return sum((x * x for x in base.entries), fmpq(0))
            return arrays.integer_power(base, int(exponent.p))
        if exponent == fmpq(-1, 2) or exponent == fmpq(1, 2):
            return special.matrix_root(base, exponent < 0)
        raise NotUnderstood("a matrix to such a power", t.span)
    return power(base, exponent)


def power(base: Value, exponent: Value) -> Value:
    """base^exponent by the checker's conventions; the roots of a square are those of a positive number."""
    if not is_exact(exponent) and not isinstance(exponent, arb_series) and not arb(exponent).is_finite():
        raise UndefinedError("an infinite exponent")
    if is_exact(exponent) and exponent.q == 2 and is_exact(base) and base >= 0:
        return special.root(base, exponent)
    return evaluator.power(base, exponent)


def factorial_of(t: Term, point: Point, env: Env) -> Value:
    """A factorial."""
    return special.factorial(number(t.args[0], point, env), PoleError)


def function_of(t: Term, point: Point, env: Env) -> Value:
    """A function by its name, entry by entry where it acts on vectors."""
    if t.name in ("log", "ln"):
        return _log(t, point, env)
    args = [value_of(a, point, env) for a in t.args]
    if len(args) == 1 and isinstance(args[0], Array) and t.name in special.ELEMENTWISE:
        return args[0].each(lambda x: special.known(t.name, [x], PoleError))
    if any(isinstance(a, Array) for a in args):
        raise Meaningless(f"{t.name} of a matrix", t.span)
    return special.known(t.name, args, PoleError)


def _log(t: Term, point: Point, env: Env) -> Value:
    base: Value = None
    if len(t.args) == 2:
        base = number(t.args[1], point, env)
    elif t.name == "log" and point.log_base is not None:
        base = fmpq(point.log_base)
    x = value_of(t.args[0], point, env)

    def log(value: Value) -> Value:
        found = evaluator.log(value)
        return found if base is None else divided(found, evaluator.log(base))

    return x.each(log) if isinstance(x, Array) else log(x)
