"""What advisers of Kafka look at: a topic with its settings, its size, and the groups that read it."""

from collections.abc import Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.promises import NO_PROMISES, Promises
from mqinfra.model.reading import Live, Reading
from mqinfra.providers.base.verification.adviser import Usage
from mqinfra.providers.kafka.groups.spec import KIND as GROUPS
from mqinfra.providers.kafka.topics.spec import DEAD_LETTERS, TopicSpec
from mqinfra.providers.kafka.verification.place import TOPICS


class GroupUsage(Usage):
    """A group that reads a topic.

    Attributes:
        name: its id.
        members: how many members it has; None where they could not be read.
        lag: records that it has still to read; None where it has committed nothing, or that could not be read.
        old: of those, records older than four fifths of `retention.ms`; None where that could not be told.
        lost: records that were deleted before it read them.
    """

    name: str
    members: int | None = None
    lag: int | None = None
    old: int | None = None
    lost: int = 0


class TopicUsage(Usage):
    """A topic.

    Attributes:
        partitions: how many it has.
        replicas: how many replicas each has.
        brokers: how many brokers the cluster has.
        version: theirs.
        min_in_sync: `min.insync.replicas` in force.
        unclean: `unclean.leader.election.enable` in force.
        retention_ms: `retention.ms` in force.
        deletes: old records are deleted.
        compression: `compression.type` in force.
        dead_letters: it has a topic for dead letters, or is one.
        is_dead: it is a topic for dead letters.
        records: how many records it holds, at most; None where they were not counted.
        size: bytes of one replica of all its partitions; None likewise.
        groups: groups that have committed offsets in it or that declare to read it.
        promises: what it is declared to hold up to.
    """

    partitions: int
    replicas: int | None = None
    brokers: int = 1
    version: tuple[int, ...] = ()
    min_in_sync: int | None = None
    unclean: bool | None = None
    retention_ms: int | None = None
    deletes: bool = True
    compression: str = ""
    dead_letters: bool = False
    is_dead: bool = False
    records: int | None = None
    size: int | None = None
    groups: tuple[GroupUsage, ...] = ()
    promises: Promises = NO_PROMISES

    @property
    def record_size(self) -> int | None:
        """Bytes that a record takes on disk on average; None where too few are there to tell."""
        if not self.size or not self.records or self.records < LEAST_RECORDS:
            return None
        return self.size // self.records


LEAST_RECORDS = 1_000
"""Records below which an average tells nothing of a topic."""


def usages(declared: Mapping[Address, Declaration], reading: Reading) -> dict[Address, TopicUsage]:
    """The declared topics that are there."""
    dead = {one.target for item in declared.values() for one in item.references if one.role == DEAD_LETTERS}
    readers: dict[Address, list[GroupUsage]] = {}
    for address, item in declared.items():
        for reference in item.references if address.kind == GROUPS else ():
            readers.setdefault(reference.target, []).append(GroupUsage(name=address.name))
    return {
        address: _usage(live, reading, item, is_dead=address in dead, groups=tuple(readers.get(address, ())))
        for address, item in declared.items()
        if address.kind == TOPICS and (live := reading.resources.get(address)) is not None
    }


def _usage(
    live: Live, reading: Reading, declaration: Declaration, *, is_dead: bool, groups: tuple[GroupUsage, ...]
) -> TopicUsage:
    spec = TopicSpec.narrow(live.spec)

    def config(name: str) -> JsonValue:
        return live.value(("config", name))

    unclean = config("unclean.leader.election.enable")
    return TopicUsage(
        partitions=spec.partitions or 1,
        replicas=spec.replication_factor,
        brokers=reading.facts.brokers or 1,
        version=reading.facts.version_tuple,
        min_in_sync=_number(config("min.insync.replicas")),
        unclean=unclean if isinstance(unclean, bool) else None,
        retention_ms=_number(config("retention.ms")),
        deletes=str(config("cleanup.policy")) != "compact",
        compression=str(config("compression.type") or ""),
        dead_letters=is_dead or any(one.role == DEAD_LETTERS for one in declaration.references),
        is_dead=is_dead,
        groups=groups,
        promises=declaration.promises,
    )


def _number(value: JsonValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
