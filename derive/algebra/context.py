"""Context: everything that a step of a derivation may assume.

A context declares the sizes (N, K), the variables with their domains and shapes, the free indices with their ranges,
the sums that are known (Σ_k t_k = 1), names that stand for expressions, and further hypotheses (λ ≠ 0). Nothing else
may be assumed by a rule, a strategy or the checker.

Arrays are SymPy `Indexed` objects counted from 1; a variable is identified by its name *and* its number of indices,
so that t_k (counts) and t_{ik} (one row a sample) can live side by side as they do on paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational


@dataclass(frozen=True)
class Domain:
    """An interval of the reals, or the integers in it.

    `name` is what a reader is told ("positive"); `lower` and `upper` are the ends, ±oo where there is none; an end is
    excluded where its `open` flag is set. `definite` speaks of an array: over its last two axes it is a symmetric,
    positive definite matrix.
    """

    name: str
    lower: sp.Expr = -sp.oo
    upper: sp.Expr = sp.oo
    lower_open: bool = True
    upper_open: bool = True
    integer: bool = False
    definite: bool = False

    def assumptions(self) -> dict[str, bool]:
        """SymPy assumptions that hold on the whole domain."""
        facts: dict[str, bool] = {"integer": True} if self.integer else {"real": True}
        if self.lower.is_positive or (self.lower.is_zero and self.lower_open):
            facts["positive"] = True
        elif self.lower.is_zero:
            facts["nonnegative"] = True
        if self.upper.is_negative or (self.upper.is_zero and self.upper_open):
            facts["negative"] = True
        return facts


REAL = Domain("real")
POSITIVE = Domain("positive", lower=sp.S.Zero)
NONNEGATIVE = Domain("nonnegative", lower=sp.S.Zero, lower_open=False)
UNIT = Domain("in [0, 1]", lower=sp.S.Zero, upper=sp.S.One, lower_open=False, upper_open=False)
INTEGER = Domain("integer", integer=True)
COUNT = Domain("natural", lower=sp.S.Zero, lower_open=False, integer=True)
POSITIVE_INTEGER = Domain("positive integer", lower=sp.S.One, lower_open=False, integer=True)
BINARY = Domain("0 or 1", lower=sp.S.Zero, upper=sp.S.One, lower_open=False, upper_open=False, integer=True)
POSITIVE_DEFINITE = Domain("positive definite", definite=True)

#: The domains that have a name of their own, by that name: the vocabulary of saved derivations.
DOMAINS = {
    d.name: d for d in (REAL, POSITIVE, NONNEGATIVE, UNIT, INTEGER, COUNT, POSITIVE_INTEGER, BINARY, POSITIVE_DEFINITE)
}


@dataclass(frozen=True)
class Variable:
    """A scalar (`axes == ()`) or an array whose entries run from 1 to each of `axes`, all in `domain`."""

    base: sp.Symbol | sp.IndexedBase
    domain: Domain
    axes: tuple[sp.Expr, ...] = ()

    def __post_init__(self) -> None:
        if self.domain.definite and (len(self.axes) < 2 or self.axes[-1] != self.axes[-2]):
            raise ValueError(f"{self.base} is said to be {self.domain.name} and is no square matrix")

    @property
    def name(self) -> str:
        """The name as written, without indices."""
        return str(self.base.label.name if isinstance(self.base, sp.IndexedBase) else self.base.name)

    @property
    def rank(self) -> int:
        """How many indices it takes."""
        return len(self.axes)

    @property
    def key(self) -> tuple[str, int]:
        """What identifies it: name and number of indices."""
        return key(self.base) if isinstance(self.base, sp.Dummy) else (self.name, self.rank)


def scalar(name: str, domain: Domain) -> Variable:
    """Declare a scalar with the SymPy assumptions of its domain."""
    return Variable(sp.Symbol(name, **domain.assumptions()), domain)


def array(name: str, axes: Iterable[sp.Expr], domain: Domain) -> Variable:
    """Declare an array; each of `axes` is the size along that index."""
    return Variable(sp.IndexedBase(name, **domain.assumptions()), domain, tuple(axes))


def size(name: str) -> sp.Symbol:
    """A size: a positive integer such as N or K."""
    return sp.Symbol(name, integer=True, positive=True)


def index(name: str) -> sp.Symbol:
    """An index: an integer symbol such as i or k."""
    return sp.Symbol(name, integer=True)


@dataclass(frozen=True)
class IndexRange:
    """An index and its range: declared free, 1 ≤ j ≤ K, or (`bound`) that of a sum around the place at hand."""

    symbol: sp.Symbol
    lower: sp.Expr
    upper: sp.Expr
    bound: bool = False


@dataclass(frozen=True)
class SumFact:
    """Σ over one axis of an array is `total`, whatever the other indices: Σ_k t_{ik} = 1."""

    variable: Variable
    axis: int
    total: sp.Expr

    @property
    def limits(self) -> tuple[sp.Expr, sp.Expr]:
        """The range of the sum: the whole axis."""
        return sp.S.One, self.variable.axes[self.axis]

    def equation(self) -> Relational:
        """The fact as an equation, with the indices i, k, … that a reader expects."""
        symbols = index_names(self.variable.axes)
        lower, upper = self.limits
        total = sp.Sum(self.variable.base[symbols], (symbols[self.axis], lower, upper))
        return sp.Eq(total, self.total, evaluate=False)


def index_names(axes: tuple[sp.Expr, ...]) -> tuple[sp.Symbol, ...]:
    """Customary index names: i runs over samples (N), k over classes (K); others follow in the alphabet."""
    names: list[str] = []
    for axis in axes:
        wanted = {"N": "i", "K": "k", "D": "d"}.get(str(axis), "m")
        names.append(next(n for n in (wanted, *"klmnpqrs") if n not in names))
    return tuple(index(n) for n in names)


@dataclass(frozen=True)
class Definition:
    """A name that stands for an expression: t_k := Σ_i t_{ik}, for every value of the indices."""

    variable: Variable
    indices: tuple[sp.Symbol, ...]
    value: sp.Expr

    @property
    def head(self) -> sp.Expr:
        """The left-hand side as written: t[k], or the symbol itself."""
        return self.variable.base[self.indices] if self.indices else self.variable.base


@dataclass(frozen=True)
class Context:
    """All that a step may assume. Immutable: `extended` gives a new one."""

    sizes: tuple[sp.Symbol, ...] = ()
    variables: tuple[Variable, ...] = ()
    indices: tuple[IndexRange, ...] = ()
    facts: tuple[SumFact, ...] = ()
    definitions: tuple[Definition, ...] = ()
    hypotheses: tuple[Relational, ...] = field(default=())

    @cached_property
    def _variables(self) -> dict[tuple[str, int], Variable]:
        declared = {v.key: v for v in self.variables}
        return declared | {d.variable.key: d.variable for d in self.definitions}

    @cached_property
    def _definitions(self) -> dict[tuple[str, int], Definition]:
        return {d.variable.key: d for d in self.definitions}

    @cached_property
    def signs(self) -> dict[sp.Basic, int]:
        """What `sign` has found out so far; a context does not change, so neither does this."""
        return {}

    @cached_property
    def assuming(self) -> dict[tuple[Relational, ...], Context]:
        """This context together with what steps assume, by their assumptions."""
        return {}

    @cached_property
    def normals(self) -> dict[sp.Expr, sp.Expr]:
        """The normal forms that were worked out so far."""
        return {}

    @cached_property
    def visited(self) -> dict[sp.Expr, sp.Expr]:
        """The normal forms of parts whose bound variables are apart."""
        return {}

    @cached_property
    def _within(self) -> dict[tuple[tuple[sp.Basic, ...], ...], Context]:
        return {}

    @cached_property
    def ranges(self) -> dict[sp.Symbol, tuple[sp.Expr, sp.Expr]]:
        """The indices in scope and their ranges; an inner one hides an outer one of the same name."""
        return {r.symbol: (r.lower, r.upper) for r in self.indices}

    @cached_property
    def declared(self) -> frozenset[sp.Symbol]:
        """The free indices: a hypothesis about one of them speaks of that one, other indices mean "for all"."""
        return frozenset(r.symbol for r in self.indices if not r.bound)

    def inside(self, *limits: tuple[sp.Symbol, sp.Expr, sp.Expr]) -> Context:
        """The context inside a sum or product. What is assumed of an index that is hidden there is not known there."""
        place = tuple((v, lower, upper) for v, lower, upper in limits)
        if place not in self._within:
            self._within[place] = self._inside(*place)
        return self._within[place]

    def _inside(self, *limits: tuple[sp.Symbol, sp.Expr, sp.Expr]) -> Context:
        hidden = self.declared.intersection(v for v, _, _ in limits)
        kept = tuple(h for h in self.hypotheses if not hidden & h.free_symbols) if hidden else self.hypotheses
        ranges = tuple(IndexRange(v, lower, upper, bound=True) for v, lower, upper in reversed(limits))
        return replace(self, indices=self.indices + ranges, hypotheses=kept)

    def over(self, *limits: tuple[sp.Symbol, sp.Expr, sp.Expr]) -> Context:
        """The context under an integral: its variable runs over the open interval and hides what has the same name."""
        inner = self
        for v, lower, upper in reversed(limits):
            variable = Variable(v, Domain("in the range", lower, upper))
            kept = tuple(h for h in inner.hypotheses if variable.key not in {key(s) for s in h.free_symbols})
            inner = replace(
                inner,
                variables=(*(other for other in inner.variables if other.key != variable.key), variable),
                definitions=tuple(d for d in inner.definitions if d.variable.key != variable.key),
                hypotheses=kept,
            )
        return inner

    def within(self, expr: ExprWithLimits) -> Context:
        """The context inside a sum, a product, an integral or anything else that binds."""
        return self.over(*expr.limits) if isinstance(expr, sp.Integral) else self.inside(*expr.limits)

    def variable(self, expr: sp.Expr) -> Variable | None:
        """The declaration of a symbol or of an array's entry, None where there is none."""
        return self._variables.get(key(expr))

    def definition(self, expr: sp.Expr) -> Definition | None:
        """The definition of a symbol or of an array's entry, None where it has none."""
        return self._definitions.get(key(expr))

    def over_axes(self, head: sp.Expr) -> Context:
        """The context in which the indices of an entry that are not in scope run over their axes: t_k for every k."""
        variable = self.variable(head)
        pairs = zip(getattr(head, "indices", ()), variable.axes if variable else (), strict=False)
        free = [(i, axis) for i, axis in pairs if i.is_Symbol and i not in self.ranges and i not in self.sizes]
        return self.extended(indices=[IndexRange(i, sp.S.One, axis) for i, axis in free])

    def without(self, *names: tuple[str, int]) -> Context:
        """This context with the definitions of some names left out; the names stay declared."""
        kept = tuple(d for d in self.definitions if d.variable.key not in names)
        dropped = tuple(d.variable for d in self.definitions if d.variable.key in names)
        return replace(self, definitions=kept).extended(variables=dropped)

    def extended(
        self,
        *,
        sizes: Iterable[sp.Symbol] = (),
        variables: Iterable[Variable] = (),
        indices: Iterable[IndexRange] = (),
        facts: Iterable[SumFact] = (),
        definitions: Iterable[Definition] = (),
        hypotheses: Iterable[Relational] = (),
    ) -> Context:
        """This context and more; what is already there is not repeated."""

        def join(old: tuple, new: Iterable) -> tuple:  # type: ignore[type-arg]
            return old + tuple(x for x in dict.fromkeys(new) if x not in old)

        return replace(
            self,
            sizes=join(self.sizes, sizes),
            variables=join(self.variables, variables),
            indices=join(self.indices, indices),
            facts=join(self.facts, facts),
            definitions=join(self.definitions, definitions),
            hypotheses=join(self.hypotheses, hypotheses),
        )


def key(expr: sp.Expr) -> tuple[str, int]:
    """Name and number of indices of a symbol or of an array's entry; a dummy is like no declared name."""
    if isinstance(expr, sp.Dummy):
        return f"\0{expr.dummy_index}", 0
    if isinstance(expr, sp.Indexed):
        return expr.base.label.name, len(expr.indices)
    return getattr(expr, "name", ""), 0
