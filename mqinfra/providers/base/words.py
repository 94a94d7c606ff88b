"""Fields and names in the sentences of a plan."""

import re
from collections.abc import Container, Iterable, Iterator

from pydantic import JsonValue

from mqinfra.model.change import FieldDifference
from mqinfra.model.setting import Unit
from mqinfra.model.span import Path
from mqinfra.model.unit import format_bytes, format_ms
from mqinfra.model.wording import in_words

_PLAIN = re.compile(r"[^\s\"',;]+")


def named(name: str) -> str:
    """A name in a list of names; one that would not be read as one is quoted."""
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '\\"') + '"'


def listed(names: Iterable[str]) -> str:
    """Names one after the other."""
    return ", ".join(map(named, names))


def valued(value: JsonValue, unit: Unit | None = None) -> str:
    """A value in a sentence, in the largest unit that fits it."""
    if unit is not None and type(value) is int:
        return format_ms(value) if unit is Unit.MS else format_bytes(value)
    return '""' if value == "" else in_words(value)


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
        case {"env": str(name)}:
            return f"from ${name}"
        case {"file": str(name)}:
            return f"from {name}"
        case _:
            return in_words(value)
