"""Derivation: the plain value that every room hands on.

A derivation holds its context, its sections and its results; a section holds steps; a step is one claim (or one
definition, hypothesis, substitution). All are frozen and hold SymPy expressions only: somebody else's step enters by
the same door as our own, and nothing here knows how a step was made or how it is checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.context import Context

if TYPE_CHECKING:
    from derive.checker.verdict import Report

Kind = Literal["equal", "inequality", "equivalent", "solves", "maximises", "definition", "hypothesis", "substitution"]

#: What each kind of step says, with the meaning of `before` and `after`.
KINDS: dict[str, str] = {
    "equal": "before = after, for all admissible values",
    "inequality": "before `relation` after, for all admissible values",
    "equivalent": "the equation before holds exactly where the equation after holds",
    "solves": "the values after satisfy the equations before, and (relation ⇔) are the only ones in the domain",
    "maximises": "the values after maximise the expression before over the closed domain under the constraints",
    "definition": "before is a name for after",
    "hypothesis": "before is assumed",
    "substitution": "before becomes after when the values `bind` are put in",
}


@dataclass(frozen=True)
class Step:
    """One line of a derivation.

    `before` and `after` are expressions ("equal"), equations ("equivalent", "hypothesis") or tuples of equations
    ("solves"); `relation` is the sign between them. `rule` names the rule that made the step, `given` lists what the
    step needs besides the context, `bind` the values a substitution puts in or the constraints of a maximisation.
    """

    kind: Kind
    before: sp.Basic
    after: sp.Basic
    relation: str = "="
    rule: str = ""
    given: tuple[Relational, ...] = ()
    bind: tuple[sp.Basic, ...] = ()


@dataclass(frozen=True)
class Section:
    """Steps that belong together. `id` is one of `SECTIONS`; titles are words and live with the renderers.

    `note` names a rule whose words say something of the section as a whole, as why it has no step.
    """

    id: str
    steps: tuple[Step, ...]
    note: str = ""


#: The sections a derivation can have, in their order.
SECTIONS = (
    "given",
    "likelihood",
    "log_likelihood",
    "score",
    "estimate",
    "maximum",
    "loss",
    "gradient",
    "hessian",
    "sufficient",
    "fisher",
    "vector",
    "example",
)


@dataclass(frozen=True)
class Derivation:
    """A model's derivation: context, sections in reading order, results by name.

    `results` maps `likelihood`, `log_likelihood`, `loss`, `gradient`, … to expressions and `estimate` to a tuple of
    equations (parameter = value).
    """

    model: str
    context: Context
    sections: tuple[Section, ...]
    results: dict[str, sp.Basic]

    def __hash__(self) -> int:
        return hash((self.model, self.context, self.sections))

    def steps(self) -> Iterator[tuple[Section, Step]]:
        """Every step with its section, in reading order."""
        for section in self.sections:
            for step in section.steps:
                yield section, step

    def section(self, id: str) -> Section:
        """The section of that id; KeyError with the ids there are."""
        for section in self.sections:
            if section.id == id:
                return section
        raise KeyError(f"no section {id!r}; this derivation has {', '.join(s.id for s in self.sections)}")

    def check(self) -> Report:
        """Check every step with the independent checker: one verdict a step."""
        from derive.checker import check_derivation

        return check_derivation(self)

    def latex(self, lang: str = "en", depth: str = "full") -> str:
        """The derivation as the body of a LaTeX document."""
        from derive.render import latex

        return latex.body(self, lang=lang, depth=depth)

    def text(self, lang: str = "en", depth: str = "full") -> str:
        """The derivation as plain Unicode text."""
        from derive.render import text

        return text.page(self, lang=lang, depth=depth)

    def markdown(self, lang: str = "en", depth: str = "full") -> str:
        """The derivation as Markdown with `$$…$$` formulas."""
        from derive.render import markdown

        return markdown.page(self, lang=lang, depth=depth)

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """The derivation as data: LaTeX for readers and a lossless form for machines, with verdicts."""
        from derive.render import data

        return data.derivation(self, lang=lang)

    @classmethod
    def from_json(cls, data: object) -> Derivation:
        """Read a derivation back from data that may come from anyone; ValueError where it does not fit the schema."""
        from derive.interchange import derivation_from_json

        return derivation_from_json(data)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """What a notebook shows: the typeset derivation with its verdicts, in the formats that are asked for."""
        from derive.render import notebook

        return notebook.bundle(self, include, exclude)

    def _repr_html_(self) -> str:
        return self._repr_mimebundle_({"text/html"})["text/html"]

    def _repr_latex_(self) -> str:
        return self._repr_mimebundle_({"text/latex"})["text/latex"]

    def _repr_markdown_(self) -> str:
        return self._repr_mimebundle_({"text/markdown"})["text/markdown"]

    def __repr__(self) -> str:
        steps = sum(len(section.steps) for section in self.sections)
        return f"<Derivation of {self.model!r}: {steps} steps; results {', '.join(self.results)}>"

    def __str__(self) -> str:
        return self.text()
