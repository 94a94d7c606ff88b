"""What a client could be for, by the ACLs that it has: the way back of `rights`. Proposals only."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.providers.base.recognition import Proposal, Seen
from mqinfra.providers.kafka.access.rights import ADMIN, INTERNAL_TOPICS
from mqinfra.providers.kafka.acls.spec import KIND as ACLS
from mqinfra.providers.kafka.acls.spec import AclSpec
from mqinfra.providers.kafka.api.acl import ANY, CLUSTER
from mqinfra.providers.kafka.topics.requests import KIND as TOPICS
from mqinfra.providers.kafka.topics.spec import DEAD_LETTER_SUFFIX

_USER = "User:"


def recognise(kind: str, seen: Seen) -> None:
    """Propose an entry for each principal, and host that it comes from.

    Args:
        kind: name of the entries' kind.
        seen: what is there.
    """
    clients: dict[tuple[str, str, str], _Client] = {}
    for address, spec in sorted(seen.of(ACLS).items()):
        if isinstance(spec, AclSpec) and spec.permission == "allow" and spec.principal != f"{_USER}{ANY}":
            key = (address.cluster, spec.principal, spec.host)
            clients.setdefault(key, _Client(seen)).add(address, spec)
    names: set[str] = set()
    for (cluster, principal, host), client in sorted(clients.items()):
        name = principal.removeprefix(_USER)
        fields: dict[str, JsonValue] = {}
        if not principal.startswith(_USER) or name in names:
            name = principal if host == ANY else f"{principal} {host}"
            fields["principal"] = principal
        names.add(name)
        if host != ANY:
            fields["host"] = host
        said = client.said(cluster)
        if said:
            seen.take(Proposal(Address(cluster, kind, (name,)), {**fields, **said}, frozenset(client.used)))


@dataclass
class _Client:
    """The ACLs of one client.

    Attributes:
        seen: what is there.
        rights: its ACLs by resource, pattern, name and operation.
        used: those that the entry stands for.
    """

    seen: Seen
    rights: dict[tuple[str, str], dict[str, dict[str, Address]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )
    used: list[Address] = field(default_factory=list)

    def add(self, address: Address, spec: AclSpec) -> None:
        """Take an ACL."""
        self.rights[spec.resource, spec.pattern][spec.name or CLUSTER][spec.operation] = address

    def said(self, cluster: str) -> dict[str, JsonValue]:
        """What the entry could say; nothing where there is nothing that it could."""
        said: dict[str, JsonValue] = {}
        prefixed: list[JsonValue] = []
        streams = self._streams()
        admin = self._topics("literal", ADMIN)
        consumes = self._topics("literal", ("Read",))
        letters = self._letters(cluster, consumes)
        produces = [name for name in self._topics("literal", ("Write",)) if name not in letters]
        for name in letters:
            self._use("topic", "literal", name, ("Write",))
        produces = produces or self._prefixed("produces", "Write", prefixed)
        consumes = consumes or self._prefixed("consumes", "Read", prefixed)
        for word, some, operations in (
            ("produces", produces, ("Write",)),
            ("consumes", consumes, ("Read",)),
            ("admin", admin, ADMIN),
        ):
            if some:
                pattern = "prefixed" if word in prefixed else "literal"
                for name in some:
                    self._use("topic", pattern, name, operations)
                said[word] = [self._known(cluster, name) if word not in prefixed else name for name in some]
        group = self._one("group", "Read", "group", prefixed)
        if group is not None:
            said["group"] = group
        elif consumes and not streams:
            said["group"] = False
        said |= streams
        transactions = self._one("transactionalId", "Write", "transactionalId", prefixed) if produces else None
        if transactions is not None:
            said["transactionalId"] = transactions
        if said and self.rights["cluster", "literal"][CLUSTER].get("IdempotentWrite"):
            self._use("cluster", "literal", CLUSTER, ("IdempotentWrite",))
            said["idempotentWrite"] = True
        return {**said, **({"prefixed": prefixed} if prefixed and said else {})}

    def _streams(self) -> dict[str, JsonValue]:
        for own in self._names("topic", "prefixed", INTERNAL_TOPICS):
            application = own.removesuffix("-")
            if application == own or application not in self._names("group", "literal", ("Read",)):
                continue
            self._use("topic", "prefixed", own, INTERNAL_TOPICS)
            self._use("group", "literal", application, ("Read",))
            if own not in self._names("transactionalId", "prefixed", ("Write",)):
                return {"streams": application}
            self._use("transactionalId", "prefixed", own, ("Write",))
            return {"streams": {"applicationId": application, "exactlyOnce": True}}
        return {}

    def _letters(self, cluster: str, consumes: Iterable[str]) -> list[str]:
        """Topics for dead letters of what the client consumes."""
        some: list[str] = []
        for name in consumes:
            details = self.seen.said(Address(cluster, TOPICS, (name,)), "deadLetter")
            if details:
                given = details.get("name") if isinstance(details, dict) else None
                some.append(str(given or name + DEAD_LETTER_SUFFIX))
        return some

    def _prefixed(self, word: str, operation: str, prefixed: list[JsonValue]) -> list[str]:
        some = self._topics("prefixed", (operation,))
        if some:
            prefixed.append(word)
        return some

    def _one(self, resource: str, operation: str, word: str, prefixed: list[JsonValue]) -> str | None:
        """The one name of which an entry can say a right; others stay ACLs."""
        for pattern in ("literal", "prefixed"):
            name = next(iter(self._names(resource, pattern, (operation,))), None)
            if name is not None:
                self._use(resource, pattern, name, (operation,))
                if pattern == "prefixed":
                    prefixed.append(word)
                return name
        return None

    def _topics(self, pattern: str, operations: Iterable[str]) -> list[str]:
        return self._names("topic", pattern, operations)

    def _names(self, resource: str, pattern: str, operations: Iterable[str]) -> list[str]:
        """Of what kind of things the client has rights that no word stands for yet."""
        wanted, used = set(operations), set(self.used)
        return [
            name
            for name, had in sorted(self.rights[resource, pattern].items())
            if wanted <= had.keys() and not {had[operation] for operation in wanted} & used and name != ANY
        ]

    def _use(self, resource: str, pattern: str, name: str, operations: Iterable[str]) -> None:
        had = self.rights[resource, pattern][name]
        self.used += [had[operation] for operation in operations if operation in had]

    def _known(self, cluster: str, name: str) -> JsonValue:
        there = Address(cluster, TOPICS, (name,)) in self.seen.live
        return name if there else {"topic": name, "external": True}
