"""Formulas in HTML: between MathJax's delimiters, in `<script type="math/tex">`, and the sources in KaTeX pages.

Tags and entities become spaces of their length, so that every offset is one in the file.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from derive.read.documents.document import Content, Heading, Stretch
from derive.read.documents.document_text import read_text, stretches

#: A file larger than this is read as plain text.
_MOST = 4_000_000
_UNREAD = frozenset({"script", "style", "code", "pre", "textarea", "noscript", "template", "title"})
_VOID = frozenset({"br", "img", "hr", "input", "meta", "link"})
_APART = re.compile(r"^(?:p|div|li|ul|ol|h[1-6]|td|th|tr|table|section|article|blockquote|body|main|header|footer)$")


class _Page(HTMLParser):
    """Writes the text of a page at the places where it stands."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.source = text
        self.lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self.plain = list(re.sub(r"[^\n]", " ", text))
        self.found: list[Stretch] = []
        self.headings: list[Heading] = []
        self.hidden: list[str] = []
        self.special = ""
        self.displayed = 0
        self.heading: tuple[int, int] | None = None

    def here(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and (given.get("type") or "").startswith("math/tex"):
            self.special = "display" if "display" in (given.get("type") or "") else "inline"
        elif tag == "annotation" and "tex" in (given.get("encoding") or ""):
            self.special = "display" if self.displayed else "inline"
        elif tag not in _VOID and self.hides(tag, given.get("aria-hidden") == "true"):
            self.hidden.append(tag)
        if tag == "math" and given.get("display") == "block":
            self.displayed += 1
        if _APART.match(tag):
            self.part()
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.heading = (int(tag[1]), self.here())

    def hides(self, tag: str, unseen: bool) -> bool:
        """Whether what stands inside a tag is no text."""
        return tag in _UNREAD or unseen or bool(self.hidden and tag == self.hidden[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "annotation"):
            self.special = ""
        if self.hidden and tag == self.hidden[-1]:
            self.hidden.pop()
        if tag == "math":
            self.displayed = 0
        if _APART.match(tag):
            self.part()
        if self.heading and tag == f"h{self.heading[0]}":
            words = " ".join("".join(self.plain[self.heading[1] : self.here()]).split())
            self.headings.append(Heading(self.heading[0], words, self.heading[1]))
            self.heading = None

    def part(self) -> None:
        """Formulas in the line do not go on beyond a paragraph."""
        at = self.here()
        self.plain[at : at + 2] = ["\n", "\n"][: max(0, min(2, len(self.plain) - at))]

    def handle_data(self, data: str) -> None:
        at = self.here()
        if self.special:
            if data.strip():
                self.found.append(Stretch(self.special == "display", at, at + len(data), data))
        elif not self.hidden:
            self.plain[at : at + len(data)] = list(data)

    def handle_entityref(self, name: str) -> None:
        self.entity(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.entity(f"&#{name};")

    def entity(self, entity: str) -> None:
        """An entity: its character, and spaces up to its length."""
        at, char = self.here(), html.unescape(entity)
        length = len(entity) if self.source.startswith(entity, at) else len(entity) - 1
        if self.hidden or len(char) > length:
            return
        if self.special and self.found:
            last = self.found.pop()
            source = last.source + char.ljust(at + length - last.end)
            self.found.append(Stretch(last.display, last.start, last.start + len(source), source))
            return
        self.plain[at : at + length] = list(char.replace("\xa0", " ").ljust(length))


def read_html(text: str) -> Content:
    """A page of HTML."""
    if len(text) > _MOST:
        return read_text(text)
    page = _Page(text)
    page.feed(_closed(text))
    page.close()
    plain = "".join(page.plain)
    found = [*_together(page.found), *stretches(plain)]
    return Content(text, tuple(found), tuple(page.headings), plain)


def _closed(text: str) -> str:
    """The text without the beginnings of comments and tags that never end, over which the parser takes its time."""
    comment, tag = text.rfind("-->") + 1, text.rfind(">") + 1
    text = text[:comment] + text[comment:].replace("<!--", "    ")
    return text[:tag].replace("<![", "   ") + text[tag:].replace("<", " ")


def _together(found: list[Stretch]) -> list[Stretch]:
    """Pieces of one source that entities had parted."""
    joined: list[Stretch] = []
    for stretch in found:
        if joined and joined[-1].end == stretch.start and joined[-1].display == stretch.display:
            last = joined.pop()
            stretch = Stretch(last.display, last.start, stretch.end, last.source + stretch.source)
        joined.append(stretch)
    return joined
