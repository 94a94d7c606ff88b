"""Keeps what the endpoint shows up to date: looks at the clusters, plans, and reads the last verification.

Scrapes read nothing from a cluster, however many there are and however often they come; what is too old for them is
left out. Planning takes longer than a look, so it has a thread of its own.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from mqinfra.model.frozen import dataclass
from mqinfra.model.verification import Verification
from mqinfra.monitor.exporter.exposition import Exposition
from mqinfra.monitor.exporter.view import ClusterView, View
from mqinfra.monitor.watch import ClusterWatch, Watch

Drift = Mapping[str, Mapping[str, int]]
"""Changes that a plan would make, by cluster and action; a cluster that could not be read is not in it."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often things are done.

    Attributes:
        look: seconds between two looks at the clusters.
        plan: seconds between two plans; 0 for none.
    """

    look: float
    plan: float


@dataclass(frozen=True, slots=True)
class Sources:
    """Where what is shown comes from.

    Attributes:
        watch: the clusters.
        drift: makes a plan, and counts its changes; raises UserError.
        verification: reads a report of a verification; raises ValueError.
        report: its file; None where there is none.
    """

    watch: Watch
    drift: Callable[[], Drift]
    verification: Callable[[str], Verification]
    report: Path | None = None


class Keeper:
    """Does it until it is stopped.

    Attributes:
        exposition: what is shown.
        ready: the clusters were looked at once.
        complain: tells people what went wrong; the same is told once until it is over.
    """

    def __init__(
        self, sources: Sources, exposition: Exposition, rhythm: Rhythm, complain: Callable[[str], None]
    ) -> None:
        self.exposition, self.complain = exposition, complain
        self.ready = False
        self._sources = sources
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._told: dict[str, str] = {}
        self._read: tuple[float, int] | None = None
        self._threads = [threading.Thread(target=self._repeat, args=(self.look, rhythm.look), name="look", daemon=True)]
        if rhythm.plan:
            self._threads.append(
                threading.Thread(target=self._repeat, args=(self.plan, rhythm.plan), name="plan", daemon=True)
            )
        self.exposition.view = View({one.alias: ClusterView(one.alias, one.type) for one in sources.watch.clusters})

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """Stop, and wait a while for what is under way."""
        self._stop.set()
        for thread in self._threads:
            thread.join(seconds)

    @property
    def alive(self) -> bool:
        """Whether nothing of it has ended by itself."""
        return all(thread.is_alive() for thread in self._threads)

    def look(self) -> None:
        """Look at all clusters once, and at the report."""
        seen = self._sources.watch.look()
        now = time.time()
        self._reread()
        with self._lock:
            view = self.exposition.view
            clusters = {one.alias: _looked(view.clusters[one.alias], one, now) for one in self._sources.watch.clusters}
            self.exposition.view = replace(view, clusters=clusters, seen=tuple(seen))
        for one in self._sources.watch.clusters:
            self._tell(one.alias, one.down and f"{one.alias} could not be looked at: {one.down}")
        self.ready = True

    def plan(self) -> None:
        """Make a plan, and count what it would change; of clusters that can't be read nothing is known."""
        found = self._sources.drift()
        with self._lock:
            view = self.exposition.view
            clusters = {alias: replace(cluster, drift=found.get(alias)) for alias, cluster in view.clusters.items()}
            self.exposition.view = replace(view, clusters=clusters)

    def _reread(self) -> None:
        """Read the report again when its file is another one."""
        path = self._sources.report
        if path is None:
            return
        try:
            stat = path.stat()
            if self._read == (stat.st_mtime, stat.st_size):
                return
            found: Verification | None = self._sources.verification(path.read_text(encoding="utf-8"))
            self._read = stat.st_mtime, stat.st_size
        except (OSError, ValueError) as error:
            found, self._read = None, None
            why = error.strerror if isinstance(error, OSError) else error
            self._tell(str(path), f"`{path}` can't be read as a report of a verification: {why}")
        else:
            self._tell(str(path), "")
        with self._lock:
            self.exposition.view = replace(self.exposition.view, verification=found)

    def _repeat(self, work: Callable[[], None], seconds: float) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            work()
            self._stop.wait(max(0.0, began + seconds - time.monotonic()))

    def _tell(self, about: str, trouble: str) -> None:
        if trouble and self._told.get(about) != trouble:
            self.complain(trouble)
        elif not trouble and self._told.get(about):
            self.complain(f"{about}: all right again")
        self._told[about] = trouble


def _looked(before: ClusterView, cluster: ClusterWatch, now: float) -> ClusterView:
    up = not cluster.down
    return replace(
        before, up=up, looked=now if up else before.looked, unroutable=None if not up else cluster.unroutable
    )
