"""kafka-lag-exporter, as of 0.8: github.com/seglo/kafka-lag-exporter, Metrics.scala."""

from mqinfra.providers.base.monitoring.dialect import Dialect, Fold, Noun, Series, Signal

_TOPIC = {"topic": Noun.NAME}
_GROUP = {"group": Noun.CONSUMER, **_TOPIC}
_PARTITION = "partition"

KAFKA_LAG_EXPORTER = Dialect(
    name="kafka-lag-exporter",
    title="kafka-lag-exporter (seglo)",
    system="kafka",
    series={
        Signal.LAG: Series(("kafka_consumergroup_group_lag",), _GROUP, part=_PARTITION, fold=Fold.SUM),
        Signal.DELAY: Series(("kafka_consumergroup_group_lag_seconds",), _GROUP, part=_PARTITION, fold=Fold.MAX),
        Signal.POSITION: Series(("kafka_consumergroup_group_offset",), _GROUP, part=_PARTITION, fold=Fold.SUM),
        Signal.END: Series(("kafka_partition_latest_offset",), _TOPIC, part=_PARTITION, fold=Fold.SUM),
        Signal.OLDEST: Series(("kafka_partition_earliest_offset",), _TOPIC, part=_PARTITION, fold=Fold.SUM),
        Signal.UP: Series(("kafka_consumergroup_poll_time_ms",)),
    },
    up=0,
    job="""\
- job_name: kafka-lag-exporter
  static_configs:
    - targets: ['kafka-lag-exporter.example.com:8000']
""",
    notes=(
        "It says NaN while it knows no position or no time; no alert fires on that, and none is missed by it for long.",
        "It is archived by its authors, and works.",
    ),
)
