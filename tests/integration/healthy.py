"""Healthy traffic is never called bad: consumers come and go, nodes are restarted one after the other, and all is well.

Each broker says how its clients work; what they do, and what may be seen of it, is the same for all.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mqinfra.model.health import State
from mqinfra.monitor.thresholds import DEFAULT
from tests.integration.beside import Work
from tests.integration.watching import Watching, watching

if TYPE_CHECKING:
    from mqinfra.monitor.watch import Seen
    from tests.brokers.node import Node

_RESTARTED_EVERY, _AWAY = 10.0, 3.0
_DOWN, _CALM = 8.0, 30.0
"""Seconds that a node is away in a rolling restart, and that its cluster gets to be whole again."""
_SETTLES, _AFTER = 2, 4
"""Looks after a rolling restart in which something may still not be known, and in which it is watched."""
_FIRST = 10
"""Looks in which everything has to be known at the beginning."""
_MOST_ALARMS = 20

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Length:
    """How long it is watched.

    Attributes:
        seconds: in all.
        every: between two looks.
        down: how long a node is away when it is restarted.
        calm: between two nodes.
    """

    seconds: float
    every: float
    down: float = 0.0
    calm: float = 0.0


SHORT = Length(20.0, 2.0, calm=6.0)
LONG = Length(1_800.0, 5.0, _DOWN, _CALM)
"""Half an hour, in `make test-faults`."""
ROLLING = Length(240.0, 5.0, _DOWN, _CALM)
"""A rolling restart with some minutes before, for other forms and releases."""


def coming_and_going(member: Callable[[str], AbstractContextManager[None]]) -> Work:
    """Two members, of which one after the other leaves and comes again; now and then both are away."""

    def work(over: threading.Event) -> None:
        with ExitStack() as steady:
            steady.enter_context(member("steady"))
            while not over.is_set():
                with member("restless"):
                    over.wait(_RESTARTED_EVERY)
                over.wait(_AWAY)
                steady.pop_all().close()
                over.wait(_AWAY)
                steady.enter_context(member("steady"))

    return work


def never_bad(length: Length, work: Sequence[Work], nodes: Sequence[Node] = ()) -> None:
    """Watch everything while somebody works, and halfway restart the nodes one after the other.

    Nothing may be known of something while a node is away, and for a moment after; at any other time it has to be.
    """
    over, alarms = threading.Event(), _Alarms()
    with ThreadPoolExecutor(len(work) + 1) as pool, watching(every=length.every, thresholds=DEFAULT) as watch:
        working = [pool.submit(one, over) for one in work]
        restart: Future[None] | None = None
        try:
            _known(watch)
            began = time.monotonic()
            while time.monotonic() - began < length.seconds or alarms.calm < _AFTER:
                if restart is None and nodes and time.monotonic() - began > length.seconds / 2:
                    restart = pool.submit(_restarted, nodes, length, over)
                    working.append(restart)
                alarms.judge(watch.look(), restart)
                for one in working:
                    if one.done():
                        one.result()
        finally:
            over.set()
        for one in working:
            one.result()
    assert alarms.found == []
    assert not nodes or restart is not None
    assert watch.states[State.OK] > watch.states[State.UNKNOWN]


class _Alarms:
    """What nobody should have seen.

    Attributes:
        found: what it was.
        calm: looks since the nodes were restarted, or the first.
    """

    def __init__(self) -> None:
        self.found: list[str] = []
        self.calm = 0

    def judge(self, looked: dict[str, Seen], restart: Future[None] | None) -> None:
        """Remember what is bad, and what is not known although everything is there."""
        self.calm = 0 if restart is not None and not restart.done() else self.calm + 1
        disturbed = restart is not None and self.calm <= _SETTLES
        for name, seen in looked.items():
            verdict = seen.judged.verdict
            if verdict.state.bad or (verdict.state is State.UNKNOWN and not disturbed):
                self.found.append(f"{name} {verdict}: {seen.series.samples[-8:]}")
                _log.warning("%s", self.found[-1])
            elif verdict.state not in (State.OK, State.CATCHING_UP):
                _log.info("%s %s", name, verdict)
        assert len(self.found) < _MOST_ALARMS, self.found


def _known(watch: Watching) -> None:
    """Look until everything is known: one sample tells nothing yet, and of what was made just now servers know none."""
    for _ in range(_FIRST):
        if all(one.judged.verdict.state is not State.UNKNOWN for one in watch.look().values()):
            return
    raise AssertionError(f"something is still not known after {_FIRST} looks")


def _restarted(nodes: Sequence[Node], length: Length, over: threading.Event) -> None:
    """Restart nodes one after the other, as somebody does who waits until the cluster is whole again."""
    for node in nodes:
        _log.info("%s goes", node.title)
        node.stop()
        over.wait(length.down)
        node.start()
        _log.info("%s is back", node.title)
        over.wait(length.calm)
