"""What a formula means, before any algebra: terms whose names, functions and bound variables are decided.

A term is a head and its arguments. Bound variables keep the names that they have on the page: terms are evaluated with
lexical scope, so nothing is ever substituted by hand and nothing can be captured.

    num     name = the digits as printed          const   name = e, pi, inf
    var     name, args = indices                  label   name: a word, a set, a distribution; no number
    add, mul (in order), neg, div, pow, fact, binom, multinom, abs, norm, floor
    fn      name = log, ln, exp, Gamma, …; log may have its base as a second argument
    sum, prod, int, table     bound; args = body, lower, upper (a table is a row written [p_1, …, p_k])
    extreme                   the same; name = max or min
    sumset, prodset, intset   bound, name = the set; args = body, an abstract range
    indefinite, limit         bound; args = body (limit: body, point)
    diff    args = body, variable; name = the order
    at      bound; args = body, point: the body with its variable at a point
    apply   name; args: an application of a function that the document names
    mean    name = under which distribution; args = body: E(…), ⟨…⟩
    matrix  name = "rows,columns"; args row by row
    T, inv, det, tr, diag, identity
    says    name = a relation; args = two sides: X = x inside Pr(X = x)
    cases   args = value, condition, value, condition, …
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from derive.read.syntax.tree import Span


@dataclass(frozen=True)
class Term:
    """A head with its arguments; two terms are equal where they say the same, wherever they stand."""

    head: str
    args: tuple[Term, ...] = ()
    name: str = ""
    bound: str = ""
    span: Span | None = field(default=None, compare=False, repr=False)

    def __hash__(self) -> int:
        found = self.__dict__.get("_hash")
        if found is None:
            found = hash((self.head, self.args, self.name, self.bound))
            object.__setattr__(self, "_hash", found)
        return int(found)

    @property
    def names(self) -> frozenset[str]:
        """The names that occur, bound ones too."""
        found: frozenset[str] | None = self.__dict__.get("_names")
        if found is None:
            own = {self.name} if self.head == "var" else set()
            found = frozenset(own.union(*(a.names for a in self.args)))
            object.__setattr__(self, "_names", found)
        return found

    def __str__(self) -> str:
        inner = ", ".join(map(str, self.args))
        label = ":".join(part for part in (self.head, self.name, self.bound) if part)
        return f"{label}({inner})" if self.args else label


#: Heads that bind the variable `bound` in their first argument.
BINDERS = ("sum", "prod", "int", "table", "extreme", "sumset", "prodset", "intset", "indefinite", "limit", "at")


class Meaningless(ValueError):
    """The formula cannot mean anything: shapes or scopes do not fit. The message is for the reader."""

    def __init__(self, message: str, span: Span | None = None) -> None:
        """Keep the place beside the words."""
        super().__init__(message)
        self.span = span


class NotUnderstood(ValueError):
    """The formula may well mean something, but not to us: the message says what stopped the reading."""

    def __init__(self, message: str, span: Span | None = None) -> None:
        """Keep the place beside the words."""
        super().__init__(message)
        self.span = span


def num(n: int | str, span: Span | None = None) -> Term:
    """A number from its digits."""
    return Term("num", (), str(n), span=span)


def var(name: str, *indices: Term, span: Span | None = None) -> Term:
    """A scalar, or an array's entry."""
    return Term("var", indices, name, span=span)


ONE, ZERO = num(1), num(0)


def walk(term: Term) -> Iterator[Term]:
    """Every subterm, the term itself first."""
    stack = [term]
    while stack:
        found = stack.pop()
        yield found
        stack.extend(reversed(found.args))


def occurring(term: Term, *heads: str) -> bool:
    """Whether some head occurs."""
    return any(t.head in heads for t in walk(term))


def free(term: Term) -> set[tuple[str, int]]:
    """Names with their number of indices that are not bound inside."""
    found: set[tuple[str, int]] = set()

    def visit(t: Term, bound: frozenset[str]) -> None:
        if t.head == "var" and not (t.name in bound and not t.args):
            found.add((t.name, len(t.args)))
        if t.head in BINDERS:
            visit(t.args[0], bound | {t.bound})
            for arg in t.args[1:]:
                visit(arg, bound)
            return
        for arg in t.args:
            visit(arg, bound)

    visit(term, frozenset())
    return found


def rebuilt(term: Term, change: Callable[[Term], Term]) -> Term:
    """The term with its arguments changed."""
    args = tuple(change(a) for a in term.args)
    return term if all(a is b for a, b in zip(args, term.args, strict=True)) else replace(term, args=args)


def replaced(term: Term, old: Term, new: Term) -> Term:
    """Every occurrence of a subterm replaced; not inside what binds a variable of it."""
    if term == old:
        return new
    if term.head in BINDERS and (term.bound, 0) in free(old) | free(new):
        return term
    return rebuilt(term, lambda a: replaced(a, old, new))
