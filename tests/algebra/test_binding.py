"""SymPy captures where it substitutes; these functions do not."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.algebra.binding import (
    CyclicDefinitionError,
    free_symbols,
    named_by_depth,
    rename_apart,
    substitute,
    substitute_array,
    unfold,
)
from derive.algebra.context import REAL, Context, Definition, scalar
from derive.checker.numeric import compare
from tests.expressions import CONTEXT, K, N, T, a, counts, i, j, k, l, mu, y


def test_sympy_captures_and_we_do_not() -> None:
    total = sp.Sum(a.base[k] * mu.base, (k, 1, K))
    captured = total.subs(mu.base, a.base[k])
    assert captured == sp.Sum(a.base[k] ** 2, (k, 1, K)), "the trap is gone: look again at why binding exists"
    result = substitute(total, {mu.base: a.base[k]})
    assert k in free_symbols(result)
    assert isinstance(result, sp.Sum) and result.limits[0][0] != k


def test_a_bound_entry_is_not_the_free_entry_of_the_same_name() -> None:
    expr = a.base[k] + sp.Sum(a.base[k], (k, 1, K))
    result = substitute(expr, {a.base[k]: sp.Integer(7)})
    assert result.subs(K, 2).doit() == 7 + a.base[1] + a.base[2]


def test_renaming_apart_leaves_no_name_bound_twice() -> None:
    expr = sp.Sum(sp.Sum(a.base[k], (k, 1, K)) * a.base[k], (k, 1, K))
    bound = [limit[0] for e in rename_apart(expr).atoms(sp.Sum) for limit in e.limits]
    assert len(bound) == len(set(bound)) == 2
    assert k not in bound


def test_inner_bounds_may_use_outer_variables() -> None:
    expr = sp.Sum(a.base[l], (l, 1, k), (k, 1, K))
    assert compare(rename_apart(expr), sp.Sum((K - k + 1) * a.base[k], (k, 1, K)), "=", CONTEXT).enough


def test_a_value_cannot_be_put_in_for_a_variable_of_differentiation() -> None:
    with pytest.raises(ValueError, match="differentiated"):
        substitute(sp.Derivative(mu.base**2, mu.base), {mu.base: sp.Integer(3)})


def test_arrays_are_replaced_entry_by_entry() -> None:
    expr = sp.Sum(y.base[k], (k, 1, K)) + y.base[j]
    result = substitute_array(expr, ("y", 1), (l,), counts.base[l] / N)
    assert sp.expand(result.subs(K, 2).doit().subs(j, 1) * N) == 2 * counts.base[1] + counts.base[2]


def test_definitions_unfold_for_every_index() -> None:
    assert unfold(counts.base[j], CONTEXT).subs(N, 2).doit() == T.base[1, j] + T.base[2, j]
    inside = unfold(sp.Sum(counts.base[i], (i, 1, K)), CONTEXT)  # the summation index i must not be caught
    assert inside.subs({K: 2, N: 1}).doit() == T.base[1, 1] + T.base[1, 2]


def test_a_cycle_is_an_error_and_not_a_loop() -> None:
    p, q = scalar("p", REAL), scalar("q", REAL)
    cyclic = Context(definitions=(Definition(p, (), q.base + 1), Definition(q, (), p.base)))
    with pytest.raises(CyclicDefinitionError):
        unfold(p.base, cyclic)


def test_named_by_depth_tells_apart_what_is_apart() -> None:
    """Bound names do not count; free ones, ranges and which index stands where do."""
    x = sp.IndexedBase("x", real=True)
    double = sp.Sum(sp.Sum(x[i, j], (i, 1, N)), (j, 1, K))
    assert named_by_depth(double) == named_by_depth(sp.Sum(sp.Sum(x[j, i], (j, 1, N)), (i, 1, K)))
    for other in (
        sp.Sum(sp.Sum(x[j, i], (i, 1, N)), (j, 1, K)),
        sp.Sum(sp.Sum(x[i, j], (i, 1, K)), (j, 1, N)),
        sp.Sum(x[i, j], (i, 1, N)),
    ):
        assert named_by_depth(double) != named_by_depth(other)
    assert named_by_depth(sp.Sum(x[i, j], (i, 1, N))) != named_by_depth(sp.Sum(x[i, i], (i, 1, N)))
    square = sp.Sum(x[i], (i, 1, N)) ** 2
    assert named_by_depth(sp.Sum(x[i], (i, 1, N)) * sp.Sum(x[j], (j, 1, N))) == named_by_depth(square)
