"""Reading ACLs: one bulk read, of which what is asked for is made into resources.

A cluster may hold a hundred thousand that are others'. Of these only what bears on the asked ones is kept, for rules.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.reading import Coverage, Facts, Listing, Live
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.kafka.acls.spec import acl_at, address_of, spec_of
from mqinfra.providers.kafka.api.acl import ANY, EVERYONE, Acl, AclList
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.groups.spec import KIND as GROUPS
from mqinfra.providers.kafka.groups.spec import GroupSpec
from mqinfra.providers.kafka.topics.requests import KIND as TOPICS
from mqinfra.providers.kafka.topics.spec import TopicSpec
from mqinfra.providers.kafka.users.near import users_near

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

_FEW = 8
"""Principals to read one by one: each costs the brokers as much as reading all, and the rest of the way nothing."""


def read(client: "KafkaClient", wanted: Iterable[Address] | None, alias: str, facts: Facts) -> KindReading:
    """Read the named ACLs, or all, and list all there are.

    Raises:
        UserError: the cluster did not answer.
    """
    found = client.acls.all()
    if isinstance(found, KafkaFault):
        return _denied(wanted, found)
    if wanted is None:
        resources = {address_of(alias, acl): Live(spec_of(acl)) for acl in found.acls}
        if found.missing:
            return KindReading(resources, coverage=Coverage.NAMED, unseen={(): found.missing})
        return KindReading(resources, coverage=Coverage.COMPLETE, listed=resources)
    asked = {acl_at(address): address for address in wanted}
    reading = _among(asked, found)
    caller = facts.traits.get("user", "")
    near = {address_of(alias, acl): Live(spec_of(acl)) for acl in _bearing_on(asked, found.acls, caller)}
    near |= users_near(client, alias, facts)
    near |= {Address(alias, TOPICS, (name,)): Live(TopicSpec()) for name in _below(client, asked)}
    near |= {Address(alias, GROUPS, (name,)): Live(GroupSpec()) for name in _groups_below(client, asked)}
    return KindReading(
        reading.resources,
        reading.denied,
        neighbours=near,
        listed=None if found.missing else _Listed(alias, found.acls, asked),
    )


def _below(client: "KafkaClient", asked: Iterable[Acl]) -> list[str]:
    """Topics that begin with a prefix, whosever they are."""
    prefixes = _prefixes(asked, "topic")
    return [name for name in client.topics.names() if name.startswith(prefixes)] if prefixes else []


def _groups_below(client: "KafkaClient", asked: Iterable[Acl]) -> list[str]:
    """Groups that begin with a prefix, whosever they are; what can't be listed is left out: it is for a warning."""
    prefixes = _prefixes(asked, "group")
    seen = client.groups.seen() if prefixes else {}
    return [] if isinstance(seen, KafkaFault) else [name for name in seen if name.startswith(prefixes)]


def _prefixes(asked: Iterable[Acl], resource: str) -> tuple[str, ...]:
    return tuple({acl.name for acl in asked if acl.resource == resource and acl.pattern == "prefixed"})


def look(client: "KafkaClient", wanted: Sequence[Address]) -> KindReading:
    """Read the named ACLs again, without others.

    Raises:
        UserError: the cluster did not answer.
    """
    asked = {acl_at(address): address for address in wanted}
    principals = {acl.principal for acl in asked}
    found = client.acls.of(sorted(principals)) if len(principals) <= _FEW else client.acls.all()
    return _denied(wanted, found) if isinstance(found, KafkaFault) else _among(asked, found)


def _denied(wanted: Iterable[Address] | None, fault: KafkaFault) -> KindReading:
    """Nothing is planned for what can't be seen, and nothing of it is taken for absent."""
    unseen: dict[tuple[str, ...], str] = {(): fault.message} if wanted is None else {}
    return KindReading({}, dict.fromkeys(wanted or (), fault.message), Coverage.DENIED, unseen=unseen)


def _among(asked: dict[Acl, Address], found: AclList) -> KindReading:
    there = asked.keys() & set(found.acls)
    resources = {asked[acl]: Live(spec_of(acl)) for acl in there}
    denied = {
        address: found.missing
        for acl, address in asked.items()
        if found.missing and acl not in there and not acl.by_librdkafka
    }
    return KindReading(resources, denied)


def _bearing_on(asked: Collection[Acl], acls: Iterable[Acl], caller: str) -> Iterator[Acl]:
    """Others' ACLs that decide about the same: of the same principals, and about the same resources."""
    principals = {acl.principal for acl in asked} | {EVERYONE, caller}
    names: dict[str, set[str]] = defaultdict(set)
    for acl in asked:
        names[acl.resource].add(acl.name)
    in_order = {resource: sorted(some) for resource, some in names.items()}
    for acl in acls:
        if acl.resource in names and acl.pattern == "literal":
            near = acl.name in names[acl.resource] or acl.name == ANY
        else:
            near = acl.resource in names and _begins_one(acl.name, in_order[acl.resource])
        if (near or acl.principal in principals) and acl not in asked:
            yield acl


def _begins_one(prefix: str, names: Sequence[str]) -> bool:
    """Whether any of some sorted names begins with a prefix."""
    at = bisect_left(names, prefix)
    return at < len(names) and names[at].startswith(prefix)


class _Listed(Listing):
    """The addresses of all ACLs, each made when it is asked for, unless the plan asked for the ACL and has it."""

    def __init__(self, alias: str, acls: Sequence[Acl], asked: Mapping[Acl, Address]) -> None:
        self._alias, self._acls, self._asked = alias, acls, asked

    def __len__(self) -> int:
        return len(self._acls)

    def __iter__(self) -> Iterator[Address]:
        return map(self._address, self._acls)

    @override
    def owned(self, owns: Callable[[Address], bool]) -> Iterator[Address]:
        """It is the principal that tells whose an ACL is."""
        known: dict[str, bool] = {}
        for acl in self._acls:
            mine = known.get(acl.principal)
            if mine is None:
                mine = known[acl.principal] = owns(self._address(acl))
            if mine:
                yield self._address(acl)

    def __contains__(self, address: object) -> bool:
        return isinstance(address, Address) and any(one == address for one in self)

    def _address(self, acl: Acl) -> Address:
        known = self._asked.get(acl)
        return known if known is not None else address_of(self._alias, acl)
