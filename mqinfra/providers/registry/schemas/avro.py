"""Avro: a schema read by the `avro` library, with the places of its parts."""

import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.providers.registry.schemas.located import Located, Pointer, located, plain
from mqinfra.providers.registry.schemas.schema import Schema, SchemaError, UncheckedError

if TYPE_CHECKING:
    from avro.schema import Schema as AvroSchema

_NAMED = ("record", "error", "enum", "fixed")


@dataclass(frozen=True, slots=True)
class AvroDocument:
    """A schema that was read.

    Attributes:
        text: its text.
        schema: the same as the library has it.
    """

    text: str
    schema: "AvroSchema"

    @property
    def located(self) -> Located:
        """Its text as JSON with places, which only findings need."""
        return located(self.text)


def read(schema: Schema) -> AvroDocument:
    """Read a schema. What it refers to and nobody knows here stands for a record of its name, with nothing in it.

    Raises:
        SchemaError: it is no Avro schema.
        UncheckedError: what it refers to is none.
    """
    from avro.errors import AvroException, IgnoredLogicalType  # noqa: PLC0415 - only runs with Avro schemas pay for it
    from avro.name import Names  # noqa: PLC0415
    from avro.schema import make_avsc_object  # noqa: PLC0415

    # What the library knows no logical type for is the type below it, as the language says: nobody has to hear of it.
    warnings.filterwarnings("ignore", category=IgnoredLogicalType)
    value = plain(schema.text)
    names = Names()
    try:
        for name in sorted(schema.missing):
            make_avsc_object({"type": "record", "name": name, "fields": []}, names)
        for text in schema.references.values():
            make_avsc_object(plain(text), names, validate_names=True)
        parsed = make_avsc_object(value, names, validate_names=True)
    except SchemaError as error:
        raise UncheckedError(f"a schema that it refers to can't be read: {error.reason}") from None
    except (AvroException, TypeError, KeyError, AttributeError, ValueError, RecursionError) as error:
        document = located(schema.text)
        _refuse_oddities(document)
        pointer = _first_bad(document, schema)
        raise SchemaError(f"it is not a valid Avro schema: {_words(error)}", document.spot(pointer)) from None
    return AvroDocument(schema.text, parsed)


def parts(value: JsonValue, pointer: Pointer = (), space: str = "") -> Iterator[tuple[Pointer, Mapping[str, Any], str]]:
    """The mappings of a schema with the place and namespace of each, outermost first."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from parts(item, (*pointer, index), space)
    elif isinstance(value, dict):
        space = str(value.get("namespace") or space)
        yield pointer, value, space
        for index, one in enumerate(_fields(value)):
            yield from parts(one.get("type"), (*pointer, "fields", index, "type"), space)
        for key in ("type", "items", "values"):
            if not isinstance(value.get(key), str | None):
                yield from parts(value[key], (*pointer, key), space)


def _fields(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    some = value.get("fields")
    return [one for one in some if isinstance(one, dict)] if isinstance(some, list) else []


def _refuse_oddities(document: Located) -> None:
    """Say of the usual slips what they are: the library says the same of many.

    Raises:
        SchemaError: there is one.
    """
    for pointer, value, _ in parts(document.value):
        if value.get("type") in _NAMED and not isinstance(value.get("name"), str):
            raise SchemaError(f"the {value['type']} has no `name`", document.spot(pointer))
        if value.get("type") == "record":
            seen: set[str] = set()
            some = value.get("fields")
            for index, one in enumerate(some if isinstance(some, list) else ()):
                spot = document.spot((*pointer, "fields", index))
                if not isinstance(one, dict) or not isinstance(one.get("name"), str):
                    raise SchemaError("a field has no `name`", spot)
                if "type" not in one:
                    raise SchemaError(f"the field `{one['name']}` has no `type`", spot)
                if one["name"] in seen:
                    raise SchemaError(f"the field `{one['name']}` stands twice", spot)
                seen.add(one["name"])


def _first_bad(document: Located, schema: Schema) -> Pointer:
    """The field of the outermost record that can't be read by itself; nothing where no single one is to blame."""
    from avro.errors import AvroException  # noqa: PLC0415 - as in `read`
    from avro.name import Names  # noqa: PLC0415
    from avro.schema import make_avsc_object  # noqa: PLC0415

    top = document.value
    if not isinstance(top, dict):
        return ()
    for index, one in enumerate(_fields(top)):
        names = Names()
        try:
            for text in schema.references.values():
                make_avsc_object(located(text).value, names)
            make_avsc_object({**top, "fields": [*_fields(top)[:index], one]}, names)
        except (AvroException, TypeError, KeyError, AttributeError, ValueError, SchemaError):
            return ("fields", index)
    return ()


def _words(error: Exception) -> str:
    words = " ".join(str(error).split())
    return words[:300] if words else type(error).__name__
