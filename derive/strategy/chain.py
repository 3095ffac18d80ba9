"""A chain of equalities made by applying rules: how strategies write steps."""

from __future__ import annotations

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.context import Context
from derive.algebra.naming import readable
from derive.derivation import Kind, Step
from derive.rules import RULES
from derive.strategy.definedness import needs

#: A chain that has not come to rest after this many rules will not.
MAX_RULES = 60


class Chain:
    """Equalities from `start` on; each applied rule adds a step with the conditions it needs."""

    def __init__(self, start: sp.Expr, context: Context) -> None:
        self.context = context
        self.current = readable(start, taken=context.declared)
        self.steps: list[Step] = []
        self.seen = {self.current}

    def apply(self, rule: str) -> bool:
        """Apply a rule wherever it applies; whether anything changed."""
        apply = RULES[rule].apply
        assert apply is not None, f"{rule} is a way of reasoning, not a rewriting"
        rewrite = apply(self.current, self.context)
        if rewrite is None or readable(rewrite.after, taken=self.context.declared) in self.seen:
            return False  # one rule must not undo what another one did
        self.step(rewrite.after, rule, rewrite.given, rewrite.bind)
        return True

    def apply_if_shorter(self, rule: str) -> Chain:
        """Apply a rule only where what comes out is no longer than what was there."""
        apply = RULES[rule].apply
        assert apply is not None, f"{rule} is a way of reasoning, not a rewriting"
        rewrite = apply(self.current, self.context)
        if rewrite is not None and rewrite.after.count_ops() <= self.current.count_ops():
            self.step(rewrite.after, rule, rewrite.given, rewrite.bind)
        return self

    def apply_each(self, *rules: str) -> Chain:
        """Apply the rules one after the other, each once."""
        for rule in rules:
            self.apply(rule)
        return self

    def apply_all(self, *rules: str) -> Chain:
        """Apply the first rule that applies, again and again, until none does."""
        for _ in range(MAX_RULES):
            if not any(self.apply(rule) for rule in rules):
                return self
        raise RuntimeError(f"the rules {', '.join(rules)} do not come to rest on {self.current}")

    def step(
        self, after: sp.Expr, rule: str, given: tuple[Relational, ...] = (), bind: tuple[sp.Basic, ...] = ()
    ) -> Chain:
        """Add one equality that a strategy knows; nothing where it would say x = x."""
        after = readable(after, taken=self.context.declared)
        if after != self.current:
            self.steps.append(claim("equal", self.current, after, "=", rule, self.context, given, bind))
            self.current = after
            self.seen.add(after)
        return self


def claim(
    kind: Kind,
    before: sp.Basic,
    after: sp.Basic,
    relation: str,
    rule: str,
    context: Context,
    given: tuple[Relational, ...] = (),
    bind: tuple[sp.Basic, ...] = (),
) -> Step:
    """A step that states, besides `given`, what its two sides need to be defined."""
    conditions = tuple(dict.fromkeys((*needs(context, before, after), *given)))
    return Step(kind, before, after, relation, rule, _strongest(conditions, context), bind)


def _strongest(conditions: tuple[Relational, ...], context: Context) -> tuple[Relational, ...]:
    """y_j > 0 need not be said beside y_k > 0 for all k."""
    from derive.algebra.signs import same_for_all_indices

    def implied(condition: Relational) -> bool:
        return any(
            other is not condition
            and type(other) is type(condition)
            and same_for_all_indices(other.lhs, condition.lhs, context)
            and not (same_for_all_indices(condition.lhs, other.lhs, context) and str(condition) < str(other))
            for other in conditions
        )

    return tuple(c for c in conditions if not implied(c))


def define(head: sp.Expr, value: sp.Expr, rule: str, context: Context) -> Step:
    """The step that introduces a name. Its indices are free in the value: they count as lying in their ranges."""
    return Step("definition", head, value, ":=", rule, needs(context.over_axes(head), value))


def assume(relation: Relational, rule: str) -> Step:
    """The step that states a hypothesis."""
    return Step("hypothesis", relation, sp.true, "", rule)
