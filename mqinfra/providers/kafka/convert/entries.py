"""Entries that several formats make, from what they all call by Kafka's words, in one spelling or another."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from pydantic import JsonValue

from mqinfra.providers.base.converting.converter import Entry
from mqinfra.providers.base.converting.foreign import Part, only
from mqinfra.providers.kafka.acls.spec import Operation, Resource

_OPERATIONS = {re.sub("[^a-z]", "", word.lower()): word for word in get_args(Operation)}
_RESOURCES = {word.lower(): word for word in get_args(Resource)}
_PATTERNS = {"literal": "literal", "prefixed": "prefixed", "prefix": "prefixed"}
_PERMISSIONS = {"allow": "allow", "deny": "deny"}


def _plain(text: str) -> str:
    return re.sub("[^a-z]", "", text.lower())


def topic(
    name: str,
    source: Part,
    *,
    partitions: int | None,
    replicas: int | None,
    config: Mapping[str, JsonValue],
    labels: Mapping[str, str] | None = None,
) -> Entry:
    """A topic; negative numbers, by which tools mean the broker's default, are left out."""
    data: dict[str, JsonValue] = {
        "partitions": partitions if partitions is None or partitions > 0 else None,
        "replicationFactor": replicas if replicas is None or replicas > 0 else None,
        "config": {key: value for key, value in config.items() if value is not None},
    }
    return Entry("topics", (name,), only(data), source, labels or {})


def user(name: str, mechanisms: Sequence[str], source: Part, labels: Mapping[str, str] | None = None) -> Entry:
    """A SCRAM user. A credential is made of the password, so there has to be a place to have it from."""
    variable = re.sub(r"[^A-Z0-9]", "_", name.upper()).strip("_")
    variable = f"{'_' if variable[:1].isdigit() else ''}{variable}_PASSWORD"
    data: dict[str, JsonValue] = {"mechanisms": [*mechanisms], "password": {"env": variable}}
    return Entry("users", (name,), data, source, labels or {})


def acl(
    source: Part,
    *,
    principal: str,
    resource: str,
    name: str | None,
    pattern: str | None,
    operation: str,
    permission: str | None = None,
    host: str | None = None,
) -> Iterator[Entry]:
    """An ACL; what it says in words that Kafka has no rights of is lost."""
    kind, action = _RESOURCES.get(_plain(resource)), _OPERATIONS.get(_plain(operation))
    match, effect = _PATTERNS.get(_plain(pattern or "literal")), _PERMISSIONS.get(_plain(permission or "allow"))
    for word, known, what in (
        (resource, kind, "type of a resource"),
        (operation, action, "operation"),
        (pattern, match, "pattern"),
        (permission, effect, "permission"),
    ):
        if known is None:
            source.lose(f"`{word}` is not a known {what} of an ACL")
            return
    data = {
        "principal": principal if ":" in principal else f"User:{principal}",
        "resource": kind,
        "name": None if kind == "cluster" else name,
        "pattern": "literal" if kind == "cluster" else match,
        "operation": action,
        "permission": effect,
        "host": host,
    }
    yield Entry("acls", (), only(data), source)


def quota(source: Part, entity: Mapping[str, str | None], limits: Mapping[str, JsonValue]) -> Iterator[Entry]:
    """A quota, under a label that says whom it is about; none where there are no limits."""
    given = only(limits)
    if given:
        yield Entry("quotas", (), {**only(entity), "limits": given}, source)
