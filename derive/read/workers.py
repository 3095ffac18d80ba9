"""Processes that do untrusted work: one that hangs, dies or takes too much memory is replaced, and the rest goes on.

Results come in the order of the tasks, and only so many tasks are read ahead: a stream of millions takes no more memory
than one of a thousand.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

#: Bytes of data that a process may take, and at how many it is replaced once it has nothing to do.
MEMORY, TIRED = 2**30, 2**29
#: So many tasks are read ahead of the one whose result is due.
AHEAD = 512
#: How often a process without work looks whether its parent is still there, in seconds.
LOOKING = 2.0

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Lost:
    """No result: `cause` is "time", "memory" or "crash"."""

    cause: str


@dataclass
class _Worker:
    process: Any
    pipe: Connection
    task: int | None = None
    end: float = 0.0


class Workers(Generic[T, R]):
    """`count` processes that apply `work` to tasks, each within so many seconds."""

    def __init__(self, work: Callable[[T], R], count: int, seconds: float, memory: int = MEMORY) -> None:
        self.work, self.seconds, self.memory = work, seconds, memory
        # Where there is fork, a process starts in milliseconds; nothing here runs threads that it could tear apart.
        self.start = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        self.workers: list[_Worker] = []
        self.count = count

    def map(self, tasks: Iterable[T]) -> Iterator[R | Lost]:
        """The results in the order of the tasks; Lost where there is none."""
        coming = enumerate(tasks)
        waiting: dict[int, T] = {}  # read, and given to nobody yet
        done: dict[int, R | Lost] = {}
        due, read, ended = 0, 0, False
        try:
            while True:
                while due in done:
                    yield done.pop(due)
                    due += 1
                # A task is read when somebody is free for it: who writes one and waits for its result gets it.
                while not (ended or waiting) and self._idle() and read - due < AHEAD:
                    for number, task in coming:
                        waiting[number], read = task, read + 1
                        break
                    else:
                        ended = True
                    self._give(waiting)
                if ended and due == read:
                    return
                self._give(waiting)
                done |= self._collect()
        finally:
            self.close()

    def close(self) -> None:
        """End all processes."""
        for worker in self.workers:
            self._end(worker)
        self.workers = []

    def _idle(self) -> bool:
        return len(self.workers) < self.count or any(worker.task is None for worker in self.workers)

    def _give(self, waiting: dict[int, T]) -> None:
        while waiting and self._idle():
            worker = next((w for w in self.workers if w.task is None), None) or self._hire()
            number = next(iter(waiting))
            try:
                worker.pipe.send(waiting[number])
            except OSError:  # it died while it had nothing to do
                self._dismiss(worker)
                continue
            del waiting[number]
            worker.task, worker.end = number, time.monotonic() + self.seconds

    def _collect(self) -> dict[int, R | Lost]:
        """Results that have come, and the tasks whose process is gone or out of time."""
        busy = {worker.pipe: worker for worker in self.workers if worker.task is not None}
        if not busy:
            return {}
        patience = max(min(worker.end for worker in busy.values()) - time.monotonic(), 0.0)
        found: dict[int, R | Lost] = {}
        for pipe in wait(list(busy), patience):
            worker = next(w for w in self.workers if w.pipe is pipe)
            assert worker.task is not None
            try:
                result, leaving = worker.pipe.recv()
            except (EOFError, OSError):
                result, leaving = Lost("crash"), True
            found[worker.task] = result
            worker.task = None
            if leaving:
                self._dismiss(worker)
        for worker in busy.values():
            if worker.task is not None and time.monotonic() >= worker.end:
                found[worker.task] = Lost("time")
                self._dismiss(worker)
        return found

    def _hire(self) -> _Worker:
        ours, theirs = self.start.Pipe()
        process = self.start.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, self.work, self.memory, os.getpid()), daemon=True
        )
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self.workers.append(worker)
        return worker

    def _dismiss(self, worker: _Worker) -> None:
        self.workers.remove(worker)
        self._end(worker)

    @staticmethod
    def _end(worker: _Worker) -> None:
        worker.pipe.close()
        worker.process.kill()
        worker.process.join()
        worker.process.close()


def _serve(pipe: Connection, work: Callable[[Any], Any], memory: int, parent: int) -> None:
    """A process: task after task, until there are no more or it has grown too large."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)  # libraries that run out of memory say so on stderr and abort
    _bounded(memory + _data())
    at_first = _resident()  # a forked process begins with all that its parent holds
    with contextlib.suppress(EOFError, OSError):
        while True:
            while not pipe.poll(LOOKING):
                if os.getppid() != parent:
                    return
            task = pipe.recv()
            try:
                result, leaving = work(task), _resident() - at_first > TIRED
            except MemoryError:
                result, leaving = Lost("memory"), True
            pipe.send((result, leaving))
            if leaving:
                return


def _bounded(memory: int) -> None:
    """Let this process hold no more data than so many bytes, where the system can see to it."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (memory, most))


def _data() -> int:
    """The data that this process holds now, in bytes; 0 where the system does not tell."""
    with contextlib.suppress(OSError, StopIteration), open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmData:"))
        return int(line.split()[1]) * 1024
    return 0


def _resident() -> int:
    """The most memory that this process has had at a time, in bytes; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024
