"""Formulas in plain text, by their delimiters; the other kinds of documents use this on the text that is left."""

from __future__ import annotations

import re

from derive.read.documents.document import MOST_FORMULAS, Content, Heading, NoDocument, Stretch

#: Environments that stand by themselves, without dollars.
_DISPLAYED = (
    "equation align gather multline eqnarray flalign alignat displaymath math dmath".split()  # noqa: SIM905
)
_OPENING = re.compile(r"\\{1,2}\[|\\{1,2}\(|\\[\\$]|\$\$|\$|\\begin\s*\{(" + "|".join(_DISPLAYED) + r")(\*?)\}")
#: A formula in the line is not longer than this, and has no empty line in it.
_LONGEST_INLINE = 4_000
_PARAGRAPH = re.compile(r"\n[ \t]*\r?\n")
#: Lines with which the article ends and the page around it begins.
_AFTER = re.compile(
    r"^[ \t]*(?:Read more|About the author|投稿者プロフィール|著者プロフィール|執筆者プロフィール|この記事を書いた人)"
    r"[ \t]*\r?$",
    re.MULTILINE,
)
_HEADING = re.compile(r"^(#{1,6})[ \t]+(\S.*)$", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]{0,3}(```+|~~~+).*?(?:^[ \t]{0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)


def read_text(text: str) -> Content:
    """Plain text, read up to where the article ends and the page around it begins."""
    body = article_part(text)
    headings = tuple(Heading(len(found[1]), found[2].strip(), found.start()) for found in _HEADING.finditer(body))
    plain = body if "```" not in body and "~~~" not in body else _FENCE.sub(lambda found: blank(found[0]), body)
    return Content(text, tuple(stretches(plain)), headings, body)


def article_part(text: str) -> str:
    """The text before the line with which the page around the article begins."""
    end = _AFTER.search(text)
    return text[: end.start()] if end else text


def blank(text: str) -> str:
    """Spaces in place of everything but the ends of lines."""
    return re.sub(r"[^\n]", " ", text)


def stretches(text: str, offset: int = 0) -> list[Stretch]:
    """The formulas of a text that starts at `offset` in its document. One walk; what is never closed is text.

    Raises:
        NoDocument: there are more of them than are read.
    """
    found: list[Stretch] = []
    never: set[str] = set()
    at = 0
    while opening := _OPENING.search(text, at):
        at = opening.end()
        token = opening[0]
        if token in ("\\\\", "\\$"):
            continue
        stretch = _environment(text, opening, never) if opening[1] else _delimited(text, opening, never)
        if stretch is None:
            continue
        start, end, after, display = stretch
        at = after
        if text[start:end].strip():
            found.append(Stretch(display, start + offset, end + offset, text[start:end]))
            if len(found) > MOST_FORMULAS:
                raise NoDocument(f"more than {MOST_FORMULAS} formulas: check the file in parts")
    return found


def _environment(text: str, opening: re.Match[str], never: set[str]) -> tuple[int, int, int, bool] | None:
    """An environment that stands by itself: the whole of it, with its `\\begin`."""
    closing = f"\\end{{{opening[1]}{opening[2]}}}"
    end = -1 if closing in never else text.find(closing, opening.end())
    if end < 0:
        never.add(closing)
        return None
    after = end + len(closing)
    return opening.start(), after, after, True


def _delimited(text: str, opening: re.Match[str], never: set[str]) -> tuple[int, int, int, bool] | None:
    """What stands between a pair of delimiters: where it starts and ends, what comes after, whether it is set apart."""
    token, start = opening[0], opening.end()
    if token == "$":
        return _in_dollars(text, start)
    closing = {"[": "\\]", "(": "\\)", "$": "$$"}[token[-1]]
    if token.startswith("\\\\"):
        closing = "\\" + closing
    end = -1 if closing in never else text.find(closing, start)
    while end > 0 and closing == "$$" and text[end - 1] == "\\":
        end = text.find(closing, end + 1)
    if end < 0:
        never.add(closing)
        return None
    display = token[-1] != "("
    if not display and (end - start > _LONGEST_INLINE or _PARAGRAPH.search(text, start, end)):
        return None
    return start, end, end + len(closing), display


def _in_dollars(text: str, start: int) -> tuple[int, int, int, bool] | None:
    """`$…$` in the line; a dollar before a space, or with a digit behind its end, is money."""
    if start >= len(text) or text[start].isspace():
        return None
    limit = min(len(text), start + _LONGEST_INLINE)
    end = text.find("$", start, limit)
    while end > 0 and text[end - 1] == "\\":
        end = text.find("$", end + 1, limit)
    if end < 0 or text[end - 1].isspace() or text[end + 1 : end + 2].isdigit():
        return None
    if _PARAGRAPH.search(text, start, end):
        return None
    return start, end, end + 1, False
