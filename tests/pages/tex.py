"""What TeX has to say of a document: errors, lines that stick out, letters and fonts that are missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from derive.render.pdf import PACKAGES, PROGRAMS

#: A line may stick out by this much, in points, before a reader could see it.
TOLERANCE = 1.0
SECONDS = 180

_COMPLAINTS = re.compile(r"^(?:! |Overfull|Missing character|LaTeX (?:Font )?Warning|Package \w+ Warning).*$", re.M)
_TOO_WIDE = re.compile(r"\(([\d.]+)pt too (?:wide|high)\)")


def missing(lang: str) -> str | None:
    """Why this language's documents cannot be compiled here; None where they can."""
    if shutil.which(PROGRAMS[lang]) is None:
        return f"no {PROGRAMS[lang]} here; on Debian: apt-get install --no-install-recommends {PACKAGES[lang]}"
    style = {"en": "amsmath.sty", "ja": "ltjsarticle.cls"}[lang]
    found = subprocess.run(["kpsewhich", style], capture_output=True, text=True, check=False).stdout.strip()
    return None if found else f"TeX lacks {style}; on Debian: apt-get install --no-install-recommends {PACKAGES[lang]}"


def complaints(document: str, lang: str) -> list[str]:
    """Errors and warnings of TeX on a document, but for lines that stick out by less than anyone sees."""
    with TemporaryDirectory(prefix="pages-") as folder:
        place = Path(folder)
        (place / "page.tex").write_text(document, encoding="utf-8")
        command = [PROGRAMS[lang], "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
        environment = {**os.environ, "max_print_line": "1000"}
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, timeout=SECONDS, check=False)
        log = place / "page.log"
        told = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
        found = [line for line in _COMPLAINTS.findall(told) if not _unseen(line)]
        if done.returncode and not found:
            found = [f"{PROGRAMS[lang]} stopped with {done.returncode}"]
        return found


def _unseen(line: str) -> bool:
    by = _TOO_WIDE.search(line)
    return by is not None and float(by[1]) <= TOLERANCE
