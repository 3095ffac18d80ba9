"""PDF by way of an installed TeX: pdfLaTeX for English, LuaLaTeX for Japanese."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

#: Which program sets which language.
PROGRAMS = {"en": "pdflatex", "ja": "lualatex"}
#: Debian's packages that hold what the documents need.
PACKAGES = {"en": "texlive-latex-base lmodern", "ja": "texlive-luatex texlive-lang-japanese texlive-latex-recommended"}
SECONDS = 180


class PdfError(Exception):
    """No PDF could be made: why and what to do, in one line."""


def compiled(document: str, lang: str = "en") -> bytes:
    """The PDF of a LaTeX document; PdfError where TeX is missing or stops."""
    program = shutil.which(PROGRAMS[lang])
    if program is None:
        raise PdfError(
            f"a PDF needs {PROGRAMS[lang]}; install TeX Live (on Debian: apt-get install --no-install-recommends "
            f"{PACKAGES[lang]}), or take --to latex or --to html"
        )
    with TemporaryDirectory(prefix="derive-") as folder:
        place = Path(folder)
        (place / "page.tex").write_text(document, encoding="utf-8")
        options = ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
        try:
            subprocess.run([program, *options], cwd=place, capture_output=True, timeout=SECONDS, check=True)
        except subprocess.TimeoutExpired:
            raise PdfError(f"{PROGRAMS[lang]} took longer than {SECONDS} seconds") from None
        except subprocess.CalledProcessError as error:
            raise PdfError(f"{PROGRAMS[lang]} stopped: {_fault(error.stdout)}") from None
        return (place / "page.pdf").read_bytes()


def _fault(output: bytes) -> str:
    """The first error that TeX reports."""
    lines = output.decode("utf-8", "replace").splitlines()
    return next((line.removeprefix("! ") for line in lines if line.startswith("!")), "see --to latex")
