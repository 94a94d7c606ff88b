"""Asking the broker whether it would take changes to topics, with the calls that an apply would send.

The broker checks the names of new topics only against existing ones, not against each other.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.kafka.api.faults import EXISTS, KafkaFault
from mqinfra.providers.kafka.topics.requests import ASSIGN, CONFIGURE, DELETE, factors_in, requests_for
from mqinfra.providers.kafka.topics.rights import lacking
from mqinfra.providers.kafka.topics.run import send
from mqinfra.providers.kafka.topics.settings import TOPIC_SETTINGS

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient

_KEY = re.compile(r"(?:Unknown topic config name: |for configuration )(?P<key>[a-z][a-z.]*[a-z])")
_UNKNOWN_KEY = "Unknown topic config name"


def objections(client: "KafkaClient", changes: Sequence[Change]) -> list[Objection]:
    """Everything that the broker says against the changes, and what it could not be asked."""
    found: list[Objection] = []
    for request in requests_for(changes):
        if request.api == DELETE:
            continue
        if request.api == ASSIGN:
            from mqinfra.providers.kafka.topics import replicas  # noqa: PLC0415 - few plans move replicas

            found += replicas.objections(client, factors_in(request))
            later = {one: then for one, body in request.body.items() if isinstance(then := body.get("then"), dict)}
            found += _refusals(client, CONFIGURE, later)
            continue
        again = {address: body for address, body in request.body.items() if "replaces" in body}
        found += [Objection(address, _REPLACED, unchecked=True) for address in again]
        bodies = {address: body for address, body in request.body.items() if address not in again}
        found += _refusals(client, request.api, bodies)
    if client.deletion_disabled:
        found += [
            Objection(c.address, _DELETION_DISABLED) for c in changes if c.action in (Action.DELETE, Action.REPLACE)
        ]
    return found


def _refusals(client: "KafkaClient", api: str, bodies: Mapping[Address, Mapping[str, JsonValue]]) -> list[Objection]:
    faults = send(client, api, {one.name: body for one, body in bodies.items()}, dry_run=True) if bodies else {}
    return [
        _objection(client, address, body, api, fault)
        for address, body in bodies.items()
        if (fault := faults.get(address.name)) is not None
    ]


_REPLACED = Problem("the broker can't check how a topic is recreated while the old one exists")
_DELETION_DISABLED = Problem(
    "the brokers delete no topics: `delete.topic.enable` is false",
    "ask the operator of the cluster to allow it, or remove the tombstone",
)


def _objection(
    client: "KafkaClient", address: Address, body: Mapping[str, JsonValue], api: str, fault: KafkaFault
) -> Objection:
    if fault.denied:
        return lacking(client, address, api)
    if fault.lost:
        return Objection(address, Problem(f"the broker gave no answer to the dry run of {api}"), unchecked=True)
    if fault.name == "UNSUPPORTED_VERSION":
        return Objection(address, Problem(f"the broker has no dry run of {api}"), unchecked=True)
    path = _path(body, fault)
    key = path[1] if len(path) == 2 else ""
    advice = TOPIC_SETTINGS.closest(key) if _UNKNOWN_KEY in fault.message else ""
    outdated = _outdated(api, fault)
    if outdated:
        advice = "the broker that was read from is behind the others; plan again when it has caught up"
    return Objection(address, Problem(fault.message, advice), path, outdated=outdated)


def _outdated(api: str, fault: KafkaFault) -> bool:
    """Whether the controller, which answers dry runs, knows of another topic than the broker that was read from."""
    match api:
        case "CreateTopics":
            return fault.name == EXISTS
        case "CreatePartitions":
            return fault.absent or (fault.name == "INVALID_PARTITIONS" and "has" in fault.message)
        case _:
            return fault.absent


def _path(body: Mapping[str, JsonValue], fault: KafkaFault) -> Path:
    """The field that a refusal speaks of; empty when it can't be told for certain."""
    match fault.name:
        case "INVALID_REPLICATION_FACTOR":
            return ("replicationFactor",)
        case "INVALID_PARTITIONS":
            return ("partitions",)
    if match := _KEY.search(fault.message):
        return ("config", match["key"])
    declared = [key for key in _config_keys(body) if re.search(rf"(?<![\w.]){re.escape(key)}(?![\w.])", fault.message)]
    if declared:
        return ("config", declared[0])
    return ("partitions",) if "number of" in fault.message and "partitions" in fault.message else ()


def _config_keys(body: Mapping[str, JsonValue]) -> list[str]:
    return [key for field in ("config", "set") if isinstance(part := body.get(field), dict) for key in part]
