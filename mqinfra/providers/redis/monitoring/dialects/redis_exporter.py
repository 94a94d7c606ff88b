"""redis_exporter with streams, as of 1.86: github.com/oliver006/redis_exporter, exporter/streams.go."""

from mqinfra.providers.base.monitoring.dialect import Dialect, Fold, Noun, Series, Signal

_STREAM = {"stream": Noun.NAME}
_GROUP = {"group": Noun.CONSUMER, **_STREAM}
_CONSUMER = "consumer"
_MILLISECONDS = 1_000

REDIS_EXPORTER = Dialect(
    name="redis_exporter",
    title="redis_exporter (oliver006) with streams",
    system="redis",
    series={
        # A lag that the server does not know (nil) is 0 here.
        Signal.LAG: Series(("redis_stream_group_lag",), _GROUP, zero_if_unknown=True),
        # Ids of entries are times, as long as the server gives them: how far the group is behind, by these.
        Signal.DELAY: Series(
            ("redis_stream_last_generated_id",),
            _STREAM,
            less=Series(("redis_stream_group_last_delivered_id",), _GROUP),
            divisor=_MILLISECONDS,
        ),
        Signal.POSITION: Series(("redis_stream_group_last_delivered_id",), _GROUP),
        Signal.MEMBERS: Series(("redis_stream_group_consumers",), _GROUP),
        Signal.MESSAGES: Series(("redis_stream_length",), _STREAM),
        Signal.PENDING: Series(("redis_stream_group_messages_pending",), _GROUP),
        Signal.PENDING_IDLE: Series(
            ("redis_stream_group_consumer_idle_seconds",),
            _GROUP,
            part=_CONSUMER,
            fold=Fold.MAX,
            only_where=Series(("redis_stream_group_consumer_messages_pending",), _GROUP, part=_CONSUMER),
        ),
        Signal.UP: Series(("redis_up",)),
    },
    job="""\
- job_name: redis_exporter
  static_configs:
    - targets: ['redis-exporter.example.com:9121']
""",
    notes=(
        "Start it with `--check-single-streams` and the names of the streams; without them it has no stream.",
        "A lag that the server does not know is 0 in it, so rules look at ids of entries too, which are times.",
        "The time that a consumer was idle is its own: an entry may be pending for longer.",
    ),
)
