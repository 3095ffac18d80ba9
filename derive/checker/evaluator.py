"""The value of an expression at a point: exact rationals where possible, otherwise balls that contain the value.

An own recursion on python-flint: `fmpq` exact, `arb` balls at 170 bits, `arb_series` for derivatives. SymPy's doit,
diff, evalf and simplify are not used. Conventions: an empty sum is 0, an empty product 1, 0⁰ = 1, 0·log 0 = 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import sympy as sp
from flint import arb, arb_series, ctx, fmpq

from derive.algebra.binding import entries, free_symbols
from derive.algebra.budgets import tick
from derive.algebra.context import Context, Definition, Variable, key
from derive.algebra.matrices import Det, InverseEntry, SquareMatrix
from derive.algebra.order import Largest, Median, OrderStatistic, Smallest
from derive.algebra.products import NUMBERS, EntryOf, ShapeError
from derive.checker import functions, linear, products
from derive.checker.functions import ball, constant

PRECISION = 170  # bits: about 50 digits
MAX_STEPS = 200_000
MAX_EXPONENT = 4096
MAX_BITS = 20_000  # of an exact number
Value = Any  # fmpq | arb | arb_series
Entry = tuple[str, tuple[int, ...]]  # name and indices; a scalar has no indices


class UndefinedError(ArithmeticError):
    """The expression has no value at this point (or none that can be worked out): the reason."""


class NoEntryError(UndefinedError):
    """An index lies outside its axis."""


class LogOfZeroError(UndefinedError):
    """log 0, which 0·log 0 = 0 may still rescue."""


@dataclass
class Point:
    """Sizes, values of what is given, and the definitions of the rest. Values are drawn when first read.

    `draw(variable, indices)` supplies a value; `read` records which entries an evaluation used, `known` the values of
    definitions that were worked out. Totals over ranges without end enter a value only where `tolerant` is set;
    `uncertified` then says what of them is not certain.
    """

    context: Context
    sizes: dict[sp.Symbol, int]
    draw: Callable[[Variable, tuple[int, ...]], Value]
    indices: dict[sp.Symbol, int] = field(default_factory=dict)
    values: dict[Entry, Value] = field(default_factory=dict)
    override: dict[Entry, Value] = field(default_factory=dict)
    read: dict[Entry, Value] = field(default_factory=dict)
    known: dict[Entry, Value] = field(default_factory=dict)
    steps: int = 0
    tolerant: bool = False
    uncertified: list[str] = field(default_factory=list)

    def assign(self, place: Entry, value: Value | None) -> None:
        """Give a name another value, or (None) let it be drawn; what was worked out from it is forgotten."""
        self.known.clear()
        if value is None:
            self.values.pop(place, None)
        else:
            self.values[place] = value

    def forget_reading(self) -> None:
        """Start to record anew what an evaluation reads."""
        self.read.clear()
        self.known.clear()
        self.uncertified.clear()

    def entry(self, expr: sp.Expr, indices: tuple[int, ...]) -> Value:
        """The value of a scalar or of an array's entry."""
        name = key(expr)[0]
        if (name, indices) in self.override:
            return self.override[name, indices]
        if (name, indices) in self.values:
            self.read[name, indices] = self.values[name, indices]
            return self.values[name, indices]
        variable = self.context.variable(expr)
        if variable is None:
            raise UndefinedError(f"{name} with {len(indices)} indices is not declared")
        for index, axis in zip(indices, variable.axes, strict=True):
            if not 1 <= index <= as_int(evaluate(axis, self)):
                raise NoEntryError(f"{name} has no entry {', '.join(map(str, indices))}")
        definition = self.context.definition(expr)
        if definition is not None:
            return self._defined(definition, indices)
        value = self.draw(variable, indices)
        self.values[name, indices] = self.read[name, indices] = value
        return value

    def _defined(self, definition: Definition, indices: tuple[int, ...]) -> Value:
        place = (definition.variable.name, indices)
        if place in self.known and not self.override:
            return self.known[place]
        bound = {i: fmpq(n) for i, n in zip(definition.indices, indices, strict=True)}
        value = evaluate(definition.value, self, bound)
        if not self.override:
            self.known[place] = value
        return value


def evaluate(expr: sp.Expr, point: Point, bound: Mapping[sp.Symbol, Value] | None = None) -> Value:
    """The value of an expression at a point. UndefinedError where there is none."""
    return _value(expr, point, bound or {})


