"""Properties of the normal form on random expressions with sums, products, δ, logarithms and shadowed names.

LOSSPROOF_NIGHTLY=1 tries tens of thousands of them instead of a thousand.
"""

from __future__ import annotations

import os

import sympy as sp
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from derive.algebra.normal_form import TooLargeError, normal
from derive.checker.numeric import compare
from tests.algebra.strategies import expressions, shuffled
from tests.expressions import CONTEXT, K, counts, j, k, l, y

NIGHTLY = os.environ.get("LOSSPROOF_NIGHTLY") == "1"
#: A share of all examples for each property; the three together make up the number that is asked for.
EXAMPLES = 20_000 if NIGHTLY else 340


thorough = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=not NIGHTLY, suppress_health_check=list(HealthCheck)
)


def form_of(expr: sp.Expr) -> sp.Expr:
    """The normal form; examples that are too large for one, or that SymPy has turned into nothing, say nothing."""
    assume(not expr.has(sp.zoo, sp.nan, sp.oo))
    try:
        return normal(expr, CONTEXT)
    except TooLargeError:
        assume(False)
        raise


@thorough
@given(expressions())
def test_the_normal_form_has_the_value_of_its_input(expr: sp.Expr) -> None:
    form = form_of(expr)
    outcome = compare(expr, form, "=", CONTEXT, rounds=1)
    assert not outcome.refuted, (form, outcome)
    assert outcome.agreed >= 3 or outcome.trouble, (form, outcome)


#: Once its inner sum kept a bound name that was new each time.
RENAMED = sp.Sum((counts.base[k] + y.base[j]) * sp.Product(counts.base[k], (l, 1, K)), (k, 1, K))


@thorough
@example(RENAMED)
@given(expressions())
def test_the_normal_form_of_a_normal_form_is_itself(expr: sp.Expr) -> None:
    form = form_of(expr)
    assert normal(form, CONTEXT) == form


@thorough
@given(st.data())
def test_the_normal_form_is_blind_to_the_order_of_terms_and_sums(data: st.DataObject) -> None:
    expr = data.draw(expressions())
    other = data.draw(shuffled(expr))
    assert form_of(other) == form_of(expr)
