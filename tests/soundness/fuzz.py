"""Random well-typed expressions with shadowed names: rewritten they stay equal, spoilt they do not."""

from __future__ import annotations

from random import Random

import sympy as sp

from derive.derivation import Step
from tests.expressions import CONTEXT, random_expression
from tests.soundness.judge import LIGHT
from tests.soundness.mutations import MUTATIONS
from tests.soundness.right_steps import rewritten
from tests.soundness.tree import put, sites
from tests.soundness.work import Finding, finding
from tests.soundness.wrong_steps import is_readable


def fuzzed(seed: int, start: int, count: int) -> list[Finding]:
    """For each of the random expressions `start` to `start + count`: rewritten, and spoilt."""
    found: list[Finding] = []
    for n in range(start, start + count):
        rnd = Random(f"{seed} fuzz {n}")
        expr = random_expression(rnd)
        if expr.has(sp.zoo, sp.nan):
            continue
        origin, base = f"random/{n}", Step("equal", expr, expr)
        for rewrite in rewritten(base, CONTEXT, rnd, tries=6):
            found.append(finding("rewrite", rewrite.kind, origin, rewrite.step, CONTEXT, Random(n), LIGHT))
            break
        spoilt = _spoilt(expr, rnd)
        if spoilt is not None:
            found.append(finding("mutant", "random expression", origin, Step("equal", expr, spoilt), CONTEXT, rnd))
    return found


def _spoilt(expr: sp.Expr, rnd: Random) -> sp.Basic | None:
    """The expression with one random mistake."""
    places = sites(expr)
    for _ in range(20):
        site, mutation = rnd.choice(places), rnd.choice(list(MUTATIONS.values()))
        options = [new for new in mutation(site, CONTEXT) if new != site.node]
        if options:
            spoilt = put(expr, site.path, rnd.choice(options))
            if is_readable(spoilt) and spoilt != expr:
                return spoilt
    return None
