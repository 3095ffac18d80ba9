"""A progress bar on stderr for fits that take long, and the count of passes."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

#: Seconds after which a bar appears.
PATIENCE = 1.0


class Watch:
    """Counts the rows that are read; shows a bar where somebody looks on and it takes long."""

    def __init__(self, rows: int | None, *, shown: bool | None = None) -> None:
        self.rows, self.passes, self.seen = rows, 0, 0
        self.shown = sys.stderr.isatty() if shown is None else shown
        self.since = time.monotonic()
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> Watch:
        return self

    def begin(self) -> None:
        """Another pass begins."""
        self.passes += 1
        self.seen = 0

    def read(self, rows: int) -> None:
        """So many more rows were read."""
        self.seen += rows
        if not self.shown or time.monotonic() - self.since < PATIENCE:
            return
        if self.bar is None:
            self._open()
        self.bar.update(self.task, completed=self.seen, total=self.rows, description=f"pass {self.passes}")

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,} rows"))
        self.bar = Progress(
            *columns, TimeElapsedColumn(), console=Console(stderr=True, force_terminal=True), transient=True
        )
        self.bar.start()
        self.task = self.bar.add_task(f"pass {self.passes}", total=self.rows)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.bar is not None:
            self.bar.stop()
