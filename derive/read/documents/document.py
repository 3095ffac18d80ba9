"""A file that somebody wrote → its formulas with their places, and the words around them.

    document.py           the values, and which kind a file is
    document_text.py      delimiters in plain text: `$$…$$`, `\\[…\\]`, `\\(…\\)`, `$…$`, `\\begin{align}…`
    document_markdown.py  Markdown, by markdown-it-py with dollarmath and texmath
    document_html.py      HTML: text between tags, `<script type="math/tex">`, the sources in KaTeX pages
    document_tex.py       LaTeX: without comments, preamble and verbatim text
    document_notebook.py  the Markdown cells of a notebook

Files come from anyone: they are bounded in size, never executed, and nothing in them is looked up elsewhere.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from derive.read.syntax.macros import Macro, macros_of

#: Larger files are refused, and files with more formulas.
MOST_BYTES, MOST_FORMULAS = 20_000_000, 20_000
#: So much of the words before a block that is set apart is kept, and of those before a formula in the line.
MOST_PROSE, MOST_INLINE_PROSE = 4_000, 400

SUFFIXES = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd", ".qmd", ".rmd"), "markdown"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".tex", ".ltx", ".latex"), "tex"),
    ".ipynb": "notebook",
    ".txt": "text",
}


class NoDocument(ValueError):
    """A file that can't be read as a document: too large, not text, a broken notebook."""


@dataclass(frozen=True)
class Stretch:
    """A formula in the text: `display` or not, where its LaTeX starts and ends, delimiters left out.

    `source` is that LaTeX; where the file has other characters in between (tags, quote marks) they are spaces, so that
    `len(source) == end - start`.
    """

    display: bool
    start: int
    end: int
    source: str


@dataclass(frozen=True)
class Heading:
    """A heading: its depth from 1, its words, where it stands."""

    level: int
    text: str
    start: int


@dataclass(frozen=True)
class Content:
    """What the reader of one kind of file found in it.

    `plain` is as long as the text, with markup as spaces; offsets are the same in both. `origin` maps an offset to one
    in the file where the text is not the file itself (a notebook).
    """

    text: str
    stretches: tuple[Stretch, ...]
    headings: tuple[Heading, ...] = ()
    plain: str | None = None
    origin: Callable[[int], int] | None = None


@dataclass(frozen=True)
class Block:
    """A formula set apart (`display`) or in the line (`inline`).

    `source` is the LaTeX as it stands, without delimiters, and `start` where it begins in the document's text. `prose`
    are the words between the display block before this one and this one, inline formulas among them as written, and
    `headings` the headings that it stands under, outermost first.
    """

    kind: str
    source: str
    start: int
    prose: str
    headings: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        """Where the LaTeX ends in the document's text."""
        return self.start + len(self.source)


@dataclass(frozen=True)
class Document:
    """A file: its text, its blocks in order, the words behind the last display block (`closing`), its own commands.

    For a notebook, `text` is that of its Markdown cells, and `place` gives the line of the file all the same.
    """

    path: str
    kind: str
    text: str
    blocks: tuple[Block, ...]
    closing: str = ""
    macros: Mapping[str, Macro] = field(default_factory=dict, repr=False)
    _lines: tuple[int, ...] = field(default=(), repr=False, compare=False)
    _origin: Callable[[int], int] | None = field(default=None, repr=False, compare=False)

    @property
    def displays(self) -> tuple[Block, ...]:
        """The blocks that are set apart."""
        return tuple(block for block in self.blocks if block.kind == "display")

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column in the file, both from 1, of an offset in the text."""
        if self._origin is not None:
            offset = self._origin(offset)
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1


def open_document(path: str | Path) -> Document:
    """The document in a file; its kind is told by the suffix, and by what stands in it where that says nothing.

    Raises:
        OSError: the file can't be opened.
        NoDocument: it is too large, or no text.
    """
    path = Path(path)
    if path.is_dir():
        raise NoDocument(f"{path} is a folder")
    with path.open("rb") as file:
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise NoDocument(f"{path} is larger than {MOST_BYTES // 1_000_000} MB")
    if b"\0" in raw[:4096]:
        raise NoDocument(f"{path} is not a text file")
    return document_of(raw.decode("utf-8-sig", errors="replace"), str(path), SUFFIXES.get(path.suffix.lower()))


def document_of(text: str, path: str = "", kind: str | None = None) -> Document:
    """The document that a text is; `kind` is one of markdown, html, tex, notebook, text, or told by the text.

    Raises:
        NoDocument: a notebook that is none, or more formulas than are read.
    """
    from derive.read.documents.document_html import read_html
    from derive.read.documents.document_markdown import read_markdown
    from derive.read.documents.document_notebook import read_notebook
    from derive.read.documents.document_tex import read_tex
    from derive.read.documents.document_text import read_text

    readers: dict[str, Callable[[str], Content]] = {
        "markdown": read_markdown,
        "html": read_html,
        "tex": read_tex,
        "notebook": read_notebook,
        "text": read_text,
    }
    kind = kind or _kind_of(text)
    content = readers[kind](text)
    starts = [0]
    while (found := text.find("\n", starts[-1])) >= 0:
        starts.append(found + 1)
    blocks, closing = _blocks(content)
    return Document(path, kind, content.text, blocks, closing, macros_of(content.text), tuple(starts), content.origin)


def _kind_of(text: str) -> str:
    """Which kind of document a text without a name is."""
    head = text[:4000].lstrip().lower()
    if head.startswith("{") and '"cells"' in text:
        return "notebook"
    if head.startswith(("<!doctype html", "<html", "<?xml")) or "<body" in head:
        return "html"
    if "\\begin{document}" in text or head.startswith("\\documentclass"):
        return "tex"
    if head.startswith(("---\n", "# ", "```")) or "\n```" in text or "\n# " in text or "\n## " in text:
        return "markdown"
    return "text"


def _blocks(content: Content) -> tuple[tuple[Block, ...], str]:
    """The blocks with the words before them, and the words behind the last."""
    plain = content.plain if content.plain is not None else content.text
    found: list[Block] = []
    before = 0
    headings: list[Heading] = []
    waiting = list(reversed(content.headings))
    for stretch in sorted(content.stretches, key=lambda stretch: stretch.start):
        while waiting and waiting[-1].start <= stretch.start:
            heading = waiting.pop()
            headings = [other for other in headings if other.level < heading.level] + [heading]
        most = MOST_PROSE if stretch.display else MOST_INLINE_PROSE
        prose = plain[max(before, stretch.start - most) : stretch.start]
        kind = "display" if stretch.display else "inline"
        titles = tuple(heading.text for heading in headings)
        found.append(Block(kind, stretch.source, stretch.start, _trimmed(prose), titles))
        if stretch.display:
            before = stretch.end
    return tuple(found), _trimmed(plain[before : before + MOST_PROSE])


def _trimmed(prose: str) -> str:
    """Words without the delimiters that stand at their ends."""
    shorter = prose.lstrip(" \t\r\n>")
    for delimiter in ("$$", "\\\\]", "\\]"):
        if shorter.startswith(delimiter):
            prose = shorter[len(delimiter) :]
            break
    shorter = prose.rstrip(" \t\r\n>")
    for delimiter in ("$$", "\\\\[", "\\\\(", "\\[", "\\(", "$"):
        if shorter.endswith(delimiter):
            prose = shorter[: -len(delimiter)]
            break
    return prose.strip()
