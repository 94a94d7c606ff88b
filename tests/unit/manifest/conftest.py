"""Guards of these tests: hostile text that hangs a test fails it."""

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

CPU_SECONDS = 20


class HangsError(Exception):
    """A test has used far more processor time than any of them needs."""


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    """Stop a test by its own processor time, which a busy machine does not lengthen."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise HangsError(f"more than {CPU_SECONDS} seconds of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
