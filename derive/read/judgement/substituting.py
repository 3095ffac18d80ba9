"""Values put in for names: t_1 log y_1 + … becomes 1·log 0.33 + …"""

from __future__ import annotations

from derive.read.meanings.terms import Term, walk


def bindings(before: Term, after: Term) -> dict[Term, Term] | None:
    """The values that make one side the other, None where no consistent choice of numbers does.

    The sides must have the same form; a name may stand for one number only, wherever it occurs.
    """
    found: dict[Term, Term] = {}
    if not _unified(before, after, found) or not found:
        return None
    return found


def _unified(a: Term, b: Term, found: dict[Term, Term]) -> bool:
    if a.head == "var" and _is_number(b):
        return found.setdefault(a, b) == b
    if a.head == "mul" and b.head == "mul" and len(a.args) == len(b.args):
        return all(_unified(x, y, found) for x, y in zip(a.args, b.args, strict=True))
    if (a.head, a.bound, len(a.args)) != (b.head, b.bound, len(b.args)) or (a.name != b.name):
        return False
    return all(_unified(x, y, found) for x, y in zip(a.args, b.args, strict=True))


def _is_number(term: Term) -> bool:
    if term.head in ("neg", "div", "pow"):
        return all(_is_number(a) for a in term.args)
    return term.head == "num"


def plugged(term: Term, values: dict[Term, Term]) -> Term:
    """A term with values put in for names."""
    if term in values:
        return values[term]
    return Term(term.head, tuple(plugged(a, values) for a in term.args), term.name, term.bound, term.span)


def fewer_names(before: Term, after: Term) -> bool:
    """Whether names have gone from one side to the other, and none has come."""
    left = {t for t in walk(before) if t.head == "var"}
    right = {t for t in walk(after) if t.head == "var"}
    return right < left
