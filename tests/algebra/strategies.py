"""Hypothesis strategies: well-typed expressions over `tests.expressions.CONTEXT` in which bound names are used again.

Every sum and product draws its index from two or three names, so that inner ones hide outer ones and declared ones.
What is drawn is defined at every point where its entries are (logarithms and powers of what is positive only), so that
an expression and its normal form can be compared wherever the sampler goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp
from hypothesis import strategies as st
from sympy.concrete.expr_with_limits import ExprWithLimits

from tests.expressions import K, N, T, a, c, counts, i, j, k, l, m, mu, n, theta, w, x, y, z

Draw = Callable[..., Any]


@dataclass(frozen=True)
class Names:
    """The index names in scope: those that run over classes and those that run over samples."""

    classes: tuple[sp.Symbol, ...] = (j, m)
    samples: tuple[sp.Symbol, ...] = (n,)

    def binding(self, name: sp.Symbol, over: sp.Symbol) -> Names:
        """The names in scope under a sum: an index that is bound again has its new meaning only."""
        classes = tuple(s for s in self.classes if s != name)
        samples = tuple(s for s in self.samples if s != name)
        return Names((*classes, name), samples) if over == K else Names(classes, (*samples, name))


def _choose(draw: Draw, *options: sp.Expr) -> sp.Expr:
    return draw(st.sampled_from(options))


def _positive(draw: Draw, names: Names, depth: int) -> sp.Expr:
    """What is > 0 wherever the context holds."""
    kk, ll, ii = _choose(draw, *names.classes), _choose(draw, *names.classes), _choose(draw, *names.samples)
    kind = draw(st.integers(0, 9 if depth > 0 else 3))
    match kind:
        case 0:
            return w.base[kk]
        case 1:
            return _choose(draw, c.base, N, K, sp.Integer(2), sp.Rational(3, 4))
        case 2:
            return sp.exp(_choose(draw, a.base[kk], mu.base, z.base[ii, kk], -a.base[kk]))
        case 3:
            return _choose(draw, 2 - theta.base, 1 + w.base[kk] * c.base, w.base[kk] + w.base[ll], 1 + y.base[kk])
        case 4:
            return _positive(draw, names, depth - 1) * _positive(draw, names, depth - 1)
        case 5:
            return _positive(draw, names, depth - 1) + _positive(draw, names, depth - 1)
        case 6:
            power = _choose(draw, sp.Integer(-2), sp.S.NegativeOne, sp.Integer(2), sp.S.Half, mu.base, a.base[kk])
            return _positive(draw, names, depth - 1) ** power
        case 7 | 8:
            v, over = _bound(draw)
            return sp.Sum(_positive(draw, names.binding(v, over), depth - 1), (v, 1, over))
        case _:
            v, over = _bound(draw)
            power = _choose(draw, a.base[v] if over == K else x.base[v], T.base[n, v] if over == K else T.base[v, j])
            known = n in names.samples and j in names.classes and v not in (n, j)
            base = _positive(draw, names.binding(v, over), depth - 1)
            return sp.Product(base**power if known else base, (v, 1, over))


def _bound(draw: Draw) -> tuple[sp.Symbol, sp.Symbol]:
    over = _choose(draw, K, K, N)
    return (_choose(draw, k, l, j) if over == K else _choose(draw, i, n)), over


def _leaf(draw: Draw, names: Names) -> sp.Expr:
    kk, ll, ii = _choose(draw, *names.classes), _choose(draw, *names.classes), _choose(draw, *names.samples)
    return _choose(
        draw, y.base[kk], w.base[kk], a.base[kk], T.base[ii, kk], counts.base[kk], z.base[ii, kk], x.base[ii], mu.base,
        theta.base, c.base, sp.Integer(-2), sp.S.One, sp.Integer(3), sp.Rational(1, 2), sp.KroneckerDelta(kk, ll),
        1 / N, K, y.base[kk] ** T.base[ii, kk],
    )  # fmt: skip


def _any(draw: Draw, names: Names, depth: int) -> sp.Expr:
    kind = draw(st.integers(1 if depth > 1 else 0, 15)) if depth > 0 else 0  # no leaves near the top
    match kind:
        case 0:
            return _leaf(draw, names)
        case 1:
            kk, ll = _choose(draw, *names.classes), _choose(draw, *names.classes)
            return sp.KroneckerDelta(kk, ll) * _any(draw, names, depth - 1)
        case 2 | 3:
            return _any(draw, names, depth - 1) + _any(draw, names, depth - 1)
        case 4 | 5:
            return _any(draw, names, depth - 1) * _any(draw, names, depth - 1)
        case 6:
            return _any(draw, names, depth - 1) ** 2
        case 7:
            return _any(draw, names, depth - 1) / _positive(draw, names, depth - 1)
        case 8:
            return sp.log(_positive(draw, names, depth))
        case 9:
            return _positive(draw, names, depth)
        case 10:
            v, over = _bound(draw)
            return sp.Product(_leaf(draw, names.binding(v, over)), (v, 1, over))
        case _:
            v, over = _bound(draw)
            lower, upper = draw(st.sampled_from([(1, over)] * 6 + [(2, over), (1, over - 1), (0, over - 1)]))
            body = _any(draw, names.binding(v, over), depth - 1)
            if lower == 0:  # the same values, counted from 0
                body = _counted_from_nought(body, v)
            return sp.Sum(body, (v, lower, upper))


def _counted_from_nought(body: sp.Expr, v: sp.Symbol) -> sp.Expr:
    from tests.soundness.tree import exchange

    shifted = exchange(body, v, v + 1)
    return body.xreplace({v: v}) if shifted is None else shifted


@st.composite
def expressions(draw: Draw, depth: int = 4) -> sp.Expr:
    """An expression whose free indices are j, m (classes) and n (samples)."""
    return _any(draw, Names(), depth)


@st.composite
def shuffled(draw: Draw, expr: sp.Expr) -> sp.Expr:
    """The same expression with its terms, its factors and its sums in another order."""
    return _shuffled(draw, expr)


def _shuffled(draw: Draw, expr: sp.Expr) -> sp.Expr:
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    if isinstance(expr, ExprWithLimits):
        return _series(draw, expr)
    args = [_shuffled(draw, arg) for arg in expr.args]
    if isinstance(expr, (sp.Add, sp.Mul)):
        return expr.func(*draw(st.permutations(args)), evaluate=False)
    return expr.func(*args)


def _series(draw: Draw, expr: ExprWithLimits) -> sp.Expr:
    """Σ_k Σ_i for Σ_i Σ_k, under one sign where bounds do not depend on an index and no name is hidden."""
    body, limits = _shuffled(draw, expr.function), list(expr.limits)
    if isinstance(body, expr.func):
        body, limits = body.function, [*body.limits, *limits]
    names = {limit[0] for limit in limits}
    if len(names) < len(limits) or names & set().union(*(limit[1:].free_symbols for limit in limits)):
        return expr.func(body, *limits)
    ordered = draw(st.permutations(limits))
    return expr.func(body, *ordered)
