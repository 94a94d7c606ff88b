"""The kind `permissions`: what a user may do with the queues and exchanges of a vhost."""

from collections.abc import Mapping

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.setting import Problem
from mqinfra.providers.rabbitmq.api.call import Call
from mqinfra.providers.rabbitmq.io.list_all import Found
from mqinfra.providers.rabbitmq.io.listing import Row
from mqinfra.providers.rabbitmq.kinds.grants import GrantKind, live_of
from mqinfra.providers.rabbitmq.spec.paths import name_problem, path_problem
from mqinfra.providers.rabbitmq.spec.permission import KIND, PermissionSpec


class PermissionKind(GrantKind):
    """Permissions on resources."""

    name = KIND
    title = "permission"
    spec = PermissionSpec
    entry = PermissionSpec
    put = "PUT /api/permissions/{vhost}/{user}"
    delete = "DELETE /api/permissions/{vhost}/{user}"
    listed = "permissions"

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """Its name is that of its user."""
        return path_problem(address, ("VHOST", "USER")) or name_problem(address.name, "user", reserved=())

    def call(self, api: str, address: Address, body: Mapping[str, JsonValue]) -> Call:
        """PUT of all three expressions, or DELETE."""
        path = ("permissions", *address.path)
        return Call("PUT", path, body=dict(body)) if api == self.put else Call("DELETE", path)

    def found_in(self, rows: list[Row], alias: str) -> Found:
        """A row per vhost and user."""
        for row in rows:
            yield Address(alias, KIND, (str(row["vhost"]), str(row["user"]))), live_of(PermissionSpec, row)
