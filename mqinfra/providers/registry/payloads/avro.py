"""Avro: values by chance, and the language's own library to write and read them."""

import datetime as dt
import decimal
import io
import random
import struct
import uuid
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from mqinfra.providers.base.verification.codec import PayloadError
from mqinfra.providers.base.verification.payload import TEXT
from mqinfra.providers.registry.payloads.language import Language
from mqinfra.providers.registry.schemas import avro
from mqinfra.providers.registry.schemas.schema import Schema, UncheckedError

if TYPE_CHECKING:
    from avro.schema import Schema as AvroSchema

_TEXTS = ("", "canary", TEXT)
_SHALLOW = 3
"""Depth from which on lists are empty, and a union is the branch that ends soonest."""
_DEEPEST = 40
_SECONDS = 4_102_444_800  # up to the end of 2099
_ENDING = ("null", "boolean", "int", "long", "float", "double", "bytes", "string", "enum", "fixed", "array", "map")


class AvroLanguage(Language):
    """Payloads of an Avro schema.

    Raises:
        SchemaError: it is no Avro schema.
        UncheckedError: it refers to what is not known here.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = _read(schema)

    @override
    def made(self, chance: random.Random) -> bytes:
        return _written(self._schema, value_of(self._schema, chance))

    @override
    def refusal(self, chance: random.Random) -> str | None:
        try:
            _written(self._schema, _misfit(self._schema, chance))
        except PayloadError as error:
            return error.reason
        return ""

    @override
    def read_again(self, body: bytes, writer: Schema) -> bytes:
        from avro.errors import AvroException  # noqa: PLC0415 - only runs with Avro schemas pay for the library
        from avro.io import BinaryDecoder, DatumReader  # noqa: PLC0415

        told = _read(writer)
        stream = io.BytesIO(body)
        try:
            value = DatumReader(told, self._schema).read(BinaryDecoder(stream))
        except (
            AvroException,
            ArithmeticError,
            AssertionError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
            struct.error,
        ) as error:
            raise PayloadError(f"it can't be read: {_words(error)}") from None
        if stream.read(1):
            raise PayloadError("bytes are left over that its schema does not explain")
        return _written(self._schema, value)


def value_of(schema: Any, chance: random.Random, depth: int = 0) -> Any:  # noqa: ANN401, C901, PLR0912 - a line per type
    """A value that fits a schema, as the library takes it.

    Raises:
        PayloadError: the schema has no value that ends.
    """
    if depth > _DEEPEST:
        raise PayloadError("no value of the schema ends: a record holds itself")
    logical = _logical(schema, chance)
    if logical is not None:
        return logical
    match schema.type:
        case "null":
            return None
        case "boolean":
            return chance.random() < 0.5
        case "int":
            return chance.choice((0, -1, 2**31 - 1, -(2**31), chance.randrange(1_000)))
        case "long":
            return chance.choice((0, -1, 2**63 - 1, -(2**63), chance.randrange(1_000_000)))
        case "float" | "double":
            return chance.choice((0.0, -0.5, chance.uniform(-1e6, 1e6)))
        case "bytes":
            return chance.choice((b"", bytes(range(256)), chance.randbytes(8)))
        case "string":
            return chance.choice((*_TEXTS, f"canary-{chance.getrandbits(32):08x}"))
        case "enum":
            return chance.choice(schema.symbols)
        case "fixed":
            return chance.randbytes(schema.size)
        case "array":
            return (
                []
                if depth > _SHALLOW
                else [value_of(schema.items, chance, depth + 1) for _ in range(chance.randrange(3))]
            )
        case "map":
            names = [] if depth > _SHALLOW else [f"key-{at}" for at in range(chance.randrange(3))]
            return {name: value_of(schema.values, chance, depth + 1) for name in names}
        case "union" | "error_union":
            return value_of(_branch(schema, chance, depth), chance, depth + 1)
        case "record" | "error":
            return {field.name: value_of(field.type, chance, depth + 1) for field in schema.fields}
    raise PayloadError(f"no value of the type `{schema.type}` can be made")


def _branch(schema: Any, chance: random.Random, depth: int) -> Any:  # noqa: ANN401 - schemas of a library without types
    if depth <= _SHALLOW:
        return chance.choice(schema.schemas)
    return min(schema.schemas, key=lambda one: (one.type not in _ENDING, one.type != "null"))


def _logical(schema: Any, chance: random.Random) -> Any:  # noqa: ANN401 - as above
    """A value of a logical type that the library converts; None where it takes the plain one."""
    kind = getattr(schema, "logical_type", None)
    if kind == "decimal" and hasattr(schema, "precision"):
        most = 10 ** min(schema.precision, 15) - 1
        if schema.type == "fixed":
            most = min(most, 2 ** (8 * schema.size - 1) - 1)
        return decimal.Decimal(chance.randint(0, most)).scaleb(-schema.scale)
    moment = dt.datetime.fromtimestamp(chance.randrange(_SECONDS), dt.UTC)
    match kind:
        case "date":
            return moment.date()
        case "time-millis":
            return moment.time().replace(microsecond=1_000 * chance.randrange(1_000))
        case "time-micros":
            return moment.time().replace(microsecond=chance.randrange(1_000_000))
        case "timestamp-millis":
            return moment.replace(microsecond=1_000 * chance.randrange(1_000))
        case "timestamp-micros":
            return moment.replace(microsecond=chance.randrange(1_000_000))
        case "uuid":
            return str(uuid.UUID(int=chance.getrandbits(128), version=4))
    return None


def _misfit(schema: Any, chance: random.Random) -> Any:  # noqa: ANN401 - as above
    """A value that does not fit: of a record one with a first field of another type."""
    match schema.type:
        case "record" | "error" if schema.fields:
            first, *_ = schema.fields
            return {**value_of(schema, chance), first.name: _misfit(first.type, chance)}
        case "string" | "bytes":
            return 7
        case "fixed":
            return bytes(schema.size + 1)
        case "array" | "map" | "record" | "error":
            return 7
        case "union" | "error_union":
            return 1j  # a union may well take every type that JSON has
    return "mqinfra canary"


def _read(schema: Schema) -> "AvroSchema":
    if schema.missing:
        raise UncheckedError(f"the schema behind `{min(schema.missing)}` is not known here")
    return avro.read(schema).schema


def _written(schema: "AvroSchema", value: object) -> bytes:
    from avro.errors import AvroException  # noqa: PLC0415 - as in `read_again`
    from avro.io import BinaryEncoder, DatumWriter  # noqa: PLC0415

    stream = io.BytesIO()
    try:
        DatumWriter(schema).write(value, BinaryEncoder(stream))
    except (
        AvroException,
        ArithmeticError,
        LookupError,
        TypeError,
        ValueError,
        struct.error,
    ) as error:
        raise PayloadError(f"the serializer refuses it: {_words(error)}") from None
    return stream.getvalue()


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
