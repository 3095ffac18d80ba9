"""Runs the Python of train.md as one program, and writes what it prints, and its picture, into the page.

    python docs/train.py            write outputs and picture
    python docs/train.py --check    exit 1, saying where, if they are not those of the page

Numbers may differ from the page's by 2 %: sums are not rounded alike on every machine.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
PAGE = HERE / "train.md"
PICTURE = "train.svg"
MARK = "----- the next block -----"
BLOCK = re.compile(r"```python\n(.*?)```(\n\n```text\n(.*?)```)?", re.S)
NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
TOLERANCE = 0.02


def outputs(page: str, folder: Path) -> list[str]:
    """What each block of Python prints, run in one program in a folder, where it leaves the picture."""
    blocks = [match[1] for match in BLOCK.finditer(page)]
    program = f"\nprint({MARK!r})\n".join(blocks)
    command = [sys.executable, "-c", program]
    found = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if found.returncode:
        sys.exit(found.stderr)
    return [part.strip("\n") for part in found.stdout.split(f"{MARK}\n")]


def written(page: str, printed: list[str]) -> str:
    """The page with what its blocks print."""
    texts = iter(printed)

    def block(match: re.Match[str]) -> str:
        text = next(texts)
        shown = f"\n\n```text\n{text}\n```" if match[2] else ""
        return f"```python\n{match[1]}```{shown}"

    return BLOCK.sub(block, page)


def same(shown: str, printed: str) -> bool:
    """Whether two outputs have the same words, and numbers that agree."""
    if NUMBER.sub("#", shown).split() != NUMBER.sub("#", printed).split():
        return False
    pairs = zip(NUMBER.findall(shown), NUMBER.findall(printed), strict=True)
    return all(abs(float(a) - float(b)) <= TOLERANCE * max(abs(float(a)), 0.05) for a, b in pairs)


def main() -> None:
    """Write the page, or hold it against what it prints."""
    page = PAGE.read_text(encoding="utf-8")
    with TemporaryDirectory() as name:
        folder = Path(name)
        printed = outputs(page, folder)
        picture = folder / PICTURE
        if "--check" not in sys.argv[1:]:
            PAGE.write_text(written(page, printed), encoding="utf-8")
            shutil.copy(picture, HERE / PICTURE)
            return
        shown = [(match[3] or "").strip("\n") for match in BLOCK.finditer(page)]
        for n, (before, now) in enumerate(zip(shown, printed, strict=True), start=1):
            if not same(before, now):
                sys.exit(f"train.md, block {n} prints\n{now}\nwhere the page has\n{before}")
        if picture.read_text(encoding="utf-8").count("<svg") != 1:
            sys.exit("train.md draws no picture")


if __name__ == "__main__":
    main()
