"""Doing many calls side by side: answers in order, each call at most once, and no thread that outlives a Ctrl-C.

The standard library's executor is not used because the interpreter waits for its threads at exit, so that one call
that hangs would hold up a run that was stopped.
"""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

A = TypeVar("A")
R = TypeVar("R")


def side_by_side(items: Sequence[A], work: Callable[[A], R], width: int) -> list[R]:
    """Do the work for each item in up to `width` threads, and return the results in the items' order.

    After the first exception nothing new is begun, what is on its way is finished, and the exception is raised. When
    the caller itself is interrupted, nothing new is begun and nobody waits.
    """
    results: dict[int, R] = {}
    errors: list[BaseException] = []
    todo = iter(range(len(items)))
    taking, stop = threading.Lock(), threading.Event()

    def run() -> None:
        while not stop.is_set():
            with taking:
                number = next(todo, None)
            if number is None:
                return
            try:
                results[number] = work(items[number])
            except BaseException as error:  # noqa: BLE001 - raised again below, in the caller's thread
                errors.append(error)
                stop.set()

    threads = [
        threading.Thread(target=run, name=f"call-{number}", daemon=True) for number in range(min(width, len(items)))
    ]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        stop.set()
    if errors:
        raise errors[0]
    return [results[number] for number in range(len(items))]
