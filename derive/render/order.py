"""In which order people write factors and terms.

Factors: number, constants, letters, letters with indices, brackets, functions, e^…, Σ, log: `t_k log y_k`,
`θ^x (1-θ)^{1-x}`, `(Σ_i x_i) log θ`. Terms: positive before negative (`1-θ`), higher powers before lower ones, short
before long; a positive number ends a polynomial (`x+1`) and opens anything else (`1+e^{-z}`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.numbers import NumberSymbol

from derive.algebra.order import ORDER_STATISTICS
from derive.render.orientation import without_minus

BIG = (sp.Sum, sp.Product, sp.Integral, *ORDER_STATISTICS)
#: The linear predictor of a regression, which follows what it is multiplied by.
PREDICTOR = "eta"
_LETTERS = 4  # the ranks up to here are letters, with or without indices
_OPEN = (sp.Derivative, *BIG)


def ordered_factors(factors: Iterable[sp.Expr]) -> list[sp.Expr]:
    """Factors in the order of writing."""
    return sorted(factors, key=_factor_key)


def ordered_terms(terms: Iterable[sp.Expr]) -> list[sp.Expr]:
    """Terms in the order of writing."""
    listed = list(terms)
    letters = [t for t in listed if not t.is_Number and _degree(t) is not None]
    number_last = {sign: any(is_negative(t) is sign for t in letters) for sign in (False, True)}
    return sorted(listed, key=lambda term: _term_key(term, number_last[is_negative(term)]))


def is_negative(term: sp.Expr) -> bool:
    """Would it be written with a minus in front?"""
    if term.is_Number:
        return bool(term.is_negative)
    if not isinstance(term, sp.Mul):
        return False
    factors = list(flat(term))
    negative = bool(next((f for f in factors if f.is_Number), sp.S.One).is_negative)
    return negative and without_minus(factors) is None


def flat(product: sp.Expr) -> Iterator[sp.Expr]:
    """The factors of a product, also of a product in a product that nobody has multiplied out."""
    for factor in product.args:
        if isinstance(factor, sp.Mul):
            yield from flat(factor)
        else:
            yield factor


@lru_cache(maxsize=1 << 14)
def size(expr: sp.Basic) -> int:
    """How many nodes the expression has when written out."""
    return 1 + sum(size(arg) for arg in expr.args)


@lru_cache(maxsize=1 << 12)
def natural(expr: sp.Basic) -> tuple[Any, ...]:
    """Sorts by name, y_2 before y_10."""
    pieces = re.split(r"(\d+)", str(expr))
    return tuple(int(piece) if place % 2 else piece for place, piece in enumerate(pieces))


def _factor_key(factor: sp.Expr) -> tuple[Any, ...]:
    base = factor.base if isinstance(factor, sp.Pow) and not isinstance(factor, sp.exp) else factor
    if base.is_Number:  # a row of numbers stays as it was written: (1/10)² (1/4)⁵
        return 0 if factor.is_Number else 1, 0, (), ()
    rank = _rank(base)
    name = natural(base)
    if str(getattr(base, "base", base)) == PREDICTOR:  # y_i η_i
        name = ("~", *name)
    return 2 + rank, size(base) if rank > _LETTERS else 0, name, natural(factor)


def _rank(base: sp.Expr) -> int:
    if str(getattr(base, "base", base)).startswith("Delta"):
        return 9  # a step Δ follows what it is multiplied by
    if isinstance(base, sp.Mul) and not base.free_symbols:
        return 1  # (2π)^a stands where π does
    kinds: tuple[tuple[Any, ...], ...] = (
        (sp.binomial,),
        (NumberSymbol,),
        (sp.Symbol,),
        (sp.Indexed,),
        (sp.KroneckerDelta,),
        (sp.Add,),
        (sp.factorial, sp.gamma, sp.beta, sp.Abs, sp.sign),
        (sp.exp,),
        _OPEN,
        (sp.log, sp.loggamma),
    )
    other = 6
    return next((rank for rank, kind in enumerate(kinds) if isinstance(base, kind)), other)


def _term_key(term: sp.Expr, number_last: bool) -> tuple[Any, ...]:
    number = 1 if number_last else -1
    degree = _degree(term)
    return (is_negative(term), number if term.is_Number else 0, -(degree or 0), *_weight(_core(term)), *_weight(term))


def _core(term: sp.Expr) -> sp.Expr:
    """What a term is mainly made of: the log of x log θ, the sum of c Σ_k a_k."""
    return max(flat(term), key=_factor_key) if isinstance(term, sp.Mul) else term


def _weight(term: sp.Expr) -> tuple[Any, ...]:
    return size(term), natural(term.as_coeff_Mul()[1])


def _degree(term: sp.Expr) -> sp.Expr | None:
    """The degree of a monomial in letters; None for anything else."""
    if isinstance(term, (sp.Symbol, sp.Indexed)):
        return sp.S.One
    if isinstance(term, BIG):
        return None
    if not term.atoms(sp.Symbol):
        return sp.S.Zero
    if isinstance(term, sp.Pow) and term.exp.is_Number:
        inner = _degree(term.base)
        return None if inner is None else inner * term.exp
    if isinstance(term, sp.Mul):
        degrees = [d for d in map(_degree, term.args) if d is not None]
        return sp.Add(*degrees) if len(degrees) == len(term.args) else None
    return None
