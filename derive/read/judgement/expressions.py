"""Terms → SymPy expressions of `derive.algebra`, with the context that they are read in.

Only what the checker knows: numbers, arrays with indices counted from 1, sums, products, derivatives, logarithms and
other functions. Names get the domain that their use needs: what stands under a logarithm, under a real power or in Γ
is positive. Everything else, and whatever is modelled, is `Untold`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy as sp

from derive.algebra.context import (
    POSITIVE,
    REAL,
    Context,
    Domain,
    IndexRange,
    SumFact,
    Variable,
    array,
    index,
    scalar,
    size,
)
from derive.read.meanings.definitions import Definition, Store
from derive.read.meanings.known import Facts
from derive.read.meanings.terms import Term, free, replaced, walk

#: A definition that is larger than this is not unfolded.
MOST_NODES = 4000
#: Larger numbers are not put into powers and factorials, which SymPy works out exactly.
LARGEST = 500
FUNCTIONS = {
    "exp": sp.exp, "sin": sp.sin, "cos": sp.cos, "abs": sp.Abs, "gamma": sp.gamma, "lgamma": sp.loggamma,
    "digamma": sp.digamma, "sqrt": sp.sqrt, "binom": sp.binomial,
}  # fmt: skip


class Untold(ValueError):
    """The term cannot be told to the checker."""


@dataclass
class Translator:
    """Turns terms into expressions; collects what they name."""

    facts: Facts
    store: Store
    log_base: int | None = None
    sizes: Mapping[str, int] = field(default_factory=dict)
    variables: dict[tuple[str, int], Variable] = field(default_factory=dict)
    positive: set[str] = field(default_factory=set)
    axes: dict[tuple[str, int], sp.Expr] = field(default_factory=dict)
    ranges: dict[str, tuple[sp.Expr, sp.Expr]] = field(default_factory=dict)
    used_sizes: set[str] = field(default_factory=set)
    used_indices: set[str] = field(default_factory=set)
    bound: list[tuple[str, sp.Expr, sp.Expr]] = field(default_factory=list)
    domains: dict[str, Domain] = field(default_factory=dict)

    def expression(self, t: Term) -> sp.Expr:
        """The expression of a term."""
        rule = getattr(self, f"_{t.head}", None)
        if rule is None:
            raise Untold(t.head)
        found: sp.Expr = rule(t)
        return found

    def _num(self, t: Term) -> sp.Expr:
        return sp.Rational(t.name)

    def _const(self, t: Term) -> sp.Expr:
        return {"pi": sp.pi, "e": sp.E, "inf": sp.oo}[t.name]

    def _var(self, t: Term) -> sp.Expr:
        name = t.name
        if not t.args:
            for bound, _, _ in self.bound:
                if bound == name:
                    return index(_symbol(name))
            if name in self.sizes:
                return sp.Integer(self.sizes[name])
            if name in self.facts.sizes:
                self.used_sizes.add(name)
                return size(_symbol(name))
            if name in self.facts.indices:
                self.used_indices.add(name)
                return index(_symbol(name))
        if name in self.facts.kinds:
            raise Untold("a matrix")
        places = [self.expression(i) for i in t.args]
        for n, place in enumerate(places):
            self._note_axis(name, len(places), n, place)
        domain = POSITIVE if name in self.positive else REAL
        key = (name, len(places))
        if key not in self.variables:
            self.variables[key] = (
                array(_symbol(name), [sp.S.One] * len(places), domain) if places else scalar(_symbol(name), domain)
            )
        base = self.variables[key].base
        return base[tuple(places)] if places else base

    def _note_axis(self, name: str, rank: int, n: int, place: sp.Expr) -> None:
        """Every axis is as long as the longest index on it."""
        reach = place
        for bound, _, upper in reversed(self.bound):
            reach = reach.xreplace({index(_symbol(bound)): upper})
        if any(s in {index(_symbol(i)) for i in self.used_indices} for s in reach.free_symbols):
            return
        at = (f"{name}:{rank}", n)
        known = self.axes.get(at)
        if known is None or (known.is_Integer and reach.is_Integer and reach > known):
            self.axes[at] = reach
        elif known != reach and not (known.is_Integer and reach.is_Integer):
            if known.is_Integer and not reach.is_Integer:
                raise Untold("an axis of two lengths")
            if not (reach.is_Integer and reach >= 1 and not known.is_Integer) and known != reach:
                raise Untold("an axis of two lengths")
            raise Untold("an axis of two lengths")

    def _add(self, t: Term) -> sp.Expr:
        return sp.Add(*(self.expression(a) for a in t.args))

    def _mul(self, t: Term) -> sp.Expr:
        return sp.Mul(*(self.expression(a) for a in t.args))

    def _neg(self, t: Term) -> sp.Expr:
        return -self.expression(t.args[0])

    def _div(self, t: Term) -> sp.Expr:
        below = self.expression(t.args[1])
        if below == 0:
            raise Untold("a division by 0")
        return self.expression(t.args[0]) / below

    def _pow(self, t: Term) -> sp.Expr:
        base, exponent = (self.expression(a) for a in t.args)
        if exponent.is_number and not abs(exponent) <= LARGEST:
            raise Untold("a large exponent")
        return sp.Pow(base, exponent)

    def _fact(self, t: Term) -> sp.Expr:
        return sp.factorial(_small(self.expression(t.args[0])))

    def _fn(self, t: Term) -> sp.Expr:
        if t.name in ("log", "ln"):
            found = sp.log(self.expression(t.args[0]), evaluate=False)
            if len(t.args) == 2:
                return found / sp.log(self.expression(t.args[1]))
            return found / sp.log(self.log_base) if t.name == "log" and self.log_base else found
        if t.name == "beta":
            a, b = (_small(self.expression(x)) for x in t.args)
            return sp.gamma(a) * sp.gamma(b) / sp.gamma(a + b)
        function = FUNCTIONS.get(t.name)
        if function is None:
            raise Untold(t.name)
        return function(*(_small(self.expression(a)) for a in t.args))

    def _series(self, t: Term, kind: type) -> sp.Expr:
        lower, upper = (self.expression(a) for a in t.args[1:3])
        if upper in (sp.oo, -sp.oo):
            raise Untold("a sum without end")
        self.bound.append((t.bound, lower, upper))
        try:
            body = self.expression(t.args[0])
        finally:
            self.bound.pop()
        return kind(body, (index(_symbol(t.bound)), lower, upper))

    def _sum(self, t: Term) -> sp.Expr:
        return self._series(t, sp.Sum)

    def _prod(self, t: Term) -> sp.Expr:
        return self._series(t, sp.Product)

    def _diff(self, t: Term) -> sp.Expr:
        body, variable = (self.expression(a) for a in t.args)
        return sp.Derivative(body, *([variable] * int(t.name or "1")))

    def context(self) -> Context:
        """The context of everything translated so far; entries of arrays reach as far as they were read."""
        variables = []
        for (name, rank), variable in self.variables.items():
            axes = tuple(self.axes.get((f"{name}:{rank}", n), size("M")) for n in range(rank))
            variables.append(Variable(variable.base, variable.domain, axes))
        indices = []
        for name in sorted(self.used_indices):
            ends = [a for (key, n), a in self.axes.items()]
            indices.append(IndexRange(index(_symbol(name)), sp.S.One, ends[0] if ends else size("M")))
        sizes = {size(_symbol(n)) for n in self.used_sizes} | {size("M")}
        sizes |= {s for v in variables for a in v.axes for s in a.free_symbols}
        return Context(sizes=tuple(sorted(sizes, key=str)), variables=tuple(variables), indices=tuple(indices),
                       facts=tuple(self._facts(variables)))  # fmt: skip

    def _facts(self, variables: list[Variable]) -> list[SumFact]:
        found = []
        for variable in variables:
            total = self.facts.normalised.get(_unsymbol(variable.name))
            if total is None or variable.rank != 1 or total.args[1].name != "1":
                continue
            try:
                upper, value = self.expression(total.args[2]), self.expression(total.args[0])
            except Untold:
                continue
            if variable.axes[0] == upper:
                found.append(SumFact(variable, 0, value))
        return found


def _small(x: sp.Expr) -> sp.Expr:
    """A number that SymPy may work out a factorial of: it does so at once, and never gives up."""
    if x.is_number and not abs(x) <= LARGEST:
        raise Untold("a large number")
    return x


def _symbol(name: str) -> str:
    return name.replace("^", "_").replace(" ", "_")


def _unsymbol(name: str) -> str:
    return name


def unfolded(term: Term, store: Store, depth: int = 0) -> Term:
    """The term with all definitions put in; Untold where one does not allow it."""
    if depth > 16:
        raise Untold("definitions nested too deeply")
    found = store.find(term) if term.head in ("var", "apply", "mean") else None
    if found is not None:
        definition, bindings = found
        return unfolded(_bound(definition, bindings), store, depth + 1)
    if term.head in ("apply", "mean", "sumset", "intset", "int", "matrix", "table", "T", "label", "at", "limit"):
        raise Untold(term.head)
    args = tuple(unfolded(a, store, depth) for a in term.args)
    result = term if args == term.args else Term(term.head, args, term.name, term.bound, term.span)
    if depth == 0 and sum(1 for _ in walk(result)) > MOST_NODES:
        raise Untold("a large definition")
    return result


def _bound(definition: Definition, bindings: Mapping[str, Term]) -> Term:
    body = definition.body
    for name, value in bindings.items():
        parameter = Term("var", (), name)
        if value == parameter:
            continue
        if any((name, n) in free(body) for n in range(1, 4)):
            raise Untold("an array as a parameter")
        if {t.bound for t in walk(body) if t.bound} & value.names:
            raise Untold("a name that would be captured")
        body = replaced(body, parameter, value)
    return body


def needs_positive(term: Term) -> set[str]:
    """The names that must be positive for logarithms, real powers and Γ to make sense, as far as one sees it."""
    found: set[str] = set()
    for t in walk(term):
        if t.head == "fn" and t.name in ("log", "ln", "gamma", "lgamma", "digamma", "beta", "sqrt"):
            for arg in t.args:
                found |= _factors(arg)
        if t.head == "pow" and not (t.args[1].head == "num" and t.args[1].name.isdigit()):
            found |= _factors(t.args[0])
    return found


def _factors(term: Term) -> set[str]:
    if term.head == "var":
        return {term.name}
    if term.head in ("mul", "div", "add"):
        return set().union(*(_factors(a) for a in term.args))
    if term.head in ("pow", "prod", "sum"):
        return _factors(term.args[0])
    return set()
