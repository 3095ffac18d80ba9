"""The checker: independent of what makes the steps.

Reading order: `verdict` (what is said), `evaluator` and `sampler` (numbers), `numeric` and `symbolic` (the two lanes),
`lint` (what must be right beforehand), `decision` (from lanes to verdict), `claims` with `equivalence`, `solution`
and `extremum` (how each kind of step is checked).
It imports nothing from `rules` or `strategy`.
"""

from __future__ import annotations

import time

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.budgets import SECONDS
from derive.algebra.context import Context
from derive.checker.claims import check_step
from derive.checker.decision import LanesDisagreeError
from derive.checker.linting import lint
from derive.checker.verdict import Report, Verdict
from derive.derivation import Derivation, Step

#: Seconds for one step of a derivation of one's own.
PATIENT = 30.0
#: Seconds that a step which is decided earns the steps after it, and what all of them may take together.
EARNED, LONGEST = 0.25, 60.0

__all__ = ["LanesDisagreeError", "Report", "Verdict", "check_derivation", "check_step", "equal"]


def check_derivation(derivation: Derivation, seconds: float | None = None) -> Report:
    """One verdict for every step of a derivation; steps that come up after so many seconds stay undecided.

    Every step that is decided earns a little more time, so that a long derivation is checked to its end while one that
    was made to take long is not. Without a limit the derivation is taken to be one's own: a step may then take its
    time, also on a busy machine.
    """
    if seconds is None:
        return Report(tuple(check_step(step, derivation.context, PATIENT) for _, step in derivation.steps()))
    verdicts: list[Verdict] = []
    began, allowed = time.thread_time(), seconds
    for _, step in derivation.steps():
        left = min(allowed, LONGEST) - (time.thread_time() - began)
        verdicts.append(check_step(step, derivation.context, min(SECONDS, max(left, 0.0))))
        allowed += EARNED * (verdicts[-1].status not in ("undecided", "unread"))
    return Report(tuple(verdicts))


def equal(lhs: sp.Expr, rhs: sp.Expr, context: Context | None = None) -> Verdict:
    """Whether two expressions are equal wherever both are defined; what that needs (a > 0) is listed in `given`."""
    lhs, rhs = (sp.Integer(side) if isinstance(side, int) else side for side in (lhs, rhs))
    if not all(isinstance(side, sp.Expr) for side in (lhs, rhs)):
        raise TypeError("equal compares two SymPy expressions")
    context = context or Context()
    try:
        missing: tuple[Relational, ...] = tuple(lint(context, lhs, rhs).missing)
    except RecursionError:
        return Verdict("undecided", "the expression is nested too deeply")
    return check_step(Step("equal", lhs, rhs, given=missing), context)
