"""What is wrong with a line whatever its numbers are: scopes, indices, differentials, and what cancels itself."""

from __future__ import annotations

from collections.abc import Iterable

from derive.read.meanings import symbols
from derive.read.meanings.definitions import Definition
from derive.read.meanings.terms import BINDERS, Meaningless, Term, free, occurring, walk
from derive.read.syntax import tree


def bound_names(term: Term) -> set[str]:
    """Names that a sum, a product or an integral binds somewhere inside."""
    return {t.bound for t in walk(term) if t.head in BINDERS and t.bound}


def escaped(before: Term, after: Term) -> str | None:
    """A name that one side binds and the other uses free: what it stands for there is not said."""
    for first, second in ((before, after), (after, before)):
        if occurring(first, "indefinite"):
            continue
        loose = {name for name, rank in free(_plainly(second)) if rank == 0} - {name for name, _ in free(first)}
        for name in sorted(bound_names(first) & loose - bound_names(second)):
            return name
        for name in sorted(bound_names(first) & loose):
            return name
    return None


def _plainly(term: Term) -> Term:
    """A term without expectations and functions of the text: in E(x) and h(x) the letter need not be free."""
    if term.head in ("mean", "apply"):
        return Term("label")
    return Term(term.head, tuple(_plainly(a) for a in term.args), term.name, term.bound)


def idle_index(term: Term, ranks: dict[str, set[int]]) -> str | None:
    """An array that is summed over more indices than it is given, where elsewhere it has as many: Σ_i Σ_j U_i."""

    def visit(t: Term, bound: tuple[str, ...]) -> str | None:
        if t.head in ("sum", "prod"):
            bound = (*bound, t.bound)
        elif t.head == "var" and t.args:
            used = {i.name for i in t.args if i.head == "var"}
            wider = {r for r in ranks.get(t.name, ()) if r > len(t.args)}
            if used and used < set(bound) and len(bound) in wider and len(used) == len(t.args):
                return t.name
            return None
        if t.head in ("sum", "prod") and t.args[0].head not in ("sum", "prod", "var", "pow"):
            return None  # other factors may hold the other indices
        for arg in t.args[:1] if t.head in ("sum", "prod", "pow") else t.args:
            found = visit(arg, bound)
            if found is not None:
                return found
        return None

    return visit(term, ())


def ranks_of(terms: Iterable[Term]) -> dict[str, set[int]]:
    """With how many indices every array occurs."""
    found: dict[str, set[int]] = {}
    for term in terms:
        for t in walk(term):
            if t.head == "var" and t.args:
                found.setdefault(t.name, set()).add(len(t.args))
    return found


def cancelling(term: Term) -> Term | None:
    """What is subtracted from itself or divided by itself."""
    for t in walk(term):
        if t.head == "div" and t.args[0] == t.args[1] and t.args[0].head != "num":
            return t.args[0]
        if t.head == "add":
            plus = [a for a in t.args if a.head != "neg"]
            for minus in t.args:
                if minus.head == "neg" and minus.args[0] in plus:
                    return minus.args[0]
    return None


def foreign_argument(head: Term, body: Term, definitions: Iterable[Definition]) -> str | None:
    """Q(p) = F⁻¹(x), where x is elsewhere the argument of a function: x is nothing here, and p is not used."""
    if not body.name.endswith("^inv"):
        return None
    parameters = {a.name for a in head.args if a.head == "var" and not a.args}
    if head.head != "apply" or body.head != "apply" or not parameters or len(parameters) != len(head.args):
        return None
    inside = {a.name for a in body.args if a.head == "var" and not a.args}
    if not inside or inside & parameters or len(inside) != len(body.args):
        return None
    known = {
        a.name for d in definitions if d.head.head == "apply" for a in d.head.args if a.head == "var" and not a.args
    }
    return next(iter(sorted(inside & known)), None)


def renamed(term: Term, old: str, new: str) -> Term:
    """The term with another name for one of its names."""
    name = new if term.head == "var" and term.name == old else term.name
    return Term(term.head, tuple(renamed(a, old, new) for a in term.args), name, term.bound, term.span)


def stray_differential(node: tree.Node) -> tree.Node | None:
    """A differential dx that belongs to no integral, where one follows a sum as it would an integral."""
    for found in symbols.walk(node):
        if not isinstance(found, tree.Big) or found.operator.lstrip("\\") not in ("sum", "prod"):
            continue
        for inner in symbols.walk(found.body):
            if isinstance(inner, tree.Big) and inner.operator.endswith("int"):
                return None
            if isinstance(inner, tree.Times) and len(inner.factors) >= 3:
                d, x = inner.factors[-2:]
                if isinstance(d, tree.Name) and d.text == "d" and d.style == "roman" and isinstance(x, tree.Name):
                    return d
    return None


def check(node: tree.Node) -> None:
    """Raise Meaningless where a tree alone shows that it is no formula."""
    stray = stray_differential(node)
    if stray is not None:
        raise Meaningless("a differential stands behind a sum: it belongs to an integral", stray.span)
