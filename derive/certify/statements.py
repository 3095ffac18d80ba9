"""A statement of the certificate with its proof: premises, conclusion, tactics."""

from __future__ import annotations

from dataclasses import dataclass

from derive.certify.defined import Condition
from derive.certify.normal import Lines


@dataclass(frozen=True)
class Statement:
    """What a lemma says: under `premises` (hypothesis name, proposition) holds `conclusion`; and the tactics.

    `defined` says what makes its terms mean what they say, each with its tactics.
    """

    premises: tuple[tuple[str, str], ...]
    conclusion: str
    proof: Lines
    defined: tuple[tuple[Condition, Lines], ...] = ()

    def text(self) -> str:
        """Premises and conclusion, one a line."""
        return "\n".join([*(f"  ({p}) ->" for _, p in self.premises), f"  {self.conclusion}"])

    def intros(self) -> Lines:
        """The tactic that names the premises."""
        return [f"intros {' '.join(name for name, _ in self.premises)}."] if self.premises else []
