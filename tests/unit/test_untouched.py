"""What brokers make by themselves is nobody's, as long as nobody has changed it."""

import base64
import hashlib
from typing import Any

import pytest

from mqinfra.model.address import Address
from mqinfra.model.reading import Live
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.rabbitmq.io.user_reading import Held

SALT = b"salt"
MADE = {"description": "Default virtual host", "tags": [], "defaultQueueType": "classic"}
FREE = {"enabled": True, "nopass": True, "commands": ["+@all"], "keys": ["~*"], "channels": ["&*"]}


def held(password: str) -> Held:
    digest = hashlib.sha256(SALT + password.encode()).digest()
    return Held(base64.b64encode(SALT + digest).decode(), "rabbit_password_hashing_sha256")


def untouched(broker: str, kind: str, path: tuple[str, ...], spec: dict[str, Any], private: object = None) -> bool:
    known = installed().providers[broker].kinds[kind]
    return known.untouched(Address(broker, kind, path), Live(known.spec.model_validate(spec), private=private))


@pytest.mark.parametrize(
    ("path", "spec", "made"),
    [
        ("/", MADE, True),
        ("/", {}, True),
        ("/shop", MADE, False),
        ("/", {**MADE, "description": "the shop's"}, False),
        ("/", {**MADE, "tags": ["shop"]}, False),
        ("/", {**MADE, "limits": {"max-queues": 10}}, False),
        ("/", {**MADE, "deletionProtection": True}, False),
    ],
)
def test_rabbitmqs_first_vhost_is_nobodys_as_it_was_made(path: str, spec: dict[str, Any], made: bool) -> None:  # noqa: FBT001
    assert untouched("rabbitmq", "vhosts", (path,), spec) is made


@pytest.mark.parametrize(
    ("name", "password", "tags", "made"),
    [
        ("guest", "guest", ["administrator"], True),
        ("guest", "changed", ["administrator"], False),
        ("guest", "guest", [], False),
        ("admin", "guest", ["administrator"], False),
    ],
)
def test_rabbitmqs_first_user_is_nobodys_as_it_was_made(name: str, password: str, tags: list[str], made: bool) -> None:  # noqa: FBT001
    assert untouched("rabbitmq", "users", (name,), {"tags": tags}, held(password)) is made


def test_rabbitmqs_first_user_counts_as_made_by_somebody_where_its_hash_is_not_shown() -> None:
    assert not untouched("rabbitmq", "users", ("guest",), {"tags": ["administrator"]})


@pytest.mark.parametrize(
    ("path", "write", "made"),
    [(("/", "guest"), ".*", True), (("/", "guest"), "^shop", False), (("/shop", "guest"), ".*", False)],
)
def test_rabbitmqs_first_permission_is_nobodys_as_it_was_made(path: tuple[str, str], write: str, made: bool) -> None:  # noqa: FBT001
    spec = {"configure": ".*", "write": write, "read": ".*"}
    assert untouched("rabbitmq", "permissions", path, spec) is made


@pytest.mark.parametrize(
    ("name", "spec", "made"),
    [
        ("default", FREE, True),
        ("default", {**FREE, "nopass": False}, False),
        ("default", {**FREE, "enabled": False}, False),
        ("default", {**FREE, "commands": ["+@all", "-@dangerous"]}, False),
        ("default", {**FREE, "keys": ["~shop:*"]}, False),
        ("admin", FREE, False),
    ],
)
def test_rediss_default_user_is_nobodys_as_it_was_made(name: str, spec: dict[str, Any], made: bool) -> None:  # noqa: FBT001
    assert untouched("redis", "users", (name,), spec) is made
