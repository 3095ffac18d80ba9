"""What is known of an article while it is judged: its names and definitions, and how its formulas are read."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from derive.read.judgement import lints
from derive.read.judgement.equalities import Equalities
from derive.read.meanings import shapes, symbols
from derive.read.meanings.chains import EQUAL, Places, Step, values_beside
from derive.read.meanings.definitions import Store, is_definable
from derive.read.meanings.facts import constraint, declare, totals_of_law, within_unit
from derive.read.meanings.known import Facts
from derive.read.meanings.meaning import Reader
from derive.read.meanings.terms import NotUnderstood, Term, free, walk
from derive.read.report import Finding, Warned
from derive.read.syntax import tree
from derive.read.values.comparing import Ground


class ArticleState:
    """Everything known of an article up to the step at hand."""

    def __init__(
        self, text: str, places: Places, steps: list[Step], log_base: str, inline: Sequence[tree.Statement] = ()
    ) -> None:
        """Read all formulas once for their names; nothing is judged yet.

        `inline` are statements in the words between the formulas: what they assume is assumed, but they are no steps.
        """
        self.text, self.places, self.log_base = text, places, log_base
        nodes = [node for step in steps for node in (step.before, step.after) if node is not None]
        self.names = symbols.collect(_statements(steps) or nodes)
        self.reader = Reader(self.names)
        self.facts = Facts(sizes=self.names.sizes, indices=self.names.indices - self.names.sizes)
        self.facts.integers |= self.names.counts
        self.store = Store()
        self.ground = Ground(self.facts, self.store, {"2": 2, "10": 10}.get(log_base))
        self.warnings: list[Warned] = []
        self.equalities = Equalities()
        self.meanings: dict[tuple[int, bool], Term | NotUnderstood] = {}
        self.used: set[str] = set()
        self.settled: set[str] = set()
        self.used_here: set[tuple[str, int]] = set()
        self.free_before: set[str] = set()
        self.chain_head: Term | None = None
        self.single = len(steps) == 1
        self.beside = values_beside(steps)
        self.ranks: dict[str, set[int]] = {}
        self.constrained: set[str] = set()
        self.block = -1
        self.equation: tuple[Term, Term] | None = None
        self.found_sizes: dict[str, int] = {}
        self.values: dict[Term, tuple[Term, int]] = {}
        self.last: Term | None = None
        self.inferred: int | None = None
        ranks = lints.ranks_of(self._all_terms(nodes))
        self.reader.wide = frozenset(name for name, found in ranks.items() if 2 in found)
        self.meanings.clear()
        self._declare_all(steps)
        self.ranks = lints.ranks_of(self._all_terms(nodes))
        self.facts.indices |= self.names.indices - self.names.sizes
        self.facts.kinds.update(shapes.infer(self.facts, self._all_sides(steps)))
        for variable, law in list(self.facts.distributed.items()):
            self.facts.normalised.update(totals_of_law(variable, law, self.facts))
        for statement in inline:
            self._remark(statement)

    # -- places and words ---------------------------------------------------------------------------------------------

    def source(self, node: tree.Node | None) -> str:
        """The LaTeX of a side as written."""
        return " ".join(self.text[node.span.start : node.span.end].split()) if node is not None else ""

    def finding(self, step: Step, verdict: str, reason: str, **more: object) -> Finding:
        """What is said of a step."""
        span = step.after.span if step.after is not None else step.span
        after = self.source(step.after) or " ".join(self.text[step.span.start : step.span.end].split())
        line, column = self.places.line(span.start), self.places.column(span.start)
        found = Finding(line, column, self.source(step.before), step.relation, after, verdict, reason)
        return replace(found, **more) if more else found  # type: ignore[arg-type]

    def warn(self, step: Step, message: str) -> None:
        """Something that a reader should know at this step."""
        line = self.places.line((step.after or step).span.start)
        warned = Warned(line, message)
        if warned not in self.warnings:
            self.warnings.append(warned)

    # -- meaning ------------------------------------------------------------------------------------------------------

    def meaning(self, node: tree.Node, short: bool = False) -> Term:
        """The term of a side; NotUnderstood again where it was not understood before."""
        place = id(node), short
        if place not in self.meanings:
            self.reader.bound.clear()
            self.reader.depth, self.reader.short = 0, short
            try:
                self.meanings[place] = self.reader.term(node)
            except NotUnderstood as error:
                self.meanings[place] = error
        found = self.meanings[place]
        if isinstance(found, NotUnderstood):
            raise found
        return found

    def _remark(self, statement: tree.Statement) -> None:
        """A condition in the words: a total that is known, or what binds its names so that they are not free."""
        if len(statement.sides) != 2:
            return
        if statement.relations[0] == "\\in" and within_unit(*statement.sides):
            with suppress(NotUnderstood):
                variable = self.meaning(statement.sides[0])
                self.facts.unit |= {(variable.name, len(variable.args))} if variable.head == "var" else set()
        if statement.relations[0] not in EQUAL:
            return
        try:
            before, after = (self.meaning(side) for side in statement.sides)
        except NotUnderstood:
            return
        assumed = constraint(before, after)
        if assumed is not None and self._is_fixed(after):
            self.facts.normalised.setdefault(*assumed)
        elif before.head != "var" and not is_definable(before):
            self.constrained |= {name for name, _ in free(before)} - self.facts.indices

    def _all_sides(self, steps: list[Step]) -> list[tuple[Term, Term]]:
        found = []
        for step in steps:
            if step.relation == "\\sim" and step.after is not None:
                with suppress(NotUnderstood):
                    found.append((self.meaning(step.after),) * 2)
            if step.relation in EQUAL and step.before is not None and step.after is not None:
                with suppress(NotUnderstood):
                    found.append((self.meaning(step.before), self.meaning(step.after)))
        return found

    def _all_terms(self, nodes: list[tree.Node]) -> list[Term]:
        found = []
        for node in nodes:
            with suppress(NotUnderstood):
                found.append(self.meaning(node))
        return found

    def _declare_all(self, steps: list[Step]) -> None:
        """What is random is so in the whole article."""
        under = ""
        for step in steps:
            if step.relation == ":" and isinstance(step.before, tree.Name):
                under = symbols.named(step.before)
            elif step.relation == "\\sim" and step.before is not None and step.after is not None:
                self._declare(step, under)
                under = ""
            for node in (step.before, step.after):
                for inner in symbols.walk(node) if node is not None else ():
                    self._random_inside(inner)

    def _random_inside(self, node: tree.Node) -> None:
        """Capital letters inside an expectation are random variables."""
        if isinstance(node, tree.Times) and isinstance(node.factors[0], tree.Name):
            for place, factor in enumerate(node.factors[:-1]):
                if (
                    isinstance(factor, tree.Name)
                    and factor.text in ("E", "Var", "Cov")
                    and symbols.is_arguments(node.factors[place + 1])
                ):
                    for inner in symbols.walk(node.factors[place + 1]):
                        if (
                            isinstance(inner, tree.Name)
                            and len(inner.text) == 1
                            and inner.text.isupper()
                            and inner.style in ("", "bold")
                        ):
                            self.facts.random.add(symbols.named(inner))

    def _declare(self, step: Step, under: str = "") -> bool:
        assert step.before is not None and step.after is not None
        node = step.before
        law = step.after.items[0] if isinstance(step.after, tree.Sequence) else step.after
        try:
            return declare(self.facts, self.meaning(node), self.meaning(law), under)
        except NotUnderstood:
            return False

    def _is_fixed(self, term: Term) -> bool:
        """Whether a side is a number or a size: what a sum can be said to be."""
        return all(t.name in self.facts.sizes for t in walk(term) if t.head == "var")


def _statements(steps: list[Step]) -> list[tree.Node]:
    found: list[tree.Node] = []
    for step in steps:
        if step.before is not None and step.after is not None:
            found.append(tree.Statement(step.span, (step.before, step.after), (step.relation,)))
    return found
