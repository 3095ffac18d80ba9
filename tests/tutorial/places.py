"""Where the tutorial lies, and how its pages are taken apart."""

from __future__ import annotations

import re
from pathlib import Path

TUTORIAL = Path(__file__).parents[2] / "docs" / "cross-entropy"
LANGUAGES = ("en", "ja")
NAMES = sorted(path.stem for path in (TUTORIAL / "en").glob("[1-9]-*.md"))
PAGES = [TUTORIAL / lang / f"{name}.md" for lang in LANGUAGES for name in NAMES]

DISPLAY = re.compile(r"^\$\$\n(.*?)\n\$\$$", re.S | re.M)
FENCE = re.compile(r"^```(\w+)\n(.*?)\n```$", re.S | re.M)


def displays(path: Path) -> list[str]:
    """The displays of a page."""
    return DISPLAY.findall(path.read_text(encoding="utf-8"))


def fences(path: Path, kind: str) -> list[str]:
    """The blocks of code of one kind."""
    return [code for name, code in FENCE.findall(path.read_text(encoding="utf-8")) if name == kind]


def sentences(path: Path) -> str:
    """A page without its displays and its code."""
    return DISPLAY.sub("", FENCE.sub("", path.read_text(encoding="utf-8")))
