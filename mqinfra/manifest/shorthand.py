"""What makes a manifest short: sugar in place of what it stands for, and equal settings said once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from copy import deepcopy
from dataclasses import field, replace
from types import MappingProxyType
from typing import Any

from pydantic import JsonValue

from mqinfra.manifest.assembly.attributes import OWN_FIELDS
from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass

_SECRETS = ("password", "passwords")
_LEFT = frozenset((*OWN_FIELDS, *_SECRETS))
_MANY = 2


@dataclass(frozen=True, slots=True)
class Shorthand:
    """How resources are written shorter than one by one.

    Attributes:
        fields: what entries say besides or in place of what their resources do, by address; None leaves a field out.
        covered: resources that other entries stand for, with one of those.
        equal: kinds, as `BROKER/KIND`, of which settings that all entries say, and many say alike, go into the
            document's `defaults`.
    """

    fields: Mapping[Address, Mapping[str, JsonValue]] = field(default_factory=lambda: MappingProxyType({}))
    covered: Mapping[Address, Address] = field(default_factory=lambda: MappingProxyType({}))
    equal: frozenset[str] = frozenset()

    def within(self, group: AbstractSet[Address], every: AbstractSet[Address]) -> "Shorthand | None":
        """What is for one of several documents; None where nothing is left of it.

        Args:
            group: the resources that it would hold one by one. Sugar alone stands where the first of what it covers
                would.
            every: those of all documents.
        """
        homes: dict[Address, Address] = {}
        for covered, entry in self.covered.items():
            homes.setdefault(entry, covered)
        fields = {
            address: said
            for address, said in self.fields.items()
            if (address if address in every else homes.get(address)) in group
        }
        return replace(self, fields=fields) if fields or group - self.covered.keys() else None


NO_SHORTHAND = Shorthand()


def with_fields(entry: Mapping[str, Any], said: Mapping[str, JsonValue]) -> dict[str, Any]:
    """An entry with what it says besides, which is left as it is when the entry changes."""
    own = deepcopy({name: value for name, value in said.items() if value is not None})
    return {name: own.get(name, value) for name, value in {**entry, **said}.items() if name not in said or name in own}


def without_repeats(entry: dict[str, Any], default: Mapping[str, Any]) -> None:
    """Leave out of an entry what it would get from defaults as well; it is changed."""
    for name, value in default.items():
        if name not in entry or name in _SECRETS:
            continue
        own = entry[name]
        if isinstance(own, dict) and isinstance(value, Mapping):
            for key in [key for key in own if key in value and _equal(own[key], value[key])]:
                del own[key]
            if not own:
                del entry[name]
        elif _equal(own, value):
            del entry[name]


def lift_equal(entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Take out of entries what all of them say and many say alike, where that saves lines.

    Args:
        entries: all entries of a kind in a document; they are changed.

    Returns:
        the defaults; empty where none pay.
    """
    defaults: dict[str, Any] = {}
    saved = 0
    for name in _common(entries):
        values = [entry[name] for entry in entries]
        if all(isinstance(value, dict) and value for value in values):
            inner: dict[str, Any] = {}
            for key in _common(values):
                usual, count = _most([value[key] for value in values])
                if count >= _MANY:
                    inner[key] = usual
                    saved += count - 1
            if inner:
                defaults[name] = inner
                saved -= 1
        elif not any(isinstance(value, dict | list) for value in values):
            usual, count = _most(values)
            if count >= _MANY:
                defaults[name] = usual
                saved += count - 1
    if saved <= _MANY:
        return {}
    for entry in entries:
        without_repeats(entry, defaults)
    return defaults


def common_labels(labels: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The labels that each of several has."""
    first, *others = labels or [{}]
    return {label: value for label, value in first.items() if all(one.get(label) == value for one in others)}


def _common(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Keys that all of several mappings have, in the order of the first."""
    if len(entries) < _MANY:
        return []
    return [name for name in entries[0] if name not in _LEFT and all(name in entry for entry in entries)]


def _most(values: Sequence[Any]) -> tuple[Any, int]:
    """The value that stands most often, and how often; of lists and mappings none does."""
    if any(value is None or isinstance(value, dict | list) for value in values):
        return None, 0
    (kind, usual), count = Counter((type(value), value) for value in values).most_common(1)[0]
    return kind(usual), count


def _equal(one: object, other: object) -> bool:
    """With types: 1 and true are two values."""
    return type(one) is type(other) and one == other
