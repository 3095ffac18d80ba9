"""Figures of fits at scale: python -m tests.numeric.fitting.bench gaussian|categorical|families|classes [SIZE].

Times are processor time of one process, fit and NumPy in turn on the same file; what counts is their ratio.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import numeric
from tests.numeric.fitting.cases import cases

#: Rows that are written, or counted, at once.
BLOCK, CHUNK = 10**7, 1 << 16
ROUNDS = 5


def anonymous_memory() -> float:
    """MiB of memory that no file stands behind (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


class Peak:
    """The most anonymous memory while something runs."""

    def __enter__(self) -> Peak:
        self.most, self.running = anonymous_memory(), True
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def _watch(self) -> None:
        while self.running:
            self.most = max(self.most, anonymous_memory())
            time.sleep(0.01)

    def __exit__(self, *_: object) -> None:
        self.running = False
        self.thread.join()


def written(path: Path, size: int, draw: Callable[[Any, int], Any], dtype: str) -> None:
    """A file of numbers drawn from a seed, block by block."""
    rng = np.random.default_rng(0)
    file = np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=(size,))
    for start in range(0, size, BLOCK):
        part = min(BLOCK, size - start)
        file[start : start + part] = draw(rng, part)
    file.flush()


def seconds(function: Callable[[], Any]) -> tuple[float, Any]:
    """Processor time, and what came of it."""
    since = time.process_time()
    found = function()
    return time.process_time() - since, found


def compared(name: str, path: Path, plain: Callable[[Any], Any], words: str) -> None:
    """A fit beside NumPy on the same file, in turn."""
    numeric.fit(name, np.load(path, mmap_mode="r")[:5000])  # the derivation is made once
    values = np.load(path, mmap_mode="r")
    ratios = []
    for _ in range(ROUNDS):
        before, _ = seconds(lambda: plain(values))
        after, found = seconds(lambda: numeric.fit(name, path, progress=False))
        ratios.append(after / before)
        print(f"  {words} {before:.2f} s, fit {after:.2f} s, ratio {after / before:.2f}")
    with Peak() as peak:
        numeric.fit(name, path, progress=False)
    print(f"{name}, {len(values):,} samples: median ratio {median(ratios):.2f}, anonymous memory {peak.most:.0f} MiB")
    print(found)


def gaussian(size: int) -> None:
    """Against numpy.mean and numpy.var."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.npy"
        written(path, size, lambda rng, n: rng.normal(1e6, 1, n), "float64")
        compared("gaussian", path, lambda x: (np.mean(x), np.var(x)), "mean and var")


def categorical(size: int) -> None:
    """Against numpy.bincount in chunks."""

    def counted(labels: Any) -> Any:
        counts = np.zeros(11, dtype=np.int64)
        for start in range(0, len(labels), CHUNK):
            counts += np.bincount(labels[start : start + CHUNK], minlength=11)
        return counts

    with TemporaryDirectory() as folder:
        path = Path(folder) / "labels.npy"
        written(path, size, lambda rng, n: rng.integers(1, 11, n), "int64")
        compared("categorical", path, counted, "bincount")


def families(size: int) -> None:
    """Passes and time for samples of every family."""
    for name, (data, known) in cases(size).items():
        numeric.fit(name, data[:200], known=known)
        took, found = seconds(lambda: numeric.fit(name, data, known=known, progress=False))  # noqa: B023
        print(f"| {name} | {found.method} | {found.passes} | {took:.2f} |")


def classes(size: int) -> None:
    """Cross entropy over classes in two processes: units in the last place, and time beside torch's loss_parallel."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.numeric.fitting.bench_classes", str(size), folder]
        running = [subprocess.Popen([*command, str(rank)]) for rank in range(2)]
        for process in running:
            process.wait(timeout=600)


TASKS = {"gaussian": (gaussian, 10**8), "categorical": (categorical, 10**8), "families": (families, 10**5)}

if __name__ == "__main__":
    task, usual = {**TASKS, "classes": (classes, 32_000)}[sys.argv[1]]
    task(int(sys.argv[2]) if len(sys.argv) > 2 else usual)
