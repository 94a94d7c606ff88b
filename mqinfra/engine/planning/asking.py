"""Asking clusters side by side, while what asks none of them goes on."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def asking(questions: Mapping[str, Callable[[], T]]) -> Iterator[Mapping[str, Future[T]]]:
    """Ask each cluster its question. Nothing else may be asked of them until the answers were taken.

    Args:
        questions: by the alias of the cluster.

    Yields:
        the answers to come, in the same order; each raises what its question raised.
    """
    pool = ThreadPoolExecutor(max_workers=max(1, len(questions)), thread_name_prefix="planning")
    try:
        yield {alias: pool.submit(ask) for alias, ask in questions.items()}
    finally:
        # Whoever presses Ctrl-C does not wait for the answer of a cluster that hangs.
        pool.shutdown(wait=False, cancel_futures=True)
