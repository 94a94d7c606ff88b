"""`access`: what a client needs to do its work, as exact permissions. Sugar: nothing on a server is called access."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

from pydantic import JsonValue, model_validator
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.names import NameAt
from mqinfra.model.setting import Problem
from mqinfra.model.spec import Spec
from mqinfra.providers.base.entry_type import LastSugar
from mqinfra.providers.base.expansion import Expansion, Generated, Undeclared
from mqinfra.providers.base.external import External, undeclared
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.base.recognition import Proposal, Recognising, Seen
from mqinfra.providers.rabbitmq import names
from mqinfra.providers.rabbitmq.pattern.regex import exactly, names_in
from mqinfra.providers.rabbitmq.spec import exchange as exchange_spec
from mqinfra.providers.rabbitmq.spec import permission as permission_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec
from mqinfra.providers.rabbitmq.spec.permission import PermissionSpec
from mqinfra.providers.rabbitmq.spec.queue_entry import DEAD_LETTERS
from mqinfra.providers.rabbitmq.sugar.queue import DEAD_LETTER_SUFFIX

_DEFAULT_EXCHANGE = "amq.default"
"""What permissions call the exchange without a name (rabbit_access_control.erl, `check_resource_access`)."""


class ExternalQueue(External):
    """A queue that others own.

    Attributes:
        queue: its name.
        external: true: no manifest of this project declares it.
    """

    queue: str


class ExternalExchange(External):
    """An exchange that others own.

    Attributes:
        exchange: its name.
        external: true: no manifest of this project declares it.
    """

    exchange: str


class AccessSpec(Spec):
    """What a client may do in the vhost. Becomes the permissions of a user, who has no others there.

    Attributes:
        user: name of the user; the entry's own name when left out.
        consumes: queues that it reads; it may also read their dead letters. One that others own, and no manifest of
            this project declares, is written `{queue: NAME, external: true}`.
        publishes: exchanges that it publishes to; `""` is the default exchange, which leads to every queue. One that
            others own is written `{exchange: NAME, external: true}`.
        configures: queues and exchanges that it declares, binds and deletes itself; it may then also publish to them
            and read them, since a binding needs both.
    """

    user: str | None = None
    consumes: tuple[str | ExternalQueue, ...] = ()
    publishes: tuple[str | ExternalExchange, ...] = ()
    configures: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.consumes and not self.publishes and not self.configures:
            raise ValueError("set `consumes`, `publishes` or `configures`")
        return self


class AccessKind(LastSugar, Recognising):
    """Sugar for permissions."""

    broker = "rabbitmq"
    name = "access"
    title = "access"
    entry = AccessSpec
    placement = Placement(nested_in="vhosts", shared_as="users")
    in_path = (NameAt((), (names.VHOSTS,)), NameAt((), (names.USERS,)))

    @override
    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """Whom it is for, and all that it names."""
        return names.in_access(data)

    @override
    def expand_last(self, address: Address, entry: Spec, declared: Mapping[Address, Declaration]) -> Expansion:
        """Make one permission, whose patterns match whole names and nothing else."""
        access = AccessSpec.narrow(entry)
        consumes = [item if isinstance(item, str) else item.queue for item in access.consumes]
        publishes = [item if isinstance(item, str) else item.exchange for item in access.publishes]
        letters = _dead_letters(address, consumes, declared)
        write = [name or _DEFAULT_EXCHANGE for name in publishes]
        data: dict[str, JsonValue] = {
            "configure": _pattern(access.configures),
            "write": _pattern([*write, *access.configures]),
            "read": _pattern([*consumes, *letters, *access.configures]),
        }
        because = next(name for name in ("consumes", "publishes", "configures") if getattr(access, name))
        user = access.user or address.path[1]
        made = Generated("permissions", (address.path[0], user), data, (because,))
        return Expansion(None, (made,), undeclared=tuple(_undeclared(address, access, declared)))

    @override
    def recognise(self, seen: Seen) -> None:
        """Find permissions on whole names and nothing else."""
        for address, spec in seen.of(permission_spec.KIND).items():
            fields = _said(address, spec, seen) if isinstance(spec, PermissionSpec) else {}
            if fields:
                entry = Address(address.cluster, self.name, address.path)
                seen.take(Proposal(entry, fields, frozenset((address,))))

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """Only a tombstone ever asks: entries of this kind become permissions."""
        help_text = f"name the permissions: `{address.cluster}/permissions/VHOST/USER`"
        return Problem(f"`{address}` does not exist on a server", help_text)


def _undeclared(address: Address, access: AccessSpec, declared: Mapping[Address, Declaration]) -> Iterator[Undeclared]:
    """What nobody declares: neither a manifest, nor the server by itself, nor the client."""
    names: dict[str, set[str]] = {}
    for known in declared:
        if known.cluster == address.cluster and known.path[:1] == address.path[:1]:
            names.setdefault(known.kind, set()).add(known.name)
    own = set(access.configures)
    built_in = {name for name in access.publishes if isinstance(name, str) and (not name or name.startswith("amq."))}
    vhost = address.path[0]
    queue, exchange = (Address(address.cluster, kind, (vhost, "")) for kind in (queue_spec.KIND, exchange_spec.KIND))
    yield from undeclared("consumes", access.consumes, "queue", queue, names.get(queue_spec.KIND, set()) | own)
    exchanges = names.get(exchange_spec.KIND, set()) | own | built_in
    yield from undeclared("publishes", access.publishes, "exchange", exchange, exchanges)


def _pattern(names: Iterable[str]) -> str:
    some = sorted(set(names))
    return exactly(some) if some else ""


def _dead_letters(access: Address, queues: Sequence[str], declared: Mapping[Address, Declaration]) -> list[str]:
    some = [declared.get(Address(access.cluster, queue_spec.KIND, (access.path[0], name))) for name in queues]
    return [
        reference.target.name
        for declaration in some
        if declaration is not None
        for reference in declaration.references
        if reference.role == DEAD_LETTERS and reference.target.kind == queue_spec.KIND
    ]


def _said(address: Address, spec: PermissionSpec, seen: Seen) -> dict[str, JsonValue]:
    """What an entry says of which a permission was made; nothing where it can't say it."""
    configures, write, read = names_in(spec.configure), names_in(spec.write), names_in(spec.read)
    if configures is None or write is None or read is None:
        return {}
    consumes, publishes = read - configures, write - configures
    made = {letters for name in consumes for letters in _letters_said(address, name, seen)}
    consumed = [_known(address, queue_spec.KIND, "queue", name, seen) for name in sorted(consumes - made)]
    published = [
        "" if name == _DEFAULT_EXCHANGE else _known(address, exchange_spec.KIND, "exchange", name, seen)
        for name in sorted(publishes)
    ]
    said: dict[str, list[JsonValue]] = {
        "consumes": consumed,
        "publishes": published,
        "configures": [*sorted(configures)],
    }
    return {name: some for name, some in said.items() if some}


def _known(access: Address, kind: str, word: str, name: str, seen: Seen) -> JsonValue:
    """A name as it is, or as one that others own."""
    built_in = kind == exchange_spec.KIND and name.startswith("amq.")
    there = built_in or Address(access.cluster, kind, (access.path[0], name)) in seen.live
    return name if there else {word: name, "external": True}


def _letters_said(access: Address, name: str, seen: Seen) -> Iterator[str]:
    """The queue for the dead letters of one, as far as its entry is to say so."""
    queue = Address(access.cluster, queue_spec.KIND, (access.path[0], name))
    said, retry = seen.said(queue, "deadLetter"), seen.said(queue, "retry")
    if isinstance(said, dict):
        if said.get("exchange") is None:
            yield str(said.get("queue") or said.get("name") or name + DEAD_LETTER_SUFFIX)
    elif said or retry:
        yield name + DEAD_LETTER_SUFFIX
