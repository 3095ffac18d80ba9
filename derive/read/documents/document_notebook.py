"""The Markdown cells of a notebook, with the lines of the file that they stand on."""

from __future__ import annotations

import json
import re
from bisect import bisect_right

from derive.read.documents.document import Content, NoDocument
from derive.read.documents.document_markdown import read_markdown

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)


def read_notebook(text: str) -> Content:
    """The Markdown cells, one after the other with an empty line between them.

    Raises:
        NoDocument: the text is no notebook.
    """
    pieces = _pieces(text)
    starts: list[int] = []
    places: list[tuple[int, str]] = []
    written: list[str] = []
    size = 0
    literals = _STRING.finditer(text)
    for piece in pieces:
        if piece != "\n\n":
            literal = next((found for found in literals if _decoded(found[0]) == piece), None)
            if literal is not None:
                starts.append(size)
                places.append((literal.start() + 1, literal[0][1:-1]))
        written.append(piece)
        size += len(piece)

    def origin(offset: int) -> int:
        """Where a character of the cells stands in the file."""
        index = bisect_right(starts, offset) - 1
        if index < 0:
            return 0
        begin, raw = places[index]
        steps = offset - starts[index]
        for number, found in enumerate(_ESCAPE.finditer(raw)):
            if number == steps:
                return begin + found.start()
        return begin + len(raw)

    content = read_markdown("".join(written))
    return Content(content.text, content.stretches, content.headings, content.plain, origin)


def _decoded(literal: str) -> str | None:
    try:
        found = json.loads(literal, strict=False)
    except ValueError:
        return None
    return found if isinstance(found, str) else None


def _pieces(text: str) -> list[str]:
    """The strings of the Markdown cells in order, and an empty line behind each cell."""
    try:
        book = json.loads(text, strict=False)
    except (ValueError, RecursionError) as trouble:
        raise NoDocument(f"not a notebook: {str(trouble)[:100]}") from None
    cells = book.get("cells") if isinstance(book, dict) else None
    if not isinstance(cells, list):
        raise NoDocument("not a notebook: it has no cells")
    found: list[str] = []
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") != "markdown":
            continue
        source = cell.get("source", "")
        lines = source if isinstance(source, list) else [source]
        found.extend(line for line in lines if isinstance(line, str) and line)
        found.append("\n\n")
    return found
