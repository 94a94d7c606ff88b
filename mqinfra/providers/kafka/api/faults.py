"""What a broker's or the client's error means: refused, to be tried again, lost, or a missing right.

Pure: errors arrive as values, so that meanings are tested without a broker.
"""

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.fault import Fault, Meaning
from mqinfra.providers.base.request import Lost, Refused
from mqinfra.providers.kafka.api.rights import Right

_LOST = frozenset(
    {
        "_TIMED_OUT",
        "_TIMED_OUT_QUEUE",
        "_MSG_TIMED_OUT",
        "_TRANSPORT",
        "_ALL_BROKERS_DOWN",
        # librdkafka could not read an answer that the broker gave, so the call may have worked.
        "_BAD_MSG",
        "_UNDERFLOW",
        "_PARTIAL",
        "_FAIL",
        "_INTR",
        "_DESTROY",
        # librdkafka dropped the broker, which may have done what it was asked.
        "_DESTROY_BROKER",
        "REQUEST_TIMED_OUT",
        "NETWORK_EXCEPTION",
        # "Unknown server error": the broker failed somewhere in the middle.
        "UNKNOWN",
    }
)
_RETRY = frozenset(
    {
        "THROTTLING_QUOTA_EXCEEDED",
        "NOT_CONTROLLER",
        "LEADER_NOT_AVAILABLE",
        "NOT_LEADER_FOR_PARTITION",
        "BROKER_NOT_AVAILABLE",
        "COORDINATOR_LOAD_IN_PROGRESS",
        "COORDINATOR_NOT_AVAILABLE",
        "NOT_COORDINATOR",
        "STALE_CTRL_EPOCH",
        "REASSIGNMENT_IN_PROGRESS",
        # The leader and whoever asked differ about which leader it is: one of them is behind, after a topic was made
        # anew or moved.
        "FENCED_LEADER_EPOCH",
        "UNKNOWN_LEADER_EPOCH",
        # A leader that was just elected knows its offsets once its followers have fetched from it (KIP-207).
        "OFFSET_NOT_AVAILABLE",
        # A partition has no leader, or none that the broker that was asked has heard of.
        "_NOENT",
        "_WAIT_CACHE",
        "_WAIT_COORD",
        "_NODE_UPDATE",
        "_RETRY",
    }
)
_DENIED = frozenset(
    {
        "TOPIC_AUTHORIZATION_FAILED",
        "CLUSTER_AUTHORIZATION_FAILED",
        "GROUP_AUTHORIZATION_FAILED",
    }
)
# A topic with an impossible name can't be there.
_ABSENT = frozenset({"UNKNOWN_TOPIC_OR_PART", "UNKNOWN_TOPIC_ID", "_UNKNOWN_TOPIC", "TOPIC_EXCEPTION"})
_MEANINGS = {Meaning.LOST: _LOST, Meaning.RETRY: _RETRY, Meaning.DENIED: _DENIED, Meaning.ABSENT: _ABSENT}
EXISTS = "TOPIC_ALREADY_EXISTS"
TOO_LARGE = "POLICY_VIOLATION"
THROTTLED = "THROTTLING_QUOTA_EXCEEDED"
_THROTTLED = ("the cluster limits how fast it is changed; try again in a moment",)

_RIGHTS = {
    "Metadata": "Describe",
    "ListOffsets": "Describe",
    "DescribeConfigs": "DescribeConfigs",
    "CreateTopics": "Create",
    "CreatePartitions": "Alter",
    "IncrementalAlterConfigs": "AlterConfigs",
    "DeleteTopics": "Delete",
    "Produce": "Write",
    "Fetch": "Read",
}


@dataclass(frozen=True, slots=True)
class KafkaFault(Fault):
    """An error with Kafka's or librdkafka's name.

    Attributes:
        name: the name; librdkafka's own begin with `_`.
    """

    name: str = ""

    @property
    def batch_too_large(self) -> bool:
        """Whether the whole call was refused for its size alone (KRaft's limit on records or partitions per call)."""
        return self.name == TOO_LARGE and "xcessively large" in self.message


def fault_named(name: str, message: str) -> KafkaFault:
    """The fault of a name and the words to it."""
    meaning = next((meaning for meaning, names in _MEANINGS.items() if name in names), Meaning.REFUSED)
    help_ = _THROTTLED if name == THROTTLED else ()
    return KafkaFault(message, meaning, help_, name=name)


def right_for(api: str) -> str:
    """The right on a topic that a call needs, as `kafka-acls --operation` writes it; empty where none is known."""
    return _RIGHTS.get(api, "")


def missing_right(api: str, topic: str) -> str:
    """Say which right is missing."""
    right = right_for(api)
    if not right:
        return f"not allowed: the caller may not send {api} for topic `{topic}`"
    return Right(right, "topic", topic).missing


def grant(api: str, topic: str, principal: str) -> str:
    """The command that an administrator grants the right with, or sees with what there is."""
    right = right_for(api)
    if not right:
        return f"an administrator can see who may do what to it: `kafka-acls --list --topic {topic}`"
    return Right(right, "topic", topic).grant(principal)


def result_of(fault: KafkaFault, api: str, topic: str, principal: str) -> Refused | Lost:
    """Say what a fault makes of one resource of a call that writes."""
    if fault.denied:
        return fault.result(missing_right(api, topic), (grant(api, topic, principal),))
    if fault.lost:
        return fault.result(f"no answer to {api} for `{topic}`: {fault.message}")
    return fault.result()
