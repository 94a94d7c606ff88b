"""Room for the frames of a whole run, so that none of them waits for memory."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_SLOTS = 2**16
"""Values that the frame claims to need. The block is a megabyte then, of which half is left for frames below it; of
what nobody touches the system gives nothing.
"""


def with_room(work: Callable[[], T]) -> T:
    """Do some work, in a frame that claims much more room than it needs.

    CPython keeps frames in blocks of 16 KiB, takes another where one is full, and gives it back as soon as its first
    frame returns (`_PyThreadState_PopFrame`, pystate.c). Where calls go to and fro at the end of a block, each takes
    two system calls and a page that has to be cleared: a tenth of the time of a small plan. The block of a frame that
    needs more is as large as it says, and frames below it use the rest.
    """
    return work()


with_room.__code__ = with_room.__code__.replace(co_stacksize=_SLOTS)
