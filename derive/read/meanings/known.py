"""What is known of the names of an article: their sizes, shapes, sums and distributions."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.read.meanings.terms import Term


@dataclass
class Facts:
    """What is known of the names of an article.

    `sizes` and `indices` are integers; `kinds` says which names are vectors ("vector", with its length), matrices
    ("matrix", rows, columns) or symmetric positive definite ones ("definite", size); `normalised` maps an array to
    what its entries add up to ("t:2" for t_{ik}, added up over k); `unit` are names, with how many indices they have,
    between 0 and 1; `random` are random variables; `distributed` maps one to its distribution; `fixed`
    are sizes that are given.
    """

    sizes: set[str] = field(default_factory=set)
    indices: set[str] = field(default_factory=set)
    integers: set[str] = field(default_factory=set)
    kinds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    normalised: dict[str, Term] = field(default_factory=dict)
    random: set[str] = field(default_factory=set)
    distributed: dict[str, Term] = field(default_factory=dict)
    under: dict[str, Term] = field(default_factory=dict)
    ranges: dict[str, tuple[Term, Term]] = field(default_factory=dict)
    fixed: dict[str, int] = field(default_factory=dict)
    members: dict[str, tuple[Term, ...]] = field(default_factory=dict)
    unit: set[tuple[str, int]] = field(default_factory=set)
