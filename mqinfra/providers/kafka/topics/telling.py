"""New topics in words: what they hold first. Pure."""

from collections.abc import Iterable, Iterator

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference
from mqinfra.model.story import Told
from mqinfra.providers.base.words import settings, valued

_PARTITIONS, _REPLICAS, _RETENTION = ("partitions",), ("replicationFactor",), ("config", "retention.ms")
_KNOWN = frozenset((_PARTITIONS, _REPLICAS, _RETENTION))
_FOREVER = -1


def topics(changes: Iterable[Change]) -> Iterator[tuple[Address, Told]]:
    """Partitions, replicas and retention, then all else that is set."""
    for change in changes:
        if change.action is Action.CREATE and change.differences:
            yield change.address, Told(", ".join(_words(change.differences)))


def _words(differences: tuple[FieldDifference, ...]) -> Iterator[str]:
    found = {difference.path: difference for difference in differences}
    for path, noun in ((_PARTITIONS, "partition"), (_REPLICAS, "replica")):
        if path in found:
            yield _counted(found[path].after, noun)
    if _RETENTION in found:
        kept = found[_RETENTION]
        yield f"retention {'unlimited' if kept.after == _FOREVER else valued(kept.after, kept.unit)}"
    yield from settings(differences, _KNOWN)


def _counted(number: JsonValue, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
