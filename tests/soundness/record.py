"""What a run has found so far, in a file: one line a variant, so that a run that was stopped can go on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import TextIO

from tests.soundness.material import Place
from tests.soundness.work import Finding, Sort


@dataclass(frozen=True)
class Piece:
    """Work for one process: variants `start` to `start + count` of one step, or random expressions (no step)."""

    sort: Sort
    step: Place | None
    seed: int
    start: int
    count: int


@dataclass(frozen=True)
class Shipped:
    """A step as it ships: the verdict on it, the time that takes, and that of the numeric lane alone."""

    place: Place
    name: str
    verdict: str
    reason: str
    both: float
    numeric: float | None


class Record:
    """Everything found so far; kept in a file where there is one.

    The lines of a piece of work that was not finished are not counted when the file is read again.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.shipped: dict[Place, Shipped] = {}
        self.pieces: dict[Piece, list[Finding]] = {}
        if path is not None and path.exists():
            with path.open(encoding="utf-8") as lines:
                self._read(lines)
        self._file: TextIO | None = None if path is None else path.open("a", encoding="utf-8")

    def _read(self, lines: Iterable[str]) -> None:
        waiting: dict[Piece, list[Finding]] = {}
        for line in lines:
            try:
                data = json.loads(line)
            except json.JSONDecodeError:  # cut off when the run was stopped
                continue
            if "shipped" in data:
                family, number = data["shipped"].pop("place")
                self.shipped[family, number] = Shipped((family, number), **data["shipped"])
                continue
            sort, step, *numbers = data["piece"]
            piece = Piece(sort, None if step is None else (step[0], step[1]), *numbers)
            if "finding" in data:
                waiting.setdefault(piece, []).append(Finding(**data["finding"]))
            else:
                self.pieces[piece] = waiting.pop(piece, [])

    def ship(self, found: Shipped) -> None:
        """Keep the verdict on a step as it ships."""
        self.shipped[found.place] = found
        self._write({"shipped": asdict(found)})

    def finish(self, piece: Piece, findings: list[Finding]) -> None:
        """Keep what a piece of work found."""
        self.pieces[piece] = findings
        for finding in findings:
            self._write({"piece": astuple(piece), "finding": asdict(finding)})
        self._write({"piece": astuple(piece)})

    def _write(self, data: dict[str, object]) -> None:
        if self._file is not None:
            print(json.dumps(data, ensure_ascii=False), file=self._file, flush=True)
