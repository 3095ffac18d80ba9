"""The value of a term at a point: numbers for every name, concrete functions for those that the text leaves open.

An own recursion on python-flint, as the checker's is for SymPy's expressions: `fmpq` exact, `arb` balls, `arb_series`
for derivatives, `Array` for vectors and matrices. Unknown functions, expectations and abstract ranges get a model: a
fixed smooth function, a finite probability space, a finite set of points. What holds there at several points is
tested; what fails only there is no counterexample, and `Point.modelled` says so.
"""

from __future__ import annotations

from collections.abc import Callable

from flint import fmpq

from derive.checker import evaluator
from derive.checker.evaluator import UndefinedError
from derive.checker.functions import ball, constant
from derive.read.meanings.terms import NotUnderstood, Term
from derive.read.values import arrays, special
from derive.read.values import evaluation_derivatives as derivatives
from derive.read.values import evaluation_scalars as scalars
from derive.read.values import evaluation_totals as ranges
from derive.read.values.arrays import Array
from derive.read.values.evaluation_basics import (
    RULES,
    Env,
    PoleError,
    Value,
    decimal,
    evaluate,
    index_of,
    number,
    picked,
    placed,
    unfolded,
    value_of,
    whole,
)
from derive.read.values.evaluation_derivatives import inverted
from derive.read.values.points import Point

__all__ = ["decimal", "evaluate", "inverted", "number"]


def _apply(t: Term, point: Point, env: Env) -> Value:
    found = point.store.find(t)
    if found is not None and point.overriding:
        return unfolded(found, point, env, t)
    return point.applied(t, env, lambda term: value_of(term, point, env))


def _mean(t: Term, point: Point, env: Env) -> Value:
    """An expectation binds the random variables in it: what they are outside does not count."""
    if env and not point.override:
        env = {name: held for name, held in env.items() if name not in point.facts.random}
    if not point.override and t.names.isdisjoint(env):
        if t not in point.known:
            point.known[t] = point.expected(t, {}, lambda term, inner: value_of(term, point, inner))
        return point.known[t]
    return point.expected(t, env, lambda term, inner: value_of(term, point, inner))


def _matrix(t: Term, point: Point, env: Env) -> Value:
    rows, columns = map(int, t.name.split(","))
    values = [value_of(a, point, env) for a in t.args]
    if any(isinstance(v, Array) for v in values):
        raise NotUnderstood("a matrix of matrices", t.span)
    return arrays.array([values[n * columns : (n + 1) * columns] for n in range(rows)])


def _identity(t: Term, point: Point, env: Env) -> Value:
    return arrays.identity(whole(number(t.args[0], point, env))) if t.args else point.identity(t)


def _norm(t: Term, point: Point, env: Env) -> Value:
    value = value_of(t.args[0], point, env)
    entries = value.entries if isinstance(value, Array) else [value]
    return evaluator.power(sum((x * x for x in entries), fmpq(0)), fmpq(1, 2))


def _abs(t: Term, point: Point, env: Env) -> Value:
    """|x| of a number, the determinant of a matrix."""
    value = value_of(t.args[0], point, env)
    if isinstance(value, Array):
        return arrays.determinant(value)
    return special.known("abs", [value], PoleError)


def _pick(t: Term, point: Point, env: Env) -> Value:
    return picked(value_of(t.args[0], point, env), tuple(index_of(i, point, env) for i in t.args[1:]))


def _cases(t: Term, point: Point, env: Env) -> Value:
    for value, condition in zip(t.args[0::2], t.args[1::2], strict=True):
        if condition.head == "label" or _true(condition, point, env):
            return value_of(value, point, env)
    raise UndefinedError("none of the cases holds")


def _true(t: Term, point: Point, env: Env) -> bool:
    if t.head == "both":
        return all(_true(a, point, env) for a in t.args)
    if t.head != "says":
        raise NotUnderstood("a condition that was not understood", t.span)
    left, right = (ball(constant(number(a, point, env))) for a in t.args)
    outcome = {
        "=": not (left < right or left > right), "\\neq": left < right or left > right, "<": left < right,
        ">": left > right, "\\leq": not left > right, "\\geq": not left < right,
    }.get(t.name)  # fmt: skip
    if outcome is None:
        raise NotUnderstood(f"the condition {t.name}", t.span)
    return bool(outcome)


def _whole_array(work: Callable[[Value], Value]) -> Callable[[Term, Point, Env], Value]:
    return lambda t, point, env: placed(work, value_of(t.args[0], point, env), t)


def _diag(value: Value) -> Value:
    if not isinstance(value, Array):
        return value
    if value.is_vector:
        items = value.entries
        return arrays.array([[x if m == n else fmpq(0) for n in range(len(items))] for m, x in enumerate(items)])
    return arrays.array([[value.rows[n][n]] for n in range(min(value.shape))])


RULES.update(
    {
        "num": scalars.printed,
        "const": scalars.constant_of,
        "var": scalars.variable,
        "add": scalars.plus,
        "mul": scalars.times,
        "neg": scalars.minus,
        "div": scalars.quotient,
        "pow": scalars.power_of,
        "fact": scalars.factorial_of,
        "fn": scalars.function_of,
        "sum": ranges.total,
        "prod": ranges.product,
        "table": ranges.row,
        "extreme": ranges.extreme,
        "sumset": ranges.over_members,
        "prodset": ranges.over_members,
        "intset": ranges.over_members,
        "int": ranges.integral,
        "limit": ranges.limit,
        "at": ranges.at_point,
        "diff": derivatives.derivative,
        "apply": _apply,
        "mean": _mean,
        "matrix": _matrix,
        "identity": _identity,
        "norm": _norm,
        "abs": _abs,
        "cases": _cases,
        "pick": _pick,
        "T": _whole_array(arrays.transposed),
        "inv": _whole_array(arrays.inverse),
        "det": _whole_array(arrays.determinant),
        "tr": _whole_array(arrays.trace),
        "diag": _whole_array(_diag),
    }
)
