"""The README shows what the program prints, and its Python runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str, page: str = README) -> list[str]:
    """The blocks between fences that are marked with a language."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", page, re.S | re.M)
    return [content for mark, content in found if mark == language]


def test_the_output_shown_is_the_output() -> None:
    command = [sys.executable, "-m", "derive.cli", "mle", "categorical", "--counts", "2,5,2,4,2,5"]
    page = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    (shown,) = blocks("")
    for line in shown.splitlines():
        assert line in page or line == "…", line


def test_the_python_shown_runs() -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    (code,) = blocks("python")
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_every_command_shown_is_one() -> None:
    shown = re.findall(r"^    derive (\w+)", README, re.M)
    known = subprocess.run([sys.executable, "-m", "derive.cli", "--help"], capture_output=True, text=True, check=True)
    assert len(shown) >= 6
    assert all(f"\n  {name} " in known.stdout for name in shown)


def test_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).is_file(), link