def evaluate_at(expr: sp.Expr, point: Point, places: Mapping[Entry, Value]) -> Value:
    """The value of an expression at a point where some entries are others than the point's own."""
    saved = dict(point.override)
    point.override.update(places)
    try:
        return evaluate(expr, point)
    finally:
        point.override = saved


def _value(e: sp.Expr, point: Point, bound: Mapping[sp.Symbol, Value]) -> Value:
    tick()
    point.steps += 1
    if point.steps > MAX_STEPS:
        raise UndefinedError(f"more than {MAX_STEPS} operations at this point")
    if isinstance(e, sp.Symbol):
        if e in bound:
            return bound[e]
        if e in point.sizes:
            return fmpq(point.sizes[e])
        return fmpq(point.indices[e]) if e in point.indices else point.entry(e, ())
    if isinstance(e, sp.Rational):
        return fmpq(int(e.p), int(e.q))
    if isinstance(e, sp.Indexed):
        return point.entry(e, tuple(as_int(_value(i, point, bound)) for i in e.indices))
    if isinstance(e, sp.Add):
        return sum((_value(a, point, bound) for a in e.args[1:]), _value(e.args[0], point, bound))
    if isinstance(e, sp.Mul):
        return _product(partial(_value, a, point, bound) for a in e.args)
    if isinstance(e, sp.exp):
        x = _value(e.args[0], point, bound)
        return fmpq(1) if is_exact(x) and x == 0 else ball(x).exp()
    if isinstance(e, sp.Pow):
        return power(_value(e.base, point, bound), _value(e.exp, point, bound))
    if isinstance(e, sp.log):
        return log(_value(e.args[0], point, bound))
    if isinstance(e, sp.Integral) or (isinstance(e, sp.Sum) and e.limits[-1][2] == sp.oo):
        return _total(e, point, bound)
    if isinstance(e, (sp.Sum, sp.Product)):
        return _once(e, point, bound)
    if isinstance(e, OrderStatistic):
        return _order_statistic(e, point, bound)
    if isinstance(e, sp.KroneckerDelta):
        return fmpq(int(as_int(_value(e.args[0], point, bound)) == as_int(_value(e.args[1], point, bound))))
    if isinstance(e, sp.Derivative):
        return _derivative(e, point, bound)
    if isinstance(e, (Det, InverseEntry)):
        return _of_matrix(e, point, bound)
    if isinstance(e, NUMBERS):
        return _of_product(e, point, bound)
    if e is sp.pi:
        return arb.pi()
    if e is sp.E:
        return arb(1).exp()
    if e is sp.EulerGamma:
        return arb.const_euler()
    return _function(e, [_value(a, point, bound) for a in e.args])


def is_exact(x: Value) -> bool:
    """Whether a value is an exact rational."""
    return isinstance(x, fmpq)


def as_int(x: Value) -> int:
    """A value as an integer; UndefinedError where it is none."""
    if is_exact(x) and x.q == 1:
        return int(x.p)
    raise UndefinedError(f"{x} is not an integer")


def _rounded(x: Value) -> Value:
    """Exact numbers that have grown too long to be of use become balls."""
    return arb(x) if is_exact(x) and max(x.p.bit_length(), x.q.bit_length()) > MAX_BITS else x


def _product(factors: Iterable[Callable[[], Value]]) -> Value:
    """A product in which an exact 0 wins over log 0, and over what balls leave open."""
    result: Value = fmpq(1)
    missing: LogOfZeroError | None = None
    zero = False
    for factor in factors:
        try:
            value = factor()
        except LogOfZeroError as error:
            missing = error
            continue
        zero = zero or (is_exact(value) and value == 0)
        result = _rounded(result * value)
    if missing is not None and not zero:
        raise missing
    return fmpq(0) if zero else result


def power(x: Value, n: Value) -> Value:
    """x^n with 0⁰ = 1; for a real exponent x must be positive."""
    if is_exact(n) and n.q == 1 and abs(n.p) <= MAX_EXPONENT:
        exponent = int(n.p)
        if is_exact(x) and max(x.p.bit_length(), x.q.bit_length()) * abs(exponent) > MAX_BITS:
            x = arb(x)
        if exponent >= 0:
            return x**exponent
        if is_exact(x):
            if x == 0:
                raise UndefinedError("division by 0")
            return x**exponent
        return _finite(1 / x ** (-exponent), "division by what may be 0")
    if is_exact(x) and x == 0 and is_exact(n) and n > 0:
        return fmpq(0)
    return (ball(n) * log(x)).exp() if not (is_exact(x) and x == 1) else fmpq(1)


