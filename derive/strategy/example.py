"""A numeric example beside the symbols: the values of the data put into what was derived for all sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from derive.algebra.binding import free_symbols, substitute
from derive.algebra.context import Context
from derive.derivation import Derivation, Section, Step
from derive.estimation import Data, DataError, estimate

#: Longer data are not written out; their estimate stands in the results.
WRITTEN_OUT = 12
#: Formulas of more parts than this are not written out, nor numbers.
LONGEST, LONGEST_NUMBER = 160, 40
HAT = "_hat"
DIGITS = 30


def with_data(derivation: Derivation, data: Data) -> Derivation:
    """The derivation with a section `example`: likelihood and closed forms with the values put in.

    What has no closed form, and what would be too long to read, is left out; data of more than twelve numbers too.
    """
    if len(data.entries) > WRITTEN_OUT:
        return derivation
    sizes = tuple(sp.Eq(symbol, value, evaluate=False) for symbol, value in data.sizes.items())
    entries = tuple(sp.Eq(e, sp.Rational(v.numerator, v.denominator), evaluate=False) for e, v in data.entries)
    steps: list[Step] = []
    for name in ("likelihood", "log_likelihood"):
        steps += _put_in(derivation.results[name], data, sizes, entries)
    steps += _estimates(derivation, data, sizes, entries)
    example = (Section("example", tuple(steps)),) if steps else ()
    return replace(derivation, sections=(*derivation.sections, *example))


def _put_in(symbolic: sp.Expr, data: Data, sizes: tuple[sp.Eq, ...], entries: tuple[sp.Eq, ...]) -> list[Step]:
    """First the sizes, then the observations."""
    used = tuple(e for e in sizes if e.lhs in free_symbols(symbolic))
    written = substitute(_written_out(symbolic, data), {e.lhs: e.rhs for e in used})
    valued = substitute(written, {e.lhs: e.rhs for e in (*sizes, *entries)})
    if max(size(written), size(valued)) > LONGEST:
        return []
    steps = [Step("substitution", symbolic, written, "=", "numbers", bind=used)] if used else []
    if valued != written:
        steps.append(Step("substitution", written, valued, "=", "numbers", bind=(*sizes, *entries)))
    return steps


def _estimates(
    derivation: Derivation, data: Data, sizes: tuple[sp.Eq, ...], entries: tuple[sp.Eq, ...]
) -> Iterator[Step]:
    """Each estimate in closed form, one after the other: later ones are made of earlier ones."""
    equations = derivation.results["estimate"].args
    named = {_name(e.lhs) for e in equations}
    if not all(_name(e.lhs).endswith(HAT) and _hats(e.rhs) <= named for e in equations):
        return
    try:
        exact = estimate(derivation, data).exact
    except DataError:  # there is none on these data
        return
    known: tuple[sp.Eq, ...] = ()
    for equation in equations:
        head, value = equation.args
        values = exact[_name(head).removesuffix(HAT)]
        for place, number in _listed(values):
            places = dict(zip(getattr(head, "indices", ()), map(sp.Integer, place), strict=True))
            before, name = substitute(value, places), substitute(head, places)
            held = tuple(e for e in entries if before.has(e.lhs))
            needed = held if held and not before.has(ExprWithLimits) else entries
            earlier = tuple(e for e in known if before.has(getattr(e.lhs, "base", e.lhs)))
            shown = _number(number, before, data, (*sizes, *entries, *earlier))
            if shown is None:
                return
            if not all(_may_be_put_in(e, derivation.context) for e in earlier):
                earlier, needed = (), entries  # what the earlier ones are is worked out again
            known = (*known, sp.Eq(name, shown, evaluate=False))
            yield Step("substitution", name, shown, "=", "numbers", bind=(*sizes, *needed, *earlier))


def _may_be_put_in(value: sp.Eq, context: Context) -> bool:
    """Is it a fraction, and the end of its domain no matter of the data?"""
    variable = context.variable(value.lhs)
    ends = () if variable is None else (variable.domain.lower, variable.domain.upper)
    return bool(value.rhs.is_Rational) and all(end.is_number for end in ends)


def _number(number: object, formula: sp.Expr, data: Data, put_in: tuple[sp.Eq, ...]) -> sp.Expr | None:
    """The value: a fraction, or what the formula comes to; None where that is no number that people would write."""
    if isinstance(number, Fraction):
        return sp.Rational(number.numerator, number.denominator)
    found = substitute(_written_out(formula, data), {e.lhs: e.rhs for e in put_in})
    if not found.is_number or not isinstance(number, Decimal) or not number.is_finite():
        return None
    found = sp.expand(sp.expand_log(found))
    close = abs(sp.Float(str(number), DIGITS) - found.evalf(DIGITS)) <= abs(sp.Float(str(number))) * sp.Float(10) ** -12
    return found if close and size(found) <= LONGEST_NUMBER else None


def _listed(values: object, place: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], object]]:
    """Every number of an array with its place, counted from 1."""
    if not isinstance(values, list):
        yield place, values
        return
    for n, value in enumerate(values, start=1):
        yield from _listed(value, (*place, n))


def _hats(expr: sp.Expr) -> set[str]:
    return {str(symbol) for symbol in expr.atoms(sp.Symbol) if str(symbol).endswith(HAT)}


def size(expr: sp.Basic) -> int:
    """How many parts a formula has."""
    return 1 + sum(map(size, expr.args))


def _name(expr: sp.Expr) -> str:
    return str(expr.base.label) if isinstance(expr, sp.Indexed) else str(expr)


def _written_out(expr: sp.Expr, data: Data) -> sp.Expr:
    """Sums and products over known sizes term by term."""
    if isinstance(expr, (sp.Sum, sp.Product)):
        *inner, (variable, lower, upper) = expr.limits  # SymPy lists the innermost first
        body = expr.func(expr.function, *inner) if inner else expr.function
        stop = data.sizes.get(upper, upper)
        if lower == 1 and isinstance(stop, int):
            terms = [_written_out(substitute(body, {variable: sp.Integer(n)}), data) for n in range(1, stop + 1)]
            return sp.Add(*terms) if isinstance(expr, sp.Sum) else sp.Mul(*terms)
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    return expr.func(*(_written_out(a, data) for a in expr.args))
