"""The largest term of the sum that makes a value: where terms cancel, its last place is what a formula can keep.

Of a sum it is the largest of its terms' own, of a product the product of its factors' (the largest term once the
product is multiplied out), of u^n for n = 2, 3, … it is |n u^(n−1)| times that of u, since that is how far an error of
u reaches. A difference of two inputs is rounded once and counts as one number. Any other function starts afresh with
its value.

That is what a special function cannot always keep: its argument is rounded before it sees it. The `reach` of a formula
says how far: for f(u) with u computed it counts |f'(u)| times the largest term of u as a term too; for the digamma
function also the terms of its recurrence ψ(u) = ψ(u + 10) − Σ 1/(u + k), which libraries add and which cancel near its
zero, for the logarithm of a binomial coefficient the log Γ whose difference it is, and for an entry of an inverse the
last places of the matrix. An error beyond 4 units of the largest term that stays within 16 units of the reach is named
as such in reports, with its figure.
"""

from __future__ import annotations

from functools import lru_cache

import sympy as sp
from flint import arb

from derive.algebra.context import key
from derive.algebra.matrices import InverseEntry
from numeric.validation.evaluating import At, Evaluator, log_gammas


def largest_term(evaluate: Evaluator, expr: sp.Expr, at: At, reach: bool = False) -> arb:
    """The size of the largest term of the expression where the indices stand `at` their positions; 0 for no terms.

    With `reach`, what a function makes of the last place of a computed argument is a term too.
    """
    if isinstance(expr, sp.Mul):
        result = arb(1)
        for factor in expr.args:
            result *= largest_term(evaluate, factor, at, reach)
        return result
    if isinstance(expr, sp.Add) and not _of_inputs(evaluate, expr):
        return _largest(largest_term(evaluate, term, at, reach) for term in expr.args)
    if isinstance(expr, sp.Sum):
        return _largest(largest_term(evaluate, expr.function, place, reach) for place in evaluate.places(expr, at))
    if isinstance(expr, sp.Pow) and isinstance(expr.base, sp.Add) and expr.exp.is_Integer and expr.exp > 1:
        slope = int(expr.exp) * evaluate(expr.base, at).value ** int(expr.exp - 1)
        return _size(slope) * largest_term(evaluate, expr.base, at, reach)
    whole = _size(evaluate(expr, at).value)
    if reach and isinstance(expr, InverseEntry):
        return _largest((_size(evaluate(expr, at).value), _size(evaluate.around_inverse(expr, at))))
    if not reach or not isinstance(expr, (sp.Function, sp.Pow)) or isinstance(expr, (sp.Piecewise, sp.Max, sp.Min)):
        return whole
    argument, slope_there = _slope(expr)
    terms = [whole]
    if not _exact(evaluate, argument):
        terms.append(_size(evaluate(slope_there, at).value) * largest_term(evaluate, argument, at, reach))
    if isinstance(expr, sp.log):
        terms += [_size(evaluate.log(sp.gamma(of), at).value) for _, of in log_gammas(argument)]
    if isinstance(expr, sp.polygamma) and expr.args[0] == 0:
        u = _size(evaluate(argument, at).value)
        terms += [1 / u, (u + 10).log()]
    return _largest(terms)


@lru_cache(maxsize=1024)
def _slope(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """The argument of a function (its last; the base of a power) and the derivative by it."""
    place = 0 if isinstance(expr, sp.Pow) else len(expr.args) - 1
    argument, inner = expr.args[place], sp.Dummy("u", positive=True)
    outer = expr.func(*(inner if i == place else a for i, a in enumerate(expr.args)))
    return argument, outer.diff(inner).xreplace({inner: argument})


def _exact(evaluate: Evaluator, argument: sp.Expr) -> bool:
    """Whether a machine has the argument without rounding: a given number, or a power of 2 times one."""
    factor, rest = argument.as_coeff_Mul()
    return bool(rest.is_Integer or _given(evaluate, rest)) and abs(factor) in (1, 2, sp.Rational(1, 2))


def _of_inputs(evaluate: Evaluator, expr: sp.Add) -> bool:
    """Whether it is a sum or difference of two numbers that are given, which is rounded once."""
    terms = [term.as_coeff_Mul() for term in expr.args]
    return len(terms) == 2 and len({abs(c) for c, _ in terms}) == 1 and all(_given(evaluate, t) for _, t in terms)


def _given(evaluate: Evaluator, term: sp.Expr) -> bool:
    if isinstance(term, (sp.Symbol, sp.Indexed)):
        return evaluate.given(key(term))
    return bool(term == 1)


def _size(value: arb) -> arb:
    return arb(abs(value).mid())


def _largest(sizes: object) -> arb:
    return max(sizes, default=arb(0), key=_Order)  # type: ignore[call-overload]


class _Order:
    """Orders exact numbers; what is not finite comes last, so that it is not chosen."""

    def __init__(self, size: arb) -> None:
        self.size = size

    def __lt__(self, other: _Order) -> bool:
        return not self.size.is_finite() or (other.size.is_finite() and bool(self.size < other.size))
