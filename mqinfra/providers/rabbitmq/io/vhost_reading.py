"""Reading vhosts with one list, their limits with another, and what deleting one would cost."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.reading import Figures, Live
from mqinfra.model.span import Path
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.rabbitmq.api.call import Answer, Call, Counts, RabbitFault
from mqinfra.providers.rabbitmq.io import queue_availability
from mqinfra.providers.rabbitmq.io.list_all import Found, connection_names, limits_of, list_all, rows_of
from mqinfra.providers.rabbitmq.io.listing import Row, sees_all_vhosts, with_unseen
from mqinfra.providers.rabbitmq.io.queue_statistics import LIVE, STILL_NEW, STREAM, TOTALS, TWO_TURNS, Proof, of_row
from mqinfra.providers.rabbitmq.settings.typed import Version
from mqinfra.providers.rabbitmq.spec.vhost import KIND, TYPE_OF_THE_NODE, VhostSpec

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_COLUMNS = "name,description,tags,default_queue_type,metadata,protected_from_deletion"


def inherited(version: Version) -> Mapping[Path, JsonValue]:
    """What a vhost has of which nobody said anything."""
    found: dict[Path, JsonValue] = {("description",): "", ("tags",): [], ("deletionProtection",): False}
    if version and version < TYPE_OF_THE_NODE:
        found["defaultQueueType",] = "classic"
    return found


def read(
    client: "RabbitClient", wanted: Iterable[Address] | None, alias: str, inherits: Mapping[Path, JsonValue]
) -> KindReading:
    """Read vhosts. Who may not see limits sees none.

    The list leaves out vhosts that the caller has no access to, and asked for by name they are refused like those that
    don't exist (`rabbit_mgmt_wm_vhost`).
    """
    asked = None if wanted is None else list(wanted)
    if asked is not None and not asked:
        return KindReading({})
    limits = limits_of(rows_of(client.get("vhost-limits")), "vhost")

    def found_in(rows: list[Row]) -> Found:
        for row in rows:
            name = str(row["name"])
            yield Address(alias, KIND, (name,)), Live(spec_of(row, limits.get(name, {})), inherited=inherits)

    reading = list_all(client, asked, (KIND,), found_in, columns=_COLUMNS)
    return with_unseen(client, asked, reading, whole=sees_all_vhosts(client))


def spec_of(row: Row, limits: Mapping[str, int]) -> VhostSpec:
    """A vhost as a manifest would declare it; empty descriptions and tags are what it has without being told."""
    said: dict[str, Any] = {}
    if row.get("description"):
        said["description"] = str(row["description"])
    tags = row.get("tags")
    if isinstance(tags, list) and tags:
        said["tags"] = tuple(sorted(str(tag) for tag in tags))
    if row.get("default_queue_type") not in (None, "", "undefined"):
        said["default_queue_type"] = str(row["default_queue_type"])
    metadata = row.get("metadata")
    inner = metadata.get("protected_from_deletion") if isinstance(metadata, dict) else None
    if row.get("protected_from_deletion") is True or inner is True:
        said["deletion_protection"] = True
    if limits:
        said["limits"] = dict(limits)
    return VhostSpec.model_construct(set(said), **said)


def figures(client: "RabbitClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
    """Add up what lies in vhosts that are to go, and name the clients that are in them."""
    return {address: _figures(client, address.path[0]) for address in addresses}


def _figures(client: "RabbitClient", vhost: str) -> Figures:
    parts = ("exchanges", "bindings")
    calls = [
        Call("GET", ("queues", vhost), TOTALS),
        *(Call("GET", (part, vhost), {"disable_stats": "true"}) for part in parts),
        Call("GET", ("vhosts", vhost, "permissions")),
        Call("GET", ("vhosts", vhost, "connections")),
    ]
    queues, exchanges, bindings, permissions, connections = client.lists(calls)
    names = None if isinstance(connections, RabbitFault) else connection_names(rows_of(connections.body))
    if isinstance(queues, RabbitFault):
        return Figures(None, names)
    rows = rows_of(queues.body)
    listed = {
        "queue": len(rows),
        "exchange": _count(exchanges, lambda row: row.get("name") and not str(row["name"]).startswith("amq.")),
        "binding": _count(bindings, lambda row: row.get("source")),
        "permission": _count(permissions, lambda _: True),
    }
    details = tuple(
        f"{number:,} {what}{'' if number == 1 else 's'} would be deleted with it"
        for what, number in listed.items()
        if number
    )
    unusable = sorted(queue_availability.in_vhosts(client, [vhost]).items())
    if unusable:
        # From 4.3 on the totals leave such queues out.
        told = (f"what queue `{name}` holds can't be told: {why}" for (_, name), why in unusable)
        return Figures(None, names, (*details, *told))
    return Figures(_messages(client, vhost, rows), names, details)


def _messages(client: "RabbitClient", vhost: str, rows: Sequence[Row]) -> int | None:
    """All messages; where there seem to be none, as of the next turns of the server's statistics.

    The totals of quorum queues and streams are seconds old, and consumers may be given messages at any moment.
    """
    found = _held(client, vhost, rows)
    late = [row for row in rows if row.get("type") != LIVE]
    proof = client.proofs.get((vhost,))
    if found != 0 or not late or (proof is not None and time.monotonic() - proof.at < STILL_NEW):
        return found
    time.sleep(TWO_TURNS)
    again = client.get("queues", vhost, **TOTALS)
    found = None if isinstance(again, RabbitFault) else _held(client, vhost, rows_of(again))
    if found == 0:
        client.proofs[vhost,] = Proof(time.monotonic(), None)
    return found


def _held(client: "RabbitClient", vhost: str, rows: Sequence[Row]) -> int | None:
    """All messages: ready ones by AMQP, which are right at once, and the others by the totals."""
    counts = client.counts(vhost, [str(row["name"]) for row in rows])
    total, consumed = 0, False
    for row in rows:
        counted, seen = counts.get(str(row["name"])), of_row(row)
        ready = counted.messages if isinstance(counted, Counts) else seen.ready
        hidden = 0 if seen.kind == STREAM else seen.hidden
        if ready is None or hidden is None:
            return None
        total += max(ready + hidden, seen.messages or 0)
        consumed = consumed or (isinstance(counted, Counts) and counted.consumers > 0)
    return None if consumed and not total else total


def _count(answer: Answer | RabbitFault, matters: Callable[[Row], object]) -> int:
    return 0 if isinstance(answer, RabbitFault) else sum(bool(matters(row)) for row in rows_of(answer.body))
