"""Reports on files in each format: text, data (JSON), HTML, SARIF."""

from __future__ import annotations

import json
from collections.abc import Callable

from derive.read.report import Report

#: The formats of `derive check --format`.
FORMATS = ("text", "json", "html", "sarif")


def rendered(report: Report, form: str) -> str:
    """The report in one of `FORMATS`, without colours."""
    from derive.render import report_html, report_sarif, report_text

    forms: dict[str, Callable[[], str]] = {
        "text": lambda: report_text.plain(report),
        "json": lambda: dumped(report.to_json(), indent=2),
        "html": lambda: report_html.page(report),
        "sarif": lambda: dumped(report_sarif.log(report), indent=2),
    }
    return forms[form]()


def dumped(data: object, indent: int | None = None) -> str:
    """JSON that can be written in UTF-8 whatever it holds: half of a surrogate pair is written as an escape."""
    shown = json.dumps(data, ensure_ascii=False, indent=indent)
    try:
        shown.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(data, indent=indent)
    return shown
