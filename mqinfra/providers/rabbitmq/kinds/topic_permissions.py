"""The kind `topicPermissions`: which routing keys a user may use with a topic exchange."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import ClassVar

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.declaration import Reference
from mqinfra.model.form import Form
from mqinfra.model.names import NameAt
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.model.story import Told
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.entry_type import Sugar
from mqinfra.providers.base.expansion import Expansion
from mqinfra.providers.base.telling import Scene, Telling
from mqinfra.providers.rabbitmq import names
from mqinfra.providers.rabbitmq.api.call import Call
from mqinfra.providers.rabbitmq.drawing import rights
from mqinfra.providers.rabbitmq.io.list_all import Found
from mqinfra.providers.rabbitmq.io.listing import Row
from mqinfra.providers.rabbitmq.kinds.grants import GrantKind, live_of
from mqinfra.providers.rabbitmq.spec.exchange import KIND as EXCHANGES
from mqinfra.providers.rabbitmq.spec.paths import name_problem, path_problem
from mqinfra.providers.rabbitmq.spec.permission import (
    EVERYTHING,
    TOPIC_KIND,
    TOPIC_PERMISSION_NEEDS_EXCHANGE,
    TopicPermissionSpec,
)
from mqinfra.providers.rabbitmq.telling import rights as rights_telling


class TopicPermissionKind(GrantKind, Sugar, Telling, Drawn):
    """Permissions on routing keys."""

    name = TOPIC_KIND
    title = "topic permission"
    spec = TopicPermissionSpec
    entry = TopicPermissionSpec
    placement = replace(GrantKind.placement, name_depth=2)
    put = "PUT /api/topic-permissions/{vhost}/{user}"
    delete = "DELETE /api/topic-permissions/{vhost}/{user}/{exchange}"
    listed = "topic-permissions"
    forms: ClassVar[Mapping[Path, Form]] = {(name,): Form.REGEX for name in ("write", "read")}
    as_lines = True
    in_path = (*GrantKind.in_path, NameAt((), (names.EXCHANGES,), names.NAME))

    @override
    def told(self, changes: Iterable[Change], scene: Scene) -> Iterable[tuple[Address, Told]]:
        """To which keys its user is held."""
        return rights_telling.topic_permissions(changes)

    @override
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """To the exchange whose routing keys it is about."""
        return rights.of_topic_permissions(drawing)

    @override
    def rests_on(self, address: Address) -> tuple[Address, ...]:
        """Its vhost, its user, and its exchange, but for the server's own."""
        if len(address.path) < 3 or address.name.startswith("amq."):
            return super().rests_on(address)
        return (*super().rests_on(address), _exchange_of(address))

    @override
    def expand(self, address: Address, entry: Spec) -> Expansion:
        """Before 4.3 it can be without its exchange."""
        exchange = _exchange_of(address)
        needed = (Reference((), exchange, "needed", since=TOPIC_PERMISSION_NEEDS_EXCHANGE),)
        return Expansion(self.spec.narrow(entry), references=needed if exchange in self.rests_on(address) else ())

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """Its names are those of its user and its exchange."""
        problem = path_problem(address, ("VHOST", "USER", "EXCHANGE"))
        problem = problem or name_problem(address.path[1], "user", reserved=())
        return problem or name_problem(address.name, "exchange", reserved=())

    @override
    def goes_by_itself(self, spec: Spec) -> bool:
        """Only one that restricts nothing: without any, a user may use all routing keys of the exchange."""
        found = TopicPermissionSpec.narrow(spec)
        return found.write == found.read == EVERYTHING

    @override
    def takes(self, change: Change) -> bool:
        """Without any, a user may use all routing keys, so that a delete takes none."""
        if change.after is None:
            return False
        before = change.before or {}
        return any(
            change.after.get(right) not in (before.get(right, EVERYTHING), EVERYTHING) for right in ("write", "read")
        )

    def call(self, api: str, address: Address, body: Mapping[str, JsonValue]) -> Call:
        """PUT with the exchange in the body; DELETE with it in the path, since without it all of the user's go.

        A `DELETE /api/topic-permissions/V/U` takes no notice of a query or a body (measured on 3.10 and 4.0).
        """
        vhost, user, exchange = address.path
        if api == self.put:
            return Call("PUT", ("topic-permissions", vhost, user), body={"exchange": exchange, **body})
        return Call("DELETE", ("topic-permissions", vhost, user, exchange))

    def found_in(self, rows: list[Row], alias: str) -> Found:
        """A row per vhost, user and exchange; on the default exchange, which is no topic exchange, they say nothing."""
        for row in rows:
            if row["exchange"]:
                path = (str(row["vhost"]), str(row["user"]), str(row["exchange"]))
                yield Address(alias, TOPIC_KIND, path), live_of(TopicPermissionSpec, row)


def _exchange_of(address: Address) -> Address:
    return Address(address.cluster, EXCHANGES, (address.path[0], address.name))
