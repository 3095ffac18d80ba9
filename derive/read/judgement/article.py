"""One article while it is judged: what it has defined, assumed and shown so far, and the verdict on its next step."""

from __future__ import annotations

from derive.checker.evaluator import UndefinedError
from derive.read.judgement import lints
from derive.read.judgement.article_state import ArticleState
from derive.read.judgement.claims import judge_claim
from derive.read.meanings.chains import EQUAL, ORDER, Step, is_malformed
from derive.read.meanings.definitions import OVERLOADED, Definition, is_definable, key
from derive.read.meanings.facts import constraint, is_free_in
from derive.read.meanings.terms import ONE, Meaningless, NotUnderstood, Term, free, walk
from derive.read.report import Finding
from derive.read.syntax import tree
from derive.read.syntax.vocabulary import GREEK
from derive.read.values import distributions
from derive.read.values.evaluation import evaluate


class Article(ArticleState):
    """An article and the verdicts on its steps, in their order."""

    def judge(self, step: Step) -> Finding:
        """The verdict on a step; what it defines or assumes counts from here on."""
        if step.block != self.block:
            self.block, self.equation, self.last = step.block, None, None
            self.used_here = set()
        if step.trouble is not None:
            verdict = "ill-formed" if is_malformed(step) else "unread"
            return self.finding(step, verdict, str(step.trouble))
        if step.before is None or step.after is None:
            return self.finding(step, "unread", "the side before this relation was not found")
        if step.relation == ":":
            return self.finding(step, "hypothesis", "names a distribution")
        if _is_range(step):
            return self.finding(step, "hypothesis", "says where an index runs")
        if step.relation == "\\sim":
            return self._distributed(step)
        if step.relation in ("\\sim", "\\in", "\\notin", "\\subset", "\\subseteq", "\\to", "\\mapsto"):
            return self.finding(step, "hypothesis", "is assumed")
        try:
            lints.check(step.after)
        except Meaningless as error:
            return self.finding(step, "ill-formed", str(error))
        try:
            after = self.meaning(step.after)
        except NotUnderstood as error:
            return self._unread(step, error)
        try:
            before = self.meaning(step.before)
        except NotUnderstood as error:
            if step.first or self.last is None:
                return self._unread(step, error)
            before = self.last
        if step.first:
            self.free_before = set()
            self.chain_head = before if is_definable(before) else None
        found = self.finding(step, "undecided", "was not looked at to the end")
        try:
            found = self._judged(step, before, after)
            return found
        finally:
            self.last = after
            self.free_before |= {name for name, _ in free(before)}
            names = {name for name, _ in free(before) | free(after)}
            self.used |= names
            if found.verdict not in ("undecided", "hypothesis"):
                self.settled |= names
            self.used_here |= free(before) | {place for place in free(after) if place[0] != before.name}

    def _distributed(self, step: Step) -> Finding:
        """X ~ N(…) is assumed; N(…) ~ N(…) says that the parameters are the same."""
        assert step.before is not None and step.after is not None
        assumed = self.finding(step, "hypothesis", "is assumed")
        try:
            before, after = self.meaning(step.before), self.meaning(step.after)
        except NotUnderstood:
            return assumed
        if step.first or before.head != "apply" or (before.name, len(before.args)) != (after.name, len(after.args)):
            return assumed
        found = [judge_claim(self, step, a, b) for a, b in zip(before.args, after.args, strict=True)]
        verdicts = [f.verdict for f in found]
        wrong = next((f for f in found if f.verdict in ("refuted", "ill-formed")), None)
        if wrong is not None:
            return wrong
        if all(v in ("proved", "tested") for v in verdicts):
            return self.finding(step, "tested", "the parameters of both distributions are equal")
        return next(f for f in found if f.verdict not in ("proved", "tested"))

    def _unread(self, step: Step, error: NotUnderstood) -> Finding:
        where = ""
        if error.span is not None:
            piece = " ".join(self.text[error.span.start : error.span.end].split())
            where = f" (“{piece[:60]}”, line {self.places.line(error.span.start)})"
        return self.finding(step, "unread", f"{error}{where}")

    def _judged(self, step: Step, before: Term, after: Term) -> Finding:
        if step.relation in EQUAL:
            introduced = self._introduced(step, before, after)
            if introduced is not None:
                return introduced
        elif step.relation not in ORDER and step.relation not in ("\\approx", "\\neq", "\\propto"):
            return self.finding(step, "undecided", f"nothing is known of the relation {step.relation}")
        elif step.remark:
            return self.finding(step, "hypothesis", "is assumed")
        found = judge_claim(self, step, before, after)
        if step.relation in EQUAL and not step.first and found.verdict == "undecided":
            self._better_definition(step, before, after)
        if step.relation in EQUAL:
            if found.verdict in ("proved", "tested", "undecided", "hypothesis", "substitution"):
                self.equalities.join(before, after)
            if step.first:
                self.equation = (before, after)
        return found

    # -- definitions and hypotheses -----------------------------------------------------------------------------------

    def _introduced(self, step: Step, before: Term, after: Term) -> Finding | None:
        """The finding where a step defines or assumes, None where it claims."""
        if before == after:
            return None
        if self.single:
            found = judge_claim(self, step, before, after)
            names = is_definable(before) and not self._mentions(after, before)
            if found.verdict in ("proved", "tested") or not names or before.head == "mean":
                return found
        if step.first and is_definable(before) and not self._mentions(after, before):
            foreign = lints.foreign_argument(before, after, self.store.all())
            if foreign is not None:
                return self.finding(
                    step, "ill-formed", f"{foreign} is no argument of the left side, and its own is not used"
                )
            return self._defines(step, before, after)
        if not step.first and self._is_new_function(before) and not self._mentions(after, before):
            self._add(step, before, after)
            return self.finding(step, "definition", "introduces a function")
        if step.first:
            inner = _inside_out(before, after)
            fresh_name = inner is not None and inner[0].name not in self.used and not self._mentions(after, inner[0])
            if inner is not None and fresh_name and self.store.find(inner[0]) is None:
                self._add(step, *inner)
                return self.finding(step, "definition", "introduces a name")
        fresh = self._fresh_result(step, before, after)
        if fresh is not None:
            self._add(step, *fresh)
            self.equalities.join(before, after)
            return self.finding(step, "definition", f"says what {fresh[0].name} stands for")
        assumed = constraint(before, after)
        if (
            assumed is not None
            and self._is_fixed(after)
            and assumed[0] not in self.facts.normalised
            and self.store.find(before) is None
        ):
            name, total = assumed
            self.facts.normalised[name] = total
            self.ground.forget()
            return self.finding(step, "hypothesis", "is assumed from here on")
        return None

    def _fresh_result(self, step: Step, before: Term, after: Term) -> tuple[Term, Term] | None:
        """… = RSS/n says what RSS is, where it is a word that nothing else says anything of."""
        if step.first:
            return None
        names = {(t.name, t) for t in walk(after) if t.head == "var" and t.name not in self.facts.sizes}
        if len(names) != 1:
            return None
        name, head = names.pop()
        if len(name) < 2 or not name.isalpha() or head.args or name in GREEK or self.store.find(head) is not None:
            return None
        if is_free_in(name, before):
            return None
        if after != head and (after.head != "div" or after.args[0] != head):
            return None
        return head, Term("mul", (ONE if after == head else after.args[1], before))

    def _mentions(self, term: Term, head: Term) -> bool:
        if head.head == "var":
            return (head.name, len(head.args)) in free(term)
        return any(key(t) == key(head) and t == head for t in walk(term))

    def _error_term(self, before: Term, after: Term) -> tuple[Term, Term] | None:
        """y = Xβ + ε with ε ~ N(0, …) says what the error is: the data are given, and do not vary with β."""
        if before.head != "var" or after.head != "add" or before.args:
            return None
        for place, part in enumerate(after.args):
            if part.head == "var" and not part.args and self._is_error(part.name) and self.store.find(part) is None:
                rest = tuple(Term("neg", (a,)) for n, a in enumerate(after.args) if n != place)
                return part, Term("add", (before, *rest))
        return None

    def _is_error(self, name: str) -> bool:
        return name in self.facts.random or name in ("varepsilon", "epsilon")

    def _defines(self, step: Step, before: Term, after: Term) -> Finding | None:
        if self.store.find(before) is not None or self._turns_back(after, before):
            return None
        if before.head == "var":
            solving = step.row > 0 and self.equation is not None and before.name in self.used
            inside = (before.name, len(before.args)) in self.used_here
            if solving or inside or before.name in self.facts.indices or self._is_length(before.name):
                return None
        elif self._known_without(before):
            constrained = set(self.constrained)
            found = judge_claim(self, step, before, after)
            self.constrained = constrained
            if found.verdict in ("proved", "tested"):
                self._add(step, before, after)
                return found
        error = self._error_term(before, after)
        self._add(step, *(error or (before, after)))
        self.equalities.join(before, after)
        return self.finding(step, "definition", "introduces a name")

    def _is_new_function(self, head: Term) -> bool:
        """g(X) inside a chain, of which nothing is known yet: the chain goes on to say what it is."""
        plain = head.head == "apply" and all(a.head == "var" and not a.args for a in head.args)
        known = head.name.split("_")[0] in OVERLOADED or distributions.density_of(head) or distributions.moment_of(head)
        return plain and not known and self.store.find(head) is None and len(head.name) == 1

    def _better_definition(self, step: Step, before: Term, after: Term) -> None:
        """Where what a chain began by saying has no value, its head stands for the first side that has one."""
        head = self.chain_head
        known = self.store.find(head) if head is not None else None
        if head is None or known is None or self._mentions(after, head) or self._has_value(known[0].body):
            return
        if self._has_value(after):
            self._add(step, head, after)

    def is_fresh(self, name: Term) -> bool:
        """Whether nothing was said yet of a name that is neither a size nor an index."""
        known = self.settled | self.facts.sizes | self.facts.indices
        return name.name not in known and self.store.find(name) is None

    def go_on_from(self, step: Step, side: Term) -> None:
        """What a chain began with, a name, stands for this side from here on."""
        head = self.chain_head
        if head is not None and self.store.find(head) is not None and not self._mentions(side, head):
            self._add(step, head, side)

    def _has_value(self, term: Term) -> bool:
        for point in self.ground.points():
            try:
                evaluate(term, point)
            except (UndefinedError, NotUnderstood, Meaningless):
                continue
            return True
        return False

    def _is_length(self, name: str) -> bool:
        """Whether a size is that of a vector or a matrix."""
        return any(name in kind[1:] for kind in self.facts.kinds.values())

    def _turns_back(self, term: Term, head: Term, depth: int = 0) -> bool:
        """Whether a side stands, by what was defined before, for something that holds the name itself."""
        if depth > 12:
            return True
        for t in walk(term):
            if t.head in ("var", "apply"):
                same = t.head == head.head and t.name == head.name and len(t.args) == len(head.args)
                if same and (head.head == "var" or Definition(head, head).match(t) is not None):
                    return True
                found = self.store.find(t)
                if found is not None and self._turns_back(found[0].body, head, depth + 1):
                    return True
        return False

    def _known_without(self, head: Term) -> bool:
        """Whether a name has a meaning of its own: a moment or a density of what is declared."""
        if head.head == "mean":
            return bool(self.facts.distributed)
        return distributions.density_of(head) or distributions.moment_of(head) is not None

    def _add(self, step: Step, head: Term, body: Term) -> None:
        if head.head == "var" and head.args and any(i.head == "num" for i in head.args):
            head = Term("var", head.args, head.name)
        line = self.places.line(step.span.start)
        self._enumerated(head, body)
        capitals = {
            a.name for a in head.args if len(a.name) == 1 and a.name.isupper() and a.name not in self.facts.kinds
        }
        rigid = frozenset(self.facts.sizes | self.facts.random | capitals)
        if len(head.name) == 1 and head.name.islower() and head.name not in OVERLOADED:
            rigid = frozenset(self.facts.sizes)  # g(X) = X + c says what g is of anything
        self.store.add(Definition(head, body, line, rigid))
        self.ground.forget()

    def restate(self, step: Step, before: Term, after: Term) -> None:
        """A name that is said anew to be what it was said to be before stands for that from here on."""
        bare = step.first and before.head == "var" and not before.args and self.store.find(before) is not None
        if bare and not self._mentions(after, before) and not self._turns_back(after, before):
            self._add(step, before, after)

    def define_late(self, step: Step, before: Term, after: Term) -> bool:
        """Take a name that only conditions spoke of so far to be what this line says in closed form."""
        solved = _inside_out(before, after)
        if solved is not None and step.first:
            before, after = solved
        fresh = before.head == "var" and not before.args and (solved is not None or before.name not in self.settled)
        if (
            not fresh
            or (not step.first and not self._new(before.name))
            or self.store.find(before) is not None
            or self._mentions(after, before)
        ):
            return False
        if before.name in self.facts.sizes | self.facts.indices or self._turns_back(after, before):
            return False
        if {name for name, _ in free(after)} - self.settled - self.facts.sizes:
            return False
        self.constrained.discard(before.name)
        self._add(step, before, after)
        return True

    def _new(self, name: str) -> bool:
        """Whether nothing but the line at hand speaks of a name."""
        return name not in self.settled

    def _enumerated(self, head: Term, body: Term) -> None:
        """A function given case by case, x = 0, x = 1, …, lives on these values."""
        if body.head != "cases" or head.head != "apply" or len(head.args) != 1:
            return
        conditions = body.args[1::2]
        if all(c.head == "says" and c.name == "=" and c.args[0] == head.args[0] for c in conditions):
            self.facts.members.setdefault("*", tuple(c.args[1] for c in conditions))

    def defined_again(self, step: Step, before: Term, after: Term) -> Finding:
        """A name gets another value than before: it is taken to be another thing from here on."""
        known = self.store.find(before)
        line = known[0].line if known else None
        self.warn(step, f"{self.source(step.before)} is defined again (it was defined on line {line})")
        self._add(step, before, after)
        if before.args:
            self.equalities.join(before, after)
        return self.finding(step, "definition", f"defines again what line {line} defined otherwise")


def _is_range(step: Step) -> bool:
    """Whether a step says i = 1, …, n."""
    after = step.after
    return isinstance(after, tree.Sequence) and any(isinstance(item, tree.Dots) for item in after.items)


def _inside_out(before: Term, after: Term) -> tuple[Term, Term] | None:
    """log a = b says what a is, and a² = b what a > 0 is."""
    if before.head == "fn" and before.name in ("log", "ln") and len(before.args) == 1 and before.args[0].head == "var":
        return before.args[0], Term("fn", (after,), "exp")
    if before.head == "pow" and before.args[0].head == "var" and before.args[1].name == "2":
        return before.args[0], Term("fn", (after,), "sqrt")
    return None
