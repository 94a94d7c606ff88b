"""The dialect of mqinfra's own exporter, which is the same for all brokers."""

from mqinfra.monitor import metrics
from mqinfra.monitor.metrics import Metric
from mqinfra.providers.base.monitoring.dialect import Dialect, Fold, Noun, Series, Signal

_NOUNS = {
    metrics.SYSTEM: Noun.SYSTEM,
    metrics.CLUSTER: Noun.ALIAS,
    metrics.RESOURCE: Noun.ADDRESS,
    metrics.GROUP: Noun.CONSUMER,
}


def _series(metric: Metric, fold: Fold = Fold.MAX, part: str = "", **where: str) -> Series:
    """A metric as a series; which of its labels name what follows from the labels."""
    labels = {label: _NOUNS[label] for label in metric.labels if label in _NOUNS and label != part}
    # Results of verifications are of resources, which are the parts of a cluster here.
    return Series((metric.name,), labels, where, part=part, fold=fold)


OWN = Dialect(
    name="mqinfra",
    title="mqinfra's own exporter",
    system="",
    series={
        Signal.LAG: _series(metrics.LAG, Fold.SUM, metrics.PARTITION),
        Signal.DELAY: _series(metrics.DELAY, Fold.MAX, metrics.PARTITION),
        Signal.POSITION: _series(metrics.POSITION, Fold.SUM, metrics.PARTITION),
        Signal.MEMBERS: _series(metrics.MEMBERS),
        Signal.END: _series(metrics.END, Fold.SUM, metrics.PARTITION),
        Signal.OLDEST: _series(metrics.OLDEST, Fold.SUM, metrics.PARTITION),
        Signal.IN_SYNC: _series(metrics.IN_SYNC, Fold.MIN, metrics.PARTITION),
        Signal.READY: _series(metrics.MESSAGES, state=metrics.READY),
        Signal.MESSAGES: _series(metrics.MESSAGES, Fold.SUM, metrics.STATE),
        Signal.UNACKED: _series(metrics.MESSAGES, state=metrics.UNACKED),
        Signal.PENDING: _series(metrics.PENDING),
        Signal.PENDING_IDLE: _series(metrics.PENDING_IDLE),
        Signal.UNROUTABLE: _series(metrics.UNROUTABLE, Fold.SUM),
        Signal.UP: _series(metrics.SCRAPE_SUCCESS, Fold.MIN),
        Signal.DRIFT: _series(metrics.DRIFT, Fold.SUM, metrics.ACTION),
        Signal.VERIFIED: _series(metrics.VERIFIED, Fold.MIN, metrics.RESOURCE),
        Signal.VERIFIED_AT: _series(metrics.VERIFIED_AT),
    },
    job=f"""\
- job_name: mqinfra
  static_configs:
    - targets: ['mqinfra.example.com:{metrics.PORT}']
""",
)
