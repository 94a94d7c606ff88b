"""Watching clusters: samples of all of them again and again, and what is remembered between two looks.

Clusters are looked at side by side. One that can't be reached keeps no other waiting, is not known meanwhile, and is
connected to anew at the next look.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mqinfra.model.address import Address
from mqinfra.model.errors import UserError
from mqinfra.model.reading import Source
from mqinfra.monitor.judge import Judged, judge
from mqinfra.monitor.series import Series
from mqinfra.monitor.thresholds import DEFAULT, Thresholds
from mqinfra.providers.base.connecting.workers import side_by_side
from mqinfra.providers.base.monitoring.sample import Observed, Sample
from mqinfra.providers.base.monitoring.watched import Watched
from mqinfra.providers.base.session import Session

MOST_SAMPLES = 60
"""Samples that are remembered of each thing."""
NO_TRAFFIC = "a {} has no traffic to look at"
Key = tuple[Address, str]


@dataclass
class ClusterWatch:
    """One cluster, as it is looked at.

    Attributes:
        alias: its alias.
        type: the broker's type.
        open: opens a session with it; raises UserError.
        watched: what is watched there.
        down: why it could not be looked at last time; empty where it could.
        version: its version, as soon as it was reached.
        endpoint: where it was reached.
        source: a real broker, a sandbox or a snapshot.
        unroutable: messages that no route took, as a counter; None where the broker does not count them.
    """

    alias: str
    type: str
    open: Callable[[], Session]
    watched: Sequence[Watched]
    down: str = ""
    version: str = ""
    endpoint: str = ""
    source: Source = Source.LIVE
    unroutable: int | None = None
    _session: Session | None = field(default=None, init=False, repr=False)

    def look(self) -> list[Observed]:
        """Take a sample of everything; what can't be looked at is unknown, with the reason."""
        try:
            session = self._session = self._session or self.open()
            self.version, self.endpoint = session.facts.version, session.facts.endpoint
            self.source = session.source
            found = session.sample(self.watched)
            self.unroutable = session.unroutable()
        except UserError as error:
            self.down = error.diagnostics[0].message
            self.close()
            return self._unknown(self.down)
        self.down = ""
        return self._unknown(NO_TRAFFIC.format(self.source.value)) if found is None else found

    def close(self) -> None:
        """Give the session back."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _unknown(self, why: str) -> list[Observed]:
        at = time.time()
        return [Observed(one, Sample(at, unknown=why)) for one in self.watched]


@dataclass(frozen=True, slots=True)
class Seen:
    """How one thing is doing, with what it was judged by."""

    series: Series
    judged: Judged


class Watch:
    """Several clusters, and what was seen of them.

    Attributes:
        clusters: the clusters.
        looks: how often they were looked at.
        seen: how everything is doing, in the order in which it is declared.
    """

    def __init__(self, clusters: Sequence[ClusterWatch], thresholds: Thresholds = DEFAULT) -> None:
        self.clusters, self._thresholds = clusters, thresholds
        self.looks = 0
        self.seen: Sequence[Seen] = ()
        self._samples: dict[Key, deque[Sample]] = {}
        self._since: dict[Key, Judged] = {}

    def look(self) -> Sequence[Seen]:
        """Look at all clusters once, and judge by everything that was seen until now."""
        some = side_by_side(self.clusters, ClusterWatch.look, len(self.clusters))
        found = [one for each in some for one in each]
        self.looks += 1
        self.seen = [self._judged(one) for one in found]
        there = {one.series.watched.key for one in self.seen}
        for key in self._samples.keys() - there:  # groups that are known by the beginning of their names come and go
            del self._samples[key], self._since[key]
        return self.seen

    @property
    def open(self) -> bool:
        """Whether something would be bad if it stayed as it is, and was not watched long enough to tell."""
        return any(one.judged.open for one in self.seen)

    @property
    def seconds(self) -> float:
        """How long it was watched."""
        return max((one.series.samples[-1].at - one.series.samples[0].at for one in self.seen), default=0.0)

    def close(self) -> None:
        """Give all sessions back."""
        for cluster in self.clusters:
            cluster.close()

    def _judged(self, one: Observed) -> Seen:
        key = one.watched.key
        samples = self._samples.setdefault(key, deque(maxlen=MOST_SAMPLES))
        samples.append(one.sample)
        series = Series(one.watched, tuple(samples))
        judged, before = judge(series, self._thresholds), self._since.get(key)
        if before is not None and before.since is not None and judged.verdict.state is before.verdict.state:
            judged = replace(judged, since=before.since, before=before.before)
        self._since[key] = judged
        return Seen(series, judged)


def by_cluster(
    watched: Mapping[str, Sequence[Watched]], types: Mapping[str, str], opener: Callable[[str], Session]
) -> list[ClusterWatch]:
    """What looks at each cluster on which something is watched.

    Args:
        watched: what is watched, by alias.
        types: the brokers' types, by alias.
        opener: opens the session of a cluster by its alias; raises UserError.
    """

    def opening(alias: str) -> Callable[[], Session]:
        return lambda: opener(alias)

    return [ClusterWatch(alias, types[alias], opening(alias), some) for alias, some in watched.items() if some]
