"""The kind `permissions`: what a user may do with the queues and exchanges of a vhost."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.form import Form
from mqinfra.model.names import NameAt
from mqinfra.model.reading import Live
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.model.story import Told
from mqinfra.providers.base.drawing import Drawing, Drawn, Line
from mqinfra.providers.base.telling import Scene, Telling
from mqinfra.providers.rabbitmq import names
from mqinfra.providers.rabbitmq.api.call import Call
from mqinfra.providers.rabbitmq.drawing import rights
from mqinfra.providers.rabbitmq.io.list_all import Found
from mqinfra.providers.rabbitmq.io.listing import Row
from mqinfra.providers.rabbitmq.kinds.grants import GrantKind, live_of
from mqinfra.providers.rabbitmq.spec.paths import name_problem, path_problem
from mqinfra.providers.rabbitmq.spec.permission import EVERYTHING, KIND, PermissionSpec
from mqinfra.providers.rabbitmq.spec.user import FIRST
from mqinfra.providers.rabbitmq.spec.vhost import FIRST as FIRST_VHOST
from mqinfra.providers.rabbitmq.telling import rights as rights_telling


class PermissionKind(GrantKind, Telling, Drawn):
    """Permissions on resources."""

    name = KIND
    title = "permission"
    spec = PermissionSpec
    entry = PermissionSpec
    put = "PUT /api/permissions/{vhost}/{user}"
    delete = "DELETE /api/permissions/{vhost}/{user}"
    listed = "permissions"
    as_lines = True
    forms: ClassVar[Mapping[Path, Form]] = {(name,): Form.REGEX for name in ("configure", "write", "read")}

    @override
    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """What somebody may configure, write and read."""
        return names.in_permission(data)

    @override
    def told(self, changes: Iterable[Change], scene: Scene) -> Iterable[tuple[Address, Told]]:
        """What its user may do, and no longer."""
        return rights_telling.permissions(changes, scene)

    @override
    def lines(self, drawing: Drawing) -> Iterable[Line]:
        """To what its user publishes to, and from what it consumes."""
        return rights.of_permissions(drawing)

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """Its name is that of its user."""
        return path_problem(address, ("VHOST", "USER")) or name_problem(address.name, "user", reserved=())

    @override
    def lets_in(self, address: Address, user: str) -> bool:
        """A user without a permission is not let into the vhost."""
        return address.path[1:] == (user,)

    @override
    def untouched(self, address: Address, live: Live) -> bool:
        """All that the user whom a server makes at its first start may do in the vhost that it makes."""
        everything = PermissionSpec(configure=EVERYTHING, write=EVERYTHING, read=EVERYTHING)
        return address.path == (FIRST_VHOST, FIRST) and live.spec.fields() == everything.fields()

    @override
    def takes(self, change: Change) -> bool:
        """Whether a change may take a right: two patterns don't tell which of them allows more."""
        return change.action is Action.DELETE or (
            change.action is Action.UPDATE and any(item.before not in (None, "") for item in change.differences)
        )

    def call(self, api: str, address: Address, body: Mapping[str, JsonValue]) -> Call:
        """PUT of all three expressions, or DELETE."""
        path = ("permissions", *address.path)
        return Call("PUT", path, body=dict(body)) if api == self.put else Call("DELETE", path)

    def found_in(self, rows: list[Row], alias: str) -> Found:
        """A row per vhost and user."""
        for row in rows:
            yield Address(alias, KIND, (str(row["vhost"]), str(row["user"]))), live_of(PermissionSpec, row)
