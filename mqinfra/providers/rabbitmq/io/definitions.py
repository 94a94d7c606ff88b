"""A definitions file as the live side of a plan: `rabbitmqctl export_definitions`, `GET /api/definitions`.

The file answers the same lists that the management API would, so that every kind reads it with its own code. What it
leaves out (docs/definitions.md) is absent, as exclusive queues are, or not known: before 3.13 descriptions and tags of
vhosts, and from 4.2.9 and 4.3.3 internal exchanges.
"""

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.errors import Bug
from mqinfra.model.reading import Coverage, Facts, Live, Reading, Source
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.model.span import Path
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.snapshot import Snapshot, SnapshotError
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.io.listing import Row
from mqinfra.providers.rabbitmq.settings.typed import Span as VersionSpan
from mqinfra.providers.rabbitmq.settings.typed import within
from mqinfra.providers.rabbitmq.spec.exchange import KIND as EXCHANGES
from mqinfra.providers.rabbitmq.spec.exchange import UNSEEN_INTERNAL

_IN_VHOSTS = ("queues", "exchanges", "bindings", "policies", "parameters", "permissions", "topic_permissions")
_OF_ALL = ("vhosts", "users", "permissions")
_SECTIONS = (*_IN_VHOSTS, "vhosts", "users", "global_parameters")
_VERSIONS = ("rabbitmq_version", "rabbit_version")
_TOLD = {"description", "tags", "metadata", "default_queue_type"}
_PROTECTION: Path = ("deletionProtection",)
_LEFT_OUT: frozenset[Path] = frozenset({("description",), ("tags",), ("defaultQueueType",), _PROTECTION})
_WITHOUT_INTERNAL: tuple[VersionSpan, ...] = (((4, 2, 9), (4, 3)), ((4, 3, 3), ()))
"""Since rabbitmq-server's commit 499313f082 exports have no internal exchanges (measured on 4.3.6)."""
_SECRETS: Mapping[str, frozenset[Path]] = {
    "users": frozenset({("password",)}),
    "parameters": frozenset({("secrets",)}),
    "globalParameters": frozenset({("secrets",)}),
}
_IN_PARAMETERS = {"operator-policies": "operator_policy", "vhost-limits": "vhost-limits"}


def snapshot_of(text: str, alias: str, kinds: Mapping[str, Kind[Any]]) -> Snapshot | None:
    """Read a definitions file as a snapshot of a cluster; None when it is none.

    People write such files too, for `load_definitions`: without a version, without the sections that they don't need,
    and without what a server takes by itself. What isn't in one does not exist where it is loaded.

    Raises:
        SnapshotError: it is one of a single vhost, which says nothing of users and permissions, or it is damaged.
    """
    try:
        data = json.loads(text)
    except ValueError:
        return None
    if not isinstance(data, dict) or "kind" in data or not any(name in data for name in (*_VERSIONS, *_SECTIONS)):
        return None
    damaged = next((name for name in _SECTIONS if not isinstance(data.get(name, []), list)), None)
    if damaged is not None:
        raise SnapshotError(f"it is a definitions file whose `{damaged}` is not a list")
    rows = [row for name in _IN_VHOSTS for row in data.get(name, []) if isinstance(row, dict)]
    if any("vhost" not in row for row in rows) or not (rows or any(name in data for name in _OF_ALL)):
        raise SnapshotError("it is a definitions file of one vhost: export all vhosts, not one of them")
    file = DefinitionsFile(data)
    resources: dict[Address, Live] = {}
    try:
        for kind in kinds.values():
            found = kind.read(file, None, ClusterContext(alias, file.facts, _no_secrets)).resources
            resources.update({address: file.doubted(address, live) for address, live in found.items()})
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SnapshotError(f"it does not read as a definitions file: {type(error).__name__}: {error}") from None
    return Snapshot(
        Reading(
            alias=alias,
            type="rabbitmq",
            facts=file.facts,
            source=Source.SNAPSHOT,
            coverage=dict.fromkeys(kinds, Coverage.COMPLETE),
            resources=resources,
            denied=file.unseen(alias, resources),
        )
    )


