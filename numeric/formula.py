"""SymPy expressions as a line of text for a docstring: sums as Σ, entries as z[k], every name an identifier."""

from __future__ import annotations

import keyword
import textwrap

import sympy as sp
from sympy.printing.str import StrPrinter

from derive.algebra.matrices import Det, InverseEntry, SquareMatrix
from numeric.contraction import cholesky_factor
from numeric.lowering import identifier


class _Line(StrPrinter):  # type: ignore[misc]  # SymPy has no types
    """SymPy's text, with sums and deltas as they are written on paper, and every name checked."""

    def _print_Sum(self, expr: sp.Sum) -> str:
        body = self.parenthesize(expr.function, 55)
        ranges = " ".join(f"Σ_{{{self._print(k)}={self._print(a)}..{self._print(b)}}}" for k, a, b in expr.limits)
        return f"({ranges} {body})"

    def _print_Indexed(self, expr: sp.Indexed) -> str:
        return f"{self._print(expr.base.label)}[{', '.join(map(self._print, expr.indices))}]"

    def _print_SquareMatrix(self, expr: SquareMatrix) -> str:
        entry = expr.function
        if isinstance(entry, sp.Indexed) and entry.indices == (expr.row, expr.column):
            return str(self._print(entry.base.label))
        factor = self._print(cholesky_factor(expr).label)
        return f"{factor} @ {factor}.T"

    def _print_InverseEntry(self, expr: InverseEntry) -> str:
        return f"inv({self._print(expr.matrix)})[{self._print(expr.row)}, {self._print(expr.column)}]"

    def _print_Det(self, expr: Det) -> str:
        return f"det({self._print(expr.matrix)})"

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        # a keyword (lambda) may stand in a docstring, though not in code
        return str(expr.name) if keyword.iskeyword(expr.name) else identifier(expr.name)


def line(expr: sp.Expr) -> str:
    """The expression on one line."""
    return str(_Line().doprint(expr))


def paragraph(text: str, indent: str, width: int = 94) -> str:
    """The text broken to the width, every line after the indent."""
    return textwrap.fill(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + "    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
