"""Commands that stop and start a node of a cluster, as an operator's would: the test does what they ask for."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.brokers.server import Server

# Asks by one file, and waits for another.
_ASK = """
import pathlib, sys, time
ask = pathlib.Path({folder!r}, "-".join(sys.argv[1:]) + ".ask")
ask.touch()
while ask.exists():
    time.sleep(0.05)
"""


@contextmanager
def commands(cluster: Server[Any], folder: Path, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The options of `verify` by which a node is killed and started again.

    Args:
        cluster: the cluster.
        folder: where commands and the test meet.
        names: what the cluster calls its nodes, in their order.
    """
    folder.mkdir()
    script, over = folder / "ask.py", threading.Event()
    script.write_text(_ASK.format(folder=str(folder)), encoding="utf-8")

    def obey() -> None:
        while not over.wait(0.05):
            for ask in folder.glob("*.ask"):
                act, _, name = ask.stem.partition("-")
                node = cluster.members[names.index(name)]
                node.kill() if act == "stop" else node.start()
                ask.unlink()

    worker = threading.Thread(target=obey)
    worker.start()
    try:
        run = f"'{sys.executable}' '{script}'"
        yield ("--stop-cmd", f"{run} stop {{node}}", "--start-cmd", f"{run} start {{node}}")
    finally:
        over.set()
        worker.join()
        cluster.start()
