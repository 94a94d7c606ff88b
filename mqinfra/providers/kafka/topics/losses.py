"""What changes of a topic's settings destroy: records that expire, or are compacted away. Which they are is pure.

A cut of `retention.ms` is counted by timestamps: what lies between the log's start and the first record that is young
enough. That is an upper bound, since brokers delete whole segments, by the newest timestamp in each, and timestamps are
the producers' own. Where only some of the records are old enough, the others expire later. Sizes of logs and keys can't
be read this way, so whatever goes by them can only be told for a topic that is empty.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference
from mqinfra.model.loss import ALL, Counted, Loss
from mqinfra.model.reading import Live
from mqinfra.model.span import Path
from mqinfra.model.unit import format_bytes, format_ms
from mqinfra.providers.base.losses import LossView
from mqinfra.providers.kafka.api.faults import KafkaFault, fault_named
from mqinfra.providers.kafka.topics.costs import less, members
from mqinfra.providers.kafka.topics.fields import (
    CLEANUP,
    PARTITIONS,
    REMOTE,
    REPLICATION,
    RETENTION_BYTES,
    RETENTION_MS,
)
from mqinfra.providers.kafka.topics.figures import held_of, named
from mqinfra.providers.kafka.topics.requests import KIND

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient
    from mqinfra.providers.kafka.api.group_calls import Commits

Place = tuple[str, int]
_LOCAL = ("local.retention.ms", "local.retention.bytes")
_NO_COPIES: Path = ("config", "remote.log.copy.disable")


def losses(view: LossView) -> Iterator[tuple[Address, Loss]]:
    """Say what changes of live topics may destroy."""
    for address, change in view.changes.items():
        live = view.live.get(address)
        if address.kind != KIND or live is None or change.action not in (Action.UPDATE, Action.ADOPT):
            continue
        for item in change.differences:
            if item.path == PARTITIONS:
                text = "the first records of a new partition are skipped by consumers that start at its end"
                yield address, Loss(address, item.path, text, keeps=ALL)
            if item.path == REPLICATION and isinstance(item.after, int):
                yield address, Loss(address, item.path, "replicas are copied", keeps=ALL, limit=item.after)
            for text, limit in _destroyed(item, change, live):
                yield address, Loss(address, item.path, text, limit=limit)


def _destroyed(item: FieldDifference, change: Change, live: Live) -> Iterator[tuple[str, int | None]]:
    # A reset compares with what the topic then inherits, and so does a first setting of its own.
    before = item.before if item.before is not None else item.inherited
    after = item.after if item.after is not None else item.inherited
    if item.path == CLEANUP:
        yield from _by_policy(members(after) - members(before))
    elif item.path == REMOTE and before is True and after is False:
        yield "what is only in remote storage is deleted", None
    elif item.path == RETENTION_MS and _expires(change, live) and less(after, before):
        yield f"records older than {format_ms(int(str(after)))} expire", int(str(after))
    elif item.path == RETENTION_BYTES and _expires(change, live) and less(after, before):
        yield f"the oldest records of partitions over {format_bytes(int(str(after)))} are deleted", None
    elif item.path[-1] in _LOCAL and live.value(REMOTE) is True and live.value(_NO_COPIES) is True:
        whole = live.value(("config", item.path[-1].removeprefix("local.")))
        if less(whole if after == -2 else after, whole if before == -2 else before):
            yield "records beyond it are deleted, since nothing is copied to remote storage", None


def _by_policy(added: frozenset[str]) -> Iterator[tuple[str, int | None]]:
    if "delete" in added:
        yield "records beyond the topic's retention are deleted", None
    if "compact" in added:
        yield "all but the newest record of each key are deleted", None


def _expires(change: Change, live: Live) -> bool:
    """Whether records go by age and size once the change is made."""
    policy: JsonValue = live.value(CLEANUP)
    for item in change.differences:
        if item.path == CLEANUP:
            policy = item.after if item.after is not None else item.inherited
    return "delete" in members(policy if policy is not None else "delete")


def count(client: "KafkaClient", some: Sequence[Loss]) -> Mapping[Loss, Counted]:
    """Count what goes now; what a topic that is not empty loses by size or by key is not countable."""
    moved = {loss: loss.limit for loss in some if loss.path == REPLICATION and isinstance(loss.limit, int)}
    copies: Mapping[str, tuple[str, ...]] = {}
    if moved:
        from mqinfra.providers.kafka.moves.weighing import texts  # noqa: PLC0415 - few plans move replicas

        copies = texts(client, {loss.address.name: factor for loss, factor in moved.items()})
    return {
        **{loss: Counted(0, details=copies.get(loss.address.name, ())) for loss in moved},
        **_destroyed_now(client, [loss for loss in some if loss not in moved]),
    }


def _destroyed_now(client: "KafkaClient", some: Sequence[Loss]) -> Mapping[Loss, Counted]:
    if not some:
        return {}
    held = held_of(client, list(dict.fromkeys(loss.address.name for loss in some)))
    starts = _new_starts(client, some, held)
    readers = client.groups.commits({loss.address.name for loss in some if loss.path in (PARTITIONS, RETENTION_MS)})
    return {loss: _counted(loss, held.get(loss.address.name), starts, readers) for loss in some}


def _new_starts(
    client: "KafkaClient", some: Sequence[Loss], held: Mapping[str, Mapping[int, tuple[int, int]] | None]
) -> Mapping[Place, int | KafkaFault]:
    """Where logs that hold anything begin once their retention is lowered."""
    now = int(time.time() * 1_000)
    moments = {
        (loss.address.name, partition): now - loss.limit
        for loss in some
        if loss.path == RETENTION_MS and isinstance(loss.limit, int)
        for partition, (start, end) in (held.get(loss.address.name) or {}).items()
        if start < end  # of nothing, nothing is too old
    }
    return dict(client.topics.offsets_at(moments))


def _counted(
    loss: Loss,
    held: Mapping[int, tuple[int, int]] | None,
    starts: Mapping[Place, int | KafkaFault],
    readers: "Sequence[Commits] | KafkaFault",
) -> Counted:
    name = loss.address.name
    if loss.path == PARTITIONS:
        return Counted(0, details=_of_new_partitions(name, readers))
    whole = sum(end - start for start, end in held.values()) if held is not None else None
    if whole == 0 or held is None or whole is None:
        return Counted(whole)
    if loss.path != RETENTION_MS:
        return Counted()
    ends: dict[int, int] = {}
    for partition, (start, end) in held.items():
        young = starts.get((name, partition), fault_named("", ""))
        if isinstance(young, KafkaFault):
            return Counted()
        ends[partition] = end if young < 0 else max(young, start)  # -1: no record is young enough
    old = sum(ends[partition] - start for partition, (start, _) in held.items())
    if old == 0:
        return Counted(whole, exact=False, details=("none of them is that old yet: they expire as they grow older",))
    return Counted(old, exact=False, details=_fallen_out(name, held, ends, readers))


def _of_new_partitions(name: str, readers: "Sequence[Commits] | KafkaFault") -> tuple[str, ...]:
    if isinstance(readers, KafkaFault):
        return (f"can't tell which groups read it: {readers.message}",)
    groups = [each.group for each in readers if each.reads(name)]
    if not groups:
        return ()
    skip = "with `auto.offset.reset=latest` they skip what a new partition gets before they see it"
    return (f"groups that read it: {named(groups)}; {skip}",)


def _fallen_out(
    name: str, held: Mapping[int, tuple[int, int]], ends: Mapping[int, int], readers: "Sequence[Commits] | KafkaFault"
) -> tuple[str, ...]:
    if isinstance(readers, KafkaFault):
        return (f"can't tell which groups have not read them: {readers.message}",)
    unread: list[str] = []
    for each in readers:
        missed = sum(
            max(0, ends[partition] - max(offset, held[partition][0]))
            for (topic, partition), offset in each.offsets.items()
            if topic == name and partition in ends
        )
        if missed:
            unread.append(f"{each.group} (up to {missed:,})")
    return (f"not read yet by {named(unread)}",) if unread else ()
