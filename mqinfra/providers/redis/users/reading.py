"""Reading ACL users of every node, and what they need to be compared: categories, and hashes that stay in here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Coverage, Figures, Live
from mqinfra.model.span import Path
from mqinfra.providers.base.connecting.codes import NOT_ALLOWED
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.redis.acl.rules import Table
from mqinfra.providers.redis.addresses import DEFAULT, USERS
from mqinfra.providers.redis.api.replies import pairs, texts
from mqinfra.providers.redis.api.resp import Reply
from mqinfra.providers.redis.users.spec import Rules, UserSpec

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient


_ALL_DATABASES = "alldbs"
_INHERITED: Mapping[Path, JsonValue] = {("databases",): "all"}


@dataclass(frozen=True, slots=True)
class Held:
    """What comparing a live user takes.

    Attributes:
        table: the server's commands.
        hashes: per node, SHA-256 of the passwords; never shown.
        uneven: which nodes have other passwords than the first; empty when all have the same.
    """

    table: Table
    hashes: Mapping[str, frozenset[str]] = field(repr=False)
    uneven: str


@dataclass(frozen=True, slots=True)
class GetUser:
    """One answer of ACL GETUSER.

    Attributes:
        spec: the user without passwords.
        hashes: SHA-256 of its passwords.
    """

    spec: UserSpec
    hashes: frozenset[str] = field(repr=False)

    @classmethod
    def parse(cls, reply: Any) -> "GetUser | None":  # noqa: ANN401 - a reply is any nest of lists and texts
        """Read an answer; None when there is no such user."""
        if reply is None:
            return None
        fields = pairs(reply)
        flags = texts(fields.get("flags"))
        rules = _rules(fields)
        limited = set() if rules.databases is None else {"databases"}
        spec = UserSpec.model_construct(
            {"enabled", "nopass", "commands", "keys", "channels", "selectors", *limited},
            enabled="on" in flags,
            nopass="nopass" in flags,
            commands=rules.commands,
            keys=rules.keys,
            channels=rules.channels,
            selectors=tuple(_rules(pairs(item)) for item in fields.get("selectors") or ()),
            databases=rules.databases,
        )
        return cls(spec, frozenset(texts(fields.get("passwords"))))


def read(client: "RedisClient", wanted: Iterable[Address] | None, alias: str) -> KindReading:
    """Read the named users, or all, on every node; the first node that has a user speaks for it."""
    coverage = Coverage.COMPLETE if wanted is None else Coverage.NAMED
    addresses = list(wanted) if wanted is not None else _all(client, alias)
    if isinstance(addresses, Fault):
        why = f"not allowed: this needs `+acl|users` ({addresses.message})"
        return KindReading({}, coverage=Coverage.DENIED, unseen={(): why})
    if not addresses:
        return KindReading({}, coverage=coverage)
    if client.unreached:
        why = f"every server keeps its own users, and {'; '.join(client.unreached.values())}"
        return KindReading({}, dict.fromkeys(addresses, why), coverage)
    table = _table(client)
    if isinstance(table, str):
        return KindReading({}, dict.fromkeys(addresses, table), coverage)
    names: dict[str, Reply] = {}
    answers: dict[str, list[Reply]] = {}
    for node in client.nodes:
        calls = [("ACL", "USERS"), *(("ACL", "GETUSER", address.name) for address in addresses)]
        names[node.name], *answers[node.name] = node.read(calls)
    resources: dict[Address, Live] = {}
    denied: dict[Address, str] = {}
    for number, address in enumerate(addresses):
        replies = {name: some[number] for name, some in answers.items()}
        fault = next((reply for reply in replies.values() if isinstance(reply, Fault)), None)
        if fault is not None:
            denied[address] = (
                f"not allowed: this needs `+acl|getuser` ({fault.message})" if fault.denied else fault.message
            )
            continue
        users = {name: GetUser.parse(reply) for name, reply in replies.items()}
        live = _live(table, users)
        if live is not None:
            resources[address] = live
    return KindReading(resources, denied, coverage, listed=_listed(client, names.values(), alias))


def _listed(client: "RedisClient", answers: Iterable[Reply], alias: str) -> list[Address] | None:
    """All users that a plan may delete; None where the caller may not list them.

    `default` is there on every server, and nobody deletes whom he is logged in as: neither is ever left over.
    """
    found: set[str] = set()
    for reply in answers:
        if isinstance(reply, Fault):
            return None
        found.update(texts(reply))
    return [Address(alias, USERS, (name,)) for name in sorted(found - {DEFAULT, client.user})]


def _table(client: "RedisClient") -> Table | str:
    """The server's commands; why not, where the caller may not ask for them."""
    try:
        return client.table
    except UserError as error:
        if error.diagnostics[0].code != NOT_ALLOWED.id:
            raise
        return error.diagnostics[0].message


def _all(client: "RedisClient", alias: str) -> list[Address] | Fault:
    names: set[str] = set()
    for node in client.nodes:
        reply = node.read([("ACL", "USERS")])[0]
        if isinstance(reply, Fault):
            return reply
        names |= set(texts(reply))
    return [Address(alias, USERS, (name,)) for name in sorted(names)]


def _live(table: Table, users: Mapping[str, GetUser | None]) -> Live | None:
    main = next((user for user in users.values() if user is not None), None)
    if main is None:
        return None
    per_node = {
        name: user.spec if user is not None else None
        for name, user in users.items()
        if user is None or user.spec != main.spec
    }
    hashes = {name: user.hashes for name, user in users.items() if user is not None}
    uneven = [name for name, some in hashes.items() if some != main.hashes]
    note = f"differs on {', '.join(uneven)}" if uneven else ""
    return Live(main.spec, inherited=_INHERITED, per_node=per_node, private=Held(table, hashes, note))


def _rules(fields: Mapping[str, Any]) -> Rules:
    # Not validated: servers write rules that no manifest would, such as channels of another version.
    commands = [rule for rule in texts(fields.get("commands")) if rule]
    if commands[:1] == ["-@all"]:
        commands = commands[1:]
    limits = str(fields.get("databases", _ALL_DATABASES))
    limited = {} if limits == _ALL_DATABASES else {"databases": _databases(limits)}
    return Rules.model_construct(
        {"commands", "keys", "channels", *limited},
        commands=tuple(commands),
        keys=tuple(texts(fields.get("keys"))),
        channels=tuple(texts(fields.get("channels"))),
        **limited,
    )


def _databases(text: str) -> tuple[int, ...]:
    """Read `db=1,2`; nothing is no database."""
    return tuple(sorted(int(part) for part in text.removeprefix("db=").split(",") if part.isdecimal()))


def figures(client: "RedisClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
    """Name the connections of users, which end when the user is deleted; a user holds no messages."""
    used: dict[str, list[str]] = {}
    for node in client.nodes:
        reply = node.read([("CLIENT", "LIST")])[0]
        if isinstance(reply, Fault):
            return {address: Figures(0, None) for address in addresses}
        for line in str(reply).splitlines():
            parts = dict(part.partition("=")[::2] for part in line.split(" "))
            used.setdefault(parts.get("user", ""), []).append(parts.get("name") or parts.get("addr", ""))
    return {address: Figures(0, tuple(sorted(used.get(address.name, ())))) for address in addresses}
