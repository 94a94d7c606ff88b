"""Whether a schema is one, whatever its language."""

from mqinfra.providers.registry.schemas import avro, json_schema, protobuf
from mqinfra.providers.registry.schemas.schema import Schema, SchemaError, SchemaType, UncheckedError


def problem_of(schema: Schema) -> SchemaError | None:
    """Say what is wrong with a schema; None where nothing is, or where it can't be told here."""
    try:
        match schema.type:
            case SchemaType.AVRO:
                avro.read(schema)
            case SchemaType.PROTOBUF:
                protobuf.read(schema)
            case SchemaType.JSON:
                json_schema.read(schema)
    except SchemaError as error:
        return error
    except UncheckedError:
        return None
    return None
