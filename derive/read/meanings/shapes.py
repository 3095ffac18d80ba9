"""Which names are vectors and matrices, and of which sizes: by unification over all formulas of an article.

Evidence is what only vectors and matrices have: transposes, determinants, traces, identity matrices, bold type. From
there it spreads: what is added to a vector is one, and what stands between a matrix and its neighbour is no number.
Capital letters are matrices, small ones columns. Sizes that nothing names get names of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from derive.read.meanings.known import Facts
from derive.read.meanings.terms import Term, walk

Shape = tuple[int, int]  # two dimensions, as numbers of classes; ONE is a single row or column
ONE = 0
SCALAR: Shape = (ONE, ONE)
Name = tuple[str, int]
ROUNDS = 4


@dataclass
class Shapes:
    """The shapes found so far."""

    facts: Facts
    found: dict[Name, Shape] = field(default_factory=dict)
    parent: list[int] = field(default_factory=lambda: [0])
    named: dict[str, int] = field(default_factory=dict)
    definite: set[Name] = field(default_factory=set)
    sides: list[tuple[Term, Term]] = field(default_factory=list)
    ranges: dict[str, Term] = field(default_factory=dict)

    # -- classes of sizes ---------------------------------------------------------------------------------------------

    def fresh(self) -> int:
        """A size of which nothing is known."""
        self.parent.append(len(self.parent))
        return len(self.parent) - 1

    def root(self, n: int) -> int:
        """The class of a size."""
        while self.parent[n] != n:
            n = self.parent[n]
        return n

    def same(self, a: int, b: int) -> None:
        """Two sizes are one; a single row or column stays one."""
        a, b = self.root(a), self.root(b)
        if a != b and ONE not in (a, b):
            self.parent[max(a, b)] = min(a, b)

    def size(self, term: Term) -> int:
        """The class of a size that is named in the text."""
        if term.head == "num":
            return ONE if term.name == "1" else self.named.setdefault(term.name, self.fresh())
        if term.head == "var" and not term.args:
            if term.name not in self.named:
                self.named[term.name] = self.fresh()
            return self.named[term.name]
        return self.fresh()

    # -- evidence -----------------------------------------------------------------------------------------------------

    def make(self, term: Term, weakly: bool = False) -> None:
        """Take a term to be a vector or a matrix, and what in it makes it one.

        Entries with several indices are numbers; those with one are vectors only where there is better evidence than
        that the other side of an equation is one (`weakly`).
        """
        if term.head == "var":
            key = (term.name, len(term.args))
            allowed = len(term.args) == 0 or (len(term.args) == 1 and not weakly)
            if allowed and key not in self.found and not self._is_number(term):
                capital = term.name[:1].isupper()
                self.found[key] = (self.fresh(), self.fresh()) if capital else (self.fresh(), ONE)
        elif term.head == "add":
            for arg in term.args:
                if arg.head != "num":
                    self.make(arg, weakly)
        elif term.head in ("neg", "T", "sum", "mean", "inv", "div"):
            self.make(term.args[0], weakly)
        elif term.head == "pow" and term.args[0].head in ("var", "add", "mul", "T") and not weakly:
            self.make(term.args[0])
        elif term.head == "mul" and not any(self.is_array(a) for a in term.args):
            names = [a for a in term.args if a.head in ("var", "T", "add")]
            if names:
                self.make(names[-1], weakly)
                for other in names[:-1]:
                    if other.head == "var" and other.name[:1].isupper():
                        self.make(other, weakly)

    def _is_number(self, term: Term) -> bool:
        if term.name in self.facts.sizes or term.name in self.facts.indices:
            return not term.args
        return False

    def is_array(self, term: Term) -> bool:
        """Whether a term is known to be no number."""
        found = self.shape(term)
        return found is not None and found != SCALAR

    def shape(self, t: Term) -> Shape | None:
        """The shape of a term as far as it is known; products unify the sizes between their factors."""
        if t.head == "var":
            return self.found.get((t.name, len(t.args)), SCALAR if t.name in self.facts.sizes else None)
        if t.head == "identity" and t.args:
            n = self.size(t.args[0])
            return n, n
        if t.head == "matrix":
            rows, columns = map(int, t.name.split(","))
            return (self._count(rows), self._count(columns))
        if t.head == "table":
            return ONE, self.size(t.args[2])
        if t.head == "T":
            inner = self.shape(t.args[0])
            return (inner[1], inner[0]) if inner else None
        if t.head in ("neg", "sum", "mean", "at", "inv"):
            return self.shape(t.args[0])
        if t.head == "div":
            return self.shape(t.args[0])
        if t.head == "add":
            shapes = [s for s in map(self.shape, t.args) if s is not None and s != SCALAR]
            for other in shapes[1:]:
                self.unify(shapes[0], other)
            return shapes[0] if shapes else None
        if t.head == "pow":
            return self._power(t)
        if t.head == "mul":
            return self._product(t)
        if t.head == "diff":
            body, by = (self.shape(a) for a in t.args)
            return by if body in (None, SCALAR) else body
        if t.head in ("det", "tr", "num", "const", "fact", "fn", "abs", "norm", "apply", "binom"):
            if t.head in ("det", "tr"):
                self._square(t.args[0])
            return SCALAR
        return None

    def _count(self, n: int) -> int:
        return ONE if n == 1 else self.size(Term("num", (), str(n)))

    def _power(self, t: Term) -> Shape | None:
        base = self.shape(t.args[0])
        if base is None or base == SCALAR:
            return base
        exponent = t.args[1]
        inverse = exponent.head == "neg"
        if inverse or ONE not in base:
            self.same(*base)
            return base
        return SCALAR

    def _square(self, t: Term) -> None:
        found = self.shape(t)
        if found is not None and ONE not in found:
            self.same(*found)

    def _product(self, t: Term) -> Shape | None:
        result: Shape | None = None
        operators = ("", *t.name.split(",")) if t.name else ("",) * len(t.args)
        for factor, operator in zip(t.args, operators, strict=False):
            found = self.shape(factor)
            if found is None and result is not None and self.root(result[1]) != ONE and not _numeric(factor):
                self.make(factor)  # what follows a matrix is no number
                found = self.shape(factor)
            if found is None or found == SCALAR:
                continue
            if result is None or result == SCALAR:
                result = found
                continue
            if operator == "\\cdot" and ONE in result and ONE in found:
                result = SCALAR  # an inner product
                continue
            if ONE not in (self.root(result[1]), self.root(found[0])):
                self.same(result[1], found[0])
            result = (result[0], found[1])
        return result

    def unify(self, a: Shape, b: Shape) -> None:
        """Two arrays have the same shape."""
        for x, y in zip(a, b, strict=True):
            self.same(x, y)

    # -- the whole article --------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Look at all formulas until nothing new is found; what is written out as a matrix has its shape."""
        for one, other in (side for pair in self.sides for side in (pair, pair[::-1])):
            inner, literal = (one.args[0], Term("T", (other,))) if one.head == "T" else (one, other)
            if inner.head == "var" and other.head in ("matrix", "table"):
                shape = self.shape(literal)
                if shape is not None:
                    self.found.setdefault((inner.name, len(inner.args)), shape)
        for _ in range(ROUNDS):
            for pair in self.sides:
                for side in pair:
                    for t in walk(side):
                        self._look(t)
                for one, other in (pair, pair[::-1]):
                    shape = self.shape(one)
                    if shape is not None and shape != SCALAR and other.head not in ("num", "apply"):
                        self.make(other, weakly=True)
                first, second = map(self.shape, pair)
                if first and second and SCALAR not in (first, second):
                    self.unify(first, second)

    def _look(self, t: Term) -> None:
        if t.head == "T":
            self.make(t.args[0])
        elif t.head in ("det", "tr"):
            self.make(t.args[0])
            if t.head == "det" and t.args[0].head == "var":
                self.definite.add((t.args[0].name, len(t.args[0].args)))
            self._square(t.args[0])
        elif t.head == "abs" and t.args[0].head in ("var", "mul", "add") and _capital(t.args[0]):
            self._bars(t.args[0])
        elif (t.head == "var" and t.name.endswith("^bold")) or (
            t.head == "add" and any(self.is_array(a) for a in t.args)
        ):
            self.make(t)
        elif t.head in ("sum", "prod"):
            self._entries(t)
        elif t.head == "apply" and t.name in ("N", "MVN") and len(t.args) >= 2:
            self._bars(t.args[-1], certain=False)
        elif t.head == "apply" and t.name in ("Mult", "Dir", "Multinomial", "Dirichlet") and len(t.args) > 1:
            first = (t.args[0],) if len(t.args) == (3 if t.name.startswith("M") else 2) else ()
            for arg in (*first, t.args[-1]):
                self.make(arg)
        self.shape(t)

    def _bars(self, t: Term, certain: bool = True) -> None:
        """|Σ| of a matrix is its determinant, and a covariance is definite where it is a matrix at all."""
        arrays = [f for f in (t.args if t.head == "mul" else (t,)) if f.head == "var" and f.name[:1].isupper()]
        if len(arrays) > 1 or any(f.head in ("T", "add", "identity", "inv") for f in t.args):
            return  # a product of several matrices
        for factor in arrays:
            if certain:
                self.make(factor)
            elif not self.is_array(factor):
                continue
            self.definite.add((factor.name, len(factor.args)))
            self._square(factor)

    def _entries(self, t: Term) -> None:
        """Σ_{i=1}^n y_i² runs over the entries of a vector y, which has n of them."""
        for inner in walk(t.args[0]):
            if inner.head == "var" and len(inner.args) == 1 and inner.args[0].name == t.bound:
                vector = self.found.get((inner.name, 0))
                if vector is not None and (inner.name, 1) not in self.found:
                    self.same(vector[0], self.size(t.args[2]))
            if inner.head == "pick" and len(inner.args) == 2 and inner.args[1].name == t.bound:
                self.make(inner.args[0])
                found = self.shape(inner.args[0])
                if found is not None:
                    self.same(found[0], self.size(t.args[2]))

    def name_the_rest(self) -> None:
        """Where one size has no name and one identity matrix no owner, they belong together."""
        squares = {self.root(r) for r, c in self.found.values() if self.root(r) == self.root(c) != ONE}
        owned = {self.root(n) for shape in self.found.values() for n in shape}
        named = {self.root(n) for n in self.named.values()}
        loose, free_names = squares - named, self.identities() - owned
        if len(loose) == 1 and len(free_names) == 1:
            self.same(loose.pop(), free_names.pop())

    def identities(self) -> set[int]:
        """The sizes of identity matrices."""
        terms = (t for pair in self.sides for side in pair for t in walk(side))
        return {self.root(self.size(t.args[0])) for t in terms if t.head == "identity" and t.args}

    def kinds(self) -> dict[str, tuple[str, ...]]:
        """What was found, as points need it; sizes without a name get one."""
        names = {self.root(n): name for name, n in sorted(self.named.items(), reverse=True)}
        names[self.root(ONE)] = "1"

        def name_of(dimension: int) -> str:
            root = self.root(dimension)
            if root not in names:
                names[root] = f"#{len(names)}"
                self.facts.sizes.add(names[root])
            elif not names[root].isdigit():
                self.facts.sizes.add(names[root])
            return names[root]

        found: dict[str, tuple[str, ...]] = {}
        for (name, rank), (rows, columns) in self.found.items():
            key = name if rank == 0 else f"{name}:{rank}"
            if self.root(columns) == self.root(rows) and (name, rank) in self.definite:
                found[key] = ("definite", name_of(rows))
            elif self.root(columns) == ONE:
                found[key] = ("vector", name_of(rows))
            elif self.root(rows) == ONE:
                found[key] = ("row", name_of(columns))
            else:
                found[key] = ("matrix", name_of(rows), name_of(columns))
        return found


def _numeric(t: Term) -> bool:
    return t.head in ("num", "const", "fn", "div", "fact", "abs", "det", "tr", "apply", "mean")


def _capital(t: Term) -> bool:
    return any(f.head == "var" and f.name[:1].isupper() for f in (t.args if t.args and t.head != "var" else (t,)))


def infer(facts: Facts, sides: Iterable[tuple[Term, Term]]) -> dict[str, tuple[str, ...]]:
    """The vectors and matrices among the names of an article, by all its equations."""
    shapes = Shapes(facts)
    shapes.sides = list(sides)
    shapes.settle()
    shapes.name_the_rest()
    return shapes.kinds()
