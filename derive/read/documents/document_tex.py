"""Formulas in LaTeX files: comments, preamble and verbatim text are no text."""

from __future__ import annotations

import re

from derive.read.documents.document import Content, Heading
from derive.read.documents.document_text import blank, stretches

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_VERBATIM = re.compile(r"\\begin\{(verbatim\*?|lstlisting|minted|comment|filecontents\*?)\}.*?\\end\{\1\}", re.DOTALL)
_HEADING = re.compile(r"\\((?:sub){0,2})section\*?\s*\{([^{}]*)\}")


def read_tex(text: str) -> Content:
    """A LaTeX file, or a piece of one without `\\begin{document}`."""
    plain = _COMMENT.sub(lambda found: found[1] + " " * (len(found[0]) - len(found[1])), text)
    if "\\end{" in plain:
        plain = _VERBATIM.sub(lambda found: blank(found[0]), plain)
    begin = plain.find("\\begin{document}")
    if begin >= 0:
        plain = blank(plain[:begin]) + plain[begin:]
    end = plain.find("\\end{document}")
    if end >= 0:
        plain = plain[:end] + blank(plain[end:])
    headings = tuple(
        Heading(1 + len(found[1]) // 3, " ".join(found[2].split()), found.start()) for found in _HEADING.finditer(plain)
    )
    return Content(text, tuple(stretches(plain)), headings, plain)
