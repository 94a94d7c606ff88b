"""What the kinds of a Kafka cluster act through: its calls by subject, and what is known of it."""

from mqinfra.model.frozen import dataclass
from mqinfra.providers.kafka.api.acl_calls import AclCalls
from mqinfra.providers.kafka.api.clients import Clients
from mqinfra.providers.kafka.api.group_calls import GroupCalls
from mqinfra.providers.kafka.api.logins import Logins
from mqinfra.providers.kafka.api.logs.calls import LogCalls
from mqinfra.providers.kafka.api.node_calls import NodeCalls
from mqinfra.providers.kafka.api.quota_calls import QuotaCalls
from mqinfra.providers.kafka.api.replica_calls import ReplicaCalls
from mqinfra.providers.kafka.api.scram_calls import ScramCalls
from mqinfra.providers.kafka.api.second_client import SecondClient
from mqinfra.providers.kafka.api.topic_calls import TopicCalls
from mqinfra.providers.kafka.api.wire import Peer, Wire

_ALL = frozenset(
    {"CREATE", "CLUSTER_ACTION", "DESCRIBE_CONFIGS", "ALTER_CONFIGS", "IDEMPOTENT_WRITE", "ALTER", "DESCRIBE"}
)
"""All that there are on a cluster (AclEntry.supportedOperations)."""


@dataclass(frozen=True, slots=True)
class KafkaClient:
    """One connected cluster.

    Attributes:
        wire: the way to it.
        topics: calls about topics.
        groups: calls about consumer groups.
        acls: calls about ACLs.
        scram: calls about the passwords of users.
        quotas: calls about quotas.
        logins: tries whether users can log in.
        nodes: asks each broker for itself.
        logs: reads and writes messages of topics.
        second: asks what librdkafka has no call for.
        replicas: calls about where replicas are, and how they are moved.
        clients: opens clients for messages, each with connections of its own.
        rights: names of the rights that the caller has on the cluster, `CREATE`.
        deletion_disabled: the brokers say `delete.topic.enable=false`.
        mechanisms: SASL mechanisms that some listener takes; empty where the caller may not see them.
        move_rate: bytes a second that a broker may copy while replicas are moved; None leaves it to us.
        super_users: principals that the cluster's block says are super users; brokers do not show theirs.
    """

    wire: Wire
    topics: TopicCalls
    groups: GroupCalls
    acls: AclCalls
    scram: ScramCalls
    quotas: QuotaCalls
    logins: Logins
    nodes: NodeCalls
    logs: LogCalls
    second: SecondClient
    replicas: ReplicaCalls
    clients: Clients
    rights: frozenset[str] = frozenset()
    deletion_disabled: bool = False
    mechanisms: frozenset[str] = frozenset()
    super_users: frozenset[str] = frozenset()
    move_rate: int | None = None

    @property
    def peer(self) -> Peer:
        """The other side, for messages."""
        return self.wire.peer

    @property
    def unlimited(self) -> bool:
        """Whether the caller has every right on the cluster, as superusers have, and all where nobody is held to any.

        Whoever has, has those on topics too, unless somebody was careful to give one and not the other.
        """
        return self.rights >= _ALL

    @property
    def user(self) -> str:
        """The user that mqinfra is logged in as; empty where it is none, or not known."""
        kind, _, name = self.peer.principal.partition(":")
        return name if kind == "User" else ""

    def close(self) -> None:
        """Drop the connections."""
        self.wire.close()
        self.second.close()
