"""One page in one format and language: made, and held against what its readers need."""

from __future__ import annotations

from derive.render import html, latex, markdown
from tests.pages import browser, japanese, tex
from tests.pages.derived import Derived

FORMATS = ("latex", "html", "markdown")
LANGUAGES = ("en", "ja")


def why_not(form: str, lang: str) -> str | None:
    """Why a format cannot be looked at on this machine; None where it can."""
    if form == "latex":
        return tex.missing(lang)
    return browser.MISSING if form == "html" and browser.program() is None else None


def faults(found: Derived, form: str, lang: str, depth: str = "full") -> list[str]:
    """What is wrong with a page."""
    derivation, report = found.derivation, found.report
    if form == "latex":
        document = latex.document(derivation, lang, depth, report)
        return [*tex.complaints(document, lang), *_badly_written(document)]
    if form == "html":
        return browser.complaints(html.page(derivation, lang, depth, report))
    page = markdown.page(derivation, lang, depth, report)
    english = japanese.leftovers(page) if lang == "ja" else []
    return [*_badly_written(page), *(f"English on a Japanese page: {word}" for word in english)]


def _badly_written(page: str) -> list[str]:
    return [f"badly written: {line}" for line in page.splitlines() if browser.badly_written(line)]
