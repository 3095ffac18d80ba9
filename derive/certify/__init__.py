"""Certificates: Rocq (Coq) files that a proof assistant's kernel accepts, one lemma a step.

Reading order: `library/` (the lemmas), `terms` (the translation) with `names` and `defined`, `monomials`, `normal` and
`derivatives` (how equalities are shown), `steps`, `claims`, `solutions`, `maxima` (one kind of claim each),
`exporter` (the file), `acceptance` and `running` (whether it is accepted).
"""

from derive.certify.exporter import Certificate, certificate

__all__ = ["Certificate", "certificate"]
