"""The one door for files: an article or a saved derivation, by path or from standard input, checked within bounds.

What comes in is untrusted. Its size is bounded before anything is read, the time by the clock; what cannot be read is
refused in one line that says why and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from derive.algebra.budgets import OutOfTimeError, alarmed, budget
from derive.checker import LanesDisagreeError
from derive.interchange import MAX_BYTES as MAX_SAVED_BYTES
from derive.interchange import FormatError, parse
from derive.read.documents.document import SUFFIXES, NoDocument, document_of
from derive.read.report import FileReport, Warned
from derive.read.saved import check_saved

#: Articles that are larger are refused.
MAX_BYTES = 5_000_000
#: Seconds for reading an article, for checking all of its steps, and for one of them.
READING_SECONDS, FILE_SECONDS, STEP_SECONDS = 10.0, 60.0, 2.0
#: The same for a saved derivation.
SAVED_READING_SECONDS, SAVED_SECONDS = 3.0, 6.0
#: What standard input is called.
STANDARD_INPUT = "-"
#: Files that start like this are no text, whatever their name says; what they are called, and what to give instead.
_MAGIC = {
    b"%PDF": ("a PDF", "give the source that it was made of (.tex, .md, .html)"),
    b"PK\x03\x04": ("a zip archive or an office document", "save it as text, HTML or LaTeX"),
    b"\x1f\x8b": ("compressed", "unpack it first"),
    b"\x89PNG": ("a picture", "give its formulas as text"),
    b"\xff\xd8\xff": ("a picture", "give its formulas as text"),
}
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class UnreadableFileError(ValueError):
    """A file that cannot be read: which one, why, and what to do, in one line."""


@dataclass(frozen=True)
class Limits:
    """What one file may take: `seconds` in all, `step_seconds` for one step."""

    seconds: float = FILE_SECONDS
    step_seconds: float = STEP_SECONDS


def check_file(
    path: str, log_base: str = "infer", content: bytes | None = None, limits: Limits | None = None
) -> FileReport:
    """The report on a file, whatever it holds; `content` where it was read already, as from standard input.

    UnreadableFileError where it cannot be read or the checker fails on it.
    """
    limits = limits or Limits()
    data = _read(path) if content is None else content
    try:
        with alarmed():
            return _checked(path, data, log_base, limits)
    except UnreadableFileError:
        raise
    except (FormatError, NoDocument) as error:
        raise UnreadableFileError(f"{path}: cannot be read ({error})") from error
    except OutOfTimeError:
        raise UnreadableFileError(f"{path}: reading it took too long; split it into smaller files") from None
    except LanesDisagreeError as error:
        raise UnreadableFileError(
            f"{path}: the checker contradicts itself, which is a fault of it ({error}); please report it"
        ) from error
    except MemoryError:
        raise UnreadableFileError(f"{path}: checking it took too much memory; split it into smaller files") from None
    except RecursionError:
        raise UnreadableFileError(f"{path}: its formulas are nested too deeply") from None
    except Exception as error:  # whatever else an article makes the reader do is one file's affair, not that of all
        raise UnreadableFileError(
            f"{path}: the checker failed on it, which is a fault of it ({type(error).__name__}: {error}); "
            "please report it"
        ) from error


def check_text(text: str, kind: str | None = None, log_base: str = "infer", limits: Limits | None = None) -> FileReport:
    """The report on a text at hand; `kind` says what it is (see `document_of`) where that cannot be told.

    FormatError where it is a saved derivation that cannot be read, NoDocument where it is a notebook that is none.
    """
    text = _lines(text)
    with alarmed():
        if kind is None and is_derivation(text):
            return check_saved(STANDARD_INPUT, parse(text), SAVED_SECONDS)
        return _article(STANDARD_INPUT, text, kind, log_base, limits or Limits())


def _read(path: str) -> bytes:
    """What is in a file, or the reason why it cannot be read."""
    place = Path(path)
    try:
        size = place.stat().st_size
        if size > MAX_SAVED_BYTES or (size > MAX_BYTES and place.suffix.lower() in SUFFIXES):
            raise UnreadableFileError(_too_large(path, size))
        with place.open("rb") as file:  # a device or a pipe says that it has no size
            return file.read(MAX_SAVED_BYTES + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise UnreadableFileError(
            f"{path}: cannot be read ({getattr(error, 'strerror', None) or error}); check the name and your rights"
        ) from error


def _checked(path: str, data: bytes, log_base: str, limits: Limits) -> FileReport:
    if len(data) > MAX_SAVED_BYTES:
        raise UnreadableFileError(_too_large(path, len(data)))
    text, remark = decoded(path, data)
    if is_derivation(text, path):
        with budget(SAVED_READING_SECONDS):
            derivation = parse(text)
        return check_saved(path, derivation, SAVED_SECONDS)
    if len(data) > MAX_BYTES:
        raise UnreadableFileError(_too_large(path, len(data)))
    report = _article(path, text, SUFFIXES.get(Path(path).suffix.lower()), log_base, limits)
    return replace(report, warnings=(Warned(1, remark), *report.warnings)) if remark else report


def _article(path: str, text: str, kind: str | None, log_base: str, limits: Limits) -> FileReport:
    from derive.read.judging import check_document

    with budget(READING_SECONDS):
        document = document_of(text, path, kind)
    return check_document(document, log_base, limits.step_seconds, limits.seconds)


def decoded(path: str, data: bytes) -> tuple[str, str | None]:
    """The text of a file and what is to be said of its encoding; UnreadableFileError where it is no text."""
    for start, (what, instead) in _MAGIC.items():
        if data.startswith(start):
            raise UnreadableFileError(f"{path}: cannot be read (it is {what}); {instead}")
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text, remark = data.decode(encoding), None
    except UnicodeDecodeError:
        text, remark = data.decode("cp1252", errors="replace"), "the file is not UTF-8: read as Western European"
    if "\0" in text:
        raise UnreadableFileError(
            f"{path}: cannot be read (it holds NUL bytes: no text, or UTF-16 without its mark); save it as UTF-8"
        )
    return _lines(text), remark


def _lines(text: str) -> str:
    """A text that can be written, whose lines end in one character, whatever system wrote them."""
    text = text.encode("utf-8", "replace").decode()  # without halves of characters, which Python's texts may hold
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def is_derivation(text: str, path: str = STANDARD_INPUT) -> bool:
    """Whether a text is a saved derivation; a notebook is JSON too, and may be called .json."""
    suffix, start = Path(path).suffix.lower(), text[:4096].lstrip()
    if suffix in SUFFIXES or '"nbformat"' in text:
        return False
    return suffix == ".json" or (start.startswith("{") and start[1:].lstrip().startswith('"'))


def _too_large(path: str, size: int) -> str:
    return (
        f"{path}: cannot be read ({size / 1e6:.1f} MB; articles may have {MAX_BYTES // 1_000_000} MB, "
        f"saved derivations {MAX_SAVED_BYTES // 1_000_000} MB); split it into smaller files"
    )