def log(x: Value) -> Value:
    """log x for x > 0."""
    if is_exact(x):
        if x == 1:
            return fmpq(0)
        if x == 0:
            raise LogOfZeroError("log 0")
        if x < 0:
            raise UndefinedError("the logarithm of a negative number")
    return _finite(ball(x).log(), "the logarithm of what may not be positive")


def _finite(x: Value, what: str) -> Value:
    if not constant(x).is_finite():
        raise UndefinedError(what)
    return x


def _once(e: sp.Expr, point: Point, bound: Mapping[sp.Symbol, Value]) -> Value:
    """A sum or product, worked out once for the same values of the indices around it."""
    around = [bound[s] for s in _free(e) if s in bound]
    if point.override or not all(map(is_exact, around)) or not _is_settled(e):
        return _series(e, len(e.limits) - 1, point, bound)
    place: Any = (e, *around)
    if place not in point.known:
        point.known[place] = _series(e, len(e.limits) - 1, point, bound)
    return point.known[place]


@lru_cache(maxsize=4096)
def _is_settled(e: sp.Expr) -> bool:
    """Whether nothing in it leaves a trace at the point beyond the entries that are read."""
    return not e.has(sp.Integral, sp.oo)


def _series(e: sp.Expr, n: int, point: Point, bound: Mapping[sp.Symbol, Value]) -> Value:
    """A sum or product over its n-th limit (the outermost last)."""
    if n < 0:
        return _value(e.function, point, bound)
    variable, lower, upper = e.limits[n]
    if upper == sp.oo and isinstance(e, sp.Sum):  # SymPy writes a sum inside a sum as one over both
        return _total(sp.Sum(e.function, *e.limits[: n + 1]), point, bound)
    terms: Iterator[Callable[[], Value]] = (
        partial(_series, e, n - 1, point, {**bound, variable: fmpq(k)})
        for k in range(as_int(_value(lower, point, bound)), as_int(_value(upper, point, bound)) + 1)
    )
    if isinstance(e, sp.Product):
        return _product(terms)
    total: Value = fmpq(0)
    for term in terms:
        total = _rounded(total + term())
    return total


def _order_statistic(e: OrderStatistic, point: Point, bound: Mapping[sp.Symbol, Value]) -> Value:
    """The largest, smallest or middle one of the values that an index gives."""
    ((variable, lower, upper),) = e.limits
    span = range(as_int(_value(lower, point, bound)), as_int(_value(upper, point, bound)) + 1)
    values = [_value(e.function, point, {**bound, variable: fmpq(n)}) for n in span]
    choose = {Largest: functions.largest, Smallest: functions.smallest, Median: functions.median}[type(e)]
    try:
        return choose(values)
    except ValueError as error:
        raise UndefinedError(str(error)) from None


def _of_matrix(e: Det | InverseEntry, point: Point, bound: Mapping[sp.Symbol, Value]) -> Value:
    """A determinant, or an entry of an inverse; an inverse is worked out once a point."""
    found: SquareMatrix = e.matrix
    (a, first, rows), (b, start, columns) = found.limits
    ends = [as_int(_value(end, point, bound)) for end in (first, rows, start, columns)]
    if ends[0::2] != [1, 1] or ends[1] != ends[3] or not 1 <= ends[1] <= linear.LARGEST:
        raise UndefinedError("no square matrix, or one that is too large")
    around = [bound[s] for s in _free(found) if s in bound]
    place: Any = (type(e), found, tuple(str(value) if is_exact(value) else id(value) for value in around))
    changed: list[Value] = []
    if point.override and _touched(found, point):  # kept beside the result, so that no other value gets their ids
        changed = list(point.override.values())
        place = (place, ctx.cap, tuple((name, id(value)) for name, value in point.override.items()))
    if place not in point.known:
        counts = [fmpq(n) for n in range(1, ends[1] + 1)]
        table = [[_value(found.function, point, {**bound, a: m, b: n}) for n in counts] for m in counts]
        try:
            worked = linear.determinant(table) if isinstance(e, Det) else linear.inverse(table)
        except (linear.SingularError, ZeroDivisionError) as error:
            raise UndefinedError(str(error)) from None
        point.known[place] = (worked, around, changed)
    worked, *_ = point.known[place]
    return worked if isinstance(e, Det) else _entry_of(worked, e, point, bound)


