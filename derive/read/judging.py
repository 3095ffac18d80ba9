"""From a document's blocks to verdicts: what an article claims, step by step, and whether it holds."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from derive.algebra.budgets import OutOfTimeError, budget
from derive.read.judgement.article import Article
from derive.read.meanings.chains import Places, steps_of
from derive.read.report import FileReport, Finding
from derive.read.syntax import tree
from derive.read.syntax.blocks import parse_block

if TYPE_CHECKING:
    from derive.read.documents.document import Document
    from derive.read.syntax.macros import Macro

#: Seconds for one step of an article, and for all of them.
SECONDS, TOTAL_SECONDS = 2.0, 60.0
#: So many equations in the words are looked at.
MOST_REMARKS = 400


@dataclass(frozen=True)
class _InFile(Places):
    """Places in the file that a document was read from, which for a notebook is not the text itself."""

    document: Document

    def line(self, offset: int) -> int:
        """The line (from 1) of a character."""
        return self.document.place(offset)[0]

    def column(self, offset: int) -> int:
        """The column (from 1) of a character."""
        return self.document.place(offset)[1]


def check_document(
    document: Document, log_base: str = "infer", seconds: float = SECONDS, total: float = TOTAL_SECONDS
) -> FileReport:
    """The steps of a document with their verdicts, and what a reader should be warned of.

    `log_base` is "infer" (natural unless printed digits say otherwise), "e", "2" or "10"; `seconds` is for one step.
    Steps that come up after `total` seconds stay undecided; OutOfTimeError where that is too little to read them.
    """
    blocks = [(block.source, block.start) for block in document.blocks if block.kind == "display"]
    inline = [(block.source, block.start) for block in document.blocks if block.kind != "display"]
    places = _InFile((), document)
    return check_blocks(document.path, document.text, blocks, log_base, seconds, total, inline, document.macros, places)


def check_blocks(
    path: str,
    text: str,
    sources: Iterable[tuple[str, int]],
    log_base: str = "infer",
    seconds: float = SECONDS,
    total: float = TOTAL_SECONDS,
    inline: Iterable[tuple[str, int]] = (),
    macros: Mapping[str, Macro] = MappingProxyType({}),
    places: Places | None = None,
) -> FileReport:
    """The same for display blocks, and formulas in the line, given as LaTeX with their places in a text."""
    end = time.monotonic() + total
    with budget(total):
        steps = steps_of([parse_block(source, offset, macros) for source, offset in sources])
        told = [(source, at) for source, at in inline if "=" in source or "\\in" in source]
        remarks = [row.content for source, at in told for row in parse_block(source, at, macros)]
        statements = [content for content in remarks if isinstance(content, tree.Statement)][:MOST_REMARKS]
        article = Article(text, places or Places.of(text), steps, log_base, statements)
    findings: list[Finding] = []
    for step in steps:
        left = end - time.monotonic()
        if left <= 0:
            findings.append(article.finding(step, "undecided", f"out of time: the file had {total:g} seconds in all"))
            continue
        try:
            with budget(min(seconds, left)):
                findings.append(article.judge(step))
        except OutOfTimeError as error:
            findings.append(article.finding(step, "undecided", str(error)))
        except RecursionError:
            findings.append(article.finding(step, "undecided", "the formula is nested too deeply"))
        except Exception as error:  # a step that we trip over is neither right nor wrong for that
            reason = f"the checker cannot take this step in ({type(error).__name__})"
            findings.append(article.finding(step, "undecided", reason))
    return FileReport(path, tuple(findings), tuple(article.warnings))


def judge_pair(lhs: str, rhs: str, relation: str = "=", log_base: str = "infer", seconds: float = SECONDS) -> Finding:
    """The verdict on one claim in LaTeX, without a document around it; `line` and `column` are None."""
    sign = {"<=": "\\leq", ">=": "\\geq", "≤": "\\leq", "≥": "\\geq", "⇔": "\\Leftrightarrow", "≈": "\\approx"}
    text = f"{lhs} {sign.get(relation, relation)} {rhs}"
    report = check_blocks("", text, [(text, 0)], log_base, seconds)
    steps = [step for step in report.steps]
    if len(steps) != 1:
        return Finding(None, None, lhs, relation, rhs, "unread", "one formula on each side was expected")
    found = steps[0]
    return Finding(
        None, None, lhs, relation, rhs, found.verdict, found.reason, found.given, found.counterexample, found.values,
        found.slip,
    )  # fmt: skip
