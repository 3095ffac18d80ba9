"""lossproof: from a probabilistic model to a loss function one can trust.

    import derive
    model = derive.load("categorical")
    derivation = model.derivation()
    derivation.check()
    derive.check(article).first_wrong

The rooms: `algebra` (SymPy made safe for sums), `rules`, `families`, `strategy` (the engine), `checker` (independent
of the engine), `read` (articles that others wrote), `render`. Nothing here imports torch; the torch side is the
package `numeric`.
"""

from __future__ import annotations

from pathlib import Path as _Path
from typing import TYPE_CHECKING

import sympy as _sp

from derive.algebra.context import Context
from derive.derivation import Derivation, Section, Step
from derive.families import FAMILIES, load
from derive.model import Link, Model

if TYPE_CHECKING:
    from derive.checker import Verdict
    from derive.read.report import Finding, Report

__version__ = "0.1.0"
__all__ = [
    "FAMILIES",
    "Context",
    "Derivation",
    "Link",
    "Model",
    "Section",
    "Step",
    "__version__",
    "check",
    "check_step",
    "equal",
    "load",
]


def equal(lhs: _sp.Expr, rhs: _sp.Expr, context: Context | None = None) -> Verdict:
    """Whether two expressions are equal wherever both are defined, with what that needs listed in `given`.

    The context declares sizes, index ranges, domains and known sums. Without one, plain symbols count by their SymPy
    assumptions, positive integers as sizes; arrays need a context, since nothing else tells their shape.
    """
    from derive.checker import equal

    return equal(lhs, rhs, context or _context_of(lhs, rhs))


def check(article: str | _Path, *, kind: str | None = None, log_base: str = "infer") -> Report:
    """Check every step of an article that somebody wrote, given as its text or as the path of its file.

    `kind` is "markdown", "html", "tex", "notebook" or "text" where the text does not tell; `log_base` is "infer"
    (natural unless printed digits say otherwise), "e", "2" or "10". The report displays typeset in a notebook.

    Raises:
        ValueError: the file cannot be read, or the text is a broken notebook or a broken derivation.
    """
    from derive.read.files import check_file, check_text
    from derive.read.report import Report

    if isinstance(article, _Path):
        return Report((check_file(str(article), log_base),))
    return Report((check_text(article, kind, log_base),))


def check_step(lhs: str, rhs: str, relation: str = "=", *, log_base: str = "infer", seconds: float = 5.0) -> Finding:
    """Check one claim between two sides in LaTeX; what takes longer than `seconds` stays undecided.

    The relation is "=", "<", "\\leq" (also "<=" or "≤") and the like. For SymPy expressions there is `equal`.
    """
    from derive.read.bulk import Claim, judged

    if not all(isinstance(side, str) for side in (lhs, rhs, relation)):
        raise TypeError("check_step takes LaTeX; derive.equal compares SymPy expressions")
    return judged(Claim(None, lhs, rhs, relation), log_base, seconds)


def _context_of(*sides: object) -> Context:
    """A context that declares the plain symbols of expressions as their assumptions state."""
    from derive.algebra.binding import free_symbols
    from derive.model import as_variable

    found = set().union(*(free_symbols(side) for side in sides if isinstance(side, _sp.Expr)))
    ordered = sorted(found, key=str)
    sizes = [s for s in ordered if s.is_integer and s.is_positive]
    return Context(tuple(sizes), tuple(as_variable(s) for s in ordered if s not in sizes))
