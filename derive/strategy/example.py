"""A numeric example beside the symbols: the values of the data put into what was derived for all N and K."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from derive.algebra.binding import free_symbols, substitute
from derive.derivation import Derivation, Section, Step
from derive.estimation import Data, estimate

#: Longer data are not written out; their estimate stands in the results.
WRITTEN_OUT = 12


def with_data(derivation: Derivation, data: Data) -> Derivation:
    """The derivation with a section `example`: likelihood and estimate with the values put in."""
    equations = derivation.results["estimate"].args
    if len(data.entries) > WRITTEN_OUT or len(equations) != 1:
        return derivation
    exact = next(iter(estimate(derivation, data).exact.values()))
    found = exact if isinstance(exact, list) else [exact]
    if not all(isinstance(number, Fraction) for number in found):
        return derivation
    sizes = tuple(sp.Eq(symbol, value, evaluate=False) for symbol, value in data.sizes.items())
    entries = tuple(sp.Eq(e, sp.Rational(v.numerator, v.denominator), evaluate=False) for e, v in data.entries)
    numbers = {e.lhs: e.rhs for e in (*sizes, *entries)}
    steps: list[Step] = []
    for name in ("likelihood", "log_likelihood"):
        symbolic = derivation.results[name]
        used = tuple(e for e in sizes if e.lhs in free_symbols(symbolic))
        written = substitute(_written_out(symbolic, data), {e.lhs: e.rhs for e in used})
        valued = substitute(written, numbers)
        steps.append(Step("substitution", symbolic, written, "=", "numbers", bind=used))
        steps.append(Step("substitution", written, valued, "=", "numbers", bind=(*sizes, *entries)))
    head, value = equations[0].args
    for n, number in enumerate(found, start=1):
        places = {i: sp.Integer(n) for i in getattr(head, "indices", ())}
        before = substitute(value, places)
        shown = sp.Rational(number.numerator, number.denominator)
        alone = tuple(e for e in entries if before.has(e.lhs))
        needed = alone if alone and not before.has(ExprWithLimits) else entries
        name = substitute(head, places)
        steps.append(Step("substitution", name, shown, "=", "numbers", bind=(*sizes, *needed)))
    return replace(derivation, sections=(*derivation.sections, Section("example", tuple(steps))))


def _written_out(expr: sp.Expr, data: Data) -> sp.Expr:
    """Sums and products over known sizes term by term."""
    if isinstance(expr, (sp.Sum, sp.Product)) and len(expr.limits) == 1:
        variable, lower, upper = expr.limits[0]
        stop = data.sizes.get(upper, upper)
        if lower == 1 and isinstance(stop, int):
            terms = [substitute(expr.function, {variable: sp.Integer(n)}) for n in range(1, stop + 1)]
            return sp.Add(*terms) if isinstance(expr, sp.Sum) else sp.Mul(*terms)
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    return expr.func(*(_written_out(a, data) for a in expr.args))
