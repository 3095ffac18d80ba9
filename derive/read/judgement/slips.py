"""The likely slip behind a wrong step: the small repair of one side after which the step would hold.

Nothing here decides a verdict: a step is refuted before it comes here. What is tried is general (another sign, a
factor, a bound) and is tried at several points; it counts where it makes both sides agree at all. Numbers that were
rounded in print agree within what rounding leaves open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

from flint import arb, fmpq

from derive.algebra.budgets import OutOfTimeError, budget
from derive.checker.evaluator import UndefinedError
from derive.checker.functions import constant
from derive.read.judgement.repairs import Show, repairs_of, shown_from, with_base
from derive.read.meanings.terms import Term
from derive.read.values.arrays import Array
from derive.read.values.comparing import Ground, numbers_only, tolerance
from derive.read.values.evaluation import evaluate
from derive.read.values.points import Point

#: Seconds for one step; so many points have to agree; so many repairs are tried.
SECONDS, POINTS, REPAIRS = 1.0, 5, 500
#: Where no name is free, one point is all there is: only these factors are then believed.
FACTORS = tuple(Fraction(n, d) for n, d in ((2, 1), (1, 2), (3, 1), (1, 3), (4, 1), (1, 4), (10, 1), (1, 10)))
#: Larger factors and constants are no slip but another formula.
LARGEST = 12
BASES = (10, 2)

Value = Any
Sides = list[tuple[Value, Value]]  # entry by entry of the left and the right side, at all points


def likely_slip(lhs: Term, rhs: Term, ground: Ground, source: str = "") -> str | None:
    """What the author is likely to have slipped on, in a few words; None where nothing fits.

    `source` is the document's text, to which the spans of the terms refer.
    """
    try:
        with budget(SECONDS):
            return _Search(lhs, rhs, ground, shown_from(source)).slip()
    except (OutOfTimeError, RecursionError):
        return None
    except (UndefinedError, ArithmeticError, TypeError, ValueError, AttributeError):
        return None  # sides of a kind that cannot be worked out have no slip that could be found


@dataclass
class _Search:
    """One wrong step: its sides and their values at some points."""

    lhs: Term
    rhs: Term
    ground: Ground
    show: Show

    def slip(self) -> str | None:
        """The first explanation that fits everywhere."""
        self.rounded = tolerance(self.lhs) + tolerance(self.rhs)
        self.points, self.left, self.right = [], [], []
        for point, left, right in islice(self._usable(), POINTS):
            self.points.append(point)
            self.left.append(left)
            self.right.append(right)
        if not self.points or any(len(a) != len(b) for a, b in zip(self.left, self.right, strict=True)):
            return None
        self.varied = len(self.points) > 1
        self.sides: Sides = [
            pair for a, b in zip(self.left, self.right, strict=True) for pair in zip(a, b, strict=True)
        ]
        return self._whole() or self._size() or self._base() or self._right() or self._constant() or self._left()

    def _usable(self) -> Iterator[tuple[Point, list[Value], list[Value]]]:
        """Points at which both sides have values."""
        for point in self.ground.points():
            try:
                yield point, _entries(self.lhs, point), _entries(self.rhs, point)
            except UndefinedError:
                continue
            if numbers_only(self.lhs) and numbers_only(self.rhs):
                return  # numbers alone are the same everywhere

    def _whole(self) -> str | None:
        """A sign, a factor, or one over the other: told by the values of the sides alone."""
        if self._agree((a, -b) for a, b in self.sides):
            return "the sign: right with the other sign"
        for base in BASES:
            if self._agree((a / arb(base).log(), b) for a, b in self.sides):
                return f"the base of the logarithm: right with log to base {base}"
            if self._agree((a * arb(base).log(), b) for a, b in self.sides):
                return f"the base of the logarithm: the left side's is {base}, the right side's is e"
        factor = self._ratio()
        if factor is not None and (self.varied or factor in FACTORS):
            return _factor(factor)
        if not self.varied:
            return None
        if self._agree((a * b, fmpq(1)) for a, b in self.sides):
            return "upside down: right is one over it"
        for words, value in (
            ("√2", arb(2).sqrt()),
            ("π", arb.pi()),
            ("2π", 2 * arb.pi()),
            ("√(2π)", (2 * arb.pi()).sqrt()),
        ):
            if self._agree((a, b * value) for a, b in self.sides):
                return f"a factor: {words} is missing"
            if self._agree((a * value, b) for a, b in self.sides):
                return f"a factor: {words} is too much"
        return None

    def _ratio(self) -> Fraction | None:
        """The simple fraction by which the right side has to be multiplied everywhere, if there is one."""
        usable = [(a, b) for a, b in self.sides if not arb(b).contains(0)]
        if not usable:
            return None
        factor = _simple(arb(usable[0][0]) / arb(usable[0][1]))
        if factor in (0, 1) or abs(factor) > LARGEST:
            return None
        return (
            factor if self._agree((a, b * fmpq(factor.numerator, factor.denominator)) for a, b in self.sides) else None
        )

    def _size(self) -> str | None:
        """A lost or extra N or 1/N: the ratio of the sides is a size at every point."""
        for name in sorted(self.ground.facts.sizes):
            values = [fmpq(point.size(name)) for point in self.points]
            if len(set(map(int, values))) < 2:
                continue
            for words, numbers in ((name, values), (f"{name} − 1", [n - 1 for n in values])):
                spread = [n for n, entries in zip(numbers, self.left, strict=True) for _ in entries]
                for sign, also in ((1, ""), (-1, ", and the sign")):
                    rows = list(zip(self.sides, spread, strict=True))
                    if self._agree((a, sign * b * n) for (a, b), n in rows):
                        return f"a factor: {words} is missing{also}"
                    if self._agree((a * n, sign * b) for (a, b), n in rows):
                        return (
                            f"a factor: 1/({words}) is missing{also}"
                            if " " in words
                            else (f"a factor: 1/{words} is missing{also}")
                        )
        return None

    def _base(self) -> str | None:
        """The logarithms of one side to another base, the rest of it as it stands."""
        for base in BASES:
            left, right = with_base(self.lhs, base), with_base(self.rhs, base)
            if left != self.lhs and self._holds(left, self.right):
                return f"the base of the logarithm: right where the left side's is {base}"
            if right != self.rhs and self._holds(right, self.left):
                return f"the base of the logarithm: right with log to base {base}"
        return None

    def _right(self) -> str | None:
        """The first small change of the right side after which both agree everywhere."""
        for words, repaired in islice(repairs_of(self.rhs, self.show, (self.lhs,)), REPAIRS):
            if self._holds(repaired, self.left):
                return words
        return None

    def _left(self) -> str | None:
        """The same for the left side."""
        for words, repaired in islice(repairs_of(self.lhs, self.show, (self.rhs,)), REPAIRS):
            if self._holds(repaired, self.right):
                return f"on the left side: {words}"
        return None

    def _constant(self) -> str | None:
        """A number that is lost or too much."""
        if not self.varied or any(len(entries) != 1 for entries in self.left):
            return None
        lost = _simple(arb(self.sides[0][0] - self.sides[0][1]))
        if lost == 0 or abs(lost) > LARGEST:
            return None
        if not self._agree((a, b + fmpq(lost.numerator, lost.denominator)) for a, b in self.sides):
            return None
        return f"a constant: {lost} is missing" if lost > 0 else f"a constant: {-lost} is too much"

    def _holds(self, term: Term, values: list[list[Value]]) -> bool:
        """Whether a term has the wanted values at all points."""
        try:
            for point, wanted in zip(self.points, values, strict=True):
                found = _entries(term, point)
                if len(found) != len(wanted) or not all(map(self._near, found, wanted)):
                    return False
        except (UndefinedError, ValueError):
            return False
        return True

    def _near(self, left: Value, right: Value) -> bool:
        difference = abs(arb(left - right))
        if self.rounded:
            return bool(difference <= arb(self.rounded) * arb("1.000001"))
        return bool(difference <= (abs(arb(left)) + abs(arb(right))) * arb(10) ** -25)

    def _agree(self, sides: Iterator[tuple[Value, Value]]) -> bool:
        """Whether all pairs agree, and not only because everything is 0."""
        found = list(sides)
        return any(not arb(a).contains(0) for a, _ in found) and all(self._near(a, b) for a, b in found)


def _entries(term: Term, point: Point) -> list[Value]:
    point.steps, point.depth = 0, 0
    value = evaluate(term, point)
    return [constant(x) for x in value.entries] if isinstance(value, Array) else [constant(value)]


def _simple(value: Value) -> Fraction:
    """The fraction with a small denominator that is nearest to a number."""
    middle = float(value.mid())
    return Fraction(middle).limit_denominator(LARGEST) if abs(middle) < 1e6 else Fraction(0)


def _factor(factor: Fraction) -> str:
    sign = ", and the sign" if factor < 0 else ""
    size = abs(factor)
    if size.numerator == 1:
        return f"a factor: {size.denominator} is too much{sign}"
    return f"a factor: {size} is missing{sign}"
