"""How the rules about Kafka topics read a topic. Separate so that each rule's file holds the rule and nothing else."""

import math
from collections.abc import Iterator

from pydantic import JsonValue

from mqinfra.model.diagnostic import Related
from mqinfra.model.setting import Unit, as_text
from mqinfra.model.span import Path
from mqinfra.model.unit import format_bytes, format_ms
from mqinfra.providers.base.rule import Context, Subject

TOPICS = frozenset({"kafka/topics"})
DEAD_LETTERS = "dead letters"
"""Role of the reference from a topic to the topic of its dead letters."""

PARTITIONS: Path = ("partitions",)
REPLICATION: Path = ("replicationFactor",)
CLEANUP: Path = ("config", "cleanup.policy")
LOCAL_RETENTION_BYTES: Path = ("config", "local.retention.bytes")
LOCAL_RETENTION_MS: Path = ("config", "local.retention.ms")
MAX_LAG: Path = ("config", "max.compaction.lag.ms")
MAX_MESSAGE: Path = ("config", "max.message.bytes")
MIN_INSYNC: Path = ("config", "min.insync.replicas")
MIN_LAG: Path = ("config", "min.compaction.lag.ms")
MOVING: Path = ("moving",)
NOT_TOLD: Path = ("movingNotTold",)
FACTORS: Path = ("replicas",)
REMOTE: Path = ("config", "remote.storage.enable")
RETENTION_BYTES: Path = ("config", "retention.bytes")
RETENTION_MS: Path = ("config", "retention.ms")
SEGMENT_MS: Path = ("config", "segment.ms")


def number(value: JsonValue) -> float | None:
    """Read a canonical number; None for anything else."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


_OF_NEW_TOPICS = {REPLICATION: "default.replication.factor", MIN_INSYNC: "min.insync.replicas"}


def in_force(subject: Subject, path: Path) -> float | None:
    """A number in force after an apply; of a topic that is yet to be made, what the brokers give to new ones."""
    value = number(subject.value(*path))
    if value is not None or subject.live is not None or subject.reading is None:
        return value
    given = subject.reading.facts.traits.get(_OF_NEW_TOPICS[path], "")
    return float(given) if given.isdigit() else None


def limit(value: JsonValue) -> float | None:
    """Read a limit where -1 means none: infinity then; None when the value is no number."""
    found = number(value)
    return math.inf if found == -1 else found


def shown(subject: Subject, path: Path, value: JsonValue) -> str:
    """Write a value for people: `7d` for 604800000, `unlimited` for a number that means so."""
    table = subject.kind.settings.get(path[0]) if len(path) == 2 else None
    setting = table.get(path[1]) if table is not None else None
    found = number(value)
    if setting is None or found is None:
        return as_text(value)
    word = (setting.special or {}).get(int(found))
    if word is not None:
        return f"{as_text(value)} ({word})"
    if setting.unit is Unit.MS:
        return format_ms(int(found))
    return format_bytes(int(found)) if setting.unit is Unit.BYTES else as_text(value)


def policy(subject: Subject) -> frozenset[str]:
    """The topic's cleanup policy in force, as far as it is known; Kafka's default is `delete`."""
    value = subject.value(*CLEANUP)
    return frozenset(str(value).split(",")) - {""} if value is not None else frozenset({"delete"})


def dead_letter_pairs(context: Context) -> Iterator[tuple[Subject, Subject, Path]]:
    """List the topics with a declared dead-letter topic: the source, the dead letters, and the field that says so."""
    for source in context.by_kind.get("kafka/topics", ()):
        for reference in source.declaration.references:
            if reference.role == DEAD_LETTERS:
                target = context.subjects.get(reference.target)
                if target is not None:
                    yield source, target, reference.path


def their_source(target: Subject, place: Path, source: Subject, path: Path) -> tuple[Related, ...]:
    """Point at the source of dead letters, unless it stands on the line that a finding about them points at."""
    related = source.related("their source", path)
    here = target.declaration.positions.span(place)
    same = here is not None and any((item.span.file, item.span.line) == (here.file, here.line) for item in related)
    return () if same else related
