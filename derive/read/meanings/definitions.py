"""What an article has defined so far, and how an application finds its definition.

`LL(p) = …` defines LL for every argument, `p(y_i|λ) = …` defines p of every y_j but not of y: names such as p, q and
Pr are overloaded in statistics, so that their arguments are recognised by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.read.meanings.terms import Term

#: Functions whose meaning depends on the names of their arguments: p(x) and p(y) are two densities.
OVERLOADED = frozenset({"p", "q", "P", "Q", "Pr", "Prob", "pi"})

#: Heads that a definition may have on its left.
HEADS = ("var", "apply", "mean")


@dataclass(frozen=True)
class Definition:
    """`head` stands for `body` from `line` on; the names of its parameters are free in the body.

    `rigid` names (sizes, random variables) are no parameters: they stand for themselves.
    """

    head: Term
    body: Term
    line: int | None = None
    rigid: frozenset[str] = frozenset()

    def match(self, call: Term) -> dict[str, Term] | None:
        """What the parameters stand for at a call, None where it is no call of this."""
        if (self.head.head, self.head.name, len(self.head.args)) != (call.head, call.name, len(call.args)):
            return None
        if self.head.head == "mean":
            return {} if self.head == call else None
        found: dict[str, Term] = {}
        strict = self.head.head == "apply" and self.head.name.split("_")[0] in OVERLOADED
        for pattern, argument in zip(self.head.args, call.args, strict=True):
            if not _matched(pattern, argument, strict, found, self.rigid):
                return None
        return found


def bare(name: str) -> str:
    """A name without its accents."""
    return name.split("^", maxsplit=1)[0]


def _matched(pattern: Term, argument: Term, strict: bool, found: dict[str, Term], rigid: frozenset[str]) -> bool:
    if pattern.head == "var" and not pattern.args and pattern.name in rigid:
        return pattern == argument and _bind(pattern.name, argument, found)
    if pattern.head == "var" and not pattern.args:
        if strict and not (
            (argument.head == "var" and not argument.args and bare(argument.name) == bare(pattern.name))
            or argument.head == "num"
        ):
            return False
        return _bind(pattern.name, argument, found)
    if pattern.head == "var" and argument.head == "var":
        same = bare(pattern.name) == bare(argument.name) and len(pattern.args) == len(argument.args)
        return same and all(
            _bind(i.name, j, found) if i.head == "var" and not i.args and i.name not in rigid else i == j
            for i, j in zip(pattern.args, argument.args, strict=True)
        )
    if (
        pattern.head == argument.head
        and pattern.head in ("pow", "mul", "T")
        and len(pattern.args) == len(argument.args)
    ):
        return all(_matched(p, a, strict, found, rigid) for p, a in zip(pattern.args, argument.args, strict=True))
    if pattern.head == "says" and argument.head == "says" and pattern.name == argument.name:
        return pattern.args[0] == argument.args[0] and _matched(pattern.args[1], argument.args[1], False, found, rigid)
    return pattern == argument


def _bind(name: str, argument: Term, found: dict[str, Term]) -> bool:
    return found.setdefault(name, argument) == argument


@dataclass
class Store:
    """The definitions in force, latest first; `solved` holds what names without one were shown to be equal to."""

    definitions: dict[tuple[str, str, int], list[Definition]] = field(default_factory=dict)
    solved: dict[str, list[Term]] = field(default_factory=dict)

    def add(self, definition: Definition) -> None:
        """A further definition; the latest that fits a call counts."""
        self.definitions.setdefault(key(definition.head), []).insert(0, definition)

    def find(self, call: Term) -> tuple[Definition, Mapping[str, Term]] | None:
        """The definition of a call and what its parameters stand for."""
        for definition in self.definitions.get(key(call), ()):
            found = definition.match(call)
            if found is not None:
                return definition, found
        return None

    def all(self) -> list[Definition]:
        """Every definition in force."""
        return [d for found in self.definitions.values() for d in found]

    def copy(self) -> Store:
        """A store of the same definitions that may go its own way."""
        return Store({k: list(v) for k, v in self.definitions.items()})


def key(term: Term) -> tuple[str, str, int]:
    """By which a definition is looked up."""
    return term.head, term.name, len(term.args)


def is_definable(term: Term) -> bool:
    """Whether a side has the form of something being defined: a name, an entry with free indices, f(names)."""
    if term.head == "var":
        return _simple(term)
    if term.head == "apply":
        return all(a.head in ("label", "says") or _simple(a) for a in term.args)
    return term.head == "mean"


def _is_name(term: Term) -> bool:
    return term.head == "var" and not term.args


def _simple(term: Term) -> bool:
    """A name, an entry with free indices, or a power of one: σ²."""
    if term.head == "pow":
        return _simple(term.args[0]) and term.args[1].head == "num"
    return term.head == "var" and all(_is_name(i) or i.head == "num" for i in term.args)
