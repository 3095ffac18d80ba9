"""How much room formulas take, measured in letters of their one-line form: what goes beside what."""

from __future__ import annotations

import sympy as sp

from derive.render import text_formula
from derive.render.names import width
from derive.render.presentation import layout
from derive.render.rows import Block

#: A left side longer than this pushes every `=` of its block too far to the right; it gets a line of its own.
WIDEST_LEFT = 26
#: … unless the whole block is a single line no longer than this.
WIDEST_LINE = 60


def columns(expr: sp.Basic | None) -> int:
    """The width of a formula on one line; nothing takes no room."""
    return 0 if expr is None else width(text_formula.formula(layout(expr)))


def hangs(block: Block) -> bool:
    """Does the left side stand on a line of its own, with the signs below it?"""
    first = block.rows[0]
    left = columns(first.left)
    return left > WIDEST_LEFT and (len(block.rows) > 1 or left + columns(first.right) > WIDEST_LINE)
