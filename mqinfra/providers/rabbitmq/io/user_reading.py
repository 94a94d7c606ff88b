"""Reading users with one list. Their password hashes stay in here, for comparing."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Figures, Live
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.rabbitmq.api.call import Call, RabbitFault
from mqinfra.providers.rabbitmq.io.list_all import (
    Found,
    connection_names,
    limits_of,
    list_all,
    rows_of,
    tags_of,
)
from mqinfra.providers.rabbitmq.io.listing import Row
from mqinfra.providers.rabbitmq.spec.user import KIND, UserSpec

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_SALT = 4
"""Bytes of salt in front of a hash (docs/passwords.md)."""
_HASHES = {
    "rabbit_password_hashing_sha256": "sha256",
    "rabbit_password_hashing_sha512": "sha512",
    "rabbit_password_hashing_md5": "md5",
}
_CONNECTION = "user,name,client_properties,user_provided_name"


@dataclass(frozen=True, slots=True)
class Held:
    """What a server keeps of a user's password; never shown.

    Attributes:
        hash: base64 of four bytes of salt and the hash of salt and password; empty without a password.
        algorithm: the server's name of the hash function.
    """

    hash: str = field(repr=False)
    algorithm: str

    def is_of(self, password: str) -> bool | None:
        """Tell whether it was made from a password; None where the algorithm is not known here.

        `base64(salt + H(salt + password))`, from deps/rabbit/src/rabbit_password.erl.
        """
        name = _HASHES.get(self.algorithm)
        if name is None:
            return None
        try:
            kept = base64.b64decode(self.hash, validate=True)
        except (binascii.Error, ValueError):
            return None
        salt, digest = kept[:_SALT], kept[_SALT:]
        made = hashlib.new(name, salt + password.encode(), usedforsecurity=False).digest()
        return bool(digest) and hmac.compare_digest(made, digest)


def held_of(row: Row) -> Held:
    """What a user's row says of its password."""
    return Held(str(row.get("password_hash") or ""), str(row.get("hashing_algorithm") or ""))


def read(client: "RabbitClient", wanted: Iterable[Address] | None, alias: str) -> KindReading:
    """Read users. Limits stand in their rows since 3.8.10, and else in a list of their own."""
    asked = None if wanted is None else list(wanted)

    def found_in(rows: list[Row]) -> Found:
        apart = {} if all("limits" in row for row in rows) else limits_of(rows_of(client.get("user-limits")), "user")
        for row in rows:
            name = str(row["name"])
            limits = row["limits"] if isinstance(row.get("limits"), dict) else apart.get(name, {})
            yield Address(alias, KIND, (name,)), Live(_spec(row, limits), private=held_of(row))

    return list_all(client, asked, (KIND,), found_in, lambda address: address.name == client.user)


def _spec(row: Row, limits: Mapping[str, Any]) -> UserSpec:
    said: dict[str, Any] = {"tags": tags_of(row.get("tags"))}
    if limits:
        said["limits"] = dict(limits)
    return UserSpec.model_construct(set(said), **said)


def figures(client: "RabbitClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
    """Name the connections and the permissions of users, which go with them; a user holds no messages."""
    calls = [
        Call("GET", ("connections",), {"columns": _CONNECTION}),
        Call("GET", ("permissions",)),
        Call("GET", ("topic-permissions",)),
    ]
    connections, permissions, topics = client.lists(calls)
    open_ = None if isinstance(connections, RabbitFault) else rows_of(connections.body)
    granted = [] if isinstance(permissions, RabbitFault) else rows_of(permissions.body)
    by_topic = [] if isinstance(topics, RabbitFault) else rows_of(topics.body)
    found: dict[Address, Figures] = {}
    for address in addresses:
        names = None if open_ is None else connection_names(row for row in open_ if row.get("user") == address.name)
        attached = [
            Address(address.cluster, "permissions", (str(row["vhost"]), address.name))
            for row in granted
            if row.get("user") == address.name
        ]
        attached += [
            Address(address.cluster, "topicPermissions", (str(row["vhost"]), address.name, str(row["exchange"])))
            for row in by_topic
            if row.get("user") == address.name
        ]
        found[address] = Figures(0, names, attached=tuple(attached))
    return found
