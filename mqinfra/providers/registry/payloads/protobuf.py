"""Protobuf: messages by chance, with the places of their types in front, as serializers of registries write them."""

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from mqinfra.providers.base.verification.codec import PayloadError
from mqinfra.providers.base.verification.payload import TEXT
from mqinfra.providers.registry.payloads.language import Language
from mqinfra.providers.registry.schemas import protobuf
from mqinfra.providers.registry.schemas.messages import message_class
from mqinfra.providers.registry.schemas.schema import Schema, SchemaError

if TYPE_CHECKING:
    from google.protobuf.message import Message

_TEXTS = ("", "canary", TEXT)
_SHALLOW = 3
_DEEPEST = 40
_SECONDS = 4_102_444_800  # up to the end of 2099
_OPEN = frozenset(f"google/protobuf/{name}.proto" for name in ("any", "field_mask", "struct"))
_CONTINUES, _BITS = 0x80, 7


class ProtobufLanguage(Language):
    """Payloads of a Protobuf schema.

    Args:
        schema: the schema.
        subject: the subject that it is in: by naming strategies of records it ends with the message's full name. By
            others the schema's first message is meant.

    Raises:
        SchemaError: it is no Protobuf schema, or has no message.
        UncheckedError: there is no compiler, or it refers to what is not known here.
    """

    def __init__(self, schema: Schema, subject: str) -> None:
        document = protobuf.read(schema)
        package = f"{document.file.package}." if document.file.package else ""
        names = [f"{package}{one.name}" for one in document.file.message_type]
        named = [at for at, name in enumerate(names) if subject == name or subject.endswith(f"-{name}")]
        self._path = named[:1] or [0]
        found: Any = message_class(document, self._path)
        if found is None:
            raise SchemaError("the schema has no message")
        self._class = found

    @override
    def made(self, chance: random.Random) -> bytes:
        message = self._class()
        _fill(message, chance, 0)
        return self._written(message)

    @override
    def refusal(self, chance: random.Random) -> str | None:
        from google.protobuf.json_format import ParseDict, ParseError  # noqa: PLC0415 - only with Protobuf schemas

        first = next(iter(self._class.DESCRIPTOR.fields), None)
        name, value = ("mqinfra_canary", 1) if first is None else (first.name, _misfit(first))
        try:
            ParseDict({name: value}, self._class())
        except ParseError as error:
            return f"the serializer refuses it: {_words(error)}"
        return ""

    @override
    def read_again(self, body: bytes, writer: Schema) -> bytes:
        from google.protobuf.json_format import (  # noqa: PLC0415 - only with Protobuf schemas
            MessageToDict,
            ParseDict,
            ParseError,
            SerializeToJsonError,
        )
        from google.protobuf.message import DecodeError  # noqa: PLC0415

        path, rest = _unindexed(body)
        theirs = message_class(protobuf.read(writer), path)
        if theirs is None:
            raise PayloadError(f"its schema has no message {'.'.join(map(str, path))}")
        message = theirs()
        try:
            message.ParseFromString(rest)
            told = MessageToDict(message, preserving_proto_field_name=True)
            return self._written(ParseDict(told, self._class()))
        except (DecodeError, ParseError, SerializeToJsonError, TypeError, ValueError) as error:
            raise PayloadError(f"it can't be read: {_words(error)}") from None

    def _written(self, message: "Message") -> bytes:
        from google.protobuf.message import EncodeError  # noqa: PLC0415 - as above

        try:
            return _indexed(self._path) + message.SerializeToString(deterministic=True)
        except EncodeError as error:
            raise PayloadError(f"the serializer refuses it: {_words(error)}") from None


def _fill(message: Any, chance: random.Random, depth: int) -> None:  # noqa: ANN401 - messages of any type
    """Give each field a value, and each group of which one may be set one."""
    if depth > _DEEPEST:
        raise PayloadError("no message of the schema ends: it requires itself")
    descriptor = message.DESCRIPTOR
    if descriptor.full_name in {"google.protobuf.Timestamp", "google.protobuf.Duration"}:
        message.seconds, message.nanos = chance.randrange(_SECONDS), chance.randrange(1_000_000_000)
        return
    chosen = {chance.choice(one.fields).name for one in descriptor.oneofs}
    for field in descriptor.fields:
        if field.containing_oneof is not None and field.name not in chosen:
            continue
        holds = field.message_type
        if holds is not None and (depth > _SHALLOW or _is_open(holds)) and not field.is_required:
            continue
        if holds is not None and holds.GetOptions().map_entry:
            _fill_map(getattr(message, field.name), holds, chance, depth)
        elif field.is_repeated:
            for _ in range(chance.randrange(3)):
                _add(getattr(message, field.name), field, chance, depth)
        elif holds is not None:
            getattr(message, field.name).SetInParent()
            _fill(getattr(message, field.name), chance, depth + 1)
        else:
            setattr(message, field.name, _scalar(field, chance))


