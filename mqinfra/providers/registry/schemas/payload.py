"""Whether a sample message, written as JSON, is one that a schema describes."""

import json
from typing import TYPE_CHECKING, Any

from mqinfra.providers.registry.schemas import avro, protobuf
from mqinfra.providers.registry.schemas.located import located
from mqinfra.providers.registry.schemas.messages import message_class
from mqinfra.providers.registry.schemas.schema import Schema, SchemaError, SchemaType, UncheckedError

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


def problem_of(schema: Schema, text: str) -> str:
    """Say why a message does not fit; empty where it does.

    Raises:
        SchemaError: the schema is none.
        UncheckedError: what is needed to tell is not installed, or not known here.
    """
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"it is not JSON: {error}"
    match schema.type:
        case SchemaType.AVRO:
            return _avro(schema, message)
        case SchemaType.PROTOBUF:
            return _protobuf(schema, text)
        case SchemaType.JSON:
            return problem_in(validator_of(schema), message)


def _avro(schema: Schema, message: Any) -> str:  # noqa: ANN401 - any JSON
    from avro.errors import AvroException  # noqa: PLC0415 - only with Avro schemas
    from avro.io import validate  # noqa: PLC0415

    _require_known(schema)
    expected = avro.read(schema).schema
    try:
        fits = validate(expected, _datum(expected, message), raise_on_error=True)
    except (AvroException, TypeError, ValueError) as error:
        return " ".join(str(error).split())[:500] or type(error).__name__
    return "" if fits else "it does not fit the schema"


def _require_known(schema: Schema) -> None:
    """Refuse to judge by a part of a schema.

    Raises:
        UncheckedError: it refers to what is not known here.
    """
    if schema.missing:
        raise UncheckedError(f"the schema behind `{min(schema.missing)}` is not known here")


def _datum(schema: Any, value: Any) -> Any:  # noqa: ANN401 - schemas of a library without types, and any JSON
    """JSON as Avro writes it, as the library takes it: bytes are text, and a branch of a union may be named."""
    kind = schema.type
    if kind in ("bytes", "fixed") and isinstance(value, str):
        return value.encode("latin-1", "replace")
    if kind in ("record", "error") and isinstance(value, dict):
        known = {field.name: field.type for field in schema.fields}
        return {name: _datum(known[name], item) if name in known else item for name, item in value.items()}
    if kind == "array" and isinstance(value, list):
        return [_datum(schema.items, item) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {name: _datum(schema.values, item) for name, item in value.items()}
    if kind in ("union", "error_union"):
        return _branch(schema, value)
    return float(value) if kind in ("float", "double") and type(value) is int else value


def _branch(schema: Any, value: Any) -> Any:  # noqa: ANN401 - as in `_datum`
    from avro.io import validate  # noqa: PLC0415 - as in `_avro`

    if isinstance(value, dict) and len(value) == 1:
        ((name, inner),) = value.items()
        for one in schema.schemas:
            if name in (one.type, getattr(one, "fullname", None)):
                return _datum(one, inner)
    for one in schema.schemas:
        datum = _datum(one, value)
        if validate(one, datum):
            return datum
    return value


def _protobuf(schema: Schema, text: str) -> str:
    found = message_class(protobuf.read(schema), [0])
    from google.protobuf.json_format import Parse, ParseError  # noqa: PLC0415 - only with Protobuf schemas

    if found is None:
        return "the schema has no message"
    try:
        Parse(text, found())
    except ParseError as error:
        return " ".join(str(error).split())
    return ""


def validator_of(schema: Schema) -> "Validator":
    """What holds values against a JSON Schema.

    Raises:
        UncheckedError: jsonschema is not installed, or it refers to what is not known here.
    """
    try:
        from jsonschema.validators import validator_for  # noqa: PLC0415 - only with JSON Schemas
        from referencing import Registry, Resource  # noqa: PLC0415
        from referencing.jsonschema import DRAFT7  # noqa: PLC0415
    except ImportError:
        raise UncheckedError("jsonschema is not installed: `pip install 'mqinfra[schemas]'`") from None
    _require_known(schema)
    value: Any = located(schema.text).value
    others = [
        (name, Resource.from_contents(located(text).value, default_specification=DRAFT7))
        for name, text in schema.references.items()
    ]
    found: Validator = validator_for(value)(value, registry=Registry().with_resources(others))
    return found


def problem_in(validator: "Validator", message: Any) -> str:  # noqa: ANN401 - any JSON
    """Say why a value does not fit a JSON Schema; empty where it does.

    Raises:
        SchemaError: the schema is none.
    """
    from jsonschema.exceptions import SchemaError as OddSchemaError  # noqa: PLC0415 - only with JSON Schemas
    from jsonschema.exceptions import best_match  # noqa: PLC0415
    from referencing.exceptions import Unresolvable  # noqa: PLC0415

    try:
        error = best_match(validator.iter_errors(message))
    except (Unresolvable, OddSchemaError) as odd:
        raise SchemaError(" ".join(str(odd).split())) from None
    if error is None:
        return ""
    where = ".".join(str(part) for part in error.absolute_path)
    return f"`{where}`: {error.message}" if where else str(error.message)
