"""A limit on the processor time that something may take, where the system has timers."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class OutOfPatienceError(BaseException):
    """It has taken too long. No handler of exceptions on the way may take it for something else."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """OutOfPatienceError where the block takes longer."""

    def stop(number: int, frame: object) -> None:
        raise OutOfPatienceError

    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
