"""The rules, group by group. This list is the table of contents."""

from __future__ import annotations

from derive.rules import derivatives, fractions, logarithms, matrices, maxima, products, reasoning, simplify, sums
from derive.rules.rule import Example, Rewrite, Rule

GROUPS = (logarithms, fractions, products, sums, derivatives, matrices, simplify, reasoning, maxima)

#: Every rule by its name.
RULES: dict[str, Rule] = {rule.name: rule for group in GROUPS for rule in group.RULES}

__all__ = ["GROUPS", "RULES", "Example", "Rewrite", "Rule"]
