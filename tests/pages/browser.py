"""What a browser makes of an HTML page: messages on the console, and whether it is wider than the screen.

The page is shown within frames as wide as a phone and a desk, in a page of our own whose script measures them, closed
and with every line opened; nothing is added to the page itself.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

WIDTHS = (390, 1280)
SECONDS = 120
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium here; on Debian: apt-get install --no-install-recommends chromium"

_SCRIPT = """
const found = [];
function wide(frame, state) {
  const root = frame.contentDocument.documentElement;
  if (root.scrollWidth > root.clientWidth)
    found.push(`${state}: ${root.scrollWidth} px wide on a screen of ${root.clientWidth} px`);
  if (root.clientWidth != frame.width) found.push(`the screen is ${root.clientWidth} px, not ${frame.width} px`);
}
addEventListener("load", () => {
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument;
    wide(frame, "closed");
    for (const line of page.querySelectorAll("details")) line.open = true;
    wide(frame, "opened");
    const drawn = [...page.querySelectorAll("svg[role=img]")];
    for (const formula of drawn) {
      const box = formula.getBoundingClientRect();
      if (box.width < 1 || box.height < 1) found.push(`unseen: ${formula.getAttribute("aria-label")}`);
    }
    if (!drawn.length) found.push("no formula was drawn");
  }
  document.getElementById("found").textContent = JSON.stringify(found);
});
"""


def program() -> str | None:
    """The browser that there is."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def complaints(page: str, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """What is wrong with a page: console messages, horizontal overflow, formulas that a screen reader cannot tell."""
    frames = "".join(f'<iframe width="{w}" height="900" srcdoc="{escape(page)}"></iframe>' for w in widths)
    harness = f'<!DOCTYPE html><meta charset="utf-8"><pre id="found"></pre>{frames}<script>{_SCRIPT}</script>'
    with TemporaryDirectory(prefix="pages-") as folder:
        place = Path(folder) / "harness.html"
        place.write_text(harness, encoding="utf-8")
        done = subprocess.run(
            [
                program() or "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--disable-dev-shm-usage", "--window-size=1400,1000", f"--user-data-dir={folder}/profile",
                "--enable-logging=stderr", "--virtual-time-budget=20000", "--dump-dom", place.as_uri(),
            ],
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    said = re.findall(r"CONSOLE[^\]]*\]? ?(.*)", done.stderr)
    told = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.S)
    if told is None or not told[1]:
        return [*said, f"the browser did not show the page: {done.stderr.strip()[-300:]}"]
    return [*(f"console: {line}" for line in said), *json.loads(unescape(told[1])), *unheard(page)]


class _Formulas(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.labels: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "svg" and attributes.get("aria-hidden") != "true":
            label = attributes.get("aria-label") or ""
            if attributes.get("role") != "img" or not label:
                self.faults.append(f"a picture without text: {attributes}")
            self.labels.append(label)


def unheard(page: str) -> list[str]:
    """Formulas without their LaTeX as accessible text, or with LaTeX that nobody writes."""
    formulas = _Formulas()
    formulas.feed(page)
    return [*formulas.faults, *(f"badly written: {label}" for label in formulas.labels if badly_written(label))]


def badly_written(latex: str) -> bool:
    r"""Does it hold what a printer that nobody looked at makes of a formula: `\operatorname{…}`, `{y}_{k}`?"""
    return "operatorname" in latex or re.search(r"(?<![a-z\\}])\{[A-Za-z]\}_", latex) is not None
