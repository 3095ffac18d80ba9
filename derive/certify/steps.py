"""Equalities: what a step may use, and the tactics by which the two sides are shown to be equal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.binding import free_symbols, rebuild, substitute
from derive.algebra.context import Definition, key
from derive.certify.derivatives import Derivatives
from derive.certify.monomials import Exp, RPow, atoms, vanishes, with_bound_names
from derive.certify.names import NoProofError
from derive.certify.normal import Equation, Lines, Normaliser, braced, opened, put_in
from derive.certify.terms import SUM, Scope, term

Key = tuple[str, int]


@dataclass
class Place:
    """What holds where a step stands: scope, definitions introduced so far, the step's own conditions and values.

    `links` are names that were free before they were defined: their definitions are equations, not abbreviations.
    """

    scope: Scope
    definitions: dict[Key, Definition] = field(default_factory=dict)
    links: frozenset[Key] = frozenset()
    given: tuple[Relational, ...] = ()
    bind: tuple[Relational, ...] = ()
    insist: bool = False
    numbers: Iterator[int] = field(default_factory=count)

    def normaliser(self, unfolded: frozenset[Key]) -> Normaliser:
        """The normaliser that may put in these definitions."""
        return Normaliser(lambda atom, scope: self._known(atom, scope, unfolded), Derivatives(self.given), self.numbers)

    def _known(self, atom: sp.Expr, scope: Scope, unfolded: frozenset[Key]) -> Equation | None:
        for n, equation in enumerate(self.bind):
            if isinstance(equation, sp.Eq) and equation.lhs == atom:
                return Equation(equation.rhs, f"rewrite bound{n}.")
        if isinstance(atom, sp.Sum):
            return self._known_sum(atom, scope)
        if not isinstance(atom, (sp.Symbol, sp.Indexed)) or key(atom) not in unfolded:
            return None
        definition = self.definitions[key(atom)]
        put = dict(zip(definition.indices, getattr(atom, "indices", ()), strict=True))
        value = with_bound_names(substitute(definition.value, put), len(scope.bound))
        if key(atom) in self.links:
            return Equation(value, f"rewrite {scope.names.of(key(atom))}_link by side.")
        return Equation(value, f"change ({term(atom, scope)}) with ({term(value, scope)}).")

    def _known_sum(self, total: sp.Sum, scope: Scope) -> Equation | None:
        """A sum that the context or the step knows."""
        for n, equation in enumerate(self.given):
            if isinstance(equation, sp.Eq) and with_bound_names(equation.lhs, len(scope.bound)) == total:
                return Equation(equation.rhs, f"rewrite given{n}.")
        index, upper, body = opened(total)
        for fact in scope.context.facts:
            whole = isinstance(body, sp.Indexed) and key(body) == fact.variable.key and upper == fact.limits[1]
            if whole and [n for n, i in enumerate(body.indices) if i.has(index)] == [fact.axis]:
                return Equation(fact.total, f"rewrite {scope.names.of(fact.variable.key)}_{fact.axis}_total by side.")
        return None

    # ------------------------------------------------------------------------------------------ definitions
    def unfolding_names(self, expr: sp.Basic) -> list[str]:
        """What the abbreviations that occur in an expression are called, outermost first."""
        found = [k for k in self.definitions if k in self._met(_names(expr)) and k not in self.links]
        return [self.scope.names.of(k) for k in reversed(found)]

    def unfold(self, expr: sp.Expr) -> sp.Expr:
        """An expression with what its abbreviations stand for."""
        names = self._met(_names(expr)) - self.links
        while _names(expr) & names:
            for name in _names(expr) & names:
                expr = _replaced(expr, self.definitions[name])
        return expr

    def _met(self, names: set[Key]) -> set[Key]:
        """The definitions among some names, and those that are met on the way."""
        met = names & self.definitions.keys()
        while True:
            more = {n for m in met for n in _names(self.definitions[m].value)} & self.definitions.keys()
            if more <= met:
                return met
            met = met | more

    # -------------------------------------------------------------------------------------------- equalities
    def equality(self, before: sp.Expr, after: sp.Expr) -> Lines:
        """Tactics for the goal before = after; where none will do, NoProofError or the plainest attempt."""
        depth = len(self.scope.bound)
        left, right = with_bound_names(before, depth), with_bound_names(after, depth)
        if vanishes(left - right):
            return [*self._squares(left, right), "rational."]
        local = self._locally(left, right)
        if local is not None:
            return local
        first: Lines | None = None
        for unfolded in self._attempts(left, right):
            lines, holds = self._attempt(left, right, unfolded)
            if holds:
                return lines
            first = first or lines
        if _is_of_powers(left) or _is_of_powers(right):
            logs = [sp.log(left, evaluate=False), sp.log(right, evaluate=False)]
            for unfolded in self._attempts(left, right):
                lines, holds = self._attempt(logs[0], logs[1], unfolded)
                if holds:
                    names = [self.scope.names.of(k) for k in reversed(self.definitions) if k not in self.links]
                    way = f"first [solve [side] | unfold {', '.join(names)}; side]" if names else "side"
                    return [f"apply equal_logs; [{way}|{way}|].", *lines]
        if not self.insist:
            raise NoProofError("the normal forms of the two sides differ")
        return first or ["rational."]

    def _locally(self, left: sp.Expr, right: sp.Expr) -> Lines | None:
        """Where the sides differ in one part only: the proof that this part is the same on both, None if elsewhere."""
        here, there = atoms(left), atoms(right)
        ours, theirs = [a for a in here if a not in there], [a for a in there if a not in here]
        if len(ours) != 1 or len(theirs) != 1:
            return None
        (a,), (b,) = ours, theirs
        if not vanishes(put_in(left, {a: b}) - right):
            return None
        try:
            lines = replace(self, insist=False)._within(a, b)
        except NoProofError:
            return None
        if lines is None or (left, right) == (a, b):
            return lines
        name = f"eq{next(self.numbers)}"
        return [f"assert ({name} : {equals(a, b, self.scope)}).", *braced(lines), f"rewrite {name}.", "rational."]

    def _within(self, a: sp.Expr, b: sp.Expr) -> Lines | None:
        """Equal sums of equal terms, equal functions of equal arguments."""
        if type(a) is not type(b):
            return None
        if isinstance(a, (sp.Sum, sp.Product)):
            (index, upper, body), (_, other_upper, other) = opened(a), opened(b)
            if upper != other_upper:
                return None
            identifier, inside = self.scope.inside(index, upper)
            lemma = "sum_ext" if isinstance(a, sp.Sum) else "prod_ext"
            lines = replace(self, scope=inside).equality(body, other)
            return [f"apply {lemma}; intros {identifier} {identifier}_in.", *lines]
        if isinstance(a, (sp.log, Exp)) and not (_is_of_powers(a) and _is_of_powers(b)):
            lines = self.equality(a.args[0], b.args[0])
            return [f"apply (f_equal {'ln' if isinstance(a, sp.log) else 'exp'}).", *lines]
        if isinstance(a, RPow) and a.args[0] == b.args[0]:
            return ["apply (f_equal2 rpow); [reflexivity|].", *self.equality(a.args[1], b.args[1])]
        return None

    def _attempts(self, left: sp.Expr, right: sp.Expr) -> list[frozenset[Key]]:
        """Which definitions to put in: none, those that one side names, all that are met on the way."""
        names = [_names(left) & self.definitions.keys(), _names(right) & self.definitions.keys()]
        all_met = self._met(names[0] | names[1])
        return list(dict.fromkeys([frozenset(), frozenset(names[0] ^ names[1]), frozenset(all_met)]))

    def _attempt(self, left: sp.Expr, right: sp.Expr, unfolded: frozenset[Key]) -> tuple[Lines, bool]:
        (a, b), lines = self.normaliser(unfolded).level([left, right], self.scope)
        holds = vanishes(a - b)
        return [*lines, *self._squares(a, b), "rational."], holds

    def _squares(self, left: sp.Expr, right: sp.Expr) -> Lines:
        """Roots as letters, where roots are left."""
        roots = {r.base: None for side in (left, right) for r in atoms(side) if _is_root(r)}
        texts = sorted((term(x, self.scope) for x in roots), key=len, reverse=True)
        return [f"square_root ({text})." for text in texts]


def _is_root(expr: sp.Expr) -> bool:
    return isinstance(expr, sp.Pow) and expr.exp == sp.Rational(1, 2)


def _replaced(expr: sp.Basic, definition: Definition) -> sp.Basic:
    """The value in the place of the name, at every index."""
    if isinstance(expr, (sp.Symbol, sp.Indexed)) and key(expr) == definition.variable.key:
        put = dict(zip(definition.indices, getattr(expr, "indices", ()), strict=True))
        return substitute(definition.value, put)
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    return rebuild(expr, tuple(_replaced(a, definition) for a in expr.args))


def _is_of_powers(expr: sp.Expr) -> bool:
    return bool(expr.has(sp.Product, RPow))


def _names(expr: sp.Expr) -> set[Key]:
    return {key(a) for a in (expr.atoms(sp.Indexed) | free_symbols(expr))}


def equals(before: sp.Expr, after: sp.Expr, scope: Scope) -> str:
    """before = after, as a proposition."""
    return f"{term(before, scope, SUM)} = {term(after, scope, SUM)}"
