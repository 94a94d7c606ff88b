"""How the rules about Kafka topics read a topic: what several of their files need."""

import math

from pydantic import JsonValue

from mqinfra.model.setting import Unit, as_text
from mqinfra.model.span import Path
from mqinfra.model.unit import format_bytes, format_ms
from mqinfra.providers.base.rule import Subject
from mqinfra.providers.kafka.topics.costs import members
from mqinfra.providers.kafka.topics.fields import CLEANUP, MIN_INSYNC, REPLICATION

TOPICS = frozenset({"kafka/topics"})
_OF_NEW_TOPICS = {REPLICATION: "default.replication.factor", MIN_INSYNC: "min.insync.replicas"}


def number(value: JsonValue) -> float | None:
    """Read a canonical number; None for anything else."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


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


def changes_replicas(subject: Subject) -> bool:
    """Whether the plan moves replicas of the topic."""
    return subject.change is not None and any(item.path == REPLICATION for item in subject.change.differences)


def policy(subject: Subject) -> frozenset[str]:
    """The topic's cleanup policy in force, as far as it is known; Kafka's default is `delete`."""
    value = subject.value(*CLEANUP)
    return members(value if value is not None else "delete")


def in_force(subject: Subject, path: Path) -> float | None:
    """A number in force after an apply; of a topic that is yet to be made, what the brokers give to new ones."""
    value = number(subject.value(*path))
    if value is not None or subject.live is not None or subject.reading is None:
        return value
    given = subject.reading.facts.traits.get(_OF_NEW_TOPICS[path], "")
    return float(given) if given.isdigit() else None
