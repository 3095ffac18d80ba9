"""Six families as their readers get them; `python -m tests.pages` looks at all."""

from __future__ import annotations

import pytest

from tests.pages import browser, japanese, tex
from tests.pages.derived import SIX, derived
from tests.pages.looked_at import FORMATS, LANGUAGES, faults, why_not


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", SIX)
def test_a_page_is_as_its_reader_needs_it(name: str, form: str, lang: str) -> None:
    if (reason := why_not(form, lang)) is not None:
        pytest.skip(reason)
    assert faults(derived(name), form, lang) == []


@pytest.mark.skipif(tex.missing("en") is not None, reason=str(tex.missing("en")))
def test_what_sticks_out_is_seen() -> None:
    head, tail = "\\documentclass{article}\\begin{document}\n", "\n\\end{document}\n"
    assert tex.complaints(f"{head}fine{tail}", "en") == []
    assert "Overfull" in tex.complaints(f"{head}\\noindent\\rule{{30cm}}{{1pt}}{tail}", "en")[0]
    assert tex.complaints(f"{head}\\nonsense{tail}", "en")[0] == "! Undefined control sequence."


@pytest.mark.skipif(browser.program() is None, reason=browser.MISSING)
def test_what_is_too_wide_or_complains_is_seen() -> None:
    formula = '<svg role="img" aria-label="x" width="9" height="9"></svg>'
    page = '<!DOCTYPE html><html><body style="margin:0"><meta charset="utf-8">{}</body></html>'
    assert browser.complaints(page.format(formula)) == []
    found = browser.complaints(page.format(f'{formula}<details><p style="width:600px">a</p></details>'))
    assert found == ["opened: 600 px wide on a screen of 390 px"]
    (said,) = browser.complaints(page.format(f'{formula}<script>console.error("oh")</script>'), (390,))
    assert said.startswith("console: ") and "oh" in said
    assert browser.complaints(page.format(formula.replace('aria-label="x"', "")), (390,))
    assert "badly written: {y}_{k}" in browser.complaints(page.format(formula.replace('"x"', '"{y}_{k}"')), (390,))


def test_english_on_a_japanese_page_is_seen() -> None:
    assert japanese.leftovers("# 尤度 `code` $\\log y$\n$$a \\text{対数}$$") == []
    assert japanese.leftovers("尤度 likelihood") == ["likelihood"]
    assert japanese.leftovers("$$a = b \\quad \\text{the log の公式}$$") == ["the"]
