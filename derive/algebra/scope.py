"""Scope: the context plus the ranges of the sums that enclose the place at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from derive.algebra.context import Context

Limits = tuple[sp.Symbol, sp.Expr, sp.Expr]


class TooLargeError(ValueError):
    """A normal form would have too many terms to be of use."""


@dataclass(frozen=True)
class Scope:
    """Where in an expression the normal form is being taken, and how (`visit`) it is taken further in."""

    context: Context
    visit: Callable[[sp.Expr, Scope], sp.Expr]

    def inside(self, *limits: Limits) -> Scope:
        """The scope inside a sum or product."""
        return Scope(self.context.inside(*limits), self.visit)

    def over(self, *limits: Limits) -> Scope:
        """The scope under an integral."""
        return Scope(self.context.over(*limits), self.visit)

    def range_of(self, index: sp.Expr) -> tuple[sp.Expr, sp.Expr] | None:
        """The range of an index expression: declared, that of an enclosing sum, or the value itself."""
        if index.is_Integer or index in self.context.sizes:
            return index, index
        if index in self.context.ranges:
            return self.context.ranges[index]
        if index.is_Add:  # k + 1 runs one further than k, K + 1 − k backwards
            for symbol in sorted(index.free_symbols & self.context.ranges.keys(), key=str):
                rest, sign = index - index.coeff(symbol) * symbol, index.coeff(symbol)
                if sign in (1, -1) and not rest.free_symbols & self.context.ranges.keys():
                    ends = [rest + sign * end for end in self.context.ranges[symbol]]
                    return (ends[0], ends[1]) if sign == 1 else (ends[1], ends[0])
            return None
        variable = self.context.variable(index)
        if variable is not None and variable.domain.integer and variable.domain.upper.is_finite is not False:
            return variable.domain.lower, variable.domain.upper
        return None
