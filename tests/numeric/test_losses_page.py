"""docs/losses.md says what the code says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_is_up_to_date() -> None:
    command = [sys.executable, "docs/losses/build.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_family_is_there() -> None:
    from derive.families import FAMILIES

    text = (ROOT / "docs" / "losses.md").read_text(encoding="utf-8")
    for name in FAMILIES:
        assert f"## {name}\n" in text or f"- `{name}`: " in text
