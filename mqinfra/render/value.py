"""Values on one line for people, in the largest unit that fits them, and out of texts that carry JSON."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from pydantic import JsonValue

from mqinfra.model.setting import Unit
from mqinfra.model.unit import format_bytes, format_ms
from mqinfra.render.terminal import clean

_LONG = 120
# A rule of an access list that a reviewer does not see is a hole; only what nobody reads any more is cut.
_LONG_LIST = 4000
_PLAIN_TEXT = re.compile(r"[^\s\"'`]+")
_LOOKS_TYPED = re.compile(r"[+-]?[\d.]+([eE][+-]?\d+)?|true|false|null")


@lru_cache(1_000)  # there are few of them, and each resource of a kind has all of those
def field_name(path: tuple[str, ...]) -> str:
    """Write a path the way people type it in selectors and `lifecycle.ignore`."""
    return clean(".".join(path))


def shown(value: JsonValue, unit: Unit | None = None) -> str:
    """Write a value on one line, in the largest unit that fits it; None is the broker's default."""
    match value:
        case None:
            return "broker default"
        case bool():
            return "true" if value else "false"
        case int() if unit is not None:
            return format_ms(value) if unit is Unit.MS else format_bytes(value)
        case str():
            return _text(value)
        case dict():
            inside = ", ".join(f"{clean(key)}: {_inside(item)}" for key, item in value.items())
            return limited("{" + inside + "}", _LONG_LIST)
        case list():
            return limited("[" + ", ".join(map(_inside, value)) + "]", _LONG_LIST)
        case _:
            return str(value)


def _inside(value: JsonValue) -> str:
    return "null" if value is None else shown(value)


def _text(value: str) -> str:
    if _PLAIN_TEXT.fullmatch(value) and not _LOOKS_TYPED.fullmatch(value):
        return limited(clean(value))
    return limited('"' + clean(value).replace('"', '\\"') + '"')


def limited(text: str, most: int = _LONG) -> str:
    """Keep the beginning and the end of a long text, and say how long it is.

    Args:
        text: the text, harmless already.
        most: characters of which none is left out.
    """
    if len(text) <= most:
        return text
    # Cutting makes a new word, which may be a command to a CI runner only now.
    return clean(f"{text[: most * 2 // 3]} ... {text[-most // 6 :]} ({len(text):,} characters)")


def inline_fields(fields: Mapping[str, JsonValue]) -> str:
    """Write fields of a resource on one line: `partitions 12, config.retention.ms 604800000`."""
    flat = _flat(fields)
    return ", ".join(f"{name} {shown(value)}" for name, value in flat)


def _flat(fields: Mapping[str, JsonValue]) -> Iterator[tuple[str, JsonValue]]:
    for name, value in fields.items():
        if isinstance(value, dict):
            for key, item in value.items():
                yield field_name((name, key)), item
        else:
            yield clean(name), value


def parsed(value: JsonValue) -> JsonValue:
    """Take JSON out of a text; schemas and policies are carried so."""
    if isinstance(value, str) and value[:1] in ("{", "[") and len(value) < 1_000_000:
        try:
            parsed: JsonValue = json.loads(value)
        except (ValueError, RecursionError):
            return value
        return parsed
    return value
