"""Admissible points of a context: sizes, indices and data drawn over the declared domains, corners included.

Draws are reproducible. The first points use small numbers, so that a counterexample is one to put in by hand.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp
from flint import ctx, fmpq
from sympy.core.relational import Relational

from derive.algebra.binding import free_symbols
from derive.algebra.context import Context, Domain, SumFact, Variable, key
from derive.checker.evaluator import PRECISION, Point, UndefinedError, Value, as_int, evaluate, is_exact

#: Values of (N, K) that are tried first; further sizes take the second value.
SIZES = ((2, 2), (2, 3), (3, 2), (1, 2), (4, 3), (4, 5), (6, 3), (2, 1), (1, 1))
#: Where more points are wanted: sizes up to these at random, and at last this one.
MOST, LARGE = (9, 8), (23, 17)
ATTEMPTS = 12
#: Rows with more entries, or larger counts, are not drawn.
LONGEST = 5000
#: How values are drawn, in turn: small numbers, generic ones, ends of domains, 0 and ±1 and the like, of any size.
KINDS = ("simple", "generic", "corner", "special", "wide")
SPECIAL = (fmpq(0), fmpq(1), fmpq(-1), fmpq(1, 2), fmpq(2), fmpq(-2))


@dataclass(frozen=True)
class Manner:
    """How values are drawn at one point. At a corner a scalar takes the closed ends in `turn` (-1: at random)."""

    kind: str
    seed: int
    turn: int


def points(context: Context, fixed: tuple[Relational, ...] = (), rounds: int = 1) -> Iterator[Point]:
    """Admissible points: every hypothesis holds at each of them; `fixed` equations set names to values."""
    ctx.prec = PRECISION
    told = [f.variable.key for f in context.facts]
    facts = [
        f.equation() for f in context.facts if told.count(f.variable.key) > 1
    ]  # one of them is drawn, all must hold
    conditions = [(h, undeclared(h, context)) for h in (*context.hypotheses, *facts)]
    set_sizes = {e.lhs: int(e.rhs) for e in fixed if e.lhs in context.sizes}
    for number, (n, k) in enumerate(_sizes(rounds)):
        sizes = _named(context.sizes, n, k, number) | set_sizes
        for attempt in range(ATTEMPTS):
            manner = Manner(KINDS[number % 5], 101 * number + attempt, -1 if attempt else number // 5)
            point = _point(context, sizes, manner)
            if point is None or not _fix(point, fixed):
                continue
            if all(_holds_for_all(condition, free, point, {}) for condition, free in conditions):
                point.forget_reading()
                yield point
                break


def _sizes(rounds: int) -> Iterator[tuple[int, int]]:
    yield from SIZES
    chance = random.Random(rounds)
    for _ in range((rounds - 1) * len(SIZES)):
        yield chance.randint(1, MOST[0]), chance.randint(1, MOST[1])
    if rounds > 1:
        yield LARGE


def _named(symbols: tuple[sp.Symbol, ...], n: int, k: int, number: int) -> dict[sp.Symbol, int]:
    """Values for all sizes: N first, then K, then others that differ from both in turn."""
    ordered = sorted(symbols, key=lambda s: (s.name != "N", s.name != "K"))
    if ordered and ordered[0].name != "N":
        n = k
    values = [n, k if len(ordered) < 2 or ordered[0].name == "N" else number % 4 + 1]
    values += [(number * (m + 2) + m) % 5 + 1 for m in range(len(ordered))]
    return dict(zip(ordered, values, strict=False))


def _point(context: Context, sizes: dict[sp.Symbol, int], manner: Manner) -> Point | None:
    draws = _Draws(context, manner)
    point = Point(context, sizes, draws.value)
    draws.point = point
    for place, index in enumerate(context.indices):
        try:
            lower, upper = (as_int(evaluate(b, point)) for b in (index.lower, index.upper))
        except UndefinedError:
            return None
        if upper < lower:
            return None
        # together at an end, apart, at random: a wrong δ shows only where indices meet, or only where they do not
        pattern = (lower, upper, min(lower + place, upper), max(upper - place, lower))
        choice = manner.seed % 7
        drawn = draws.stream(index.symbol.name).randint(lower, upper)
        point.indices[index.symbol] = pattern[choice] if choice < 4 else drawn
    return point


def _fix(point: Point, fixed: tuple[Relational, ...]) -> bool:
    """Give names the values that were put in; whether that was possible."""
    try:
        for equation in fixed:
            if equation.lhs not in point.sizes:
                place = tuple(as_int(evaluate(i, point)) for i in getattr(equation.lhs, "indices", ()))
                point.assign((key(equation.lhs)[0], place), evaluate(equation.rhs, point))
    except UndefinedError:
        return False
    return True


class _Draws:
    """Values of variables at one point, each from its own stream, so that order does not matter."""

    point: Point

    def __init__(self, context: Context, manner: Manner) -> None:
        self.manner = manner
        self.facts = {f.variable.key: f for f in context.facts}

    def stream(self, *name: object) -> random.Random:
        return random.Random(zlib.crc32(repr((self.manner.seed, name)).encode()))

    def value(self, variable: Variable, indices: tuple[int, ...]) -> Value:
        if variable.domain.definite:
            if variable.key in self.facts:
                raise UndefinedError(f"positive definite {variable.name} with a known sum are not drawn")
            return self._definite(variable, indices)
        fact = self.facts.get(variable.key)
        if fact is not None:
            return self._row(fact, indices)[indices[fact.axis] - 1]
        return self._one(variable, indices)

    def _definite(self, variable: Variable, indices: tuple[int, ...]) -> Value:
        """An entry of A·Aᵀ + c·I with small rational A; at corners A is diagonal."""
        *others, row, column = indices
        size = as_int(evaluate(variable.axes[-1], self.point))

        def factor(m: int, n: int) -> Value:
            if self.manner.kind == "corner" and m != n:
                return fmpq(0)
            chance = self.stream(variable.name, "factor", tuple(others), m, n)
            return fmpq(chance.randint(-6, 6), 2 if self.manner.kind == "simple" else 5)

        total = sum((factor(row, n) * factor(column, n) for n in range(1, size + 1)), fmpq(0))
        return total + (fmpq(1, self.stream(variable.name, "shift").randint(1, 4)) if row == column else 0)

    def _one(self, variable: Variable, indices: tuple[int, ...]) -> Value:
        """One value of a domain."""
        chance, domain, kind = self.stream(variable.name, indices), variable.domain, self.manner.kind
        lower, upper = _number(domain.lower, self.point), _number(domain.upper, self.point)
        if domain.integer:
            start = -3 if lower is None else int(lower)
            reach = 40 if kind == "wide" else 6
            stop = start + reach if upper is None else int(upper)
            return fmpq(start if kind == "special" and chance.random() < 0.5 else chance.randint(start, stop))
        insist = self.manner.turn >= 0 and not variable.axes
        if kind == "corner" and (insist or chance.random() < 0.4):
            ends = ((lower, domain.lower_open), (upper, domain.upper_open))
            closed = [end for end, is_open in ends if end is not None and not is_open]
            if closed:
                return closed[self.manner.turn % len(closed)] if insist else chance.choice(closed)
        if lower is not None and upper is not None:
            return lower + (upper - lower) * self._share(chance)
        size = self._size(chance, variable)
        if lower is None and upper is None:
            return size * chance.choice((1, -1))
        size = abs(size) or (fmpq(1) if domain.lower_open and domain.upper_open else fmpq(0))
        return lower + size if lower is not None else upper - size

    def _share(self, chance: random.Random) -> Value:
        """Where between two ends."""
        if self.manner.kind == "special":
            return fmpq(1, 2)
        if self.manner.kind == "wide":
            small = fmpq(1, 10 ** chance.randint(1, 6))
            return chance.choice((small, 1 - small))
        return fmpq(chance.randint(1, 4), 5) if self.manner.kind == "simple" else fmpq(chance.randint(3, 98), 101)

    def _size(self, chance: random.Random, variable: Variable) -> Value:
        """A number without sign; a special one is at times the same for a whole array."""
        if self.manner.kind == "special":
            if not variable.axes and self.manner.turn >= 0:  # every special value has its turn
                return SPECIAL[(self.manner.turn + zlib.crc32(variable.name.encode())) % len(SPECIAL)]
            return (self.stream(variable.name) if chance.random() < 0.5 else chance).choice(SPECIAL)
        if self.manner.kind == "simple":
            return fmpq(chance.randint(1, 12), 4)
        size = fmpq(chance.randint(5, 400), 101)
        return size * fmpq(10) ** chance.randint(-3, 3) if self.manner.kind == "wide" else size

    def _row(self, fact: SumFact, indices: tuple[int, ...]) -> list[Value]:
        """A whole row whose sum is known: one-hot or counts for integers, proportions otherwise."""
        variable, axis = fact.variable, fact.axis
        others = tuple(i for n, i in enumerate(indices) if n != axis)
        length = as_int(evaluate(variable.axes[axis], self.point))
        total = evaluate(fact.total, self.point)
        if length > LONGEST or (variable.domain.integer and total > LONGEST):
            raise UndefinedError(f"a row of {variable.name} is too long to be drawn")
        chance = self.stream(variable.name, "row", others)
        domain = variable.domain
        if domain.integer:
            most = as_int(evaluate(domain.upper, self.point)) if domain.upper.is_finite else as_int(total)
            row = [fmpq(0)] * length
            for _ in range(as_int(total)):
                free = [n for n in range(length) if row[n] < most]
                if not free:
                    raise UndefinedError(f"no row of {variable.name} adds up to {total}")
                row[chance.choice(free)] += 1
            return row
        weights = [fmpq(chance.randint(1, 3 if self.manner.kind == "simple" else 400)) for _ in range(length)]
        if self.manner.kind in ("corner", "special") and not domain.lower_open:
            weights = [w if chance.random() < 0.6 else fmpq(0) for w in weights]
        if domain.lower.is_finite is False:  # entries of both signs; one of them makes up the sum
            row = [w * chance.choice((1, -1)) for w in weights]
            row[chance.randrange(length)] += total - sum(row, fmpq(0))
            return row
        if not any(weights):
            weights[chance.randrange(length)] = fmpq(1)
        return [w * total / sum(weights, fmpq(0)) for w in weights]


def _number(end: sp.Expr, point: Point) -> Value | None:
    return evaluate(end, point) if end.is_finite is not False else None


def inside(value: Value, domain: Domain, point: Point | None = None) -> bool:
    """Whether a value certainly lies in a domain; ends that depend on the data count where a point is given."""
    lower, upper = (_end(e, point) for e in (domain.lower, domain.upper))
    above = lower is None or (value > lower if domain.lower_open else value >= lower)
    if domain.integer and not (is_exact(value) and value.q == 1):
        return False
    return bool(above and (upper is None or (value < upper if domain.upper_open else value <= upper)))


def surely_outside(value: Value, domain: Domain, point: Point | None = None) -> bool:
    """Whether a value certainly lies outside a domain; ends that depend on the data count where a point is given."""
    ends = [(_end(domain.lower, point), 1), (_end(domain.upper, point), -1)]
    if is_exact(value) and all(end is None or is_exact(end) for end, _ in ends):
        return not inside(value, domain, point)
    return any(bool(direction * (value - end) < 0) for end, direction in ends if end is not None)


def _end(end: sp.Expr, point: Point | None) -> Value | None:
    if end.is_Rational:
        return fmpq(int(end.p), int(end.q))
    if point is None or end.is_finite is False:
        return None
    return evaluate(end, point)


def holds(condition: sp.Basic, point: Point) -> bool:
    """Whether a condition is certain at a point, for all values of its undeclared indices."""
    return _holds_for_all(condition, undeclared(condition, point.context), point, {})


def _holds_for_all(
    condition: sp.Basic, free: list[tuple[sp.Symbol, sp.Expr]], point: Point, bound: dict[sp.Symbol, Value]
) -> bool:
    try:
        if not free:
            return _certain(condition, point, bound)
        (index, axis), rest = free[0], free[1:]
        stop = as_int(evaluate(axis, point)) + 1
        return all(_holds_for_all(condition, rest, point, {**bound, index: fmpq(n)}) for n in range(1, stop))
    except UndefinedError:
        return False


def undeclared(condition: sp.Basic, context: Context) -> list[tuple[sp.Symbol, sp.Expr]]:
    """The free indices that the context does not declare, with the size of their axis: they mean "for all"."""
    free, axes = free_symbols(condition), axes_of(condition, context)
    return [(s, axis) for s, axis in axes.items() if s in free and s not in context.ranges]


def axes_of(expr: sp.Basic, context: Context) -> dict[sp.Symbol, sp.Expr]:
    """For every index the size of the axis on which it is used."""
    found: dict[sp.Symbol, sp.Expr] = {}
    for entry in sorted(expr.atoms(sp.Indexed), key=str):
        variable = context.variable(entry)
        for index, axis in zip(entry.indices, variable.axes if variable else (), strict=False):
            if index.is_Symbol and index not in context.sizes:
                found.setdefault(index, axis)
    return found


def _certain(condition: sp.Basic, point: Point, bound: dict[sp.Symbol, Value]) -> bool:
    if isinstance(condition, sp.Contains):
        value = evaluate(condition.args[0], point, bound)
        return any(bool(value == evaluate(member, point)) for member in condition.args[1])
    difference = evaluate(condition.lhs, point, bound) - evaluate(condition.rhs, point, bound)
    if isinstance(condition, sp.Ne):
        return bool(difference != 0)
    if isinstance(condition, sp.Eq):
        return bool(difference == 0) if is_exact(difference) else bool(difference.contains(0))
    if isinstance(condition, (sp.StrictLessThan, sp.LessThan)):
        difference = -difference
    strict = isinstance(condition, (sp.StrictGreaterThan, sp.StrictLessThan))
    return bool(difference > 0) if strict else bool(difference >= 0)
