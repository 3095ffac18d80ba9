"""What a rule is: one record that states an identity, when it holds, how it is applied, and how it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.context import Context


@dataclass(frozen=True)
class Rewrite:
    """The outcome of applying a rule: the new expression, what was needed, what it was done with (`bind`)."""

    after: sp.Expr
    given: tuple[Relational, ...] = ()
    bind: tuple[sp.Basic, ...] = ()


@dataclass(frozen=True)
class Example:
    """An expression to which a rule applies (or, as `counter`, must not) in a context: how rules are tested."""

    before: sp.Expr
    context: Context = field(default_factory=Context)


@dataclass(frozen=True)
class Rule:
    """One rule of the calculus.

    `statement` is the identity in schematic symbols as a reader knows it, None where words say it better;
    `words` has one entry a language, in which `{statement}` stands for the typeset identity, `{given}` for the
    conditions and `{bind}` for the values of the step at hand. `apply` rewrites every place where the rule applies,
    and returns None where it applies nowhere or its side condition is not known to hold; a rule without `apply` is a
    way of reasoning that a strategy follows (solve for the unknown, use the constraint). `lemma` names the lemma of
    the proof-assistant library that justifies the rule.
    """

    name: str
    words: dict[str, str]
    apply: Callable[[sp.Expr, Context], Rewrite | None] | None = None
    statement: Relational | None = None
    examples: tuple[Example, ...] = ()
    counters: tuple[Example, ...] = ()
    lemma: str | None = None
