"""Fields and names in the sentences of a plan."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping

from pydantic import JsonValue

from mqinfra.model.change import FieldDifference
from mqinfra.model.setting import Unit
from mqinfra.model.span import Path
from mqinfra.model.unit import format_bytes, format_ms
from mqinfra.model.wording import in_words

_PLAIN = re.compile(r"[^\s\"',;]+")
_PLAIN_VALUE = re.compile(r"[^\s\"]+")
_LOOKS_TYPED = re.compile(r"[+-]?[\d.]+([eE][+-]?\d+)?|true|false|null|unset|none")


def named(name: str) -> str:
    """A name in a list of names; one that would not be read as one is quoted."""
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '\\"') + '"'


def listed(names: Iterable[str]) -> str:
    """Names one after the other."""
    return ", ".join(map(named, names))


def valued(value: JsonValue, unit: Unit | None = None) -> str:
    """A value in a sentence, in the largest unit that fits it; a text that would not be read as one is quoted."""
    if type(value) is int:
        if unit is None:
            return str(value)
        return format_ms(value) if unit is Unit.MS else format_bytes(value)
    if not isinstance(value, str):
        return in_words(value)
    plain = _PLAIN_VALUE.fullmatch(value) and not _LOOKS_TYPED.fullmatch(value)
    return value if plain else '"' + value.replace('"', '\\"') + '"'


def settings(differences: Iterable[FieldDifference], known: Container[Path] = ()) -> Iterator[str]:
    """What new fields are set to, without the word for all settings of a broker: `max-length 1000`.

    Args:
        differences: the fields.
        known: those that are said otherwise.
    """
    for difference in differences:
        if difference.path not in known:
            yield f"{difference.path[-1]} {valued(difference.after, difference.unit)}"


def reference(value: JsonValue) -> str:
    """Where a secret comes from: `from $PASSWORD`."""
    match value:
        case {"env": str(name), **rest}:
            return f"from ${name}{_revision(rest)}"
        case {"file": str(name), **rest}:
            return f"from {name}{_revision(rest)}"
        case _:
            return in_words(value)


def _revision(rest: Mapping[object, object]) -> str:
    revision = rest.get("revision", 1)
    return f" (revision {revision})" if revision != 1 else ""
