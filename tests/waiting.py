"""Waiting for what comes about a moment later: brokers tell each other, and their statistics, in their own time."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 30.0
"""Seconds after which a busy machine, too, would have come to it."""
_LOOK = 0.05


def until(
    seen: Callable[[], bool], what: str | Callable[[], str] = "it did not come about", within: float = PATIENCE
) -> None:
    """Wait until something can be seen, and fail with `what` when it can't within so many seconds."""
    deadline = time.monotonic() + within
    while not seen():
        assert time.monotonic() < deadline, what() if callable(what) else what
        time.sleep(_LOOK)


def becomes(look: Callable[[], object], wanted: object, within: float = PATIENCE) -> None:
    """Wait until looking finds what is wanted, and fail with what it found last."""
    deadline = time.monotonic() + within
    while (found := look()) != wanted:
        assert time.monotonic() < deadline, f"{found}, and not {wanted}"
        time.sleep(_LOOK)
