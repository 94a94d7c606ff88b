"""Work that goes on in a thread of its own while a test does something else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Work = Callable[[threading.Event], None]
"""What is done until it is over; one that only reconnects raises nothing."""


@contextmanager
def beside(work: Work, name: str) -> Iterator[None]:
    """Work while the context lasts.

    Args:
        work: what is done until the event is set.
        name: the thread's, for people.
    """
    over = threading.Event()
    thread = threading.Thread(target=work, args=(over,), name=name)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
