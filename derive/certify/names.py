"""What each name of a derivation is called in the certificate: validated, and never a word of Rocq or the library."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from derive.algebra.context import Context
from derive.certify.library import library_names

#: Words of Rocq's language, and what statements and tactics of certificates use of its libraries.
WORDS = frozenset(
    """
    as at cofix else end exists exists2 fix for forall fun if IF in let match mod Prop return Set then
    Type using where with by is SProp True False not and or iff eq R nat Z N0 O S INR IZR Rabs ln exp
    sqrt PI sin cos Derive ex_derive is_derive locally up fact conj I proj1 proj2 eq_refl f_equal
    Admitted admit give_up Axiom Axioms Parameter Parameters Conjecture Abort Declare Unset Load
    Redirect Primitive Extraction Notation Ltac Module Import Context Unshelve bypass_check Add
    Canonical Coercion Instance Drop
    """.split()  # noqa: SIM905 - a list of words reads better as text
)
#: Names that certificates make themselves: hypotheses, equations, lemmas, bound indices.
MADE = re.compile(
    r"(eq|given|derived|first|at|bound|admissible|fact|root|square|defined|H)[\d_]*|[ijv]\d+|any_.*|step_.*|"
    r"same|equation|values?|constraint|candidate|.*_(in|domain|total|link|holds|defined|admissible|natural|certificate)"
)
IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


class UntranslatableError(ValueError):
    """An expression or a name for which certificates have no words: what, in one line."""


class NoProofError(UntranslatableError):
    """A claim that can be stated, and for which certificates have no lemma."""


@dataclass(frozen=True)
class Names:
    """Identifiers by name and number of indices; sizes and indices have none."""

    table: dict[tuple[str, int], str] = field(default_factory=dict)

    def of(self, key: tuple[str, int]) -> str:
        """The identifier of a declared name; UntranslatableError where it was not declared."""
        if key not in self.table:
            raise UntranslatableError(f"{key[0]!r} with {key[1]} indices is not declared")
        return self.table[key]


def named(context: Context) -> Names:
    """Identifiers for all that a context declares, one to one.

    Where arrays of several ranks share a name, their rank is added: t_k and t_{ik} become t1 and t2.
    """
    keys = [(s.name, 0) for s in context.sizes]
    keys += [v.key for v in (*context.variables, *(d.variable for d in context.definitions))]
    keys += [(r.symbol.name, 0) for r in context.indices]
    keys = list(dict.fromkeys(keys))
    table: dict[tuple[str, int], str] = {}
    used = set(WORDS) | library_names()
    for name, rank in keys:
        if not IDENTIFIER.fullmatch(name):
            raise UntranslatableError(f"{name[:40]!r} is no name for a certificate (letters, digits, _)")
        several = len([k for k in keys if k[0] == name]) > 1
        identifier = f"{name}{rank}" if several else name
        if MADE.fullmatch(identifier):
            identifier = f"my_{identifier}_"
        while identifier in used:
            identifier += "_"
        used.add(identifier)
        table[name, rank] = identifier
    return Names(table)
