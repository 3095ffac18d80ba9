"""What Japanese text needs in Markdown: no line breaks within a paragraph, and wide brackets and colons."""

from __future__ import annotations

import re
import unicodedata

LETTER = "[\u3005-\u30ff\u4e00-\u9fff]"  # kana and kanji
#: Lines that begin like this stand alone.
ALONE = ("#", "-", "|", "{{", "```", "$$")


def prepared(text: str) -> str:
    """A source text with its paragraphs on one line each; a break would show as a blank."""
    paragraphs = (_joined(part) for part in text.split("\n\n"))
    return "\n\n".join(paragraphs)


def _joined(paragraph: str) -> str:
    lines = paragraph.split("\n")
    result = lines[:1]
    for line in lines[1:]:
        if line.startswith(ALONE) or result[-1].startswith(ALONE) or not line:
            result.append(line)
        else:
            blank = " " if _narrow(result[-1][-1:]) and _narrow(line[:1]) else ""
            result[-1] += blank + line
    return "\n".join(_wide(line) for line in result)


def _wide(line: str) -> str:
    """Brackets around Japanese, and a colon after it, as wide as its letters; links stay as they are."""

    def brackets(found: re.Match[str]) -> str:
        before = line[: found.start()][-1:]
        if re.search(LETTER, found.group(1)) or re.match(LETTER, before):
            return f"\uff08{found.group(1)}\uff09"
        return found.group()

    line = re.sub(r"(?<!\])\(([^()]*)\)", brackets, line)
    return re.sub(f"(?<={LETTER}):|(?<=}}):", "\uff1a", line)


def _narrow(char: str) -> bool:
    return unicodedata.east_asian_width(char or " ") not in ("W", "F") and char not in "{}"
