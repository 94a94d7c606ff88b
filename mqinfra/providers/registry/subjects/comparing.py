"""When fields of a subject mean the same."""

import json

from pydantic import JsonValue

from mqinfra.model.reading import Live
from mqinfra.model.span import Path
from mqinfra.providers.registry.schemas.meaning import meaning
from mqinfra.providers.registry.schemas.schema import SchemaType
from mqinfra.providers.registry.subjects import fields
from mqinfra.providers.registry.subjects.spec import GLOBAL


def same_value(path: Path, one: JsonValue, other: JsonValue) -> bool:
    """Compare two values of a field whose language or registry is not known."""
    if path == fields.SCHEMA and isinstance(one, str) and isinstance(other, str):
        kind = SchemaType.AVRO if one.lstrip()[:1] in ("{", "[", '"') else SchemaType.PROTOBUF
        return one == other or meaning(kind, one, docs=True) == meaning(kind, other, docs=True)
    if path == fields.REFERENCES:
        return _same_references(one, other)
    return one == other


def _same_references(wanted: JsonValue, found: JsonValue) -> bool:
    """References without a version stand for whichever one is there."""
    mine, theirs = _by_name(wanted), _by_name(found)
    if mine.keys() != theirs.keys():
        return False
    for name, (subject, version) in mine.items():
        other, number = theirs[name]
        if subject != other or (version is not None and number is not None and version != number):
            return False
    return True


def _by_name(value: JsonValue) -> dict[str, tuple[JsonValue, JsonValue]]:
    some = value if isinstance(value, list) else []
    return {
        json.dumps(one.get("name")): (one.get("subject"), one.get("version")) for one in some if isinstance(one, dict)
    }


def own_setting(path: Path, wanted: JsonValue, live: Live) -> str | None:
    """Say how a subject's own level or mode differs from the wanted one.

    What it only inherits is a difference: it would go when somebody changes what holds for all.
    """
    own, inherited = live.spec.field(path), live.inherited.get(path)
    if wanted == GLOBAL:
        return None if own is None else ""
    if own is not None:
        return None if own == wanted else ""
    if wanted != inherited:
        return ""
    if path == fields.COMPATIBILITY and live.inherited.get(fields.OWN_UNKNOWN):
        return None
    told = path == fields.COMPATIBILITY or not live.inherited.get(fields.OWN_MODE_UNKNOWN)
    return "holds for the whole registry too, and pinned" if told else None
