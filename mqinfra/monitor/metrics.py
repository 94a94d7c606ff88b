"""The metrics of mqinfra's own exporter: names, labels and meaning, in one place for whoever writes or reads them.

Names follow prometheus.io/docs/practices/naming: base units, `_total` for what only grows, `_info` for facts. No label
holds a key of a message or an id of a run, so that there are never more series than declared things.
"""

from typing import Literal

from mqinfra.model.frozen import dataclass

PORT = 9808
"""Where the exporter listens when nobody says otherwise, so where Prometheus is told to scrape it."""

SYSTEM = "system"
CLUSTER = "cluster"
RESOURCE = "resource"
GROUP = "group"
PARTITION = "partition"
STATE = "state"
ACTION = "action"
CHECK = "check"

_OF_RESOURCE = (SYSTEM, CLUSTER, RESOURCE)
_OF_GROUP = (*_OF_RESOURCE, GROUP)

READY = "ready"
UNACKED = "unacked"
"""States of the messages of a queue."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Attributes:
        name: its name, with the unit.
        type: as Prometheus has it.
        help: what it says.
        labels: its labels.
    """

    name: str
    type: Literal["gauge", "counter", "info"]
    help: str
    labels: tuple[str, ...] = ()


LAG = Metric(
    "mqinfra_consumer_lag_messages", "gauge", "Messages that a consumer has not read yet.", (*_OF_GROUP, PARTITION)
)
DELAY = Metric(
    "mqinfra_consumer_lag_seconds",
    "gauge",
    "Age of the oldest message that a consumer has not read yet; missing where it is not known.",
    (*_OF_GROUP, PARTITION),
)
POSITION = Metric(
    "mqinfra_consumer_position",
    "gauge",
    "Where a consumer is: a committed offset, or the time in an entry's id.",
    (*_OF_GROUP, PARTITION),
)
MEMBERS = Metric("mqinfra_consumer_members", "gauge", "Consumers that are connected.", _OF_GROUP)
STATUS = Metric(
    "mqinfra_consumer_status", "gauge", "1 for the state that a consumer is in, 0 for the others.", (*_OF_GROUP, STATE)
)
END = Metric("mqinfra_newest_offset", "gauge", "Offset after the newest message.", (*_OF_RESOURCE, PARTITION))
OLDEST = Metric("mqinfra_oldest_offset", "gauge", "Offset of the oldest message.", (*_OF_RESOURCE, PARTITION))
IN_SYNC = Metric("mqinfra_replicas_in_sync", "gauge", "Replicas that are in sync.", (*_OF_RESOURCE, PARTITION))
MESSAGES = Metric("mqinfra_queue_messages", "gauge", "Messages in a queue or stream, by state.", (*_OF_RESOURCE, STATE))
DEAD_LETTERS = Metric("mqinfra_dlq_messages", "gauge", "Messages where dead letters go.", _OF_RESOURCE)
PENDING = Metric(
    "mqinfra_stream_pending_entries", "gauge", "Entries that were delivered and are not acknowledged.", _OF_GROUP
)
PENDING_IDLE = Metric(
    "mqinfra_stream_pending_oldest_idle_seconds",
    "gauge",
    "How long the pending entry that waits longest was not delivered again.",
    _OF_GROUP,
)
ARRIVED = Metric("mqinfra_messages_arrived_total", "counter", "Messages that came.", _OF_RESOURCE)
TAKEN = Metric("mqinfra_messages_taken_total", "counter", "Messages that consumers took.", _OF_RESOURCE)
UNROUTABLE = Metric("mqinfra_unroutable_messages_total", "counter", "Messages that no route took.", (SYSTEM, CLUSTER))
DRIFT = Metric(
    "mqinfra_drift_resources", "gauge", "Changes that a plan would make now, by action.", (SYSTEM, CLUSTER, ACTION)
)
VERIFIED = Metric(
    "mqinfra_verify_result",
    "gauge",
    "Result of a check in the last verification: 1 passed, 0 failed, -1 inconclusive.",
    (SYSTEM, CLUSTER, RESOURCE, CHECK),
)
VERIFIED_AT = Metric(
    "mqinfra_verify_last_run_timestamp_seconds", "gauge", "When the last verification ended.", (SYSTEM, CLUSTER)
)
SCRAPE_SUCCESS = Metric(
    "mqinfra_scrape_success", "gauge", "1 if the cluster could be read, 0 if not.", (SYSTEM, CLUSTER)
)
BUILD_INFO = Metric("mqinfra_build_info", "info", "Version of mqinfra.", ("version",))

METRICS: tuple[Metric, ...] = (
    LAG,
    DELAY,
    POSITION,
    MEMBERS,
    STATUS,
    END,
    OLDEST,
    IN_SYNC,
    MESSAGES,
    DEAD_LETTERS,
    PENDING,
    PENDING_IDLE,
    ARRIVED,
    TAKEN,
    UNROUTABLE,
    DRIFT,
    VERIFIED,
    VERIFIED_AT,
    SCRAPE_SUCCESS,
    BUILD_INFO,
)
"""All of them."""
