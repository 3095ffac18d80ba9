"""Claims that were neither shown nor seen to hold: wrong, a condition, a slip of the pen, or left open.

A line is refuted only where everything in it is understood: every name free to take any value, no unknown function, and
no condition that the words may hold. A line that starts a block and whose sides have other names may state a condition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.read.judgement import lints
from derive.read.judgement.wording import counterexample, text, value_text
from derive.read.meanings.chains import Step
from derive.read.meanings.definitions import is_definable
from derive.read.meanings.known import Facts
from derive.read.meanings.terms import Term, free, occurring, walk
from derive.read.report import Finding
from derive.read.values.comparing import Ground, Outcome, compare

if TYPE_CHECKING:
    from derive.read.judgement.article import Article

#: Letters that often count observations or parameters.
LENGTHS = frozenset(["n", "N", "p", "P", "k", "K", "m", "M", "d", "D", "q", "r", "s", "t", "T", "v"])


def unnamed_lengths(article: Article, *sides: Term) -> set[str]:
    """The sizes of vectors and matrices in a claim that no letter of the text names."""
    found: set[str] = set()
    for side in sides:
        for t in walk(side):
            known = article.store.find(t) if t.head in ("var", "apply") else None
            if known is not None:
                found |= unnamed_lengths(article, known[0].body)
            if t.head == "var":
                key = f"{t.name}:{len(t.args)}" if t.args else t.name
                found |= {part for part in article.facts.kinds.get(key, ())[1:] if part.startswith("#")}
    return found


def left_open(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding:
    """Neither shown nor seen to hold: refuted where everything in it is understood, else left open."""
    fault = _fault(article, step, before, after, outcome)
    if fault is not None:
        return fault
    if outcome.differed and step.first and is_definable(before) and article.store.find(before) is not None:
        return article.defined_again(step, before, after)
    if outcome.differed and not outcome.agreed and not outcome.modelled and is_understood(article, before, after):
        if not _may_be_condition(article, step, before, after):
            other = _symmetric(article, step, before, after) or _hatless(article, step, before, after)
            return other or refuted(article, step, outcome)
        if not free(after):
            _constrain(article, before, after)
            return article.finding(step, "hypothesis", "does not hold for all values, so it is taken as a condition")
    if _may_be_condition(article, step, before, after):
        if article.define_late(step, before, after):
            return article.finding(step, "definition", "says at last what its name stands for")
        if not outcome.modelled:  # what is said of unknown functions does not bind the other names
            _constrain(article, before, after)
    if (
        outcome.differed
        and step.first
        and not free(after)
        and not article.single
        and not occurring(after, "apply", "mean")
    ):
        return article.finding(step, "hypothesis", "is not known to hold for all values, so it is taken as a condition")
    if outcome.modelled:
        return article.finding(step, "undecided", "not known of " + ", ".join(sorted(outcome.modelled)))
    if outcome.differed:
        what = hindrance(article, before, after)
        because = f", but what is known of {what} may not be all" if what else "; it may be meant as a condition"
        return article.finding(step, "undecided", f"does not hold for all values{because}")
    return article.finding(step, "undecided", outcome.trouble or "no admissible point was found")


def _hatless(article: Article, step: Step, before: Term, after: Term) -> Finding | None:
    """What would hold if a hat stood on a name, or none: a slip of the pen, and not of the mathematics."""
    names = {t.name for side in (before, after) for t in walk(side) if t.head == "var"}
    pairs = [(name, f"{name}^hat") for name in names if f"{name}^hat" in names]
    if not pairs:
        return None
    for bare, hatted in pairs:
        left, right = (lints.renamed(side, bare, hatted) for side in (before, after))
        if compare(article.ground, left, right).holds:
            shown = text(article, Term("var", (), hatted)), text(article, Term("var", (), bare))
            article.warn(step, f"{shown[0]} seems to be meant where {shown[1]} stands")
            return article.finding(
                step, "undecided", f"would hold with {shown[0]} for {shown[1]}: a hat seems to be missing"
            )
    return None


def _symmetric(article: Article, step: Step, before: Term, after: Term) -> Finding | None:
    """What holds for symmetric matrices only may well be meant of them: the text need not have said so in a formula."""
    names = {t.name for side in (before, after) for t in walk(side) if t.head == "var"}
    kinds = article.facts.kinds
    square = {n for n in names if kinds.get(n, ("",))[0] == "matrix" and kinds[n][1] == kinds[n][2]}
    if not square:
        return None
    facts = Facts(**{**vars(article.facts), "kinds": {**kinds, **{n: ("definite", kinds[n][1]) for n in square}}})
    if not compare(Ground(facts, article.store, article.ground.log_base), before, after).holds:
        return None
    given = tuple(f"{text(article, Term('var', (), n))} symmetric" for n in sorted(square))
    return article.finding(step, "tested", "equal to 28 digits for symmetric matrices", given=given)


def _fault(article: Article, step: Step, before: Term, after: Term, outcome: Outcome) -> Finding | None:
    """What is wrong with scopes and indices, looked for only where the numbers do not bear a line out."""
    if not (outcome.differed or outcome.modelled):
        return None
    name = None if step.first else lints.escaped(before, after)
    if name is not None and name not in article.free_before:
        shown = article.names.displays.get(name, name)
        return article.finding(step, "ill-formed", f"{shown} is bound on one side and free on the other")
    for side in (before, after):
        array = lints.idle_index(side, article.ranks)
        if array is not None:
            shown = article.names.displays.get(array, array)
            return article.finding(step, "ill-formed", f"{shown} is summed over more indices than it has here")
    if not outcome.agreed and outcome.differed:
        for side, other in ((after, before), (before, after)):
            itself = lints.cancelling(side)
            if itself is not None and itself.head in ("apply", "fn", "mean") and lints.cancelling(other) is None:
                return refuted(article, step, outcome, ": one side cancels itself")
    return None


def _may_be_condition(article: Article, step: Step, before: Term, after: Term) -> bool:
    """Whether a line that starts a block may state a condition rather than an identity: its sides have other names."""
    if article.single:
        return False
    for one, other in ((before, after), (after, before)):
        unknown = one.head == "var" and article.store.find(one) is None
        told = one in walk(other) if one.args else one.name in {name for name, _ in free(other)}
        if unknown and not told:
            return True  # whatever it is, this line may say so
    if after.head == "num" and not after.name.strip("0.") and free(before):
        return True  # what is set to 0
    if not step.first:
        return False
    if before.head == "var" and article.store.find(before) is None:
        return True
    left, right = (_names(article, side, 0) for side in (before, after))
    told = any(article.store.find(t) is not None for side in (before, after) for t in walk(side))
    return left != right and not (told and left and right and (left <= right or right <= left))


def _names(article: Article, term: Term, depth: int) -> set[str]:
    """The names that a side stands on, behind its definitions; sizes and indices do not count."""
    found: set[str] = set()
    bound = lints.bound_names(term)
    for t in walk(term):
        known = article.store.find(t) if t.head in ("var", "apply", "mean") and depth < 12 else None
        if known is not None:
            found |= _names(article, known[0].body, depth + 1)
        elif t.head == "var" and t.name not in bound:
            found.add(t.name)
    return found - article.facts.sizes - article.facts.indices


def _constrain(article: Article, before: Term, after: Term) -> None:
    for name, _ in free(before) | free(after):
        alone = any(side == Term("var", (), name) for side in (before, after))
        if name in article.facts.indices or (name in article.facts.sizes and not alone):
            continue
        if article.store.find(Term("var", (), name)) is None:
            article.constrained.add(name)


def is_understood(article: Article, before: Term, after: Term) -> bool:
    """Whether every name of both sides is free to take any value: nothing that the text may have meant is missing."""
    return hindrance(article, before, after) is None


def _is_told(article: Article, t: Term) -> bool:
    """Whether a function, or the function that it inverts, is defined in the text."""
    inner = Term("apply", t.args, t.name.removesuffix("^inv"))
    return article.store.find(inner) is not None


def hindrance(article: Article, before: Term, after: Term) -> str | None:
    """What in a claim may have a meaning that we do not know, None where there is nothing."""
    loose = {n for side in (before, after) for n, rank in free(side) if rank == 0} & LENGTHS - article.facts.sizes
    loose = {n for n in loose if n not in article.facts.kinds and article.store.find(Term("var", (), n)) is None}
    if loose and unnamed_lengths(article, before, after):
        return sorted(loose)[0]
    for side in (before, after):
        for t in walk(side):
            if t.head in ("apply", "mean", "label", "sumset", "intset", "limit", "indefinite"):
                if t.head == "apply" and _is_told(article, t):
                    continue
                return t.name or t.head
            marked = "^" in t.name and not t.name.endswith("^bold")
            if t.head == "var" and article.store.find(t) is None and (marked or t.name in article.constrained):
                return text(article, Term("var", (), t.name))
    return None


def refuted(article: Article, step: Step, outcome: Outcome, more: str = "", slip: str | None = None) -> Finding:
    """The finding on a wrong line, with the values of both sides at the point that shows it."""
    assert outcome.sides is not None
    left, right = (value_text(v) for v in outcome.sides)
    found = counterexample(article, outcome.point) if outcome.point is not None else {}
    return article.finding(
        step, "refuted", f"left side {left}, right side {right}{more}", counterexample=found or None,
        values=(left, right), slip=slip,
    )  # fmt: skip
