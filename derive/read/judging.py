"""From a document's blocks to verdicts: what an article claims, step by step, and whether it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.read.report import FileReport, Finding

if TYPE_CHECKING:
    from derive.read.document import Document

#: Seconds for one step of an article.
SECONDS = 2.0


def check_document(document: Document, log_base: str = "infer", seconds: float = SECONDS) -> FileReport:
    """The steps of a document with their verdicts, and what a reader should be warned of.

    `log_base` is "infer" (natural unless printed digits say otherwise), "e", "2" or "10"; `seconds` is for one step.
    """
    return FileReport(document.path, ())


def judge_pair(
    lhs: str, rhs: str, relation: str = "=", log_base: str = "infer", seconds: float = SECONDS
) -> Finding:
    """The verdict on one claim in LaTeX, without a document around it; `line` and `column` are None."""
    return Finding(None, None, lhs, relation, rhs, "unread", "the text was not understood")
