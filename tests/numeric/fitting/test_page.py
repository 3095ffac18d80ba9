"""docs/fitting.md: its Python runs and prints what the page shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "fitting.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```", re.S)
NUMBER = re.compile(r"-?\d+\.\d+")


def test_the_page_prints_what_it_shows() -> None:
    blocks = BLOCK.findall(PAGE)
    assert len(blocks) == PAGE.count("```python") == 6
    program = "\n".join(code for code, _ in blocks)
    command = [sys.executable, "-c", program]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    shown = "".join(text for _, text in blocks)
    assert NUMBER.sub("#", printed) == NUMBER.sub("#", shown)
    for a, b in zip(NUMBER.findall(printed), NUMBER.findall(shown), strict=True):
        assert abs(float(a) - float(b)) <= 1e-8 * abs(float(b))