def _is_open(descriptor: Any) -> bool:  # noqa: ANN401 - as above
    """Whether the schema does not say what a message holds."""
    value = descriptor.fields_by_name.get("value") if descriptor.GetOptions().map_entry else None
    inner = value.message_type if value is not None else None
    return (inner or descriptor).file.name in _OPEN


def _add(held: Any, field: Any, chance: random.Random, depth: int) -> None:  # noqa: ANN401 - as above
    if field.message_type is not None:
        _fill(held.add(), chance, depth + 1)
    else:
        held.append(_scalar(field, chance))


def _fill_map(held: Any, entry: Any, chance: random.Random, depth: int) -> None:  # noqa: ANN401 - as above
    key = _scalar(entry.fields_by_name["key"], chance)
    value = entry.fields_by_name["value"]
    if value.message_type is not None:
        _fill(held[key], chance, depth + 1)
    else:
        held[key] = _scalar(value, chance)


def _scalar(field: Any, chance: random.Random) -> Any:  # noqa: ANN401 - as above
    match field.cpp_type:
        case field.CPPTYPE_INT32:
            return chance.choice((0, -1, 2**31 - 1, -(2**31), chance.randrange(1_000)))
        case field.CPPTYPE_INT64:
            return chance.choice((0, -1, 2**63 - 1, -(2**63), chance.randrange(1_000_000)))
        case field.CPPTYPE_UINT32:
            return chance.choice((0, 2**32 - 1, chance.randrange(1_000)))
        case field.CPPTYPE_UINT64:
            return chance.choice((0, 2**64 - 1, chance.randrange(1_000_000)))
        case field.CPPTYPE_BOOL:
            return chance.random() < 0.5
        case field.CPPTYPE_ENUM:
            return chance.choice([one.number for one in field.enum_type.values])
        case field.CPPTYPE_STRING if field.type == field.TYPE_BYTES:
            return chance.choice((b"", bytes(range(256)), chance.randbytes(8)))
        case field.CPPTYPE_STRING:
            return chance.choice((*_TEXTS, f"canary-{chance.getrandbits(32):08x}"))
    return chance.choice((0.0, -0.5, 1.25 * chance.randrange(1_000)))


def _misfit(field: Any) -> Any:  # noqa: ANN401 - as above
    """JSON that no field of its type takes."""
    return 7 if field.cpp_type == field.CPPTYPE_STRING or field.message_type is not None else "mqinfra canary"


def _indexed(path: Sequence[int]) -> bytes:
    """Where the message stands in the schema, as serializers write it: the first by itself is one zero."""
    if list(path) == [0]:
        return b"\x00"
    return b"".join(_varint(2 * number) for number in (len(path), *path))  # zigzag of what is not negative


def _unindexed(body: bytes) -> tuple[list[int], bytes]:
    number, at = _read_varint(body, 0)
    if number < 0 or number > _DEEPEST:
        raise PayloadError("it does not say which message of the schema it is")
    path = []
    for _ in range(number):
        one, at = _read_varint(body, at)
        if one < 0:
            raise PayloadError("it does not say which message of the schema it is")
        path.append(one)
    return path or [0], body[at:]


def _varint(number: int) -> bytes:
    out = bytearray()
    while number >= _CONTINUES:
        out.append(number % _CONTINUES | _CONTINUES)
        number >>= _BITS
    return bytes((*out, number))


def _read_varint(body: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(body) and shift <= 9 * _BITS:
        byte = body[at]
        value |= (byte % _CONTINUES) << shift
        at, shift = at + 1, shift + _BITS
        if byte < _CONTINUES:
            return (value >> 1) ^ -(value & 1), at
    raise PayloadError("it does not say which message of the schema it is")


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
