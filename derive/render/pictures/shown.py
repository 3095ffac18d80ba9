"""Estimates and counts as equations for captions: ŷ_1 = 2/5, σ̂ = 1.118."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from derive.estimation.result import Number
from derive.render import text
from derive.render.pictures.figure import written
from derive.render.pictures.words import WORDS
from derive.render.reasons import Pieces, fill

#: Fractions with larger denominators are shown as decimals.
MAX_DENOMINATOR = 200


def number(value: Number | float | Any) -> sp.Expr:
    """A number for readers: 0.25, a small fraction that has no short decimal, anything else to four digits."""
    if isinstance(value, Fraction) and value.denominator <= MAX_DENOMINATOR and 1000 % value.denominator:
        return sp.Rational(value.numerator, value.denominator)
    digits = f"{float(value):.4g}"
    return sp.Integer(int(Fraction(digits))) if Fraction(digits).denominator == 1 else sp.Float(digits, 4)


def decimal(value: Any) -> str:
    """A number to three places."""
    return written(float(value))


def equation(head: sp.Expr, value: Any) -> sp.Eq:
    """`head = value`."""
    return sp.Eq(head, number(value), evaluate=False)


def entry(name: str, place: int | None = None) -> sp.Expr:
    """The parameter itself, or its entry at a place counted from 1."""
    return sp.Symbol(name) if place is None else sp.IndexedBase(name)[place]


def hat(name: str, place: int | None = None) -> sp.Expr:
    """The estimate of a parameter, or of its entry."""
    return entry(f"{name}_hat", place)


def constraint(name: str, classes: int) -> sp.Eq:
    """y_1 + y_2 + … = 1 for a few classes, Σ_k y_k = 1 for more."""
    if classes <= 3:
        total = sp.Add(*(entry(name, k) for k in range(1, classes + 1)), evaluate=False)
    else:
        k, size = sp.Symbol("k", integer=True), sp.Symbol("K", integer=True, positive=True)
        total = sp.Sum(sp.IndexedBase(name)[k], (k, 1, size))
    return sp.Eq(total, 1, evaluate=False)


def plain(expr: sp.Basic, lang: str) -> str:
    """A formula as words that can be read aloud."""
    return text.expression(expr, lang)


def listed(items: list[sp.Basic], lang: str, last: bool = False) -> Pieces:
    """Formulas with commas between them, before the `last` one the word for and."""
    pieces: list[str | sp.Basic] = []
    for place, item in enumerate(items, start=1):
        sign = "and" if last and place == len(items) else "listing"
        pieces += [WORDS[lang][sign], item] if pieces else [item]
    return tuple(pieces)


def caption(lang: str, *keys: str, **values: Pieces | str) -> Pieces:
    """Phrases with formulas and words put in."""
    template = "".join(WORDS[lang][key] for key in keys)
    return fill(template, {name: (v,) if isinstance(v, str) else v for name, v in values.items()})
