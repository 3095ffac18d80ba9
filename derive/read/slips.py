"""The likely slip behind a wrong step: the small repair of its right-hand side after which the step would hold.

Nothing here decides a verdict: a step is refuted before it comes here. Repairs are general (another sign, a factor, a
bound) and are tried by the checker's numeric evaluator at several admissible points; a repair counts where it makes
both sides agree at all of them. Numbers rounded in print agree within `tolerance`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import islice

import sympy as sp
from flint import arb, fmpq
from sympy.concrete.expr_with_limits import ExprWithLimits

from derive.algebra.binding import entries, rebuild
from derive.algebra.budgets import OutOfTimeError, budget
from derive.algebra.context import Context
from derive.checker.evaluator import Point, UndefinedError, Value, evaluate
from derive.checker.sampler import points

#: Seconds for one step; so many points have to agree; so many repairs are tried.
SECONDS, POINTS, REPAIRS = 1.5, 5, 400
#: Where no name is free, one point is all there is: only these factors are then believed.
FACTORS = tuple(Fraction(n, d) for n, d in ((2, 1), (1, 2), (3, 1), (1, 3), (4, 1), (1, 4), (10, 1), (1, 10)))
#: Larger factors and constants are no slip but another formula.
LARGEST = 12

Pair = tuple[Value, Value]  # the left and the right side at one point
Repair = tuple[str, sp.Expr]  # what would be changed, in words, and the right-hand side that this makes


def likely_slip(
    lhs: sp.Expr, rhs: sp.Expr, context: Context, point: Point | None = None, tolerance: Value | None = None
) -> str | None:
    """What the author is likely to have slipped on, in a few words; None where no repair fits.

    `point` is one where the sides differ (it is tried first); `tolerance` how far apart sides may be that are rounded.
    """
    try:
        with budget(SECONDS):
            return _slip(lhs, rhs, context, point, tolerance)
    except (OutOfTimeError, UndefinedError, RecursionError, ArithmeticError, TypeError, ValueError, AttributeError):
        return None  # sides of a kind that the evaluator does not know have no slip that it could find


def _slip(lhs: sp.Expr, rhs: sp.Expr, context: Context, point: Point | None, tolerance: Value | None) -> str | None:
    chosen = list(islice(_usable(lhs, rhs, context, point), POINTS))
    pairs = [pair for _, pair in chosen]
    if not pairs:
        return None
    near = _Near(tolerance)
    varied = len(pairs) > 1 and bool(list(entries(lhs)) or list(entries(rhs)))
    return (
        _of_values(pairs, near, varied)
        or _of_sizes(chosen, near)
        or _of_base(lhs, chosen, near)
        or _of_repairs(rhs, chosen, near)
        or _of_difference(pairs, near, varied)
    )


def _usable(lhs: sp.Expr, rhs: sp.Expr, context: Context, first: Point | None) -> Iterator[tuple[Point, Pair]]:
    """Points at which both sides have values."""
    for point in (*((first,) if first is not None else ()), *islice(points(context, rounds=2), 4 * POINTS)):
        try:
            yield point, (evaluate(lhs, point), evaluate(rhs, point))
        except UndefinedError:
            continue
        if not (list(entries(lhs)) or list(entries(rhs))):
            return  # numbers alone are the same everywhere


class _Near:
    """Whether values agree: to 25 digits, or within what printing has rounded off."""

    def __init__(self, tolerance: Value | None) -> None:
        self.tolerance = None if tolerance is None else abs(arb(tolerance))

    def __call__(self, left: Value, right: Value) -> bool:
        difference = abs(arb(left - right))
        if self.tolerance is not None:
            return bool(difference <= self.tolerance * arb("1.000001"))
        return bool(difference <= (abs(arb(left)) + abs(arb(right))) * arb(10) ** -25)

    def all(self, pairs: Iterable[Pair]) -> bool:
        """Whether all pairs agree, and not only because everything is 0."""
        found = list(pairs)
        return all(self(a, b) for a, b in found) and any(not arb(a).contains(0) for a, _ in found)


def _of_values(pairs: list[Pair], near: _Near, varied: bool) -> str | None:
    """A sign, the base of a logarithm, a factor or a number turned upside down: told by the values alone."""
    if near.all((left, -right) for left, right in pairs):
        return "the sign: the right side is right with the other sign"
    for base in (10, 2):
        if near.all((left / arb(base).log(), right) for left, right in pairs):
            return f"the base of the logarithm: right with log to base {base}"
        if near.all((left * arb(base).log(), right) for left, right in pairs):
            return f"the base of the logarithm: the left side is to base {base}, the right side to base e"
    factor = _ratio(pairs)
    if factor is not None and (varied or factor in FACTORS):
        return _factor(factor)
    if varied and near.all((left * right, fmpq(1)) for left, right in pairs):
        return "upside down: the right side is one over what it should be"
    if varied:
        for words, number in (
            ("√2", arb(2).sqrt()),
            ("π", arb.pi()),
            ("2π", 2 * arb.pi()),
            ("√(2π)", (2 * arb.pi()).sqrt()),
        ):
            if near.all((left, right * number) for left, right in pairs):
                return f"a factor: the right side lacks {words}"
            if near.all((left * number, right) for left, right in pairs):
                return f"a factor: {words} on the right side is too much"
    return None


def _ratio(pairs: list[Pair]) -> Fraction | None:
    """The simple fraction by which the right side has to be multiplied at every point, if there is one."""
    usable = [(left, right) for left, right in pairs if not arb(right).contains(0)]
    if not usable or len(usable) < min(len(pairs), 2):
        return None
    first = arb(usable[0][0]) / arb(usable[0][1])
    factor = Fraction(float(first.mid())).limit_denominator(LARGEST)
    if factor in (0, 1) or abs(factor) > LARGEST:
        return None
    exact = fmpq(factor.numerator, factor.denominator)
    return factor if _Near(None).all((left, right * exact) for left, right in pairs) else None


def _factor(factor: Fraction) -> str:
    sign = ", and the sign" if factor < 0 else ""
    size = abs(factor)
    if size.numerator == 1:
        return f"a factor: {size.denominator} on the right side is too much{sign}"
    return f"a factor: the right side lacks {size}{sign}"


def _of_sizes(chosen: list[tuple[Point, Pair]], near: _Near) -> str | None:
    """A lost or extra N or 1/N: the ratio of the sides is a size at every point."""
    for size in chosen[0][0].sizes:
        values = [fmpq(point.sizes[size]) for point, _ in chosen]
        if len(set(map(str, values))) < 2:
            continue
        pairs = [pair for _, pair in chosen]
        for name, numbers in ((size.name, values), (f"({size.name} − 1)", [n - 1 for n in values])):
            if any(n == 0 for n in numbers):
                continue
            for words, sides in (
                (f"lacks {name}", [(left, right * n) for (left, right), n in zip(pairs, numbers, strict=True)]),
                (f"lacks 1/{name}", [(left * n, right) for (left, right), n in zip(pairs, numbers, strict=True)]),
                (f"lacks −{name}", [(left, -right * n) for (left, right), n in zip(pairs, numbers, strict=True)]),
                (f"lacks −1/{name}", [(left * n, -right) for (left, right), n in zip(pairs, numbers, strict=True)]),
            ):
                if near.all(sides):
                    return f"a factor: the right side {words}"
    return None


def _of_difference(pairs: list[Pair], near: _Near, varied: bool) -> str | None:
    """A term without names that is lost or too much."""
    if not varied:
        return None
    first = arb(pairs[0][0] - pairs[0][1])
    lost = Fraction(float(first.mid())).limit_denominator(LARGEST)
    exact = fmpq(lost.numerator, lost.denominator)
    if lost == 0 or abs(lost) > LARGEST or not near.all((left, right + exact) for left, right in pairs):
        return None
    return (
        f"a constant: the right side lacks {lost}" if lost > 0 else f"a constant: {-lost} on the right side is too much"
    )


def _of_base(lhs: sp.Expr, chosen: list[tuple[Point, Pair]], near: _Near) -> str | None:
    """The logarithms of the left side to another base, the rest of it as it stands."""
    for base in (10, 2):
        other = _each_log(lhs, base)
        if other != lhs and near.all((evaluate(other, point), right) for point, (_, right) in chosen):
            return f"the base of the logarithm: right where the left side's is to base {base}"
    return None


def _of_repairs(rhs: sp.Expr, chosen: list[tuple[Point, Pair]], near: _Near) -> str | None:
    """The first small change of the right-hand side after which both sides agree everywhere."""
    for words, repaired in islice(_repairs(rhs), REPAIRS):
        try:
            if all(near(left, evaluate(repaired, point)) for point, (left, _) in chosen):
                return words
        except UndefinedError:
            continue
    return None


def _repairs(rhs: sp.Expr) -> Iterator[Repair]:
    """Right-hand sides that differ from the one written by one slip, the commonest slips first."""
    for base in (10, 2):
        changed = _each_log(rhs, base)
        if changed != rhs:
            yield f"the base of the logarithm: right with log to base {base}", changed
    for kind in (_sign_of_term, _bound, _indices, _factor_of_term, _exponent, _part):
        yield from _everywhere(rhs, kind)


def _everywhere(expr: sp.Expr, change: Callable[[sp.Expr], Iterable[Repair]]) -> Iterator[Repair]:
    """The expression with one of its parts changed, for every part and every change of it."""
    yield from change(expr)
    if isinstance(expr, (sp.Indexed, sp.IndexedBase)):
        return
    args = list(expr.args)
    places = [0] if isinstance(expr, ExprWithLimits) else range(len(args))
    for place in places:
        if isinstance(args[place], sp.Expr):
            for words, part in _everywhere(args[place], change):
                yield words, _rebuilt(expr, (*args[:place], part, *args[place + 1 :]))


def _rebuilt(expr: sp.Expr, args: tuple[sp.Basic, ...]) -> sp.Expr:
    made = rebuild(expr, args)
    assert isinstance(made, sp.Expr)
    return made


def _each_log(expr: sp.Expr, base: int) -> sp.Expr:
    """Every logarithm to another base."""
    if isinstance(expr, (sp.Indexed, sp.IndexedBase)) or not expr.args:
        return expr
    if isinstance(expr, ExprWithLimits):
        return _rebuilt(expr, (_each_log(expr.function, base), *expr.args[1:]))
    made = _rebuilt(expr, tuple(_each_log(a, base) if isinstance(a, sp.Expr) else a for a in expr.args))
    return made / sp.log(base) if isinstance(made, sp.log) else made


def _sign_of_term(expr: sp.Expr) -> Iterator[Repair]:
    if isinstance(expr, sp.Add):
        for term in expr.args:
            yield f"the sign of the term {_shown(term)}", expr - 2 * term
    if isinstance(expr, sp.exp):
        yield f"the sign of the exponent {_shown(expr.args[0])}", sp.exp(-expr.args[0])


def _bound(expr: sp.Expr) -> Iterator[Repair]:
    if not isinstance(expr, (sp.Sum, sp.Product)):
        return
    what = "sum" if isinstance(expr, sp.Sum) else "product"
    for place, (variable, lower, upper) in enumerate(expr.limits):
        for low, high in ((lower + 1, upper), (lower - 1, upper), (lower, upper - 1), (lower, upper + 1)):
            limits = [*expr.limits[:place], (variable, low, high), *expr.limits[place + 1 :]]
            end = f"from {variable} = {_shown(low)}" if high == upper else f"to {_shown(high)}"
            yield f"a bound: right where the {what} runs {end}", expr.func(expr.function, *limits)


def _indices(expr: sp.Expr) -> Iterator[Repair]:
    if not isinstance(expr, sp.Indexed):
        return
    first, *more = expr.indices
    for place, other in enumerate(more, 1):
        swapped = list(expr.indices)
        swapped[0], swapped[place] = other, first
        yield (
            f"the order of the indices: {_shown(expr.base[tuple(swapped)])} for {_shown(expr)}",
            expr.base[tuple(swapped)],
        )


def _factor_of_term(expr: sp.Expr) -> Iterator[Repair]:
    if isinstance(expr, sp.Add):
        for term in expr.args:
            for factor in (sp.Integer(2), sp.Rational(1, 2), sp.Integer(3), sp.Rational(1, 3)):
                how = f"lacks {factor}" if factor > 1 else f"has {1 / factor} too much"
                yield f"a factor: the term {_shown(term)} {how}", expr + (factor - 1) * term


def _exponent(expr: sp.Expr) -> Iterator[Repair]:
    if isinstance(expr, sp.Pow) and not isinstance(expr, sp.exp):
        base, power = expr.base, expr.exp
        for other in (-power, power + 1, power - 1, 2 * power, power / 2):
            if other not in (power, 0):
                yield f"an exponent: {_shown(base)} to the power {_shown(other)}", base**other
    elif isinstance(expr, (sp.Symbol, sp.Indexed)):
        yield f"an exponent: {_shown(expr)} squared", expr**2


def _part(expr: sp.Expr) -> Iterator[Repair]:
    """A logarithm, a factor or a term that is one too many."""
    if isinstance(expr, (sp.log, sp.exp)):
        yield f"{_shown(expr)} without the {'logarithm' if isinstance(expr, sp.log) else 'exponential'}", expr.args[0]
    if isinstance(expr, sp.Add) and len(expr.args) > 1:
        for term in expr.args:
            if term.is_number is not True:
                yield f"a term: {_shown(term)} is too much", expr - term
    if isinstance(expr, sp.Mul):
        for factor in expr.args:
            if factor.is_number is not True:
                yield f"a factor: {_shown(factor)} is too much", expr / factor


def _shown(expr: sp.Basic) -> str:
    """A part of a formula in few letters."""
    shown = str(sp.sstr(expr)).replace("**", "^").replace("*", " ")
    return shown if len(shown) <= 40 else shown[:39] + "…"
