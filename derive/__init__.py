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

    The context declares sizes, index ranges, domains and known sums. Without one, plain symbols count by their SymPy
    assumptions, positive integers as sizes; arrays need a context, since nothing else tells their shape.
    """
    from derive.checker import equal

    return equal(lhs, rhs, context or _context_of(lhs, rhs))


def _context_of(*sides: object) -> Context:
    """A context that declares the plain symbols of expressions as their assumptions state."""
    from derive.algebra.binding import free_symbols
    from derive.model import as_variable

    found = set().union(*(free_symbols(side) for side in sides if isinstance(side, _sp.Expr)))
    ordered = sorted(found, key=str)
    sizes = [s for s in ordered if s.is_integer and s.is_positive]
    return Context(tuple(sizes), tuple(as_variable(s) for s in ordered if s not in sizes))
