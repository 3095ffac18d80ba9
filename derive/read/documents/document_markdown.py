"""Formulas in Markdown: markdown-it-py says what is code, quotation, table or formula (dollarmath, texmath).

Its tokens know their lines only, so each formula is looked up in them again; what the plugins leave (`\\[…\\]` inside a
paragraph, `\\begin{align}`, formulas inside HTML) is found by its delimiters in the text that is no code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.texmath import texmath_plugin

from derive.read.documents.document import Content, Heading, Stretch
from derive.read.documents.document_text import article_part, blank, read_text, stretches

#: Texts or lines that are longer, or have more formulas, go by their delimiters alone: where what opens is never closed
#: the plugins look for its end again on every line.
_MOST, _LONGEST_LINE, _MOST_FORMULAS = 1_000_000, 20_000, 4_000
_OPENING = re.compile(r"\\\(|\\\[|\\begin|\$\$")
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_CODE = ("fence", "code_block", "front_matter")


def _reader() -> MarkdownIt:
    """Markdown as blogs have it: CommonMark, tables, front matter, formulas in dollars and in backslash brackets."""
    return (
        MarkdownIt("commonmark")
        .enable("table")
        .use(front_matter_plugin)
        .use(dollarmath_plugin, allow_labels=False, allow_space=False, double_inline=True)
        .use(texmath_plugin, delimiters="brackets")
    )


def read_markdown(text: str) -> Content:
    """A Markdown file."""
    body = article_part(text)
    crowded = sum(1 for _ in _OPENING.finditer(body)) > _MOST_FORMULAS
    if crowded or len(body) > _MOST or max(map(len, body.split("\n"))) > _LONGEST_LINE:
        return read_text(text)
    starts = [0, *(found.end() for found in re.finditer("\n", body)), len(body) + 1]
    plain = list(body)
    found: list[Stretch] = []
    headings: list[Heading] = []
    rest: list[tuple[int, int]] = []
    cursor = level = 0
    for token in _leaves(_reader().parse(body)):
        if token.type == "heading_open":
            level = int(token.tag[1])
        begin, end = _lines(token, starts)
        cursor = max(cursor, begin)
        if token.type == "heading_text":
            headings.append(Heading(level, token.content.strip(), begin))
        elif token.type in _CODE or (token.type == "html_block" and token.content.lstrip().startswith("<!--")):
            plain[begin:end] = blank(body[begin:end])
        elif token.type in ("code_inline", "html_inline"):
            place = body.find(token.content, cursor, end)
            if place >= 0 and (token.type == "code_inline" or token.content.startswith("<!--")):
                cursor = place + len(token.content)
                plain[place:cursor] = blank(body[place:cursor])
        elif token.type.startswith("math"):
            stretch, left, right = _found(token, body, cursor, end)
            if stretch is not None:
                found.append(stretch)
                rest.append((left, right))
                cursor = right
    remaining = list(plain)
    for left, right in rest:
        remaining[left:right] = blank(body[left:right])
    found.extend(stretches("".join(remaining)))
    return Content(text, tuple(found), tuple(headings), "".join(plain))


def _leaves(tokens: list[Token]) -> Iterator[Token]:
    """Tokens in order, those inside a line with the lines of the paragraph that they stand in."""
    heading = False
    for token in tokens:
        if token.type == "inline":
            if heading:
                yield Token("heading_text", "", 0, content=token.content, map=token.map)
            for child in token.children or []:
                child.map = token.map
                yield child
        else:
            yield token
        heading = token.type == "heading_open"


def _lines(token: Token, starts: list[int]) -> tuple[int, int]:
    """Where the lines of a token begin and end."""
    if not token.map:
        return 0, 0
    first, last = token.map
    return starts[min(first, len(starts) - 1)], starts[min(last, len(starts) - 1)] - 1


def _found(token: Token, body: str, cursor: int, end: int) -> tuple[Stretch | None, int, int]:
    """The place of a formula in the text, and where it begins and ends with its delimiters."""
    display = token.type not in ("math_inline", "math_single")
    opening = token.markup
    if not display and token.type == "math_inline" and opening not in ("$", "\\("):
        opening = "$"
    words = token.content.split()
    closing = {"\\(": "\\)", "\\[": "\\]"}.get(opening, opening)
    if not words:
        return None, cursor, cursor
    pattern = r"[\s>]+".join(re.escape(word).replace(r"\|", r"\\?\|") for word in words)
    whole = re.escape(opening) + r"[\s>]*(" + pattern + r")[\s>]*" + re.escape(closing)
    place = re.compile(whole).search(body, cursor, min(len(body), end + 1))
    if place is None:
        return None, cursor, cursor
    source = place[1]
    if source.split() != words:
        source = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), source)
    if source.split() != words:
        source = source.replace("\\|", " |")  # as a table needs it
    return Stretch(display, place.start(1), place.end(1), source), place.start(), place.end()
