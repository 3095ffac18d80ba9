"""Small changes of a formula, each a slip that people make: a sign, a bound, an exponent, the order of indices.

A repair is a term that differs from the one written in one place, with the words for the change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from derive.read.meanings.terms import ONE, Term, num, replaced, walk

Repair = tuple[str, Term]
#: How a piece of a formula is shown in words.
Show = Callable[[Term], str]

#: Heads that write a sum or a product over a range, and what they are called.
RANGES = {"sum": "sum", "prod": "product"}
LONGEST_SHOWN = 40


def shown_from(source: str) -> Show:
    """Pieces as they stand in the source; in a notation of our own where their place is not known."""

    def show(term: Term) -> str:
        span = term.span
        found = " ".join(source[span.start : span.end].split()) if span is not None else ""
        words = found or plain(term)
        return words if len(words) <= LONGEST_SHOWN else words[: LONGEST_SHOWN - 1] + "…"

    return show


def plain(term: Term) -> str:
    """A term in plain letters."""
    args = [plain(a) for a in term.args]
    if term.head in ("num", "const", "label", "var"):
        return f"{term.name}[{', '.join(args)}]" if args else term.name
    if term.head == "neg":
        return f"-{args[0]}"
    if term.head in ("add", "mul", "div", "pow"):
        joined = {"add": " + ", "mul": " ", "div": "/", "pow": "^"}[term.head].join(args)
        return f"({joined})" if term.head == "add" else joined
    return f"{term.name or term.head}({', '.join(args)})"


def repairs_of(term: Term, show: Show, around: tuple[Term, ...] = ()) -> Iterator[Repair]:
    """The term with one change, the commonest slips first.

    `around` are the terms of the claim, whose names and factors may be what is missing.
    """
    for kind in (_sign, _bound, _indices, _transpose, _factor_of_term, _exponent, _part):
        yield from _everywhere(term, partial(kind, show=show))
    yield from _throughout(term, show)
    known = dict.fromkeys(t for side in (term, *around) for t in walk(side))
    names = [t for t in known if t.head == "var"]
    yield from _everywhere(term, lambda t: _name(t, names, show))
    factors = [t for t in known if t.head in ("var", "inv") or (t.head == "pow" and t.args[0].head == "var")]
    yield from _everywhere(term, lambda t: _missing(t, factors, show))


def with_base(term: Term, base: int) -> Term:
    """Every logarithm that names no base to another one; the same term where there is none."""
    args = tuple(with_base(a, base) for a in term.args)
    if term.head == "fn" and term.name in ("log", "ln") and len(args) == 1:
        return replace(term, args=(args[0], num(base)))
    return term if all(a is b for a, b in zip(args, term.args, strict=True)) else replace(term, args=args)


def _everywhere(term: Term, change: Callable[[Term], Iterable[Repair]]) -> Iterator[Repair]:
    """The term with one of its parts changed, for every part and every change of it."""
    yield from change(term)
    # neither an index nor the bounds of a sum are changed as if they were factors
    places = range(1) if term.head in (*RANGES, "int") else range(0 if term.head == "var" else len(term.args))
    for place in places:
        for words, part in _everywhere(term.args[place], change):
            yield words, _with(term, place, part)


def _throughout(term: Term, show: Show) -> Iterator[Repair]:
    """A piece that stands in several places, changed in all of them: what was copied wrongly was copied twice."""
    pieces = [t for t in walk(term) if t.head in ("pow", "var")]
    for piece in dict.fromkeys(t for t in pieces if pieces.count(t) > 1):
        for kind in (_indices, _transpose, _exponent):
            for words, other in kind(piece, show):
                yield words, replaced(term, piece, other)


def _name(term: Term, names: list[Term], show: Show) -> Iterator[Repair]:
    """One name for another with as many indices, or one index for another."""
    if term.head == "var":
        for other in names:
            if len(other.args) == len(term.args) and other != term:
                yield f"a name: {show(term)} should be {show(other)}", other


def _missing(term: Term, factors: list[Term], show: Show) -> Iterator[Repair]:
    """A factor that stands elsewhere in the claim and is missing in a product."""
    if term.head == "mul" and not term.name.strip(","):
        for factor in factors:
            for place in range(len(term.args) + 1):
                args = (*term.args[:place], factor, *term.args[place:])
                yield f"a factor: {show(factor)} is missing in {show(term)}", Term("mul", args)


def _with(term: Term, place: int, part: Term) -> Term:
    return replace(term, args=(*term.args[:place], part, *term.args[place + 1 :]))


def negated(term: Term) -> Term:
    """The term with the other sign."""
    return term.args[0] if term.head == "neg" else Term("neg", (term,))


def _sign(term: Term, show: Show) -> Iterator[Repair]:
    if term.head == "add":
        for place, part in enumerate(term.args):
            yield f"the sign of the term {show(part)}", _with(term, place, negated(part))
    if term.head == "fn" and term.name == "exp" and len(term.args) == 1:
        yield f"the sign of the exponent {show(term.args[0])}", _with(term, 0, negated(term.args[0]))


def _bound(term: Term, show: Show) -> Iterator[Repair]:
    if term.head not in RANGES or len(term.args) != 3:
        return
    _, lower, upper = term.args
    for place, old in ((1, lower), (2, upper)):
        for step in (ONE, negated(ONE)):
            moved = _moved(old, step)
            end = f"starts at {term.bound} = {_bare(moved, show)}" if place == 1 else f"ends at {_bare(moved, show)}"
            yield f"a bound: right where the {RANGES[term.head]} {end}", _with(term, place, moved)


def _moved(end: Term, step: Term) -> Term:
    """One more or one less, written as people would: K for (K - 1) + 1."""
    if end.head == "num" and end.name.isdigit() and int(end.name) + (1 if step is ONE else -1) >= 0:
        return num(int(end.name) + (1 if step is ONE else -1))
    if end.head == "add" and len(end.args) == 2 and end.args[1] == negated(step):
        return end.args[0]
    return Term("add", (end, step))


def _bare(term: Term, show: Show) -> str:
    if term.head == "add" and len(term.args) == 2:
        sign, last = (" − ", term.args[1].args[0]) if term.args[1].head == "neg" else (" + ", term.args[1])
        return f"{show(term.args[0])}{sign}{show(last)}"
    return show(term)


def _indices(term: Term, show: Show) -> Iterator[Repair]:
    if term.head == "var" and len(term.args) > 1:
        for place in range(1, len(term.args)):
            args = list(term.args)
            args[0], args[place] = args[place], args[0]
            order = ", ".join(show(a) for a in args)
            yield f"the order of the indices: {show(term)} should have {order}", replace(term, args=tuple(args))


def _transpose(term: Term, show: Show) -> Iterator[Repair]:
    if term.head == "T":
        yield f"a transpose: {show(term)} should have none", term.args[0]
    elif term.head == "inv":
        yield f"an inverse: {show(term)} should have none", term.args[0]
    elif term.head == "var":
        yield f"a transpose: {show(term)} lacks one", Term("T", (term,))
        yield f"an inverse: {show(term)} should be inverted", Term("inv", (term,))


def _factor_of_term(term: Term, show: Show) -> Iterator[Repair]:
    if term.head == "add":
        for place, part in enumerate(term.args):
            for factor in (2, 3):
                yield (
                    f"a factor: the term {show(part)} lacks {factor}",
                    _with(term, place, Term("mul", (num(factor), part))),
                )
                yield (
                    f"a factor: {factor} in the term {show(part)} is too much",
                    _with(term, place, Term("div", (part, num(factor)))),
                )


def _exponent(term: Term, show: Show) -> Iterator[Repair]:
    if term.head == "pow":
        base, power = term.args
        if power == num(2):
            yield f"an exponent: {show(term)} should have none", base
        for words, other in (
            ("the other sign", negated(power)),
            ("one more", Term("add", (power, ONE))),
            ("one less", Term("add", (power, negated(ONE)))),
            ("twice as much", Term("mul", (num(2), power))),
        ):
            yield f"an exponent: that of {show(base)} should be {words}", _with(term, 1, other)
        if power != num(2):
            yield f"an exponent: {show(term)} should have none", base
    elif term.head == "var":
        yield f"an exponent: {show(term)} should be squared", Term("pow", (term, num(2)))


def _part(term: Term, show: Show) -> Iterator[Repair]:
    """A function, a factor or a term that is one too many."""
    if term.head == "fn" and term.name in ("log", "ln", "exp") and term.args:
        yield (
            f"{'an exponential' if term.name == 'exp' else 'a logarithm'}: {show(term)} should have none",
            term.args[0],
        )
    if term.head == "add":
        for place, part in enumerate(term.args):
            rest = term.args[:place] + term.args[place + 1 :]
            yield f"a term: {show(part)} is too much", rest[0] if len(rest) == 1 else replace(term, args=rest)
    if term.head == "mul" and not term.name.strip(","):
        for place, part in enumerate(term.args):
            rest = term.args[:place] + term.args[place + 1 :]
            yield f"a factor: {show(part)} is too much", rest[0] if len(rest) == 1 else Term("mul", rest)
    if term.head == "div":
        yield f"a factor: 1/{show(term.args[1])} is too much", term.args[0]
