"""docs/train.md is run, and prints what it shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "train.md").read_text(encoding="utf-8")


def test_the_page_prints_what_it_shows() -> None:
    for module, extra in (("torch", "torch"), ("sklearn", "dev"), ("matplotlib", "fit")):
        pytest.importorskip(module, reason=f"{module} is not installed; the extra [{extra}] has it")
    command = [sys.executable, "docs/train.py", "--check"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert found.returncode == 0, found.stderr


def test_the_page_shows_the_two_cases() -> None:
    """A prediction of 0.8 for what is right and one of 0.1, as met in training."""
    rows = [line.split() for line in PAGE.splitlines()]
    met = [(float(r[1]), float(r[2]), float(r[3])) for r in rows if len(r) == 4 and r[0] in ("5", "30")]
    near = {round(p, 1): (loss, slope) for p, loss, slope in met if round(p, 1) in (0.8, 0.1)}
    assert set(near) == {0.8, 0.1}
    assert near[0.8][0] == pytest.approx(0.223, abs=0.03)
    assert near[0.1][0] == pytest.approx(2.303, abs=0.1)
    assert near[0.1][1] == pytest.approx(-0.9, abs=0.02)


def test_the_picture_is_there_and_small() -> None:
    picture = ROOT / "docs" / "train.svg"
    assert "(train.svg)" in PAGE
    assert 1000 < picture.stat().st_size < 100_000
