"""Burrow's own endpoint `/metrics`: github.com/linkedin/Burrow, core/internal/httpserver/prometheus.go.

Separate exporters that read Burrow's API have other names (`kafka_burrow_...`), and none of them is maintained.
"""

from mqinfra.providers.base.monitoring.dialect import Dialect, Fold, Noun, Series, Signal

_TOPIC = {"topic": Noun.NAME}
_GROUP = {"consumer_group": Noun.CONSUMER, **_TOPIC}
_PARTITION = "partition"

BURROW = Dialect(
    name="burrow",
    title="Burrow (linkedin)",
    system="kafka",
    series={
        Signal.LAG: Series(("burrow_kafka_consumer_partition_lag",), _GROUP, part=_PARTITION, fold=Fold.SUM),
        Signal.POSITION: Series(("burrow_kafka_consumer_current_offset",), _GROUP, part=_PARTITION, fold=Fold.SUM),
        Signal.END: Series(("burrow_kafka_topic_partition_offset",), _TOPIC, part=_PARTITION, fold=Fold.SUM),
        # It has none for itself. As long as it reaches a cluster it has offsets of its topics.
        Signal.UP: Series(("burrow_kafka_topic_partition_offset",)),
    },
    up=0,
    job="""\
- job_name: burrow
  static_configs:
    - targets: ['burrow.example.com:8000']
""",
    notes=("It knows a group by the commits that it has seen: one that commits nothing is missing.",),
)
