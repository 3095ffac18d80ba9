"""A limit on the time that one check may take: what comes from outside must not hang the checker."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: Seconds for one step, unless a budget says otherwise.
SECONDS = 4.0

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


class OutOfTimeError(ArithmeticError):
    """The budget is used up."""


@contextmanager
def budget(seconds: float = SECONDS) -> Iterator[None]:
    """Within this block `tick` raises once so many seconds are gone; an outer budget that ends earlier still counts."""
    end = time.monotonic() + seconds
    outer = _deadline.get()
    token = _deadline.set(end if outer is None else min(end, outer))
    try:
        yield
    finally:
        _deadline.reset(token)


def tick() -> None:
    """Raise OutOfTimeError where the budget is used up. Cheap: to be called at every node of an expression."""
    end = _deadline.get()
    if end is not None and time.monotonic() > end:
        raise OutOfTimeError("this took longer than a check may take")
