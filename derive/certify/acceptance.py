"""Whether a certificate is accepted: what it rests on must be allowed, and nothing in it may be taken on trust.

The exit status of the compiler says nothing (a file with `Admitted` exits 0): a certificate is accepted on what
`Print Assumptions` prints for the tuple of all its lemmas, and on a scan of its text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: The axioms of Rocq's real numbers, and those of classical logic and extensionality that its analysis uses.
ALLOWED = frozenset(
    {
        "ClassicalDedekindReals.sig_not_dec",
        "ClassicalDedekindReals.sig_forall_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
        "Classical_Prop.classic",
    }
)
#: Machine integers and floats, on which `interval` computes: allowed where a certificate holds numbers only.
MACHINE = ("PrimInt63.", "Uint63.", "PrimFloat.", "FloatAxioms.")
#: What no certificate may hold, anywhere.
FORBIDDEN = re.compile(
    r"\b(Admitted|admit|give_up|Axioms?|Parameters?|Conjecture|Abort|Declare|Unset|Set|Load|Redirect|Primitive|"
    r"Extraction|Notation|Ltac|Module|Import|Context|Unshelve|bypass_check|Add|Canonical|Coercion|Instance|Drop)\b|#\["
)
#: How a line that starts a sentence outside a proof may begin.
SENTENCES = ("From", "Open", "Section", "Variable", "Variables", "Hypothesis", "Definition", "Lemma", "Theorem")
OUTSIDE = re.compile(r"^([A-Z]\w*)", re.M)
HEADS = frozenset({*SENTENCES, "Proof", "Qed", "End", "Print"})
REQUIRED = re.compile(
    r"^From (Coq Require Import Reals Lra Lia|Coquelicot Require Import Coquelicot|Interval Require Import Tactic"
    r"|Lossproof Require Import [A-Za-z ]+)\.$",
    re.M,
)


@dataclass(frozen=True)
class Judgement:
    """Accepted or not, why not, and the axioms that were found."""

    accepted: bool
    reason: str
    axioms: tuple[str, ...] = ()


def scanned(text: str) -> str:
    """What in a file must not be there; "" where there is nothing."""
    plain = re.sub(r"\(\*.*?\*\)", "", text, flags=re.S)
    plain = REQUIRED.sub("", plain)
    found = FORBIDDEN.search(plain)
    if found:
        return f"the file holds {found[0]!r}"
    strange = [head for head in OUTSIDE.findall(plain) if head not in HEADS]
    if strange:
        return f"the file holds a sentence that begins with {strange[0]!r}"
    opened, closed = re.findall(r"^Section (\w+)\.", plain, re.M), re.findall(r"^End (\w+)\.", plain, re.M)
    if opened != closed or len(opened) != 1:
        return "what is assumed must stand in one section that is closed"
    after = plain[plain.rindex("\nEnd ") :]
    if re.search(r"^(Variables?|Hypothesis|Lemma|Theorem|Definition)\b", after, re.M):
        return "something stands after the section"
    return ""


def axioms(output: str) -> tuple[str, ...] | None:
    """The names that `Print Assumptions` lists, None where it did not speak (exactly once)."""
    if output.count("Closed under the global context") + len(re.findall(r"^Axioms:$", output, re.M)) != 1:
        return None
    if "Axioms:" not in output:
        return ()
    listed = output[output.index("Axioms:") :].splitlines()[1:]
    return tuple(line.split()[0] for line in listed if line and not line[0].isspace())


def judged(text: str, output: str, returned: int, numeric: bool = False) -> Judgement:
    """The judgement on a file, given what the compiler printed and returned."""
    fault = scanned(text)
    if fault:
        return Judgement(False, fault)
    if returned != 0:
        return Judgement(False, "Rocq refuses it")
    found = axioms(output)
    if found is None:
        return Judgement(False, "Print Assumptions did not say what the file rests on")
    more = [a for a in found if a not in ALLOWED and not (numeric and a.startswith(MACHINE))]
    if more:
        return Judgement(False, f"it rests on {more[0]}, which is not allowed", found)
    return Judgement(True, "", found)
