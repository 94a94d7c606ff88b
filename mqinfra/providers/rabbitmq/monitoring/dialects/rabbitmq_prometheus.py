"""RabbitMQ's own plugin, per object: deps/rabbitmq_prometheus/metrics.md and the collectors beside it.

`/metrics` has one number for all queues; those of each queue are on `/metrics/detailed`, for the families asked for.
"""

from mqinfra.providers.base.monitoring.dialect import Dialect, Fold, Noun, Series, Signal

_QUEUE = {"queue": Noun.NAME, "vhost": Noun.PLACE}

RABBITMQ_PROMETHEUS = Dialect(
    name="rabbitmq_prometheus",
    title="rabbitmq_prometheus, RabbitMQ's own plugin, per object",
    system="rabbitmq",
    series={
        Signal.READY: Series(("rabbitmq_detailed_queue_messages_ready",), _QUEUE),
        Signal.MESSAGES: Series(("rabbitmq_detailed_queue_messages",), _QUEUE),
        Signal.UNACKED: Series(("rabbitmq_detailed_queue_messages_unacked",), _QUEUE),
        Signal.MEMBERS: Series(("rabbitmq_detailed_queue_consumers",), _QUEUE),
        Signal.UNROUTABLE: Series(
            (
                "rabbitmq_global_messages_unroutable_dropped_total",
                "rabbitmq_global_messages_unroutable_returned_total",
            ),
            fold=Fold.SUM,
        ),
        Signal.UP: Series(("rabbitmq_identity_info",)),
    },
    job="""\
- job_name: rabbitmq
  static_configs:
    - targets: ['rabbitmq.example.com:15692']
- job_name: rabbitmq-detailed
  metrics_path: /metrics/detailed
  params:
    family: [queue_coarse_metrics, queue_consumer_count]
  static_configs:
    - targets: ['rabbitmq.example.com:15692']
""",
    notes=(
        "Scrape every node of a cluster: each has the queues whose leader it is.",
        "Without the second job there is no number of a single queue, and a rule over `/metrics` would see the sum.",
        "Unroutable messages are counted for the whole cluster, those that `mqinfra verify` sends included.",
    ),
)
