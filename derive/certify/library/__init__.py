"""The lemma library: Rocq files in the order in which they build on each other, and the names that they define."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

#: In reading order; each file uses those before it.
FILES = ("Sums", "Powers", "Signs", "Derivatives", "Maxima", "Families", "Rewriting")

#: What a certificate's files are called together: From Lossproof Require Import Sums.
LOGICAL_NAME = "Lossproof"

_DEFINED = re.compile(r"^\s*(?:Lemma|Theorem|Corollary|Definition|Fixpoint|Ltac|with)\s+(\w+)", re.M)


@cache
def sources() -> dict[str, str]:
    """The text of each file, by name."""
    folder = resources.files(__package__ or __name__)
    return {name: folder.joinpath(f"{name}.v").read_text(encoding="utf-8") for name in FILES}


@cache
def library_names() -> frozenset[str]:
    """Every lemma, definition and tactic of the library."""
    return frozenset(name for text in sources().values() for name in _DEFINED.findall(text))
