"""The numeric lane: do two sides agree at admissible points? Exact, or by balls of 50 digits."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from flint import arb

from derive.algebra.context import Context
from derive.checker.evaluator import Point, UndefinedError, Value, evaluate, is_exact
from derive.checker.sampler import points

#: So many points must agree with a proof, and so many without one.
ENOUGH = 3
ENOUGH_UNPROVED = 12
#: So many are tried, one of each kind of draw, before a proof is looked for.
FIRST_POINTS = 5
#: How often all sizes are tried where there is no proof.
ROUNDS = 4
#: Balls must agree to so many digits (relative to the values) to count as agreeing.
DIGITS = 30
#: Where the far end of a total is not certified, only a difference larger than this, relative to the sides, refutes.
GROSS = arb(10) ** -6


@dataclass(frozen=True)
class Outcome:
    """`agreed` counts the points where the claim held, `untold` those where balls do not tell.

    A `counterexample` ends the search.
    """

    agreed: int = 0
    untold: int = 0
    counterexample: dict[str, str] | None = None
    sides: str = ""
    trouble: str = ""

    @property
    def refuted(self) -> bool:
        """Whether a counterexample was found."""
        return self.counterexample is not None

    @property
    def enough(self) -> bool:
        """Whether the claim held at enough points to confirm a proof."""
        return not self.refuted and self.agreed >= ENOUGH

    @property
    def enough_unproved(self) -> bool:
        """Whether the claim held at enough points to count as tested."""
        return not self.refuted and self.agreed >= ENOUGH_UNPROVED and self.untold == 0


def compare(
    before: sp.Expr, after: sp.Expr, relation: str, context: Context, rounds: int = ROUNDS, wanted: int | None = None
) -> Outcome:
    """Hold `before relation after` against admissible points, all sizes tried `rounds` times, until `wanted` agree."""
    agreed, untold, trouble = 0, 0, "no admissible point was found"
    dear = before.has(sp.Integral, sp.oo) or after.has(sp.Integral, sp.oo)  # totals take long: no more than needed
    for point in points(context, rounds=rounds):
        point.tolerant = True
        try:
            left, right = evaluate(before, point), evaluate(after, point)
        except UndefinedError as error:
            trouble = str(error)
            continue
        told = _compared(left, right, relation)
        beyond = f" ({point.uncertified[0]})" if point.uncertified else ""
        if told is None and beyond and not _far_apart(left, right):
            told = False, True
        if told is None:
            return Outcome(agreed, untold, shown(point), f"left side {text(left)}, right side {text(right)}{beyond}")
        agreed, untold = agreed + told[0], untold + told[1]
        if wanted is not None and agreed >= wanted and not untold:
            break
        if dear and agreed >= (ENOUGH if rounds == 1 else ENOUGH_UNPROVED) and not untold:
            break
    return Outcome(agreed, untold, trouble="at some points the balls do not tell" if untold else trouble)


def _compared(left: Value, right: Value, relation: str) -> tuple[bool, bool] | None:
    """Whether the sides agree, and whether the balls leave that open; None where they certainly do not agree.

    Sides that agree to 30 digits after the point, but not to 30 of their own, confirm a proof and no more.
    """
    difference = left - right
    if relation == "=":
        if is_exact(difference):
            return (True, False) if difference == 0 else None
        if not difference.contains(0):
            return None
        error, scale = difference.abs_upper(), abs(left) + abs(right)
        return bool(error < arb(10) ** -DIGITS * (scale + 1)), not error < arb(10) ** -DIGITS * scale
    if relation in ("≤", "<"):
        difference = -difference
    if is_exact(difference):
        return (True, False) if (difference > 0 if relation in ("<", ">") else difference >= 0) else None
    return None if difference < 0 else (bool(difference > 0), not difference > 0)


def _far_apart(left: Value, right: Value) -> bool:
    """Whether sides differ so much that what is not certified of a total cannot be meant to make up for it."""
    return bool(abs(arb(left - right)) > GROSS * (abs(arb(left)) + abs(arb(right))))


def text(value: Value) -> str:
    """A value as a reader can take it: exact, or to 12 digits."""
    return str(value) if is_exact(value) else str(value.str(12, radius=False))


def shown(point: Point) -> dict[str, str]:
    """What a point assigns to the names that were read: sizes, indices, entries."""
    numbers = {s.name: str(n) for s, n in point.sizes.items()}
    numbers |= {s.name: str(n) for s, n in point.indices.items()}
    for (name, indices), value in sorted(point.read.items(), key=str):
        subscript = "".join(map(str, indices)) if all(i < 10 for i in indices) else ",".join(map(str, indices))
        numbers[f"{name}_{{{subscript}}}" if indices else name] = text(value)
    return numbers
