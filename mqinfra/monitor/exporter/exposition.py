"""Metrics of what was seen. What is not known is missing, and never 0: a rule on absence tells it, a wrong 0 hides it.

A group is one series for each metric, or one for each partition where somebody asks for that; no label holds anything
that grows with traffic.
"""

import time
from collections.abc import Iterable, Iterator, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from mqinfra.model.health import State
from mqinfra.model.judgement import Result
from mqinfra.monitor import metrics
from mqinfra.monitor.exporter.view import View
from mqinfra.monitor.metrics import METRICS, Metric
from mqinfra.monitor.time_lag import delay_of
from mqinfra.monitor.watch import Seen
from mqinfra.providers.base.monitoring.sample import Lane, Sample
from mqinfra.providers.base.monitoring.watched import Role, What

_RESULTS = {Result.PASS: 1, Result.FAIL: 0, Result.INCONCLUSIVE: -1}
_LOGS = (What.TOPIC, What.STREAM)
"""What is read by groups, which have a state each; of itself it has none but where only people look."""
_WHOLE = ""
"""The partition of what is said of all partitions together; Prometheus takes it for no label at all."""
_NOBODY = ""
"""The group of a queue, which has none: its consumers share it."""
Value = tuple[Metric, tuple[str, ...], float]


class Exposition(Collector):
    """Turns the newest view into metrics, whenever somebody asks.

    Attributes:
        view: what is shown.
        partitions: a series for each partition.
        patience: seconds after which what was seen is too old to be shown.
        version: of mqinfra.
    """

    def __init__(self, version: str, patience: float, *, partitions: bool) -> None:
        self.view = View()
        self.version, self.patience, self.partitions = version, patience, partitions

    def collect(self) -> Iterator[Family]:
        """The families, in the order of the table, with what is known of each."""
        found: dict[str, list[tuple[tuple[str, ...], float]]] = {}
        for metric, labels, value in self._values(self.view, time.time()):
            found.setdefault(metric.name, []).append((labels, value))
        for metric in METRICS:
            if metric is metrics.BUILD_INFO:
                yield InfoMetricFamily(metric.name.removesuffix("_info"), metric.help, {"version": self.version})
                continue
            family = _family(metric)
            for labels, value in found.get(metric.name, ()):
                family.add_metric(labels, value)
            yield family

    def _values(self, view: View, now: float) -> Iterator[Value]:
        for cluster in view.clusters.values():
            key = (cluster.system, cluster.alias)
            fresh = cluster.looked is not None and now - cluster.looked <= self.patience
            if cluster.up is not None:
                yield metrics.SCRAPE_SUCCESS, key, float(cluster.up and fresh)
            if cluster.unroutable is not None and fresh:
                yield metrics.UNROUTABLE, key, cluster.unroutable
            for action, number in (cluster.drift or {}).items():
                yield metrics.DRIFT, (*key, action), number
        for one in view.seen:
            cluster = view.clusters[one.series.watched.address.cluster]
            if now - one.series.last.at <= self.patience:
                yield from self._of(one, cluster.system)
        yield from _verified(view)

    def _of(self, one: Seen, system: str) -> Iterator[Value]:
        watched, sample = one.series.watched, one.series.last
        resource = (system, watched.address.cluster, str(watched.address))
        state = one.judged.verdict.state
        for each in State if watched.what not in _LOGS or watched.role is not Role.WORK else ():
            yield metrics.STATUS, (*resource, watched.consumer, each.value), float(each is state)
        if sample.unknown:
            return
        if watched.what.reads:
            yield from self._of_reader(one, (*resource, watched.consumer))
            return
        if watched.what is What.TOPIC:
            yield from self._of_log(sample, resource)
        else:
            yield from _of_queue(sample, resource)
            yield from _known([(metrics.MEMBERS, sample.consumers)], (*resource, _NOBODY))
        if watched.role is Role.DEAD_LETTERS:
            yield from _known([(metrics.DEAD_LETTERS, sample.length)], resource)
        yield from _known(((metrics.ARRIVED, sample.put), (metrics.TAKEN, sample.taken)), resource)

    def _of_reader(self, one: Seen, group: tuple[str, ...]) -> Iterator[Value]:
        sample = one.series.last
        counts = (
            (metrics.MEMBERS, sample.consumers),
            (metrics.PENDING, sample.held),
            (metrics.PENDING_IDLE, sample.idle),
        )
        yield from _known(counts, group)
        if (delay := delay_of(one.series)) is not None:
            yield metrics.DELAY, (*group, _WHOLE), delay.seconds
        if self.partitions and sample.lanes:
            for lane in sample.lanes:
                yield from _known(((metrics.LAG, lane.lag), (metrics.POSITION, lane.committed)), (*group, lane.name))
            return
        stands = [lane.committed for lane in sample.lanes if lane.committed is not None]
        values = (metrics.LAG, sample.waiting), (metrics.POSITION, sum(stands) if stands else None)
        yield from _known(values, (*group, _WHOLE))

    def _of_log(self, sample: Sample, resource: tuple[str, ...]) -> Iterator[Value]:
        for lane in sample.lanes if self.partitions else _together(sample.lanes):
            ends = (metrics.END, lane.end), (metrics.OLDEST, lane.earliest), (metrics.IN_SYNC, lane.in_sync)
            yield from _known(ends, (*resource, lane.name))


def _family(metric: Metric) -> GaugeMetricFamily | CounterMetricFamily:
    kind = CounterMetricFamily if metric.type == "counter" else GaugeMetricFamily
    return kind(metric.name, metric.help, labels=metric.labels)


def _known(values: Iterable[tuple[Metric, float | None]], labels: tuple[str, ...]) -> Iterator[Value]:
    return ((metric, labels, value) for metric, value in values if value is not None)


def _together(lanes: Sequence[Lane]) -> Sequence[Lane]:
    """Partitions as one: sums where every part is known, and the fewest replicas that are in sync."""
    if not lanes:
        return ()
    return (
        Lane(
            _WHOLE,
            earliest=_sum([lane.earliest for lane in lanes]),
            end=_sum([lane.end for lane in lanes]),
            in_sync=min((lane.in_sync for lane in lanes if lane.in_sync is not None), default=None),
        ),
    )


def _sum(some: Sequence[int | None]) -> int | None:
    known = [one for one in some if one is not None]
    return sum(known) if len(known) == len(some) else None


def _of_queue(sample: Sample, resource: tuple[str, ...]) -> Iterator[Value]:
    """Messages by state; of what is kept after it was read, all of them."""
    by_state = (
        (metrics.READY, sample.length if sample.waiting is None else sample.waiting),
        (metrics.UNACKED, sample.held),
    )
    for state, number in by_state:
        yield from _known([(metrics.MESSAGES, number)], (*resource, state))


def _verified(view: View) -> Iterator[Value]:
    report = view.verification
    if report is None:
        return
    systems = {cluster.alias: cluster.type for cluster in report.clusters}
    ended = report.began.timestamp() + report.seconds
    for alias, system in systems.items():
        yield metrics.VERIFIED_AT, (system, alias), ended
    for one in report.judgements:
        if one.result in _RESULTS and one.address.cluster in systems:
            labels = (systems[one.address.cluster], one.address.cluster, str(one.address), one.check)
            yield metrics.VERIFIED, labels, _RESULTS[one.result]
