"""The value of a term at a point: numbers for every name, concrete functions for those that the text leaves open.

An own recursion on python-flint, as the checker's is for SymPy's expressions: `fmpq` exact, `arb` balls, `arb_series`
for derivatives, `Array` for vectors and matrices. Unknown functions, expectations and abstract ranges get a model: a
fixed smooth function, a finite probability space, a finite set of points. What holds there at several points is
tested; what fails only there is no counterexample, and `Point.modelled` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flint import arb, arb_series, ctx, fmpq

from derive.algebra.budgets import tick
from derive.checker import evaluator
from derive.checker.evaluator import LogOfZeroError, UndefinedError, is_exact
from derive.checker.functions import ball, constant
from derive.read import arrays, special, totals
from derive.read.arrays import Array
from derive.read.points import Point
from derive.read.terms import Meaningless, NotUnderstood, Term, num, walk

Value = Any  # fmpq | arb | arb_series | Array
Env = Mapping[str, Any]

#: How deep definitions may refer to definitions.
DEEPEST = 24
MAX_RANGE = 400


@dataclass(frozen=True)
class Alias:
    """A parameter that stands for another name, with all its entries: p for p̂."""

    name: str


class PoleError(UndefinedError):
    """A factorial or Γ at a pole: as a denominator it makes the quotient 0."""


def evaluate(term: Term, point: Point, env: Env | None = None) -> Value:
    """The value of a term; UndefinedError where there is none, Meaningless where shapes do not fit."""
    return _value(term, point, env or {})


def number(term: Term, point: Point, env: Env) -> Any:
    """The value of a term that must be a number."""
    value = _value(term, point, env)
    if isinstance(value, Array):
        raise Meaningless(f"a {arrays.words(value.shape)} matrix stands where a number is needed", term.span)
    return value


def _value(t: Term, point: Point, env: Env) -> Value:
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


def _num(t: Term, point: Point, env: Env) -> Value:
    return decimal(t.name)


def decimal(digits: str) -> fmpq:
    """The exact value of printed digits."""
    whole, _, part = digits.partition(".")
    return fmpq(int((whole or "0") + part), 10 ** len(part))


def _const(t: Term, point: Point, env: Env) -> Value:
    if t.name == "pi":
        return arb.pi()
    if t.name == "e":
        return arb(1).exp()
    if t.name == "inf":
        return arb.pos_inf()
    raise NotUnderstood(f"no value is known for {t.name}", t.span)


def _var(t: Term, point: Point, env: Env) -> Value:
    name, held = t.name, env.get(t.name)
    if isinstance(held, Alias):
        name = held.name
    elif held is not None and not t.args:
        return held
    indices = tuple(_index(a, point, env) for a in t.args)
    if isinstance(held, Array):
        return picked(held, indices)
    if (name, indices) in point.override:
        return point.override[name, indices]
    call = replace(t, name=name) if name != t.name else t
    found = point.store.find(call)
    if found is None and indices:
        found = point.store.find(replace(call, args=tuple(num(i) for i in indices)))
    if found is not None and not point.is_given(name, indices):
        return _unfolded(found, point, env, call)
    if indices:
        whole = point.store.find(Term("var", (), name))
        if whole is not None and name not in whole[0].body.names:
            value = _unfolded(whole, point, {}, call)
            if isinstance(value, Array):
                return picked(value, indices)
        if name == "delta" and len(indices) == 2:  # Kronecker's
            return fmpq(int(indices[0] == indices[1]))
    return point.entry(name, indices)


def _index(t: Term, point: Point, env: Env) -> int:
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


def _unfolded(found: tuple[Any, Mapping[str, Term]], point: Point, env: Env, call: Term) -> Value:
    definition, bindings = found
    inner: dict[str, Any] = {}
    for name, term in bindings.items():
        held = env.get(term.name) if term.head == "var" and not term.args else None
        if term.head == "var" and not term.args and (held is None or isinstance(held, Alias)):
            target = held.name if isinstance(held, Alias) else term.name
            if target != name:
                inner[name] = Alias(target)
        else:
            inner[name] = _value(term, point, env)
    with point.deeper(call):
        return _value(definition.body, point, inner)


def _add(t: Term, point: Point, env: Env) -> Value:
    total = _value(t.args[0], point, env)
    for arg in t.args[1:]:
        value = _value(arg, point, env)
        if isinstance(total, Array) != isinstance(value, Array) and arg.head != "num":
            point.modelled.add("a number added to a vector")
        total = _placed(arrays.plus, total, value, arg)
    return total


def _placed(work: Callable[..., Value], *args: Any) -> Value:
    """What is worked out of all arguments but the last, which says where it stands if it makes no sense."""
    *values, t = args
    try:
        return work(*values)
    except Meaningless as error:
        raise error if error.span is not None else Meaningless(str(error), t.span) from None


def _mul(t: Term, point: Point, env: Env) -> Value:
    """A product from left to right; an exact 0 wins over log 0. `name` holds the operators, one a factor."""
    operators = ("", *t.name.split(",")) if t.name else ("",) * len(t.args)
    result: Value = fmpq(1)
    missing: LogOfZeroError | None = None
    zero = False
    for arg, operator in zip(t.args, operators, strict=True):
        try:
            value = _value(arg, point, env)
        except LogOfZeroError as error:
            missing = error
            continue
        zero = zero or (is_exact(value) and value == 0)
        result = _placed(arrays.times, result, value, operator, arg)
    if missing is not None and not zero:
        raise missing
    return fmpq(0) if zero and not isinstance(result, Array) else result


def _neg(t: Term, point: Point, env: Env) -> Value:
    value = _value(t.args[0], point, env)
    return value.each(lambda x: -x) if isinstance(value, Array) else -value


def _div(t: Term, point: Point, env: Env) -> Value:
    above = _value(t.args[0], point, env)
    try:
        below = number(t.args[1], point, env)
    except PoleError:
        return fmpq(0)
    if isinstance(above, Array):
        return above.each(lambda x: divided(x, below))
    return divided(above, below)


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


def _pow(t: Term, point: Point, env: Env) -> Value:
    base, exponent = _value(t.args[0], point, env), number(t.args[1], point, env)
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


def _fact(t: Term, point: Point, env: Env) -> Value:
    return special.factorial(number(t.args[0], point, env), PoleError)


def _fn(t: Term, point: Point, env: Env) -> Value:
    if t.name in ("log", "ln"):
        return _log(t, point, env)
    args = [_value(a, point, env) for a in t.args]
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
    x = _value(t.args[0], point, env)

    def log(value: Value) -> Value:
        found = evaluator.log(value)
        return found if base is None else divided(found, evaluator.log(base))

    return x.each(log) if isinstance(x, Array) else log(x)


def _range(t: Term, point: Point, env: Env) -> tuple[int, int | None]:
    lower, upper = (number(a, point, env) for a in t.args[1:3])
    start = _whole(lower)
    if not is_exact(upper) and not isinstance(upper, arb_series) and not arb(upper).is_finite():
        return start, None
    end = _whole(upper)
    if end - start > MAX_RANGE:
        raise UndefinedError("a long sum")
    return start, end


def _whole(x: Value) -> int:
    if not (is_exact(x) and x.q == 1):
        raise UndefinedError("a sum whose ends are no integers")
    return int(x.p)


def _sum(t: Term, point: Point, env: Env) -> Value:
    start, end = _range(t, point, env)
    body = t.args[0]
    if end is None:
        point.uncertified = True
        return totals.endless(lambda n: number(body, point, {**env, t.bound: fmpq(n)}), start)
    total: Value = fmpq(0)
    for n in range(start, end + 1):
        total = arrays.plus(total, _value(body, point, {**env, t.bound: fmpq(n)}))
    return total


def _prod(t: Term, point: Point, env: Env) -> Value:
    start, end = _range(t, point, env)
    if end is None:
        raise UndefinedError("a product without end")
    total: Value = fmpq(1)
    for n in range(start, end + 1):
        total = arrays.times(total, _value(t.args[0], point, {**env, t.bound: fmpq(n)}))
    return total


def _table(t: Term, point: Point, env: Env) -> Value:
    start, end = _range(t, point, env)
    if end is None or end < start:
        raise UndefinedError("a row without end")
    return arrays.array([[number(t.args[0], point, {**env, t.bound: fmpq(n)}) for n in range(start, end + 1)]])


def _set(t: Term, point: Point, env: Env) -> Value:
    total: Value = fmpq(1) if t.head == "prodset" else fmpq(0)
    for weight, value in point.members(t.name, t.bound, t.head == "intset"):
        inner = {**env, t.bound: value}
        if t.head == "prodset":
            total = arrays.times(total, _value(t.args[0], point, inner))
        else:
            total = arrays.plus(total, arrays.times(weight, _value(t.args[0], point, inner)))
    return total


def _int(t: Term, point: Point, env: Env) -> Value:
    lower, upper = (number(a, point, env) for a in t.args[1:3])
    point.uncertified = True
    return totals.integral(lambda x: number(t.args[0], point, {**env, t.bound: x}), lower, upper)


def _extreme(t: Term, point: Point, env: Env) -> Value:
    start, end = _range(t, point, env)
    if end is None:
        raise UndefinedError("an extreme of values without end")
    values = [number(t.args[0], point, {**env, t.bound: fmpq(n)}) for n in range(start, end + 1)]
    return special.known(t.name, values)


def _limit(t: Term, point: Point, env: Env) -> Value:
    """A limit at ±∞, taken far out; at a number, close to it."""
    at = number(t.args[1], point, env)
    point.uncertified = True
    far = arb(10) ** 45
    x = (far if at > 0 else -far) if not arb(constant(at)).is_finite() else at + 1 / far
    found = number(t.args[0], point, {**env, t.bound: x})
    return found + arb(0, (arb(10) ** -43 * (1 + abs(arb(constant(found))))).upper())


def _at(t: Term, point: Point, env: Env) -> Value:
    place = t.args[1]
    held = env.get(place.name)
    if place.head == "var" and not place.args and (held is None or isinstance(held, Alias)):
        return _value(t.args[0], point, {**env, t.bound: held or Alias(place.name)})
    at = _value(place, point, env)
    if not isinstance(at, Array) and not is_exact(at) and not arb(constant(at)).is_finite():
        return _limit(t, point, env)
    return _value(t.args[0], point, {**env, t.bound: at})


def _diff(t: Term, point: Point, env: Env) -> Value:
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
        return _taylor(lambda x: _value(body, point, {**env, variable.name: x}), held, order)
    name = held.name if isinstance(held, Alias) else variable.name
    indices = tuple(_index(a, point, env) for a in variable.args)
    at = point.base_value(name, indices, lambda: _value(variable, point, env))
    if isinstance(at, Array):
        if not _stands_on(body, name, point, 0):
            raise NotUnderstood("a derivative by a vector that does not occur", t.span)
        if order != 1:
            raise NotUnderstood("a second derivative by a vector", t.span)
        return _by_array(body, point, env, name, at)
    return _taylor(lambda x: point.having({(name, indices): x}, lambda: _value(body, point, env)), at, order)


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
        indices = tuple(_index(a, point, env) for a in variable.args)
        at = point.base_value(name, indices, partial(_value, variable, point, env))
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


def _apply(t: Term, point: Point, env: Env) -> Value:
    found = point.store.find(t)
    if found is not None and point.overriding:
        return _unfolded(found, point, env, t)
    return point.applied(t, env, lambda term: _value(term, point, env))


def _mean(t: Term, point: Point, env: Env) -> Value:
    """An expectation binds the random variables in it: what they are outside does not count."""
    if env and not point.override:
        env = {name: held for name, held in env.items() if name not in point.facts.random}
    if not point.override and t.names.isdisjoint(env):
        if t not in point.known:
            point.known[t] = point.expected(t, {}, lambda term, inner: _value(term, point, inner))
        return point.known[t]
    return point.expected(t, env, lambda term, inner: _value(term, point, inner))


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
            found = _value(call, point, {x_name.name: arb_series([x, arb(1)])})
        finally:
            ctx.cap = cap
        if not isinstance(found, arb_series) or found[1].contains(0):
            break
        moved = (x - (found[0] - wanted) / found[1]).mid()
        if abs(moved - x) < arb(10) ** -50 * (1 + abs(moved)):
            return moved + arb(0, arb(10) ** -48)
        x = moved
    raise UndefinedError(f"the inverse of {name} was not found")


def _matrix(t: Term, point: Point, env: Env) -> Value:
    rows, columns = map(int, t.name.split(","))
    values = [_value(a, point, env) for a in t.args]
    if any(isinstance(v, Array) for v in values):
        raise NotUnderstood("a matrix of matrices", t.span)
    return arrays.array([values[n * columns : (n + 1) * columns] for n in range(rows)])


def _identity(t: Term, point: Point, env: Env) -> Value:
    return arrays.identity(_whole(number(t.args[0], point, env))) if t.args else point.identity(t)


def _norm(t: Term, point: Point, env: Env) -> Value:
    value = _value(t.args[0], point, env)
    entries = value.entries if isinstance(value, Array) else [value]
    return evaluator.power(sum((x * x for x in entries), fmpq(0)), fmpq(1, 2))


def _abs(t: Term, point: Point, env: Env) -> Value:
    """|x| of a number, the determinant of a matrix."""
    value = _value(t.args[0], point, env)
    if isinstance(value, Array):
        return arrays.determinant(value)
    return special.known("abs", [value], PoleError)


def _pick(t: Term, point: Point, env: Env) -> Value:
    return picked(_value(t.args[0], point, env), tuple(_index(i, point, env) for i in t.args[1:]))


def _cases(t: Term, point: Point, env: Env) -> Value:
    for value, condition in zip(t.args[0::2], t.args[1::2], strict=True):
        if condition.head == "label" or _true(condition, point, env):
            return _value(value, point, env)
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
    return lambda t, point, env: _placed(work, _value(t.args[0], point, env), t)


def _diag(value: Value) -> Value:
    if not isinstance(value, Array):
        return value
    if value.is_vector:
        items = value.entries
        return arrays.array([[x if m == n else fmpq(0) for n in range(len(items))] for m, x in enumerate(items)])
    return arrays.array([[value.rows[n][n]] for n in range(min(value.shape))])


RULES: dict[str, Callable[[Term, Point, Env], Value]] = {
    "num": _num,
    "const": _const,
    "var": _var,
    "add": _add,
    "mul": _mul,
    "neg": _neg,
    "div": _div,
    "pow": _pow,
    "fact": _fact,
    "fn": _fn,
    "sum": _sum,
    "prod": _prod,
    "table": _table,
    "extreme": _extreme,
    "sumset": _set,
    "prodset": _set,
    "intset": _set,
    "int": _int,
    "limit": _limit,
    "at": _at,
    "diff": _diff,
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
