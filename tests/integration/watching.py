"""A watch of the project in the working directory, and what somebody waits for to be seen by it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from mqinfra.cli.monitoring.selected import watched_by_cluster
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.engine.selection import Selection
from mqinfra.model.health import State
from mqinfra.monitor.thresholds import Thresholds
from mqinfra.monitor.watch import Seen, Watch, by_cluster


class Watching:
    """Looks at an interval; a state has to be seen within two of them, once the thresholds allow it to."""

    def __init__(self, watch: Watch, every: float, allowed: float) -> None:
        self._watch, self._every, self._allowed = watch, every, allowed
        self.states: Counter[State] = Counter()

    def look(self) -> dict[str, Seen]:
        """What is seen now, by name, or by group where somebody reads."""
        began = time.monotonic()
        found = {one.series.watched.consumer or one.series.watched.name: one for one in self._watch.look()}
        self.states.update(one.judged.verdict.state for one in found.values())
        time.sleep(max(0.0, began + self._every - time.monotonic()))
        return found

    def sees(self, name: str, state: State, *, within: float = 0.0) -> Seen:
        """Look until something is in a state: two intervals after it can be known to be."""
        looks = 3 + round((self._allowed + within) / self._every)
        said = ""
        for _ in range(looks):
            seen = self.look()[name]
            if seen.judged.verdict.state is state:
                return seen
            said = f"{name} is {seen.judged.verdict}, and not {state}, after {looks} looks"
        raise AssertionError(said)


@contextmanager
def watching(every: float = 1.0, thresholds: Thresholds | None = None) -> Iterator[Watching]:
    """Watch everything that is declared.

    Args:
        every: seconds between two looks.
        thresholds: others than the usual ones, so that nobody has to wait for half a minute.
    """
    used = thresholds or Thresholds(patience=3.0, rebalancing=3.0, held=2.0)
    workspace = require_valid(open_workspace(Where(), timeout=20.0))
    clusters = by_cluster(
        watched_by_cluster(workspace, Selection()), workspace.loaded.desired.clusters, workspace.opener
    )
    watch = Watch(clusters, used)
    try:
        yield Watching(watch, every, max(used.patience, used.rebalancing))
    finally:
        watch.close()
