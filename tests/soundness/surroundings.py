"""What a rewrite may use at a place: names that are free, what is known positive, which facts hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from derive.algebra.context import Context, key
from derive.derivation import Step
from tests.soundness.tree import bound, exchange, free, rebuild

LETTERS = "abcdefghopqrsuvwxyz"


@dataclass(frozen=True)
class Surroundings:
    """A step's context and conditions; `facts` tells whether the known sums may be used."""

    context: Context
    step: Step
    facts: bool

    @cached_property
    def names(self) -> tuple[sp.Symbol, ...]:
        """Index names that occur nowhere in the step or its context."""
        taken = {v.name for v in self.context.variables} | {d.variable.name for d in self.context.definitions}
        parts = (self.step.before, self.step.after, *self.step.given, *self.step.bind)
        taken |= {s.name for part in parts for s in part.atoms(sp.Symbol)}
        taken |= {s.name for s in (*self.context.sizes, *self.context.ranges)}
        taken |= {s.name for d in self.context.definitions for s in (d.head, d.value) for s in s.atoms(sp.Symbol)}
        return tuple(sp.Symbol(c, integer=True) for c in (*LETTERS, *(f"{c}1" for c in LETTERS)) if c not in taken)

    def positive(self, e: sp.Expr) -> bool:
        """Whether an expression is known to be > 0, by declaration, by what the step assumes, or by its parts."""
        if e.is_Rational:
            return bool(e > 0)
        if isinstance(e, sp.exp) or e in self.context.sizes:
            return True
        if isinstance(e, (sp.Symbol, sp.Indexed)):
            variable = self.context.variable(e)
            domain = None if variable is None else variable.domain
            if domain is not None and (domain.lower.is_positive or (domain.lower.is_zero and domain.lower_open)):
                return True
        if any(
            isinstance(g, sp.StrictGreaterThan) and g.rhs == 0 and self._instance(g.lhs, e) for g in self.step.given
        ):
            return True
        if isinstance(e, (sp.gamma, sp.factorial)):
            return self.positive(e.args[0])
        if isinstance(e, (sp.Mul, sp.Add)):
            return all(self.positive(a) for a in e.args)
        if isinstance(e, sp.Pow):
            return self.positive(e.base)
        if isinstance(e, ExprWithLimits):
            return self.positive(e.function) and all(a == 1 and b in self.context.sizes for _, a, b in e.limits)
        return False

    def _instance(self, pattern: sp.Expr, e: sp.Expr) -> bool:
        """Whether e is the pattern itself, or one entry of an array that the pattern speaks of as a whole."""
        if pattern == e:
            return not bound(pattern) & free(e)
        if not isinstance(pattern, sp.Indexed) or not isinstance(e, sp.Indexed) or key(pattern) != key(e):
            return False
        pairs = zip(pattern.indices, e.indices, strict=True)
        return all(p == i or (p.is_Symbol and p not in self.context.ranges) for p, i in pairs)


def apart(e: sp.Basic, names: tuple[sp.Symbol, ...]) -> sp.Basic | None:
    """The same expression with every bound index under a name of its own; None where the names do not suffice."""
    supply = list(names)

    def walk(e: sp.Basic) -> sp.Basic:
        if not e.args or isinstance(e, sp.Indexed):
            return e
        if isinstance(e, ExprWithLimits):
            e = e.func(walk(e.function), *e.limits)
            for n in range(len(e.limits)):
                renamed_once = renamed(e, n, like(supply.pop(0), e.limits[n][0]))
                assert renamed_once is not None, "a name that occurs nowhere cannot be caught"
                e = renamed_once
            return e
        if isinstance(e, sp.Derivative):
            return sp.Derivative(walk(e.expr), *e.args[1:], evaluate=False)
        return rebuild(e, [walk(a) for a in e.args])

    try:
        return walk(e)
    except IndexError:
        return None


def like(name: sp.Symbol, old: sp.Symbol) -> sp.Symbol:
    """The name for what the old one stands for: a variable of integration is no integer."""
    return name if old.is_integer else sp.Symbol(name.name, **old.assumptions0)


def renamed(e: sp.Expr, n: int, name: sp.Symbol) -> sp.Expr | None:
    """A sum or product whose n-th index bears another name; None where that would change what it says."""
    limits = list(e.limits)
    old, lower, upper = limits[n]
    inner_names = {v for v, _, _ in limits[:n]}
    if name in {v for v, _, _ in limits} or old in inner_names or name in free(e.function):
        return None
    if any(name in free(a) | free(b) for _, a, b in limits[:n]):
        return None
    body = exchange(e.function, old, name)
    inner = [(v, exchange(a, old, name), exchange(b, old, name)) for v, a, b in limits[:n]]
    if body is None or any(None in limit for limit in inner):
        return None
    return e.func(body, *inner, (name, lower, upper), *limits[n + 1 :])