def _of_product(e: sp.Expr, point: Point, bound: Mapping[sp.Symbol, Value]) -> Value:
    """An entry or the trace of a matrix that is multiplied out."""
    try:
        rows = products.rows_of(e.args[0], lambda expr, places: _value(expr, point, {**bound, **places}))
    except ShapeError as error:
        raise UndefinedError(str(error)) from None
    if isinstance(e, EntryOf):
        return _picked(rows, *(as_int(_value(i, point, bound)) for i in e.args[1:]))
    if len(rows) != len(rows[0]):
        raise UndefinedError("only a square matrix has a trace")
    return sum((rows[n][n] for n in range(1, len(rows))), rows[0][0])


def _touched(found: SquareMatrix, point: Point) -> bool:
    """Whether an entry that has another value for now may occur in a matrix."""
    changed = {name for name, _ in point.override}
    return any(key(e)[0] in changed or point.context.definition(e) is not None for e in _entries(found))


@lru_cache(maxsize=256)
def _entries(found: SquareMatrix) -> frozenset[sp.Basic]:
    return frozenset(entries(found))


@lru_cache(maxsize=4096)
def _free(found: sp.Expr) -> tuple[sp.Symbol, ...]:
    return tuple(sorted(free_symbols(found), key=sp.default_sort_key))


def _entry_of(rows: list[list[Value]], e: InverseEntry, point: Point, bound: Mapping[sp.Symbol, Value]) -> Value:
    return _picked(rows, *(as_int(_value(i, point, bound)) for i in (e.row, e.column)))


def _picked(rows: list[list[Value]], row: int, column: int) -> Value:
    if not (1 <= row <= len(rows) and 1 <= column <= len(rows[0])):
        raise NoEntryError(f"the matrix has no entry {row}, {column}")
    return rows[row - 1][column - 1]


def _total(e: sp.Expr, point: Point, bound: Mapping[sp.Symbol, Value]) -> Value:
    """An integral, or a sum without end."""
    from derive.checker.quadrature import total  # which evaluates what stands under the integral by means of this file

    around = [bound[s] for s in _free(e) if s in bound]
    place: Any = (e, *around)
    if point.override or not all(map(is_exact, around)):
        found = total(e, point, bound)
    else:
        found = point.known[place] = point.known[place] if place in point.known else total(e, point, bound)
    if found.open_end:
        if not point.tolerant:
            raise UndefinedError(found.open_end)
        point.uncertified.append(found.open_end)
    return found.value


def _derivative(e: sp.Derivative, point: Point, bound: Mapping[sp.Symbol, Value]) -> Value:
    """First and second derivatives as coefficients of power series; mixed ones by polarisation."""
    places = [
        (key(v)[0], tuple(as_int(_value(i, point, bound)) for i in getattr(v, "indices", ()))) for v in e.variables
    ]
    at = [ball(constant(_value(v, point, bound))) for v in e.variables]

    def along(directions: dict[Entry, Value], order: int) -> Value:
        saved, cap = dict(point.override), ctx.cap
        ctx.cap = order + 1
        try:
            for place, start in directions.items():
                point.override[place] = arb_series([start, arb(1)])
            value = _value(e.expr, point, bound)
        finally:
            point.override, ctx.cap = saved, cap
        return value[order] if isinstance(value, arb_series) else fmpq(0)

    if any(isinstance(v, arb_series) for v in point.override.values()) or len(places) > 2:
        raise UndefinedError("derivatives of a higher order than two")
    first = {places[0]: at[0]}
    if len(places) == 1:
        return along(first, 1)
    if places[0] == places[1]:
        return 2 * along(first, 2)
    second = {places[1]: at[1]}
    return along(first | second, 2) - along(first, 2) - along(second, 2)


def _function(e: sp.Expr, args: list[Value]) -> Value:
    if isinstance(e, sp.gamma):
        return _finite(ball(args[0]).gamma(), "Γ at a pole")
    if isinstance(e, sp.loggamma):
        return _finite(ball(args[0]).lgamma(), "log Γ where Γ may not be positive")
    if isinstance(e, sp.factorial):
        return _finite((ball(args[0]) + 1).gamma(), "the factorial of a negative integer")
    if isinstance(e, sp.binomial):
        n, k = (ball(a) for a in args)
        return _finite((n + 1).gamma() * (k + 1).rgamma() * (n - k + 1).rgamma(), "a binomial coefficient at a pole")
    try:
        value = functions.known(e, args)
    except ValueError as error:
        raise UndefinedError(str(error)) from None
    if value is not None:
        return _finite(ball(value), f"{type(e).__name__} at a pole") if not is_exact(value) else value
    raise UndefinedError(f"no value is known for {type(e).__name__}")
