"""What an article has said to be equal: if a = b and b = c were said, a = c follows."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.read.meanings.terms import Term


@dataclass
class Equalities:
    """Classes of terms that the article equates."""

    parent: dict[Term, Term] = field(default_factory=dict)

    def _root(self, term: Term) -> Term:
        while term in self.parent:
            term = self.parent[term]
        return term

    def join(self, a: Term, b: Term) -> None:
        """Take note that two sides were said to be equal."""
        first, second = self._root(a), self._root(b)
        if first != second:
            self.parent[first] = second

    def follow(self, a: Term, b: Term) -> bool:
        """Whether two sides are equal by what was said before."""
        return self._root(a) == self._root(b)
