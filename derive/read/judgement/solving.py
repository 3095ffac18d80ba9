"""Two lines of an equation that is being solved: does the second say what the first says?

At a point the first equation is solved for one of its names by Newton's method, the solution is enclosed in a ball, and
the second equation is evaluated there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flint import arb, arb_series, ctx, fmpq

from derive.checker.evaluator import UndefinedError
from derive.checker.functions import ball, constant
from derive.read.meanings.terms import Meaningless, NotUnderstood, Term, free, walk
from derive.read.values.arrays import Array
from derive.read.values.comparing import PRECISION, Outcome, agree
from derive.read.values.evaluation import evaluate
from derive.read.values.points import Entry, Point

if TYPE_CHECKING:
    from derive.read.judgement.article import Article

Equation = tuple[Term, Term]
STEPS = 40


def equivalent(article: Article, first: Equation, second: Equation) -> Outcome | None:
    """Whether the second equation holds where the first does; None where the first was not solved."""
    ctx.prec = PRECISION
    for unknown in _unknowns(article, first, second):
        outcome = _tried(article, first, second, unknown)
        if outcome is not None and (outcome.agreed or outcome.differed):
            return outcome
    return None


def _unknowns(article: Article, first: Equation, second: Equation) -> list[Term]:
    """Names of both equations that may be solved for, the likeliest first; of an array the entry at a free index."""
    common = _candidates(article, first) & _candidates(article, second)
    alone = {second[0]} if second[0].head == "var" else set()
    return sorted(common, key=lambda t: (t not in alone, "^" not in t.name, t.name))[:3]


def _candidates(article: Article, equation: Equation) -> set[Term]:
    taken = article.facts.sizes | article.facts.indices
    found: set[Term] = set()
    for side in equation:
        names = free(side)
        for t in walk(side):
            known = t.head != "var" or t.name in taken or article.store.find(t) is not None
            if known or t.name in article.facts.kinds or (t.name, len(t.args)) not in names:
                continue
            if all(i.head == "num" or (i.head == "var" and not i.args and i.name in taken) for i in t.args):
                found.add(t)
    return found


def _tried(article: Article, first: Equation, second: Equation, name: Term) -> Outcome | None:
    outcome = Outcome()
    for point in article.ground.points(None):
        try:
            unknown = name.name, tuple(int(evaluate(i, point).p) for i in name.args)
            root = _root(first, point, unknown)
            if root is None:
                continue
            fresh = _having(point, unknown, root)
            left, right = (evaluate(side, fresh) for side in second)
            told = agree(left, right, "=")
        except (UndefinedError, Meaningless, NotUnderstood, ZeroDivisionError):
            continue
        outcome.modelled |= point.modelled | fresh.modelled
        if told is None:
            continue
        if told:
            outcome.agreed += 1
        else:
            outcome.differed += 1
            if outcome.point is None:
                outcome.point, outcome.sides = fresh, (left, right)
        if outcome.agreed + outcome.differed >= 4:
            break
    if outcome.differed and outcome.agreed:
        return None
    return outcome if outcome.agreed + outcome.differed >= 2 else None


def _having(point: Point, unknown: Entry, value: Any) -> Point:
    fresh = Point(point.facts, point.store, point.seed, point.mode, point.log_base)
    fresh.given[unknown] = value
    return fresh


def _difference(equation: Equation, point: Point, unknown: Entry, x: Any) -> Any:
    fresh = _having(point, unknown, x)
    left, right = (evaluate(side, fresh) for side in equation)
    if isinstance(left, Array) or isinstance(right, Array):
        raise NotUnderstood("an equation of vectors")
    return ball(left - right)


def _slope(equation: Equation, point: Point, unknown: Entry, x: Any) -> tuple[Any, Any]:
    cap = ctx.cap
    try:
        ctx.cap = 2
        found = _difference(equation, point, unknown, arb_series([ball(x), arb(1)]))
    finally:
        ctx.cap = cap
    return (found[0], found[1]) if isinstance(found, arb_series) else (found, arb(0))


def _root(equation: Equation, point: Point, unknown: Entry) -> Any:
    """A ball around a solution, None where none was found and enclosed."""
    start = constant(point.entry(*unknown))
    if isinstance(start, Array):
        return None
    for factor in (fmpq(1), fmpq(1, 3), fmpq(3), fmpq(1, 10)):
        x = arb(start * factor)
        try:
            for _ in range(STEPS):
                value, slope = _slope(equation, point, unknown, x.mid())
                if slope.contains(0):
                    break
                moved = (x - value / slope).mid()
                close = abs(moved - x) < arb(10) ** -50 * (1 + abs(moved))
                x = moved
                if close:
                    found = _enclosed(equation, point, unknown, x)
                    if found is not None:
                        return found
                    break
        except (UndefinedError, ZeroDivisionError):
            continue
    return None


def _enclosed(equation: Equation, point: Point, unknown: Entry, x: arb) -> arb | None:
    """A step of Newton's interval method: the ball that it maps into itself holds a solution."""
    radius = arb(10) ** -45 * (1 + abs(x))
    wide = x + arb(0, radius.upper())
    value, _ = _slope(equation, point, unknown, x)
    _, slope = _slope(equation, point, unknown, wide)
    if slope.contains(0):
        return None
    image = x - value / slope
    return image if wide.contains(image) else None
