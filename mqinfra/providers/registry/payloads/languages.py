"""Which language speaks for a schema."""

from mqinfra.providers.registry.payloads.avro import AvroLanguage
from mqinfra.providers.registry.payloads.json_text import JsonLanguage
from mqinfra.providers.registry.payloads.language import Language
from mqinfra.providers.registry.payloads.protobuf import ProtobufLanguage
from mqinfra.providers.registry.schemas.schema import Schema, SchemaType


def language_of(schema: Schema, subject: str) -> Language:
    """The language of a schema.

    Args:
        schema: the schema.
        subject: the subject that it is in, which may say which of its messages is meant.

    Raises:
        SchemaError: it is no schema.
        UncheckedError: payloads of it can't be made here.
    """
    match schema.type:
        case SchemaType.AVRO:
            return AvroLanguage(schema)
        case SchemaType.PROTOBUF:
            return ProtobufLanguage(schema, subject)
        case SchemaType.JSON:
            return JsonLanguage(schema)
