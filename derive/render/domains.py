"""Ranges of symbols as a reader sees them: y_k > 0, θ ∈ (0, 1), k = 1, …, K."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from derive.algebra.context import BINARY, COUNT, INTEGER, NONNEGATIVE, POSITIVE, POSITIVE_INTEGER, REAL, Domain
from derive.algebra.matrices import SquareMatrix

# Braces as \lbrace: Markdown takes the backslash off an inline \{.
_LATEX = {
    REAL: "\\in \\mathbb{R}",
    POSITIVE: "> 0",
    NONNEGATIVE: "\\geq 0",
    INTEGER: "\\in \\mathbb{Z}",
    COUNT: "\\in \\lbrace 0, 1, 2, \\dots \\rbrace",
    POSITIVE_INTEGER: "\\in \\lbrace 1, 2, \\dots \\rbrace",
    BINARY: "\\in \\lbrace 0, 1 \\rbrace",
}
_TEXT = {
    REAL: "∈ ℝ",
    POSITIVE: "> 0",
    NONNEGATIVE: "≥ 0",
    INTEGER: "∈ ℤ",
    COUNT: "∈ {0, 1, 2, …}",
    POSITIVE_INTEGER: "∈ {1, 2, …}",
    BINARY: "∈ {0, 1}",
}


def latex_claim(symbol: sp.Basic, domain: Domain, formula: Callable[[sp.Basic], str]) -> str:
    """A symbol with its domain: `y_k > 0`, `0 \\leq x_i \\leq \\theta`, `\\theta \\in (0, 1)`."""
    if domain.definite:
        return f"{formula(symbol)} {_LATEX[REAL]}, {formula(_matrix(symbol))} \\succ 0"
    known = _LATEX.get(domain)
    return f"{formula(symbol)} {known}" if known else _claim(symbol, domain, formula, _LATEX_SIGNS)


def text_claim(symbol: sp.Basic, domain: Domain, formula: Callable[[sp.Basic], str]) -> str:
    """A symbol with its domain: `yₖ > 0`, `0 ≤ xᵢ ≤ θ`, `θ ∈ (0, 1)`."""
    if domain.definite:
        return f"{formula(symbol)} {_TEXT[REAL]}, {formula(_matrix(symbol))} ≻ 0"
    known = _TEXT.get(domain)
    return f"{formula(symbol)} {known}" if known else _claim(symbol, domain, formula, _TEXT_SIGNS)


@dataclass(frozen=True)
class _Signs:
    """The signs of one format."""

    member: str
    at_least: str
    at_most: str
    opening: str
    closing: str
    dots: str


_LATEX_SIGNS = _Signs("\\in", "\\geq", "\\leq", "\\lbrace ", " \\rbrace", "\\dots")
_TEXT_SIGNS = _Signs("∈", "≥", "≤", "{", "}", "…")


def _matrix(symbol: sp.Indexed) -> SquareMatrix:
    """The matrix that an entry belongs to, with the ranges left open: only its name is shown."""
    row, column = symbol.indices[-2:]
    return SquareMatrix(symbol, (row, 1, 1), (column, 1, 1))


def _claim(symbol: sp.Basic, domain: Domain, formula: Callable[[sp.Basic], str], signs: _Signs) -> str:
    name, lower, upper = formula(symbol), domain.lower, domain.upper
    if domain.integer:
        return f"{name} {signs.member} {signs.opening}{_listed(domain, formula, signs)}{signs.closing}"
    below = "<" if domain.upper_open else signs.at_most
    if upper == sp.oo:
        return f"{name} {'>' if domain.lower_open else signs.at_least} {formula(lower)}"
    if lower == -sp.oo:
        return f"{name} {below} {formula(upper)}"
    if lower.free_symbols or upper.free_symbols:  # an end that is itself unknown: 0 ≤ x ≤ θ
        return f"{formula(lower)} {'<' if domain.lower_open else signs.at_most} {name} {below} {formula(upper)}"
    left, right = "(" if domain.lower_open else "[", ")" if domain.upper_open else "]"
    return f"{name} {signs.member} {left}{formula(lower)}, {formula(upper)}{right}"


def _listed(domain: Domain, formula: Callable[[sp.Basic], str], signs: _Signs) -> str:
    """The integers of a domain: 0, 1, …, n; m, m + 1, …"""
    first = domain.lower + 1 if domain.lower_open else domain.lower
    last = domain.upper - 1 if domain.upper_open else domain.upper
    if first == -sp.oo:
        items = [signs.dots, formula(last - 1), formula(last)]
    elif last == sp.oo:
        items = [formula(first), formula(first + 1), signs.dots]
    elif last.is_Integer and first.is_Integer and last - first < 3:
        items = [formula(first + n) for n in range(int(last - first) + 1)]
    else:
        items = [formula(first), formula(first + 1), signs.dots, formula(last)]
    return ", ".join(items)
