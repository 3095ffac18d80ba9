"""Do two sides of a step agree? At points of several kinds, with balls, at printed precision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flint import arb, ctx, fmpq

from derive.checker.evaluator import UndefinedError, is_exact
from derive.checker.functions import ball, constant
from derive.read.meanings.definitions import Store
from derive.read.meanings.known import Facts
from derive.read.meanings.terms import Meaningless, NotUnderstood, Term, walk
from derive.read.values.arrays import Array, words
from derive.read.values.evaluation import decimal, evaluate
from derive.read.values.points import Point

Value = Any
PRECISION = 200
DIGITS = 28
GROSS = arb(10) ** -6
#: How points are drawn, in turn.
MODES = ("simple", "positive", "unit", "positive", "unit", "positive", "simple", "positive")
#: So many points must agree; fewer where an integral or a sum without end is worked out at each.
ENOUGH, ENOUGH_DEAR = 5, 2


@dataclass
class Outcome:
    """What the points say.

    `agreed` and `differed` count points; a point counts as differing only where the balls exclude equality.
    `point` is the first at which the sides certainly differ, `sides` their values there. `modelled` says what of the
    text had to be given a model, `uncertified` that totals were not certified, `trouble` why points were passed over.
    """

    agreed: int = 0
    differed: int = 0
    passed: int = 0
    point: Point | None = None
    sides: tuple[Value, Value] | None = None
    modelled: set[str] = field(default_factory=set)
    uncertified: bool = False
    trouble: str = ""
    modes: set[str] = field(default_factory=set)

    @property
    def holds(self) -> bool:
        """Whether the sides agree wherever both have a value."""
        return self.differed == 0 and self.agreed >= (ENOUGH_DEAR if self.uncertified else 3)

    @property
    def fails(self) -> bool:
        """Whether they differ at every point where both have a value."""
        return self.differed > 0 and self.agreed == 0


@dataclass
class Ground:
    """Everything that points of an article are drawn from; points are kept, so that sides are worked out once."""

    facts: Facts
    store: Store
    log_base: int | None = None
    kept: dict[tuple[str, int], Point] = field(default_factory=dict)

    def points(self, given: Mapping[str, int] | None = None, overriding: bool = True) -> Iterator[Point]:
        """Points in turn; with other sizes or without definitions of functions they are new ones."""
        ctx.prec = PRECISION
        for seed, mode in enumerate(MODES):
            if given is None and overriding:
                if (mode, seed) not in self.kept:
                    self.kept[mode, seed] = Point(self.facts, self.store, seed, mode, self.log_base)
                point = self.kept[mode, seed]
                point.steps, point.depth, point.uncertified, point.omega = 0, 0, False, None
                point.override.clear()
                point.modelled.clear()
                point.read.clear()
            else:
                facts = self.facts
                if given:
                    facts = Facts(**{**vars(facts), "fixed": {**facts.fixed, **given}})
                point = Point(facts, self.store, seed, mode, self.log_base, overriding=overriding)
            yield point

    def forget(self) -> None:
        """What was worked out is no longer so: a definition came in."""
        self.kept.clear()


def compare(
    ground: Ground,
    before: Term,
    after: Term,
    relation: str = "=",
    given: Mapping[str, int] | None = None,
    overriding: bool = True,
) -> Outcome:
    """Hold two sides against points. Meaningless where shapes do not fit, NotUnderstood where a side has no value."""
    outcome = Outcome()
    for point in ground.points(given, overriding):
        try:
            left, right = evaluate(before, point), evaluate(after, point)
            told = agree(left, right, relation, tolerance(before) + tolerance(after))
        except UndefinedError as error:
            outcome.passed, outcome.trouble = outcome.passed + 1, str(error)
            continue
        outcome.modelled |= point.modelled
        outcome.uncertified |= point.uncertified
        if told is None:
            outcome.passed += 1
            outcome.trouble = "the numbers do not tell"
        elif told or (point.uncertified and not _gross(left, right)):
            if not told:
                outcome.passed, outcome.trouble = outcome.passed + 1, "the numbers do not tell"
                continue
            outcome.agreed += 1
            outcome.modes.add(point.mode)
        else:
            outcome.differed += 1
            if outcome.point is None:
                outcome.point, outcome.sides = point, (left, right)
                outcome.point = _copied(point)
        if outcome.differed >= 3 or (outcome.uncertified and outcome.agreed + outcome.differed >= ENOUGH_DEAR):
            break
        if not point.read and outcome.agreed + outcome.differed:  # nothing was drawn: one point says it all
            outcome.agreed *= ENOUGH
            break
        if outcome.agreed >= ENOUGH:
            break
    return outcome


def _copied(point: Point) -> Point:
    kept = Point(point.facts, point.store, point.seed, point.mode, point.log_base)
    kept.read = dict(point.read)
    return kept


def agree(left: Value, right: Value, relation: str, blur: Value = 0) -> bool | None:
    """Whether sides agree (to 28 digits); False where they certainly do not, None where that is open."""
    if isinstance(left, Array) or isinstance(right, Array):
        return _arrays_agree(left, right, relation, blur)
    left, right = constant(left), constant(right)
    difference = left - right
    if relation in ("<", ">", "≤", "≥"):
        if relation in ("<", "≤"):
            difference = -difference
        if difference > 0:
            return True
        if difference < 0:
            return False
        exact = is_exact(difference)
        return (relation in ("≤", "≥")) if exact else None
    if is_exact(difference):
        return bool(abs(difference) <= blur)
    wide = difference + arb(0, arb(fmpq(blur)).upper()) if blur else difference
    if not wide.contains(0):
        return False
    if blur:
        return True
    scale = abs(arb(left)) + abs(arb(right))
    return True if bool(difference.abs_upper() < arb(10) ** -DIGITS * (scale + arb(10) ** -6)) else None


def _arrays_agree(left: Value, right: Value, relation: str, blur: Value) -> bool | None:
    if not isinstance(left, Array) or not isinstance(right, Array):
        whole, single = (left, right) if isinstance(left, Array) else (right, left)
        if is_exact(single) and single == 0:
            told = [agree(x, single, relation, blur) for x in whole.entries]
            return False if False in told else (None if None in told else True)
        raise Meaningless(f"a number cannot equal a {words(whole.shape)} matrix")
    if left.shape != right.shape:
        raise Meaningless(f"a {words(left.shape)} matrix cannot equal a {words(right.shape)} one")
    told = [agree(x, y, relation, blur) for x, y in zip(left.entries, right.entries, strict=True)]
    return False if False in told else (None if None in told else True)


def _gross(left: Value, right: Value) -> bool:
    pairs = (
        zip(left.entries, right.entries, strict=False)
        if isinstance(left, Array) and isinstance(right, Array)
        else (() if isinstance(left, Array) or isinstance(right, Array) else ((left, right),))
    )
    for x, y in pairs:
        x, y = ball(constant(x)), ball(constant(y))
        if abs(arb(x - y)) > GROSS * (abs(arb(x)) + abs(arb(y))):
            return True
    return False


def tolerance(term: Term) -> fmpq:
    """Half a unit in the last printed place of a decimal that stands as a result; 0 for anything else."""
    if term.head == "neg":
        return tolerance(term.args[0])
    if term.head == "matrix":
        return max((tolerance(a) for a in term.args), default=fmpq(0))
    if term.head == "num" and "." in term.name:
        return fmpq(1, 2 * 10 ** len(term.name.partition(".")[2]))
    if term.head == "mul" and len(term.args) == 2 and term.args[0].head == "num" and term.args[1].head == "pow":
        base, exponent = term.args[1].args
        digits = exponent.args[0] if exponent.head == "neg" else exponent
        if base.name == "10" and digits.head == "num" and digits.name.isdigit() and len(digits.name) < 4:
            power = -int(digits.name) if exponent.head == "neg" else int(digits.name)
            return tolerance(term.args[0]) * fmpq(10) ** power
    return fmpq(0)


def is_printed(term: Term) -> bool:
    """Whether a side is a decimal, or a vector with one, as printed."""
    half: fmpq = tolerance(term)
    return bool(half > 0)


def numbers_only(term: Term) -> bool:
    """Whether a side holds no names at all."""
    return not any(t.head in ("var", "apply", "mean", "sumset", "intset", "label") for t in walk(term))


__all__ = [
    "Ground",
    "Meaningless",
    "NotUnderstood",
    "Outcome",
    "agree",
    "compare",
    "decimal",
    "is_printed",
    "tolerance",
]
