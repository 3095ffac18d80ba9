"""Why a step holds, composed from the step: the rule's words, with its statement and the step's own values put in.

A reason is a sequence of prose and formulas, so that every format can typeset the formulas in its own way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

import sympy as sp

from derive.derivation import Step
from derive.render.words import vocabulary
from derive.rules.rule import Rule

#: Prose and formulas in turn.
Pieces = tuple[str | sp.Basic, ...]


def compose(
    step: Step,
    lang: str,
    references: Iterable[int] = (),
    told: Collection[sp.Basic] = (),
    link: str = "",
    about: int | None = None,
) -> Pieces:
    """The reason of a step; where it introduces the link, with the name `link` that the function goes by.

    `references` are the numbers of the equations that it builds on; conditions and values that were `told` shortly
    before are not told again, unless nothing else is left to say. `about` is the number of what is maximised.
    """
    words = vocabulary(lang)
    template = _template(step, lang)
    if step.rule == "link" and link:
        template = words.link.format(reason=template, name=words.links.get(link, link))
    fresh = tuple(g for g in step.given if g not in told)
    values = tuple(b for b in step.bind if b not in told)
    filling = _values(step, lang, fresh or step.given, values or step.bind)
    if about is not None:
        filling["before"] = (f"({about})",)
    pieces = fill(template, filling)
    numbers = ", ".join(str(n) for n in references)
    needed = joined(fresh, lang) if "{given}" not in template else ()
    frame = {
        (True, True): words.using_needs,
        (True, False): words.using if pieces else words.using_alone,
        (False, True): words.needs,
        (False, False): "{reason}",
    }[bool(numbers), bool(needed)]
    return _tidy(fill(frame, {"reason": pieces, "numbers": (numbers,), "given": needed}))


def fill(template: str, values: dict[str, Pieces]) -> Pieces:
    """Put formulas into a template; what stands in {…} and has no value is left as it is."""
    pieces: list[str | sp.Basic] = []
    for place, text in enumerate(re.split(r"\{(\w+)\}", template)):
        if place % 2 == 0:
            pieces.append(text)
        else:
            pieces.extend(values.get(text, (f"{{{text}}}",)))
    return tuple(p for p in pieces if p != "")


def note(rule: str, lang: str) -> Pieces:
    """The words of a rule that speaks of a section as a whole; the rule's name where it is not known."""
    found = _rule(rule)
    if found is None:
        return (rule.replace("_", " "),)
    statement = () if found.statement is None else (found.statement,)
    return _tidy(fill(found.words.get(lang, ""), {"statement": statement}))


def joined(items: Iterable[sp.Basic], lang: str) -> Pieces:
    """Formulas with commas between them."""
    pieces: list[str | sp.Basic] = []
    for item in items:
        pieces += [vocabulary(lang).listing, item] if pieces else [item]
    return tuple(pieces)


def typeset(pieces: Pieces, formula: Callable[[sp.Basic], str], prose: Callable[[str], str] = str) -> str:
    """One string of a reason, with `formula` for its formulas and `prose` for its words."""
    return "".join(prose(piece) if isinstance(piece, str) else formula(piece) for piece in pieces)


def _rule(name: str) -> Rule | None:
    from derive.rules import RULES

    return RULES.get(name)


def _template(step: Step, lang: str) -> str:
    rule, kinds = _rule(step.rule), vocabulary(lang).kinds
    told = rule.words.get(lang, "") if rule is not None else ""
    if step.kind == "maximises":
        claim = kinds["maximises_subject" if step.bind else "maximises"]
        return kinds["claim_and_reason"].format(claim=claim, reason=told) if told else claim
    if told:
        return told
    if step.kind == "solves" and step.relation == "⇔":
        return kinds["solves_only"]
    if step.kind == "substitution" and step.bind:
        return kinds["substitution_bind"]
    return kinds[step.kind]


def _values(step: Step, lang: str, given: tuple[sp.Basic, ...], bind: tuple[sp.Basic, ...]) -> dict[str, Pieces]:
    rule = _rule(step.rule)
    statement = () if rule is None or rule.statement is None else (rule.statement,)
    return {
        "statement": statement,
        "given": joined(given, lang),
        "bind": joined(bind, lang),
        "before": (step.before,),
        "after": (step.after,),
    }


def _tidy(pieces: Pieces) -> Pieces:
    """Prose next to prose joined, without the comma or blank that a missing part leaves at either end."""
    tidied: list[str | sp.Basic] = []
    for piece in pieces:
        if isinstance(piece, str) and tidied and isinstance(tidied[-1], str):
            tidied[-1] += piece
        else:
            tidied.append(piece)
    if tidied and isinstance(tidied[0], str):
        tidied[0] = tidied[0].lstrip(" ,、:")
    if tidied and isinstance(tidied[-1], str):
        tidied[-1] = tidied[-1].rstrip(" ,、:")
    return tuple(piece for piece in tidied if piece != "")
