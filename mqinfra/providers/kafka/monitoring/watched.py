"""Topics and the groups that read them, by what is declared of topics, groups and access."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.promises import NO_PROMISES
from mqinfra.providers.base.monitoring.watched import (
    UNLIMITED,
    Limits,
    Role,
    Watched,
    What,
    promises_of_reader,
)
from mqinfra.providers.kafka.acls.spec import KIND as ACLS
from mqinfra.providers.kafka.acls.spec import AclSpec
from mqinfra.providers.kafka.api.acl import ANY
from mqinfra.providers.kafka.groups.spec import KIND as GROUPS
from mqinfra.providers.kafka.groups.spec import GroupSpec
from mqinfra.providers.kafka.topics.requests import KIND as TOPICS
from mqinfra.providers.kafka.topics.settings import TOPIC_SETTINGS
from mqinfra.providers.kafka.topics.spec import DEAD_LETTERS, TopicSpec
from mqinfra.providers.kafka.topics.values import canonical

_CONSUMES = "consumes"
_READ_AS = ("group", "streams")
"""Fields of `access`: what a client reads, and the groups that it reads it in. Workers of Connect read their topics
without offsets, whatever group they are in."""


def watched(declared: Mapping[Address, Declaration]) -> tuple[Watched, ...]:
    """The declared topics, and the groups that read topics, each topic before its groups.

    Args:
        declared: everything that is declared on a cluster.
    """
    topics = {address: one for address, one in declared.items() if address.kind == TOPICS}
    letters_of: dict[Address, list[Address]] = defaultdict(list)
    for address, one in topics.items():
        for target in _letters(one):
            letters_of[target].append(address)
    readers = _readers(declared, topics)
    found: list[Watched] = []
    for address, one in topics.items():
        topic = _topic(address, one, letters_of.get(address, ()))
        found.append(topic)
        found.extend(_group(address, topic, reader) for reader in readers.pop(address, ()))
    # Of topics that others own, and of groups that read whatever they like.
    for address, some in sorted(readers.items()):
        found.extend(_group(address, None, reader) for reader in some)
    return tuple(found)


def _letters(declaration: Declaration) -> Iterator[Address]:
    return (one.target for one in declaration.references if one.role == DEAD_LETTERS)


def _topic(address: Address, declaration: Declaration, letters_of: Iterable[Address]) -> Watched:
    sources = tuple(letters_of)
    return Watched(
        address,
        address.name,
        What.TOPIC,
        declaration.span,
        role=Role.DEAD_LETTERS if sources else Role.WORK,
        dead_letters=next(_letters(declaration), None),
        letters_of=sources,
        replays=True,
        labels=declaration.labels,
        limits=_limits(TopicSpec.narrow(declaration.spec)),
        promises=declaration.promises,
    )


def _limits(spec: TopicSpec) -> Limits:
    policy = _value(spec, "cleanup.policy")
    deletes = policy is None or "delete" in str(policy)
    return Limits(
        retention_ms=_bound(spec, "retention.ms") if deletes else None,
        retention_bytes=_bound(spec, "retention.bytes") if deletes else None,
        compacted="compact" in str(policy),
        partitions=spec.partitions,
        replicas=spec.replication_factor,
        min_insync=_bound(spec, "min.insync.replicas"),
    )


def _value(spec: TopicSpec, key: str) -> JsonValue:
    value = spec.config.get(key)
    return canonical(TOPIC_SETTINGS.get(key), None if value is None else str(value))


def _bound(spec: TopicSpec, key: str) -> int | None:
    value = _value(spec, key)
    return value if isinstance(value, int) and value >= 0 else None


@dataclass(frozen=True, slots=True)
class _Reader:
    """A group that reads a topic.

    Attributes:
        name: its name.
        declaration: the entry that says so.
        prefixed: it is only what names begin with.
        shares: its members share partitions.
    """

    name: str
    declaration: Declaration
    prefixed: bool = False
    shares: bool = False


def _group(address: Address, topic: Watched | None, reader: _Reader) -> Watched:
    return Watched(
        address,
        address.name if address.kind == TOPICS else "",
        What.SHARE_GROUP if reader.shares else What.GROUP,
        reader.declaration.span,
        consumer=reader.name,
        prefixed=reader.prefixed,
        role=topic.role if topic is not None else Role.WORK,
        dead_letters=topic.dead_letters if topic is not None else None,
        letters_of=topic.letters_of if topic is not None else (),
        replays=True,
        labels=reader.declaration.labels,
        limits=topic.limits if topic is not None else UNLIMITED,
        promises=promises_of_reader(reader.declaration.promises, topic.promises if topic is not None else NO_PROMISES),
    )


def _readers(
    declared: Mapping[Address, Declaration], topics: Mapping[Address, Declaration]
) -> dict[Address, list[_Reader]]:
    """The groups that read something, by topic; under its own address a group of which nobody says what it reads.

    What `groups` says of a group counts before what `access` does.
    """
    found: dict[tuple[Address, str], _Reader] = {}
    groups = {address: one for address, one in declared.items() if address.kind == GROUPS}
    silent: set[Address] = set()
    for address, one in groups.items():
        spec = GroupSpec.narrow(one.spec)
        for name in spec.topics:
            found[_at(address, name), address.name] = _reader(address, one)
        if not spec.topics:
            silent.add(address)
    for client in _clients(declared):
        for topic in client.reads(topics):
            for name, (acl, prefixed) in client.groups.items():
                group = Address(topic.cluster, GROUPS, (name,))
                own = groups.get(group) if not prefixed else None
                silent -= {group} if own is not None else set()
                reader = _Reader(name, acl, prefixed) if own is None else _reader(group, own)
                found.setdefault((topic, name), reader)
    found |= {(address, address.name): _reader(address, groups[address]) for address in silent}
    by_topic: dict[Address, list[_Reader]] = defaultdict(list)
    for (topic, _), reader in sorted(found.items(), key=lambda item: item[0]):
        by_topic[topic].append(reader)
    return by_topic


def _reader(address: Address, group: Declaration) -> _Reader:
    return _Reader(address.name, group, shares=GroupSpec.narrow(group.spec).type == "share")


def _at(near: Address, topic: str) -> Address:
    return Address(near.cluster, TOPICS, (topic,))


@dataclass(slots=True)
class _Client:
    """What one entry of `access` reads, by the ACLs that it became.

    Attributes:
        topics: what it reads: the ACLs.
        groups: the groups that it reads in: the ACL, and whether it is only what names begin with.
    """

    topics: list[tuple[Address, AclSpec]] = field(default_factory=list)
    groups: dict[str, tuple[Declaration, bool]] = field(default_factory=dict)

    def reads(self, declared: Mapping[Address, Declaration]) -> Iterator[Address]:
        """The topics; of a prefix, those that are declared."""
        for address, spec in self.topics:
            if spec.pattern == "literal":
                yield _at(address, str(spec.name))
            else:
                yield from (topic for topic in declared if topic.name.startswith(str(spec.name)))


def _clients(declared: Mapping[Address, Declaration]) -> Iterable[_Client]:
    clients: dict[Address, _Client] = defaultdict(_Client)
    for address, one in declared.items():
        if address.kind != ACLS:
            continue
        spec = AclSpec.narrow(one.spec)
        if spec.operation != "Read" or spec.permission != "allow" or spec.name in (None, ANY):
            continue
        for origin in one.origins:
            if origin.maker is None:
                continue
            client = clients[origin.maker]
            if spec.resource == "topic" and origin.field == _CONSUMES:
                client.topics.append((address, spec))
            elif spec.resource == "group" and origin.field in _READ_AS:
                client.groups[str(spec.name)] = (one, spec.pattern == "prefixed")
    return clients.values()
