"""Which ACLs what a client is for takes: the least with which real clients do their work.

Held by tests with clients of Kafka's own, which fail when any one of them is missing. What is implied is left out: who
may Read, Write, Delete or Alter something may Describe it.
"""

from collections.abc import Callable, Iterable, Iterator

from mqinfra.model.frozen import dataclass
from mqinfra.model.span import Path
from mqinfra.providers.kafka.access.spec import AccessSpec, ConnectBlock, ExternalTopic, StreamsBlock, Topics
from mqinfra.providers.kafka.api.acl import CLUSTER, Acl

INTERNAL_TOPICS = ("Read", "Write", "Create", "Delete")
ADMIN = ("Create", "Alter", "AlterConfigs", "Delete")


@dataclass(frozen=True, slots=True)
class Right:
    """One ACL that a client needs.

    Attributes:
        acl: the ACL.
        by: the field that asks for it.
    """

    acl: Acl
    by: Path


@dataclass(frozen=True, slots=True)
class Client:
    """A client, and what of its names others declare.

    Attributes:
        principal: whom the brokers take it for.
        access: what it is for.
        dead_letters: says which topic is for the dead letters of another.
        declared: tells whether the manifests declare a topic.
    """

    principal: str
    access: AccessSpec
    dead_letters: Callable[[str], str | None]
    declared: Callable[[str], bool]

    def rights(self) -> Iterator[Right]:
        """The ACLs, some perhaps more than once."""
        access = self.access
        yield from self._topics("produces", access.produces, ("Write",))
        yield from self._topics("consumes", access.consumes, ("Read",))
        yield from self._dead_letters()
        if access.group:
            yield self._right("group", access.group, "Read", ("group",), prefixed="group" in access.prefixed)
        if access.transactional_id is not None:
            name, prefixed = access.transactional_id, "transactionalId" in access.prefixed
            yield self._right("transactionalId", name, "Write", ("transactionalId",), prefixed=prefixed)
        if access.idempotent_write:
            yield self._right("cluster", CLUSTER, "IdempotentWrite", ("idempotentWrite",))
        if access.streams is not None:
            yield from self._streams(access.streams)
        if access.connect is not None:
            yield from self._connect(access.connect)
        yield from self._topics("admin", access.admin, ADMIN)

    def _topics(self, field: str, topics: Topics, operations: Iterable[str]) -> Iterator[Right]:
        for index, topic in enumerate(topics):
            name = topic.topic if isinstance(topic, ExternalTopic) else topic
            for operation in operations:
                yield self._right(
                    "topic",
                    name,
                    operation,
                    (field, str(index)),
                    prefixed=field in self.access.prefixed,
                )

    def _dead_letters(self) -> Iterator[Right]:
        """A consumer writes what it gives up on to the topic for that."""
        for index, topic in enumerate(self.access.consumes):
            letters = self.dead_letters(topic) if isinstance(topic, str) else None
            if letters is not None:
                yield self._right("topic", letters, "Write", ("consumes", str(index)))

    def _streams(self, streams: StreamsBlock) -> Iterator[Right]:
        by, own = ("streams",), f"{streams.application_id}-"
        yield self._right("group", streams.application_id, "Read", by)
        for operation in INTERNAL_TOPICS:
            yield self._right("topic", own, operation, by, prefixed=True)
        if streams.exactly_once:
            yield self._right("transactionalId", own, "Write", by, prefixed=True)

    def _connect(self, connect: ConnectBlock) -> Iterator[Right]:
        by = ("connect",)
        yield self._right("group", connect.group, "Read", by)
        for topic in connect.topics:
            made = not self.declared(topic)
            for operation in ("Read", "Write", *(("Create",) if made else ())):
                yield self._right("topic", topic, operation, by)
        if connect.exactly_once:
            yield self._right("transactionalId", f"connect-cluster-{connect.group}", "Write", by)
            yield self._right("transactionalId", f"{connect.group}-", "Write", by, prefixed=True)

    def _right(self, resource: str, name: str, operation: str, by: Path, *, prefixed: bool = False) -> Right:
        pattern = "prefixed" if prefixed else "literal"
        acl = Acl(resource, name, pattern, self.principal, self.access.host, operation, "allow")
        return Right(acl, by)
