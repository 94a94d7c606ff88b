"""What a change to a topic takes from people who use it. Pure; the kind's `classify` is this."""

import math

from pydantic import JsonValue

from mqinfra.model.change import Cost, CostKind, FieldDifference, Undo
from mqinfra.model.reading import Live
from mqinfra.model.setting import Unit
from mqinfra.model.unit import format_bytes, format_ms
from mqinfra.providers.base.verdict import Verdict, Way, default_verdict
from mqinfra.providers.kafka.topics.fields import CLEANUP, MIN_INSYNC, PARTITIONS, REMOTE, REPLICATION

_RETENTION_UNITS = {
    "retention.ms": Unit.MS,
    "retention.bytes": Unit.BYTES,
    "local.retention.ms": Unit.MS,
    "local.retention.bytes": Unit.BYTES,
}


def verdict(difference: FieldDifference, live: Live) -> Verdict:
    """Say what one difference of a topic means."""
    if difference.path == PARTITIONS:
        return _partitions(difference, live)
    if difference.path == REPLICATION:
        return _replicas(difference, live)
    if len(difference.path) < 2:
        return default_verdict(difference)
    # A reset compares with what the topic then inherits, and so does a first setting of its own.
    before = difference.before if difference.before is not None else difference.inherited
    after = difference.after if difference.after is not None else difference.inherited
    key = difference.path[1]
    if key in ("retention.ms", "retention.bytes"):
        return _retention(difference, live, before, after)
    if key in ("local.retention.ms", "local.retention.bytes"):
        return _local_retention(difference, live, before, after)
    if difference.path == CLEANUP:
        return _policy(difference, live, members(before), members(after))
    if difference.path == REMOTE and before is True and after is False:
        return Verdict(undo=Undo.NO)
    return Verdict()


def _partitions(difference: FieldDifference, live: Live) -> Verdict:
    plain = default_verdict(difference)
    if plain.way is not Way.IN_PLACE:
        return plain
    text = "records with a key may go to another partition than before, so their order breaks once"
    if "compact" in members(live.value(CLEANUP)):
        text += "; stale copies of a key stay in its old partition"
    cost = Cost(kind=CostKind.ORDER_BROKEN, text=text, path=difference.path)
    return Verdict(costs=(cost,), undo=Undo.NO)


def _replicas(difference: FieldDifference, live: Live) -> Verdict:
    """While replicas are being added, brokers count them among those of which enough must be in sync."""
    before, after, minimum = difference.before, difference.after, live.value(MIN_INSYNC)
    if not (isinstance(before, int) and isinstance(after, int) and isinstance(minimum, int) and before < minimum):
        return Verdict()
    if after <= before:
        return Verdict()
    text = (
        f"writes with `acks=all` fail until {min(minimum, after)} replicas of a partition are in sync, as "
        f"`min.insync.replicas` is {minimum} and it has {before} now"
    )
    return Verdict(costs=(Cost(kind=CostKind.SEMANTICS_CHANGED, text=text, path=difference.path),))


def _retention(difference: FieldDifference, live: Live, before: JsonValue, after: JsonValue) -> Verdict:
    # A topic that is only compacted, or keeps everything, does not expire records by age or size.
    if "delete" not in members(live.value(CLEANUP) or "delete") or not less(after, before):
        return Verdict()
    text = _loss(difference)
    if not all(isinstance(value, int) and value >= 0 for value in (difference.before, difference.after)):
        # The values themselves don't tell: a default, or one that stands for no limit.
        text = f"from {_shown(difference, before)} to {_shown(difference, after)}: {text}"
    cost = Cost(kind=CostKind.RETENTION_LOWERED, text=text, path=difference.path)
    return Verdict(costs=(cost,), undo=Undo.NO)


def _local_retention(difference: FieldDifference, live: Live, before: JsonValue, after: JsonValue) -> Verdict:
    if live.value(REMOTE) is not True:
        return Verdict()
    whole = live.value(("config", difference.path[1].removeprefix("local.")))
    if not less(whole if after == -2 else after, whole if before == -2 else before):
        return Verdict()
    text = (
        f"local retention goes down from {_shown(difference, before)} to {_shown(difference, after)}: "
        "older records are then read from remote storage, which is slower"
    )
    return Verdict(costs=(Cost(kind=CostKind.RETENTION_LOWERED, text=text, path=difference.path),))


def _policy(difference: FieldDifference, live: Live, before: frozenset[str], after: frozenset[str]) -> Verdict:
    meanings = []
    if "delete" in after - before:
        limits = [
            f"`{key}` {_human(key, value)}"
            for key in ("retention.ms", "retention.bytes")
            if isinstance(value := live.value(("config", key)), int) and value >= 0
        ]
        limit = " and ".join(limits) or "the retention of the topic"
        meanings.append(f"records beyond {limit} are deleted, also when they are the newest of their key")
    if "compact" in after - before:
        meanings.append("only the newest record of each key is kept, and records without a key are refused")
    if "delete" in before - after:
        meanings.append("records no longer expire by age or size")
    if "compact" in before - after:
        meanings.append("old records of a key are no longer cleared away, and records without a key are accepted")
    if not meanings:
        return Verdict()
    cost = Cost(kind=CostKind.SEMANTICS_CHANGED, text="; ".join(meanings), path=difference.path)
    return Verdict(costs=(cost,), undo=Undo.NO if after - before else Undo.YES)


def members(value: JsonValue) -> frozenset[str]:
    """The words of a cleanup policy."""
    return (
        frozenset(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else frozenset()
    )


def less(after: JsonValue, before: JsonValue) -> bool:
    """Compare two retentions, where anything negative is for ever; unknown ones are not lower."""
    if isinstance(after, bool) or isinstance(before, bool):
        return False
    if not isinstance(after, int | float) or not isinstance(before, int | float):
        return False
    return (after if after >= 0 else math.inf) < (before if before >= 0 else math.inf)


def _shown(difference: FieldDifference, value: JsonValue) -> str:
    return _human(difference.path[1], value)


def _human(key: str, value: JsonValue) -> str:
    if not isinstance(value, int):
        return "the broker's default"
    if value == -2:
        return "the topic's own retention"
    if value < 0:
        return "unlimited"
    return format_ms(value) if _RETENTION_UNITS[key] is Unit.MS else format_bytes(value)


def _loss(difference: FieldDifference) -> str:
    by_age = difference.path[1] == "retention.ms"
    return "older records expire" if by_age else "the oldest records of partitions above it expire"
