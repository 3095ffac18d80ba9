"""Order statistics of N values: the largest, the smallest, the median.

They bind an index as a sum does, so that renaming, scopes and free variables need no case of their own. A median of an
even number of values is the mean of the two in the middle; each value between those would serve as well.
"""

from __future__ import annotations

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits


class OrderStatistic(ExprWithLimits):  # type: ignore[misc]
    """A statistic of the values of `function` for each value of the index."""

    __slots__ = ()

    def __new__(cls, function: sp.Expr, *limits: object) -> OrderStatistic:
        """A statistic of the values of `function`, with one (index, 1, size) or more."""
        # Not ExprWithLimits.__new__, which merges a node with one of its own kind inside it: that is right for sums,
        # but the median of medians is not the median of all.
        triples = tuple(sp.Tuple(*limit) for limit in limits)  # type: ignore[misc]
        if not triples or any(len(t) != 3 or not isinstance(t[0], sp.Symbol) for t in triples):
            raise ValueError("an order statistic needs an index with its range")
        obj: OrderStatistic = sp.Expr.__new__(cls, sp.S(function), *triples)
        obj.is_commutative = True
        return obj

    def _eval_is_extended_real(self) -> bool | None:
        value: bool | None = self.function.is_extended_real
        return value


class Largest(OrderStatistic):
    """max over the index."""

    __slots__ = ()


class Smallest(OrderStatistic):
    """min over the index."""

    __slots__ = ()


class Median(OrderStatistic):
    """The median over the index."""

    __slots__ = ()


ORDER_STATISTICS = (Largest, Smallest, Median)
