"""Certificates compiled: the library first, then the file, in a folder of their own; which lemma Rocq refuses."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from derive.certify.acceptance import judged
from derive.certify.exporter import Certificate
from derive.certify.library import FILES, LOGICAL_NAME, sources

#: What to install where something is missing, by Debian's names.
INSTALL = "apt-get install coq libcoq-coquelicot libcoq-interval"
#: A file that takes longer than this, in seconds, is given up.
PATIENCE = 600

Progress = Callable[[str], None]


class RocqMissingError(RuntimeError):
    """There is no coqc, or its libraries are missing: what to install, in one line."""


@dataclass(frozen=True)
class Outcome:
    """What became of a certificate: accepted or why not, the lemma that Rocq refused, the axioms, the time taken."""

    accepted: bool
    reason: str
    lemma: str
    axioms: tuple[str, ...]
    seconds: float


def coqc() -> str:
    """Where the compiler is; RocqMissingError where it is not."""
    found = shutil.which("coqc")
    if found is None:
        raise RocqMissingError(f"coqc is not installed; install it by: {INSTALL}")
    return found


@contextmanager
def compiled_library(progress: Progress = lambda _: None) -> Iterator[Path]:
    """A folder with the library, compiled, as long as it is needed."""
    compiler = coqc()
    with tempfile.TemporaryDirectory(prefix="lossproof-") as name:
        folder = Path(name)
        for number, (file, text) in enumerate(sources().items(), start=1):
            progress(f"library {number}/{len(FILES)}: {file}.v")
            (folder / f"{file}.v").write_text(text, encoding="utf-8")
            done = compile_file(compiler, folder / f"{file}.v", folder)
            if done.returncode != 0:
                hint = " ".join((done.stdout + done.stderr).split())[:200]
                raise RocqMissingError(f"the library does not compile; install its parts by: {INSTALL} ({hint})")
        yield folder


def compile_file(compiler: str, path: Path, library: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Compile one file against the library; its output, errors among it."""
    command = [compiler, "-q", *flags, "-Q", str(library), LOGICAL_NAME, str(path)]
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=path.parent, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"given up after {PATIENCE} seconds")


def run(certificate: Certificate, library: Path, progress: Progress = lambda _: None) -> Outcome:
    """Compile a certificate in a folder of its own and judge it."""
    with tempfile.TemporaryDirectory(prefix="lossproof-") as name:
        path = Path(name) / "certificate_file.v"
        path.write_text(certificate.text, encoding="utf-8")
        good = len(certificate.entries) - len(certificate.missing)
        progress(f"{certificate.model}: {good} claims")
        start = time.monotonic()
        done = compile_file(coqc(), path, library)
        seconds = time.monotonic() - start
    judgement = judged(certificate.text, done.stdout, done.returncode, certificate.numeric)
    lemma = refused(certificate.text, done.stderr) if done.returncode else ""
    reason = judgement.reason if not lemma else f"{judgement.reason} at {lemma}"
    return Outcome(judgement.accepted, reason, lemma, judgement.axioms, seconds)


def refused(text: str, errors: str) -> str:
    """The lemma in which the compiler's first error lies, "" where it lies in none."""
    place = re.search(r"line (\d+), characters [\d-]+:\s*\n?Error", errors)
    if place is None:
        return ""
    above = "\n".join(text.splitlines()[: int(place[1])])
    names = re.findall(r"^(?:Lemma|Theorem|Definition|Hypothesis) (\w+)", above, re.M)
    return names[-1] if names else ""
