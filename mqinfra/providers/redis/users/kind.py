"""The kind `users`: ACL users, compared by what they may do, on every node that keeps them."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.connection import ClientConnection
from mqinfra.model.form import Form
from mqinfra.model.holding import Holding
from mqinfra.model.names import NameAt
from mqinfra.model.reading import Facts, Figures, Live
from mqinfra.model.secret import SecretRef, SecretResolver
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.providers.base.capabilities import (
    ComparedWithLive,
    Connected,
    DryRun,
    Permitted,
    SecretHolder,
    Weighed,
    deviation_by_value,
)
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.kind import Kind, KindReading, Objection, set_and_remove
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.redis import names
from mqinfra.providers.redis.acl.rules import BUILT_IN, Granted, Table, channel_set, difference, key_set
from mqinfra.providers.redis.addresses import DEFAULT, USERS, path_problem
from mqinfra.providers.redis.users import connections as user_connections
from mqinfra.providers.redis.users import drawing as user_drawing
from mqinfra.providers.redis.users import reading as user_reading
from mqinfra.providers.redis.users import requests as user_requests
from mqinfra.providers.redis.users import rights as user_rights
from mqinfra.providers.redis.users import run as user_run
from mqinfra.providers.redis.users import service_users
from mqinfra.providers.redis.users.spec import UserSpec

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient

_NAME = "a user's name must not be empty or contain blanks"
_NEEDED = ("acl|getuser", "acl|setuser", "acl|cat", "acl|whoami", "info")


class UserKind(
    Kind["RedisClient"],
    ComparedWithLive,
    SecretHolder,
    Weighed["RedisClient"],
    Connected["RedisClient"],
    DryRun["RedisClient"],
    Drawn,
    Permitted["RedisClient"],
):
    """ACL users."""

    broker = "redis"
    name = USERS
    title = "user"
    spec = UserSpec
    entry = UserSpec
    overwrites = True
    holding = Holding.RIGHT
    forms: ClassVar[Mapping[Path, Form]] = {
        ("commands",): Form.RULES,
        **dict.fromkeys([("keys",), ("channels",), ("databases",)], Form.SET),
    }
    name_form = names.USER

    @override
    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """What it may use."""
        return names.in_user(data)

    @override
    def same(self, path: Path, one: JsonValue, other: JsonValue) -> bool:
        """Compare patterns as sets; command rules are compared by `deviation`, which knows the server's commands."""
        if path == ("keys",):
            return key_set(_texts(one)) == key_set(_texts(other))
        if path == ("channels",):
            return channel_set(_texts(one)) == channel_set(_texts(other))
        if path == ("databases",):
            return _numbers(one) == _numbers(other)
        if path in (("commands",), ("selectors",)):
            return one == other or self.deviation(path, one, other, Live(UserSpec())) is None
        return one == other

    @override
    def deviation(self, path: Path, wanted: JsonValue, found: JsonValue, live: Live) -> str | None:
        """Expand rules with the server's own categories, and name the commands by which they differ."""
        held = live.private
        table = held.table if isinstance(held, user_reading.Held) else BUILT_IN
        match path:
            case ("commands",):
                before, after = table.expand(_texts(found)), table.expand(_texts(wanted))
                return None if before == after else difference(before, after)
            case ("selectors",):
                return None if _selectors(found, table) == _selectors(wanted, table) else ""
            case ("passwords",):
                return held.uneven if isinstance(held, user_reading.Held) else ""
        return deviation_by_value(self, path, wanted, found)

    @override
    def holds_secret(self, live: Live, path: Path, wanted: JsonValue, secrets: SecretResolver) -> bool | None:
        """Compare the SHA-256 of the passwords with what every node has."""
        held = live.private
        if not isinstance(held, user_reading.Held):
            return None
        expected = frozenset(hashes_of(wanted, secrets))
        return all(hashes == expected for hashes in held.hashes.values())

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """Redis takes any name without blanks (ACLStringHasSpaces)."""
        problem = path_problem(address, 1)
        if problem is not None:
            return problem
        if not address.name or any(part.isspace() or part == "\0" for part in address.name):
            return Problem(f"`{address.name}` is not a valid name for a user: {_NAME}", "choose another name")
        return None

    @override
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """To the streams that it adds to, and from those that it reads in groups."""
        return user_drawing.lines(drawing)

    @override
    def untouched(self, address: Address, live: Live) -> bool:
        """The user `default` that a server has by itself, which may do everything without a password."""
        spec = live.spec
        if address.name != DEFAULT or not isinstance(spec, UserSpec):
            return False
        everything = self.deviation(("commands",), ["+@all"], list(spec.commands), live) is None
        open_ = spec.enabled and spec.nopass and everything and key_set(list(spec.keys)) == key_set(["~*"])
        return open_ and not spec.selectors and not live.per_node

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """ACL SETUSER with all rules at once, ACL DELUSER, and what makes them last over a restart."""
        return user_requests.requests_for(changes, facts)

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Refuse rules that Redis 7.0 does not know."""
        if change.after is not None:
            problem = unknown_rules(change.wanted(UserSpec), BUILT_IN)
            if problem is not None:
                return replace(problem[1], path=problem[0])
            limited = limited_in(change.wanted(UserSpec))
            if limited is not None:
                return replace(_NO_DATABASES, path=limited)
            if live is not None and change.action is Action.UPDATE and "passwords" not in change.after:
                kept = live.to_json().get("passwords")
                after = {**change.after, "passwords": kept} if kept else dict(change.after)
                return UserSpec.model_validate(after)
        return set_and_remove(self.spec, change, live)

    @override
    def read(self, client: "RedisClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read users with ACL GETUSER on every node."""
        return user_reading.read(client, wanted, context.alias)

    @override
    def figures(self, client: "RedisClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Count the connections that a delete would cut."""
        return user_reading.figures(client, addresses)

    @override
    def connections(
        self, client: "RedisClient", changes: Sequence[Change], context: ClusterContext
    ) -> Mapping[Address, tuple[ClientConnection, ...] | None]:
        """Those that logged in before, or wait in a command."""
        return user_connections.connections(client, changes)

    @override
    def close(
        self, client: "RedisClient", connections: Sequence[ClientConnection], context: ClusterContext
    ) -> Mapping[ClientConnection, str]:
        """CLIENT KILL on the node of each."""
        return user_connections.close(client, connections)

    @override
    def lacking(self, client: "RedisClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Ask every server with ACL DRYRUN, without a rule: passwords stand in none of it."""
        return user_rights.lacking(client, user_requests.requests_for(changes, context.facts))

    @override
    def dry_run(self, client: "RedisClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Find rules that the server does not know, and cuts of the caller, of replication and of Sentinels."""
        objections = [*_own(client, changes), *_cutting_off(client, changes), *_databases(client, changes)]
        for change in changes:
            if change.after is None:
                continue
            spec = change.wanted(UserSpec)
            problem = unknown_rules(spec, client.table)
            if problem is not None:
                objections.append(Objection(change.address, problem[1], problem[0]))
            elif change.address.name == client.user and spec.enabled:
                lost = [name for name in _NEEDED if name not in client.table.expand(spec.commands).commands]
                if lost:
                    objections.append(Objection(change.address, _locked_out(client.user, lost), ("commands",)))
        return objections

    @override
    def run(self, client: "RedisClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Send to every node, the caller's own user last."""
        return user_run.run(client, request, lambda wanted: hashes_of(wanted, context.secrets))


def hashes_of(passwords: JsonValue, secrets: SecretResolver) -> list[str]:
    """SHA-256 of each password, which is what Redis keeps.

    Raises:
        UserError: a reference leads nowhere.
    """
    found: list[str] = []
    for item in passwords if isinstance(passwords, list) else []:
        data: dict[str, Any] = dict(item) if isinstance(item, dict) else {}
        if "sha256" in data:
            found.append(str(data["sha256"]))
        else:
            value = secrets(SecretRef.model_validate(data)).reveal()
            found.append(hashlib.sha256(value.encode()).hexdigest())
    return found


def unknown_rules(spec: UserSpec, table: Table) -> tuple[Path, Problem] | None:
    """Find the first rule that a server would refuse, and where it stands."""
    places = [(("commands",), spec.commands), *((("selectors",), one.commands) for one in spec.selectors)]
    for path, rules in places:
        for rule in table.sendable(rules):
            if not table.knows(rule):
                what = "category" if rule[1] == "@" else "command"
                text = f"unknown {what} `{rule[1:]}` on this server"
                return path, Problem(text, f"correct `{rule}`, or leave it out on this version")
    return None


def _own(client: "RedisClient", changes: Sequence[Change]) -> Iterator[Objection]:
    """Deletes that no tombstone asks for, of whom no plan may delete; rules look at tombstones."""
    for change in changes:
        if change.action is Action.DELETE and (problem := user_run.undeletable(client, change.address.name)):
            yield Objection(change.address, problem)


def _cutting_off(client: "RedisClient", changes: Sequence[Change]) -> Iterator[Objection]:
    """Changes that would cut replication or a Sentinel off."""
    there = [change for change in changes if change.action is not Action.CREATE]
    known = client.service_users if there else {}
    for change in there:
        if known is None:
            yield Objection(change.address, service_users.UNKNOWN, unchecked=True)
        elif change.address.name in known:
            problem = service_users.objection(change, known[change.address.name], client.table)
            if problem is not None:
                yield Objection(change.address, problem[1], problem[0])


_NO_DATABASES = Problem(
    "this server does not limit users to databases", "Valkey 9.1 does; remove `databases`, or write `all`"
)


def _databases(client: "RedisClient", changes: Sequence[Change]) -> Iterator[Objection]:
    """Changes that the server can't make, and selectors that would silently be for more databases than before."""
    for change in changes:
        if change.after is None:
            continue
        spec = change.wanted(UserSpec)
        path = limited_in(spec)
        if path is not None and not client.limits_databases:
            yield Objection(change.address, _NO_DATABASES, path)
        held = [item for item in _list((change.before or {}).get("selectors")) if isinstance(item, dict)]
        limits = [item["databases"] for item in held if item.get("databases") is not None]
        silent = any(selector.databases is None for selector in spec.selectors)
        if limits and silent and any(item.path == ("selectors",) for item in change.differences):
            text = f"a live selector is limited to databases {limits[0]}, and one in the manifest names none"
            problem = Problem(text, "write `databases` in the selectors, numbers or `all`")
            yield Objection(change.address, problem, ("selectors",))


def limited_in(spec: UserSpec) -> Path | None:
    """The first field that holds a user to some databases."""
    if spec.databases not in (None, "all"):
        return ("databases",)
    return ("selectors",) if any(item.databases not in (None, "all") for item in spec.selectors) else None


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _locked_out(user: str, lost: Sequence[str]) -> Problem:
    names = ", ".join(f"`{name}`" for name in lost)
    return Problem(
        f"mqinfra is logged in as `{user}` itself, which would lose {names}",
        "keep them in its `commands`, or plan as another user",
    )


Selector = tuple[Granted, frozenset[str], frozenset[str], frozenset[str] | None]


def _numbers(value: JsonValue) -> frozenset[str] | None:
    """Databases; None for all."""
    return frozenset(map(str, value)) if isinstance(value, list) else None


def _selectors(value: JsonValue, table: Table) -> frozenset[Selector]:
    return frozenset(
        (
            table.expand(_texts(item.get("commands"))),
            key_set(_texts(item.get("keys"))),
            channel_set(_texts(item.get("channels"))),
            _numbers(item.get("databases")),
        )
        for item in (value if isinstance(value, list) else [])
        if isinstance(item, dict)
    )


def _texts(value: JsonValue) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
