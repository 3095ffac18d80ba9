"""Proofs: a claim without open functions goes to the checker, which decides it for all sizes by normal form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import sympy as sp

from derive.algebra.budgets import OutOfTimeError, budget
from derive.checker import check_step
from derive.checker.decision import LanesDisagreeError
from derive.checker.linting import lint
from derive.derivation import Step
from derive.read.judgement.expressions import Translator, Untold, needs_positive, unfolded
from derive.read.meanings.terms import Term, walk

if TYPE_CHECKING:
    from derive.read.judgement.article import Article

#: Seconds for one proof.
SECONDS = 1.0
#: Larger sides are not tried.
MOST_NODES = 260


def proof(
    article: Article, before: Term, after: Term, sizes: Mapping[str, int] | None = None, relation: str = "="
) -> tuple[str, tuple[str, ...]] | None:
    """How a claim was proved and what that needed, None where it was not."""
    if sum(1 for side in (before, after) for _ in walk(side)) > MOST_NODES:
        return None
    try:
        with budget(SECONDS):
            return _proof(article, before, after, sizes or {}, relation)
    except (Untold, OutOfTimeError, LanesDisagreeError, RecursionError):
        return None
    except Exception:  # whatever SymPy trips over is no proof
        return None


def _proof(
    article: Article, before: Term, after: Term, sizes: Mapping[str, int], relation: str
) -> tuple[str, tuple[str, ...]] | None:
    left, right = (unfolded(side, article.store) for side in (before, after))
    if sum(1 for side in (left, right) for _ in walk(side)) > MOST_NODES:
        return None
    positive = needs_positive(left) | needs_positive(right)
    translator = Translator(article.facts, article.store, article.ground.log_base, sizes, positive=positive)
    expressions = translator.expression(left), translator.expression(right)
    context = translator.context()
    missing = tuple(lint(context, *expressions).missing)
    kind = "equal" if relation == "=" else "inequality"
    verdict = check_step(Step(kind, *expressions, relation=relation, given=missing), context, SECONDS)  # type: ignore[arg-type]
    if verdict.status != "proved":
        return None
    further = (sp.latex(m) for m in missing if not m.has(sp.factorial))
    return verdict.reason, (*_assumed(article, left, right, positive), *further)


def _assumed(article: Article, left: Term, right: Term, positive: set[str]) -> tuple[str, ...]:
    from derive.read.judgement.wording import text

    found: dict[str, None] = {}
    for side in (left, right):
        for t in walk(side):
            if t.head == "var" and t.name in positive and t.name not in article.facts.sizes:
                found[f"{text(article, _general(t))} > 0"] = None
    return tuple(found)[:6]


def _general(t: Term) -> Term:
    return t if all(i.head in ("var", "num") for i in t.args) else Term("var", (), t.name)
