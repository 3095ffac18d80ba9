"""lossproof: from a probabilistic model to a loss function one can trust.

    import derive
    model = derive.load("categorical")
    derivation = model.derivation()
    derivation.check()

The rooms: `algebra` (SymPy made safe for sums), `rules`, `families`, `strategy` (the engine), `checker` (independent
of the engine), `render`. Nothing here imports torch; the torch side is the package `numeric`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as _sp

from derive.algebra.context import Context
from derive.derivation import Derivation, Section, Step
from derive.families import FAMILIES, load
from derive.model import Link, Model

if TYPE_CHECKING:
    from derive.checker import Verdict

__version__ = "0.1.0"
__all__ = ["FAMILIES", "Context", "Derivation", "Link", "Model", "Section", "Step", "__version__", "equal", "load"]


def equal(lhs: _sp.Expr, rhs: _sp.Expr, context: Context | None = None) -> Verdict:
    """Whether two expressions are equal wherever both are defined, with what that needs listed in `given`.

    The context declares sizes, index ranges, domains and known sums; without one, symbols count by their SymPy
    assumptions (see `derive.checker.equal`).
    """
    from derive.checker import equal

    return equal(lhs, rhs, context)
