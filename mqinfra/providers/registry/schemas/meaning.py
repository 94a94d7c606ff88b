"""When two texts are the same schema to a registry: blanks, the order of keys and the form of numbers don't count."""

import json
from functools import lru_cache

from pydantic import JsonValue

from mqinfra.providers.registry.schemas.located import plain
from mqinfra.providers.registry.schemas.protobuf import tokens
from mqinfra.providers.registry.schemas.schema import SchemaError, SchemaType

_PRIMITIVE = frozenset(("null", "boolean", "int", "long", "float", "double", "bytes", "string"))


def same(kind: SchemaType, one: str, other: str, *, docs: bool) -> bool:
    """Tell whether two texts are the same schema.

    Args:
        kind: their language.
        one: a text.
        other: another one.
        docs: the registry keeps `doc` of Avro, so that another one is another schema.
    """
    return one == other or meaning(kind, one, docs=docs) == meaning(kind, other, docs=docs)


@lru_cache(maxsize=8192)
def meaning(kind: SchemaType, text: str, *, docs: bool) -> object:
    """What a schema says, comparable; the text itself where it can't be read."""
    if kind is SchemaType.PROTOBUF:
        return tokens(text)
    try:
        value = plain(text)
    except SchemaError:
        return text
    return json.dumps(_plain_avro(value, docs) if kind is SchemaType.AVRO else _numbers(value), sort_keys=True)


def _plain_avro(value: JsonValue, docs: bool) -> JsonValue:  # noqa: FBT001 - one of two arguments, and private
    """An Avro schema without what says nothing: `{"type": "long"}` is `"long"`."""
    if isinstance(value, list):
        return [_plain_avro(item, docs) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {
        key: _numbers(item) if key == "default" else _plain_avro(item, docs)
        for key, item in value.items()
        if docs or key != "doc"
    }
    if kept.keys() == {"type"} and kept["type"] in _PRIMITIVE:
        return kept["type"]
    return kept


def _numbers(value: JsonValue) -> JsonValue:
    """`1.0` is 1."""
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    if isinstance(value, dict):
        return {key: _numbers(item) for key, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
