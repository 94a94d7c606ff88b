"""kafka_exporter, as of 1.9: github.com/danielqsj/kafka_exporter, kafka_exporter.go."""

from mqinfra.providers.base.monitoring.dialect import Dialect, Fold, Noun, Series, Signal

_TOPIC = {"topic": Noun.NAME}
_GROUP = {"consumergroup": Noun.CONSUMER, **_TOPIC}
_PARTITION = "partition"

KAFKA_EXPORTER = Dialect(
    name="kafka_exporter",
    title="kafka_exporter (danielqsj)",
    system="kafka",
    series={
        # -1 for a partition on which nothing was ever committed.
        Signal.LAG: Series(("kafka_consumergroup_lag",), _GROUP, part=_PARTITION, fold=Fold.SUM, clamped=True),
        Signal.POSITION: Series(("kafka_consumergroup_current_offset",), _GROUP, part=_PARTITION, fold=Fold.SUM),
        Signal.MEMBERS: Series(("kafka_consumergroup_members",), {"consumergroup": Noun.CONSUMER}),
        Signal.END: Series(("kafka_topic_partition_current_offset",), _TOPIC, part=_PARTITION, fold=Fold.SUM),
        Signal.OLDEST: Series(("kafka_topic_partition_oldest_offset",), _TOPIC, part=_PARTITION, fold=Fold.SUM),
        Signal.IN_SYNC: Series(("kafka_topic_partition_in_sync_replica",), _TOPIC, part=_PARTITION, fold=Fold.MIN),
        Signal.UP: Series(("kafka_brokers",)),
    },
    job="""\
- job_name: kafka_exporter
  static_configs:
    - targets: ['kafka-exporter.example.com:9308']
""",
    notes=(
        "It drops a group from its metrics when the broker does; `MetricsAbsent` says so.",
        "Started with `--offset.show-all` (its default), it also shows groups that have no members.",
    ),
)
