"""Totals over infinitely many values, as balls: integrals, and sums that do not end.

An integral over a finite range on which the integrand is analytic up to the ends is certain: python-flint's
integration bounds its own error. Towards an infinite or a singular end, at distance e^s from a finite point, blocks of
growing length in s are added until one falls below a tiny share of the whole. What lies beyond is not certain, nor is
the rest of a sum that does not end; such a value says so (`Total.open_end`). Nothing of the other lane is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

import sympy as sp
from flint import acb, arb, fmpq

from derive.algebra.binding import rename_apart, substitute
from derive.algebra.budgets import OutOfTimeError, tick
from derive.checker.endless_sums import endless
from derive.checker.evaluator import Point, UndefinedError, Value, evaluate, is_exact
from derive.checker.integrand import NOWHERE, REACH, Bound, Function, Place, compiled, scaled

#: Every piece is worked out to so many bits, relative to the whole.
BITS = 118
TOLERANCE = arb(2) ** -BITS
#: An integral that is known less well is of no use.
ENOUGH = arb(2) ** -102
#: A block or a rest below this share of the whole ends the search; it enters the error.
SHARE = arb(2) ** -(BITS + 34)
#: Evaluations of the integrand a piece, blocks towards an end.
MAX_EVALUATIONS, MAX_BLOCKS = 8_000, 32
#: Evaluations of a block that is looked at only because something large may still lie there.
FEW_EVALUATIONS = 400
#: So many blocks of length 1 in s come before they double: light tails are over by then.
UNIT_BLOCKS = 8


@dataclass(frozen=True)
class Total:
    """A ball that contains the total, if what lies beyond an `open_end` is as small as it looks ("": certain)."""

    value: arb
    open_end: str = ""


def total(e: sp.Expr, point: Point, bound: Bound) -> Total:
    """The value of an integral, or of a sum whose last range does not end. UndefinedError where none can be given."""
    if isinstance(e, sp.Integral):
        return _integral(e, point, bound)
    return Total(*endless(e, point, bound))


@dataclass
class _Sum:
    """Pieces added up; `scale` is what their sizes add up to."""

    value: arb = field(default_factory=lambda: arb(0))
    scale: arb = field(default_factory=lambda: arb(0))
    open_end: str = ""

    def add(self, function: Callable[[Any, bool], Any], start: Value, stop: Value, most: int = MAX_EVALUATIONS) -> arb:
        """Add ∫ from start to stop and return a bound of its size."""
        tick()
        glimpse = _glimpse(function, arb(start), arb(stop))
        piece = _certified(function, start, stop, (self.scale + glimpse) * TOLERANCE, most)
        self.value += piece
        size = arb(piece.abs_upper())
        self.scale += max(size, glimpse, key=lambda bound: bound.mid())
        return size


def _certified(function: Callable[[Any, bool], Any], start: Value, stop: Value, abs_tol: arb, most: int) -> arb:
    late: list[OutOfTimeError] = []

    def timed(z: Any, analytic: bool) -> Any:
        try:
            tick()
        except OutOfTimeError as error:  # must not cross the library: end quickly, raise afterwards
            late.append(error)
        return NOWHERE if late else function(z, analytic)

    result = acb.integral(timed, arb(start), arb(stop), rel_tol=TOLERANCE, abs_tol=abs_tol, eval_limit=most)
    if late:
        raise late[0]
    if not result.is_finite():
        raise UndefinedError("an integral that is infinite, or cannot be worked out")
    if not result.imag.contains(0):
        raise UndefinedError("an integrand that is not real")
    return arb(result.real)


def _glimpse(function: Callable[[Any, bool], Any], start: arb, stop: arb) -> arb:
    """About how large an integral is at least: what an error of it may be measured by, no more."""
    width, most = stop - start, arb(0)
    for n in range(1, 30, 2):
        for t in (arb(2) ** -n, 1 - arb(2) ** -n):
            size = abs(function(acb(start + width * t), False).real).mid() * width * arb(2) ** -n
            most = size if size.is_finite() and size > most else most
    return arb(most.mid()) / 64


@lru_cache(maxsize=256)
def _apart(e: sp.Integral) -> sp.Integral:
    """Renamed apart once for all points."""
    return rename_apart(e)


def _integral(e: sp.Integral, point: Point, bound: Bound) -> Total:
    if len(e.limits) != 1:
        raise UndefinedError("an integral over several variables")
    apart = _apart(e)
    variable, lower, upper = apart.limits[0]
    body = apart.function
    place = Place(point, bound)
    start, stop = (None if end in (sp.oo, -sp.oo) else place.number(end) for end in (lower, upper))
    if start is not None and stop is not None and not start < stop:
        if lower == upper or (start == stop and start.is_exact()):
            return Total(arb(0))
        raise UndefinedError("the ends of an integral are not in order")
    found = _Sum()
    for pieced, (low, high) in _pieces(body, variable, lower, upper, place):
        _piece(pieced, variable, low, high, place, found)
    if arb(found.value.rad()) > found.scale * ENOUGH:
        raise UndefinedError("an integral that cannot be worked out to 30 digits with little effort")
    return Total(found.value, found.open_end)


def _pieces(
    body: sp.Expr, x: sp.Symbol, lower: sp.Expr, upper: sp.Expr, place: Place
) -> Iterator[tuple[sp.Expr, tuple[sp.Expr, sp.Expr]]]:
    """The range cut where an absolute value or a sign changes, and there without them."""
    ends = {end: evaluate(end, place.point, place.bound) for end in (lower, upper) if end not in (sp.oo, -sp.oo)}
    kinks: dict[sp.Expr, tuple[fmpq, list[tuple[sp.Expr, sp.Expr, bool]]]] = {}
    for e in sorted(body.atoms(sp.Abs, sp.sign), key=str):
        argument = sp.expand(e.args[0])
        slope = argument.coeff(x, 1)
        rest = sp.expand(argument - slope * x)
        if slope == 0 or slope.has(x) or rest.has(x):
            continue
        root = -rest / slope
        value, up = evaluate(root, place.point, place.bound), place.number(slope)
        placed = all(value == end or arb(value) < end or arb(value) > end for end in ends.values())
        if is_exact(value) and placed and (up > 0 or up < 0):
            kinks.setdefault(root, (value, []))[1].append((e, argument, bool(up > 0)))
    inside = [
        (value, root)
        for root, (value, _) in kinks.items()
        if (lower not in ends or arb(value) > ends[lower]) and (upper not in ends or arb(value) < ends[upper])
    ]
    if not inside and not ends:
        inside = [(fmpq(0), sp.S.Zero)]
    distinct = dict(sorted(inside, key=lambda pair: pair[0]))
    cuts = [lower, *distinct.values(), upper]
    values = [None, *distinct, None]
    for n, (low, high) in enumerate(pairwise(cuts)):
        known = {}
        for value, members in kinks.values():
            if values[n] is not None:
                right = value <= values[n]
            elif values[n + 1] is not None:
                right = value < values[n + 1]
            else:  # no cut at all: the kink is outside
                right = lower in ends and not arb(value) > ends[lower]
            for e, argument, up in members:
                positive = right == up
                one = sp.Integer(1 if positive else -1)
                known[e] = one if isinstance(e, sp.sign) else one * argument
        yield body.xreplace(known), (low, high)


def _piece(body: sp.Expr, x: sp.Symbol, low: sp.Expr, high: sp.Expr, place: Place, found: _Sum) -> None:
    """Add the integral over one piece: from `low`, from `high`, or half from each where both ends are singular."""
    if low == -sp.oo:
        _from(body, x, high, -1, None, place, found)
    elif high == sp.oo and place.number(low) > 0 and _near(body, x, low, 1, place)[1]:
        _beyond(body, x, low, place, found)
    elif high == sp.oo:
        _from(body, x, low, 1, None, place, found)
    else:
        width = place.number(high - low)
        plain, regular = zip(
            *(_near(body, x, end, direction, place) for end, direction in ((low, 1), (high, -1))), strict=True
        )
        if all(regular):
            found.add(lambda z, a: plain[0](z, None, a), arb(0), width)
        elif regular[0]:
            _from(body, x, high, -1, width, place, found)
        elif regular[1]:
            _from(body, x, low, 1, width, place, found)
        else:
            _from(body, x, low, 1, width / 2, place, found)
            _from(body, x, high, -1, width / 2, place, found)


def _near(body: sp.Expr, x: sp.Symbol, end: sp.Expr, direction: int, place: Place) -> tuple[Function, bool]:
    """The integrand as a function of the distance u from an end, and whether it is analytic there."""
    moved, u = _moved(body, x, end, direction)
    function = compiled(moved, u, place)
    return function, bool(function(acb(arb(0, 2.0**-30)), None, True).is_finite())


@lru_cache(maxsize=1024)
def _moved(body: sp.Expr, x: sp.Symbol, end: sp.Expr, direction: int) -> tuple[sp.Expr, sp.Symbol]:
    """The integrand written in the distance u from an end."""
    u = sp.Dummy("u", positive=True)
    return substitute(body, {x: end + direction * u}), u


def _from(
    body: sp.Expr, x: sp.Symbol, end: sp.Expr, direction: int, width: arb | None, place: Place, found: _Sum
) -> None:
    """Add the integral over the points at a distance of up to `width` (None: any) from an end."""
    plain, regular = _near(body, x, end, direction, place)
    unit = arb(1) if width is None else width
    if regular:
        found.add(lambda z, a: plain(z, None, a), arb(0), unit)
    else:
        _blocks(scaled(*_moved(body, x, end, direction), -1, place), unit.log(), -1, place, found)
    if width is None:
        _blocks(scaled(*_moved(body, x, end, direction), 1, place), arb(0), 1, place, found)


def _beyond(body: sp.Expr, x: sp.Symbol, low: sp.Expr, place: Place, found: _Sum) -> None:
    """Add the integral from a positive number on, by its distance from 0: powers of x become exponentials of s."""
    _blocks(scaled(*_moved(body, x, sp.S.Zero, 1), 1, place), place.number(low).log(), 1, place, found)


def _blocks(function: Callable[[Any, bool], Any], start: arb, direction: int, place: Place, found: _Sum) -> None:
    """Add blocks in s, away from `start`, until they are negligible and the largest number in sight is passed."""
    far = arb(REACH * place.largest).log()
    previous: arb | None = None
    small = False
    begin = end = start
    for n in range(MAX_BLOCKS):
        end = end + direction * 2 ** max(0, n - UNIT_BLOCKS)
        sides = (begin, end) if direction > 0 else (end, begin)
        begin = end
        if not small or _shows_something(function, *sides, found):
            size = found.add(function, *sides)
            small = previous is not None and (size < previous or size == 0) and size <= found.scale * SHARE
            previous = size
        if small and abs(end - start) > far:
            found.value += arb(0, arb(previous).abs_upper())
            found.open_end = "what lies beyond the last block of a range without end is not certified"
            return
    raise UndefinedError("an integral whose blocks do not fall off")


def _shows_something(function: Callable[[Any, bool], Any], start: arb, stop: arb, found: _Sum) -> bool:
    """Whether a block beyond small ones is not certainly small, after little effort."""
    try:
        size = _certified(function, start, stop, found.scale * SHARE, FEW_EVALUATIONS).abs_upper()
        return not size < found.scale * SHARE * 2
    except UndefinedError:
        return True
