"""What a broker's or the client's error means: refused, to be tried again, lost, or a missing right.

Pure: errors arrive as `Fault` values, so that meanings are tested without a broker.
"""

from dataclasses import dataclass

from mqinfra.providers.base.request import Lost, Refused

LOST = frozenset(
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
        "REQUEST_TIMED_OUT",
        "NETWORK_EXCEPTION",
        # "Unknown server error": the broker failed somewhere in the middle.
        "UNKNOWN",
    }
)
RETRY = frozenset(
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
        "_WAIT_CACHE",
        "_WAIT_COORD",
        "_NODE_UPDATE",
        "_RETRY",
    }
)
DENIED = frozenset(
    {
        "TOPIC_AUTHORIZATION_FAILED",
        "CLUSTER_AUTHORIZATION_FAILED",
        "GROUP_AUTHORIZATION_FAILED",
    }
)
ABSENT = frozenset({"UNKNOWN_TOPIC_OR_PART", "UNKNOWN_TOPIC_ID", "_UNKNOWN_TOPIC"})
BAD_NAME = "TOPIC_EXCEPTION"
EXISTS = "TOPIC_ALREADY_EXISTS"
TOO_LARGE = "POLICY_VIOLATION"

_RIGHTS = {
    "Metadata": "Describe",
    "ListOffsets": "Describe",
    "DescribeConfigs": "DescribeConfigs",
    "CreateTopics": "Create",
    "CreatePartitions": "Alter",
    "IncrementalAlterConfigs": "AlterConfigs",
    "DeleteTopics": "Delete",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """An error, of the broker or of the client.

    Attributes:
        name: Kafka's or librdkafka's name of it; local ones begin with `_`.
        text: its words.
    """

    name: str
    text: str

    @property
    def lost(self) -> bool:
        """Whether nobody knows what became of the call."""
        return self.name in LOST

    @property
    def denied(self) -> bool:
        """Whether a right is missing."""
        return self.name in DENIED

    @property
    def absent(self) -> bool:
        """Whether the topic is not there; one with an impossible name can't be."""
        return self.name in ABSENT or self.name == BAD_NAME

    @property
    def batch_too_large(self) -> bool:
        """Whether the whole call was refused for its size alone (KRaft's limit on records or partitions per call)."""
        return self.name == TOO_LARGE and "xcessively large" in self.text


def right_for(api: str) -> str:
    """The right on a topic that a call needs, as `kafka-acls --operation` writes it."""
    return _RIGHTS[api]


def missing_right(api: str, topic: str) -> str:
    """Say which right is missing."""
    return f"not allowed: this needs {right_for(api)} on topic `{topic}`"


def grant(api: str, topic: str, principal: str) -> str:
    """The command that an administrator grants the right with."""
    return (
        f"an administrator can grant it: `kafka-acls --add --allow-principal {principal or 'User:NAME'} "
        f"--operation {right_for(api)} --topic {topic}`"
    )


def result_of(fault: Fault, api: str, topic: str, principal: str) -> Refused | Lost:
    """Say what a fault makes of one resource of a call that writes."""
    if fault.denied:
        return Refused(missing_right(api, topic), (grant(api, topic, principal),))
    if fault.lost:
        return Lost(f"no answer to {api} for `{topic}`: {fault.text}")
    if fault.name == "THROTTLING_QUOTA_EXCEEDED":
        return Refused(fault.text, ("the cluster limits how fast it is changed; try again in a moment",), retry=True)
    return Refused(fault.text, retry=fault.name in RETRY)
