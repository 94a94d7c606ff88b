"""Processes of our own, which another of ours tells on their input what to do, and which answer on their output."""

import os
import sys
from collections.abc import Callable


def obedient(main: Callable[[], None]) -> None:
    """Run one until its input ends, or until whoever asked was killed.

    Then nobody is left to be told, also not by what Python writes out at the end, and a traceback would go to whoever
    started the one that was killed.
    """
    try:
        main()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
