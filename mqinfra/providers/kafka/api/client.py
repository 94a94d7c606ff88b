"""What the kinds of a Kafka cluster act through: its calls by subject, and what is known of it."""

from dataclasses import dataclass

from mqinfra.providers.kafka.api.acl_calls import AclCalls
from mqinfra.providers.kafka.api.group_calls import GroupCalls
from mqinfra.providers.kafka.api.logs.calls import LogCalls
from mqinfra.providers.kafka.api.node_calls import NodeCalls
from mqinfra.providers.kafka.api.second_client import SecondClient
from mqinfra.providers.kafka.api.topic_calls import TopicCalls
from mqinfra.providers.kafka.api.wire import Peer, Wire


@dataclass(frozen=True)
class KafkaClient:
    """One connected cluster.

    Attributes:
        wire: the way to it.
        topics: calls about topics.
        groups: calls about consumer groups.
        acls: calls about ACLs.
        nodes: asks each broker for itself.
        logs: reads and writes messages of topics.
        second: asks what librdkafka has no call for.
        deletion_disabled: the brokers say `delete.topic.enable=false`.
    """

    wire: Wire
    topics: TopicCalls
    groups: GroupCalls
    acls: AclCalls
    nodes: NodeCalls
    logs: LogCalls
    second: SecondClient
    deletion_disabled: bool = False

    @property
    def peer(self) -> Peer:
        """The other side, for messages."""
        return self.wire.peer

    def close(self) -> None:
        """Drop the connections."""
        self.wire.close()
        self.second.close()
