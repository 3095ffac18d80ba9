"""The largest term of the sum that makes a value: where terms cancel, its last place is what a formula can keep.

Of a sum it is the largest of its terms' own, of a product the product of its factors' (the largest term once the
product is multiplied out), of u^n for n = 2, 3, … it is |n u^(n−1)| times that of u, since that is how far an error of
u reaches. A difference of two inputs is rounded once and counts as one number. Any other function starts afresh with
its value.
"""

from __future__ import annotations

import sympy as sp
from flint import arb

from derive.algebra.context import key
from numeric.validation.evaluating import At, Evaluator


def magnitude(evaluate: Evaluator, expr: sp.Expr, at: At) -> arb:
    """The size of the largest term of the expression where the indices stand `at` their positions; 0 for no terms."""
    if isinstance(expr, sp.Mul):
        result = arb(1)
        for factor in expr.args:
            result *= magnitude(evaluate, factor, at)
        return result
    if isinstance(expr, sp.Add) and not _of_inputs(evaluate, expr):
        return _largest(magnitude(evaluate, term, at) for term in expr.args)
    if isinstance(expr, sp.Sum):
        return _largest(magnitude(evaluate, expr.function, place) for place in evaluate.places(expr, at))
    if isinstance(expr, sp.Pow) and isinstance(expr.base, sp.Add) and expr.exp.is_Integer and expr.exp > 1:
        slope = int(expr.exp) * evaluate(expr.base, at).value ** int(expr.exp - 1)
        return _size(slope) * magnitude(evaluate, expr.base, at)
    return _size(evaluate(expr, at).value)


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
