"""A limit on the time that one check may take: what comes from outside must not hang the checker."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType

#: Seconds of the thread's processor time for one step, unless a budget says otherwise: a verdict must not depend on
#: what else a machine is doing.
SECONDS = 4.0

#: When a budget ends by the clock at the earliest, and by the thread's processor time.
_deadline: ContextVar[tuple[float, float] | None] = ContextVar("deadline", default=None)


class OutOfTimeError(BaseException):
    """The budget is used up. Not an Exception, so that no `except Exception` on the way takes it for its own."""


@contextmanager
def budget(seconds: float = SECONDS) -> Iterator[None]:
    """Within this block `tick` raises once so many seconds are gone; an outer budget that ends earlier still counts."""
    clock, used = time.monotonic() + seconds, time.thread_time() + seconds
    outer = _deadline.get()
    token = _deadline.set((clock, used) if outer is None else (min(clock, outer[0]), min(used, outer[1])))
    try:
        yield
    finally:
        _deadline.reset(token)


def tick() -> None:
    """Raise OutOfTimeError where the budget is used up. Cheap: to be called at every node of an expression."""
    end = _deadline.get()
    if end is not None and time.monotonic() > end[0] and time.thread_time() > end[1]:  # the first takes no system call
        raise OutOfTimeError("this took longer than a check may take")


@contextmanager
def alarmed() -> Iterator[None]:
    """Within this block budgets hold inside SymPy's algorithms too, which cannot tick: a timer of the system calls.

    For programs such as the command, in their main thread and on systems that have such timers; elsewhere nothing.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_: int, __: FrameType | None) -> None:
        tick()

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.25, 0.25)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
