"""Proofs and real mistakes that no one here wrote: shares that must not fall, and no false alarm."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from derive.read.documents.document import open_document
from derive.read.judging import check_document
from derive.read.report import NO_CLAIM, WRONG, FileReport

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "statproofbook"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the proofs are not beside the repository")

#: Mistakes that are cheap to check, each of another kind.
MISTAKES = ("momraw-2nd", "mlr-ols2", "lbf-lme", "dent-inv", "kl-nonneg", "norm-chi2-1", "mlr-wlsdist-e")


@cache
def report(path: str) -> FileReport:
    return check_document(open_document(CORPUS / path))


def test_proofs_are_verified_and_never_called_wrong() -> None:
    total: Counter[str] = Counter()
    alarms = []
    for path in sorted((CORPUS / "proofs").glob("*.md")):
        for step in report(f"proofs/{path.name}").steps:
            total[step.verdict] += 1
            if step.verdict in WRONG:
                alarms.append((path.stem, step.line, step.reason))
    claims = sum(n for verdict, n in total.items() if verdict not in NO_CLAIM)
    assert alarms == []
    assert total.total() >= 320 and claims >= 240
    assert total["proved"] + total["tested"] >= 0.7 * claims
    assert total["unread"] <= 0.1 * claims


@pytest.mark.parametrize("name", MISTAKES)
def test_real_mistakes_are_found_beside_their_line(name: str) -> None:
    records = {entry["id"]: entry for entry in json.loads((CORPUS / "errata" / "errata.json").read_text())}
    line = records[name]["line"]
    wrong = [s for s in report(f"errata/{name}.wrong.md").steps if s.line is not None and abs(s.line - line) <= 2]
    assert any(s.verdict in WRONG for s in wrong)
    right = [s for s in report(f"errata/{name}.right.md").steps if s.line is not None and abs(s.line - line) <= 2]
    assert not any(s.verdict in WRONG for s in right)
