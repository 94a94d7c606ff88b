"""The pseudo kind `access`: nothing on a broker is called so."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.frozen import dataclass
from mqinfra.model.names import NameAt
from mqinfra.model.setting import Problem
from mqinfra.model.spec import Spec
from mqinfra.providers.base.entry_type import LastSugar
from mqinfra.providers.base.expansion import Expansion, Generated, Undeclared
from mqinfra.providers.base.external import undeclared
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.base.recognition import Recognising, Seen
from mqinfra.providers.kafka import names
from mqinfra.providers.kafka.access.rights import Client, Right
from mqinfra.providers.kafka.access.spec import AccessSpec, Topics
from mqinfra.providers.kafka.acls.spec import KIND as ACLS
from mqinfra.providers.kafka.acls.spec import PLACEMENT as ACL_PLACEMENT
from mqinfra.providers.kafka.acls.spec import spec_of
from mqinfra.providers.kafka.topics.requests import KIND as TOPICS
from mqinfra.providers.kafka.topics.spec import DEAD_LETTERS


class AccessKind(LastSugar, Recognising):
    """Sugar for ACLs."""

    broker = "kafka"
    name = "access"
    title = "access"
    entry = AccessSpec
    placement = Placement(scoped_as=ACL_PLACEMENT.scoped_as)
    in_path = (NameAt((), (names.USERS,)),)

    @override
    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """Whom it is for, and all that it names."""
        return names.in_access(data)

    @override
    def expand_last(self, address: Address, entry: Spec, declared: Mapping[Address, Declaration]) -> Expansion:
        """Make the ACLs, each once."""
        access = AccessSpec.narrow(entry)
        topics = _Topics(address.cluster, declared)
        client = Client(access.principal or f"User:{address.name}", access, topics.dead_letters, topics.__contains__)
        made: dict[Address, Generated] = {}
        for right in client.rights():
            one = _generated(right)
            made.setdefault(Address(address.cluster, one.kind, one.path, one.pairs), one)
        return Expansion(None, tuple(made.values()), undeclared=tuple(topics.undeclared(access)))

    @override
    def recognise(self, seen: Seen) -> None:
        """Find what clients are for by their ACLs."""
        from mqinfra.providers.kafka.access import recognition  # noqa: PLC0415 - only `export` looks for sugar

        recognition.recognise(self.name, seen)

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """Only a tombstone ever asks: entries of this kind become ACLs."""
        help_text = f"remove the entry: its ACLs go with it; or name one: `{address.cluster}/{ACLS}/...`"
        return Problem(f"`{address}` does not exist on a broker", help_text)


def _generated(right: Right) -> Generated:
    # Which topics nobody declares is said of the entry itself.
    data: dict[str, JsonValue] = {**spec_of(right.acl).to_json(), "external": True}
    return Generated(ACLS, (), data, right.by, ACL_PLACEMENT.pairs_of(data))


@dataclass(frozen=True, slots=True)
class _Topics:
    """The topics of a cluster that are declared, looked up one by one: there may be thousands for each entry."""

    cluster: str
    declared: Mapping[Address, Declaration]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._at(name) in self.declared

    def _at(self, name: str) -> Address:
        return Address(self.cluster, TOPICS, (name,))

    def dead_letters(self, name: str) -> str | None:
        """The topic for the dead letters of one."""
        declaration = self.declared.get(self._at(name))
        references = declaration.references if declaration is not None else ()
        return next((one.target.name for one in references if one.role == DEAD_LETTERS), None)

    def undeclared(self, access: AccessSpec) -> Iterator[Undeclared]:
        """What nobody declares; any topic below a prefix declares that, and `admin` what a client makes itself."""
        own = {name for name in access.admin if isinstance(name, str)}
        fields: tuple[tuple[str, Topics], ...] = (("produces", access.produces), ("consumes", access.consumes))
        for field, some in fields:
            if any(isinstance(name, str) and name and name not in self and name not in own for name in some):
                known = own | {one.name for one in self.declared if (one.cluster, one.kind) == (self.cluster, TOPICS)}
                if field in access.prefixed:
                    known |= {name for name in some if isinstance(name, str) and _begins_any(name, known)}
                yield from undeclared(field, some, "topic", self._at(""), known)


def _begins_any(prefix: str, names: Iterable[str]) -> bool:
    return any(name.startswith(prefix) for name in names)
