"""Sums with the given numbers put in, as they are written on paper: −(1 log 0.33 + 0 log 0.32 + 0 log 0.35)."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from derive.render.tree import Factors, Negative, Node, Number, Prefix, Terms
from source.data import exact
from source.symbols import minus, unevaluated, written_sum


def cross_entropy(label: Sequence[int | str], predicted: Sequence[str]) -> sp.Expr:
    """−Σ t log y with the numbers put in and nothing worked out."""
    return minus(_sum(label, predicted))


def cross_entropy_shown(label: Sequence[int | str], predicted: Sequence[str]) -> Node:
    """The same as it is written, in this order and with the digits as they were given."""
    return Negative(Terms(tuple((1, term) for term in map(_term, label, predicted))))


def shown_log(number: str, negative: bool = True) -> Node:
    """−log 0.33."""
    inner = Prefix("log", Number(number))
    return Negative(inner) if negative else inner


def log_of(number: str) -> sp.Expr:
    """−log 0.33 as an expression."""
    return minus(sp.log(exact(number), evaluate=False))


def _sum(label: Sequence[int | str], predicted: Sequence[str]) -> sp.Expr:
    pairs = zip(label, predicted, strict=True)
    return written_sum(unevaluated(sp.Mul, exact(t), sp.log(exact(y), evaluate=False)) for t, y in pairs)


def _term(label: int | str, predicted: str) -> Node:
    return Factors((Number(str(label)), Prefix("log", Number(predicted))))
