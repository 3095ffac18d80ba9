"""Ranges of symbols as a reader sees them: y_k > 0, θ ∈ (0, 1), k = 1, …, K."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from derive.algebra.context import BINARY, COUNT, INTEGER, NONNEGATIVE, POSITIVE, POSITIVE_INTEGER, REAL, Domain

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


def latex_domain(domain: Domain, formula: Callable[[sp.Basic], str]) -> str:
    """What follows the symbol: `> 0`, `\\in (0, 1)`."""
    return _LATEX.get(domain) or f"\\in {_interval(domain, formula)}"


def text_domain(domain: Domain, formula: Callable[[sp.Basic], str]) -> str:
    """What follows the symbol: `> 0`, `∈ (0, 1)`."""
    return _TEXT.get(domain) or f"∈ {_interval(domain, formula)}"


def _interval(domain: Domain, formula: Callable[[sp.Basic], str]) -> str:
    left = "(" if domain.lower_open else "["
    right = ")" if domain.upper_open else "]"
    return f"{left}{formula(domain.lower)}, {formula(domain.upper)}{right}"
