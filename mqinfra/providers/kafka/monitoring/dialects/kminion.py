"""kminion, as of 2.2: github.com/redpanda-data/kminion, prometheus/exporter.go and docs/metrics.md."""

from mqinfra.providers.base.monitoring.dialect import Dialect, Fold, Noun, Series, Signal

_TOPIC = {"topic_name": Noun.NAME}
_GROUP = {"group_id": Noun.CONSUMER, **_TOPIC}
_PARTITION = "partition_id"

KMINION = Dialect(
    name="kminion",
    title="KMinion (redpanda-data)",
    system="kafka",
    series={
        Signal.LAG: Series(
            ("kminion_kafka_consumer_group_topic_partition_lag",), _GROUP, part=_PARTITION, fold=Fold.SUM
        ),
        # Of a topic as a whole: it has no committed offset of a partition.
        Signal.POSITION: Series(("kminion_kafka_consumer_group_topic_offset_sum",), _GROUP),
        Signal.MEMBERS: Series(("kminion_kafka_consumer_group_members",), {"group_id": Noun.CONSUMER}),
        Signal.END: Series(("kminion_kafka_topic_partition_high_water_mark",), _TOPIC, part=_PARTITION, fold=Fold.SUM),
        Signal.OLDEST: Series(
            ("kminion_kafka_topic_partition_low_water_mark",), _TOPIC, part=_PARTITION, fold=Fold.SUM
        ),
        Signal.UP: Series(("kminion_exporter_up",)),
    },
    job="""\
- job_name: kminion
  static_configs:
    - targets: ['kminion.example.com:8080']
""",
    notes=(
        "Keep `minion.consumerGroups.granularity: partition` and `minion.topics.granularity: partition`, its defaults.",
        "Its metrics begin with `kminion` as long as `exporter.namespace` is not set to something else.",
    ),
)