class DefinitionsFile:
    """Answers lists as the management API does, out of a definitions file.

    Attributes:
        facts: what the file says of its cluster.
        user: nobody; a file is read by no user.
        tags: those of who may export one, and so sees everything.
        exchange_types: none are known.
        down: none of its nodes; a file has none.
        bindings: per vhost, how many there are.
    """

    user = ""
    tags: frozenset[str] = frozenset({"administrator"})
    exchange_types: frozenset[str] = frozenset()
    down: frozenset[str] = frozenset()

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = {**data, "vhosts": _vhosts(data)}
        self._bare_vhosts = {str(row.get("name")) for row in self._rows("vhosts") if not _TOLD & row.keys()}
        self.bindings: dict[str, int] = {}
        version = next((str(data[name]) for name in _VERSIONS if data.get(name)), "")
        names = {row.get("name"): row.get("value") for row in self._rows("global_parameters")}
        facts = Facts(cluster_id=str(names.get("cluster_name") or ""), version=version, endpoint="definitions")
        left_out = bool(version) and within(facts.version_tuple, _WITHOUT_INTERNAL)
        self.facts = facts.model_copy(update={"traits": {UNSEEN_INTERNAL: "true"}}) if left_out else facts

    def get(self, *segments: str, **query: str) -> JsonValue | RabbitFault:  # noqa: ARG002 - a file has no columns to choose
        """Give a list: of all vhosts, or of the one that the second segment names."""
        resource, *rest = segments
        if resource in _IN_PARAMETERS:
            rows = self._from_parameters(_IN_PARAMETERS[resource])
        else:
            rows = self._rows(resource.replace("-", "_"))
        if rest:
            rows = [row for row in rows if row.get("vhost") == rest[0]]
        return cast("JsonValue", [_listed(resource, row) for row in rows])

    def lists(self, calls: Sequence[Call]) -> list[Answer | RabbitFault]:
        """Give several lists."""
        found = [self.get(*call.segments) for call in calls]
        return [item if isinstance(item, RabbitFault) else Answer(200, item) for item in found]

    def doubted(self, address: Address, live: Live) -> Live:
        """Mark what the file can't tell: secrets, and what it leaves out of vhosts before 3.13."""
        unknown = _SECRETS.get(address.kind, frozenset())
        if address.kind == "vhosts":
            # From 4.3 a file tells the rest, but not whether a vhost is protected.
            protection = frozenset({_PROTECTION}) if live.spec.field(_PROTECTION) is None else frozenset[Path]()
            unknown = _LEFT_OUT if address.name in self._bare_vhosts else protection
        return replace(live, unknown=unknown) if unknown else live

    def unseen(self, alias: str, found: Container[Address]) -> Mapping[Address, str]:
        """The exchanges that bindings name and no list has: internal ones, of which no more is known."""
        ends: dict[Address, str] = {}
        for row in self._rows("bindings"):
            names = [row.get("source"), row.get("destination") if row.get("destination_type") == "exchange" else None]
            for name in names:
                address = Address(alias, EXCHANGES, (str(row.get("vhost")), str(name)))
                if name and not str(name).startswith("amq.") and address not in found:
                    ends[address] = "a definitions file leaves internal exchanges out"
        return ends if UNSEEN_INTERNAL in self.facts.traits else {}

    def _rows(self, name: str) -> list[Row]:
        given = self._data.get(name)
        return [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []

    def _from_parameters(self, component: str) -> list[Row]:
        rows = [row for row in self._rows("parameters") if row.get("component") == component]
        if component == "vhost-limits":
            return rows
        return [{"name": row["name"], "vhost": row["vhost"], "apply-to": "queues", **row["value"]} for row in rows]


def _vhosts(data: Mapping[str, Any]) -> list[Any]:
    """The vhosts that are listed, and those that things are in."""
    given = data.get("vhosts") or []
    listed = {row.get("name") for row in given if isinstance(row, dict)}
    rows = [row for name in _IN_VHOSTS for row in data.get(name) or [] if isinstance(row, dict)]
    return [
        *given,
        *({"name": name} for name in dict.fromkeys(str(row["vhost"]) for row in rows) if name not in listed),
    ]


_USUAL: Mapping[str, Mapping[str, Any]] = {
    "queues": {"durable": True, "auto_delete": False, "exclusive": False, "arguments": {}},
    "exchanges": {"durable": True, "auto_delete": False, "internal": False, "arguments": {}},
    "bindings": {"routing_key": "", "arguments": {}},
    "policies": {"apply-to": "all", "priority": 0},
    "operator-policies": {"apply-to": "queues", "priority": 0},
    "users": {"tags": [], "limits": {}},
}
"""What a server takes where a file says nothing, by list (rabbit_definitions.erl `add_queue`, `add_exchange`, ...)."""


def _listed(resource: str, row: Row) -> dict[str, Any]:
    """A row as the list would have it."""
    said = {**_USUAL.get(resource, {}), **row}
    if resource == "vhosts" and isinstance(row.get("metadata"), dict):
        said = {**row["metadata"], **said}
    if resource == "queues":
        # Before 4.0 the argument is there only where somebody said it.
        said.setdefault("type", (said.get("arguments") or {}).get("x-queue-type", "classic"))
    return said


def _no_secrets(reference: SecretRef) -> SecretValue:
    raise Bug(f"a definitions file needs no secret, and `{reference}` was asked for")
