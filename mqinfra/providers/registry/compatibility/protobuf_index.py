"""What of a Protobuf file its compatibility rests on, out of the descriptor."""

from dataclasses import field
from typing import TYPE_CHECKING

from mqinfra.model.frozen import dataclass
from mqinfra.providers.registry.schemas.protobuf import ProtobufDocument
from mqinfra.providers.registry.schemas.protobuf_names import ENUM, MESSAGE, label_of, map_entry, type_of, walk
from mqinfra.providers.registry.schemas.schema import Spot

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FieldDescriptorProto

_FIELD, _PACKAGE = 2, 2
_WIRE = {
    **dict.fromkeys(("int32", "int64", "uint32", "uint64", "bool"), "number"),
    **dict.fromkeys(("sint32", "sint64"), "signed number"),
    **dict.fromkeys(("string", "bytes"), "text or bytes"),
    **dict.fromkeys(("fixed32", "sfixed32"), "fixed32"),
    **dict.fromkeys(("fixed64", "sfixed64"), "fixed64"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field.

    Attributes:
        name: its name.
        number: its number.
        type: its type as people write it.
        label: `repeated`, `required`, `optional`, or nothing.
        oneof: the oneof that it is in; empty without.
        wire_kind: what it is on the wire; kinds that are equal read each other.
        local_type: name of a message type without the package; empty of others.
        spot: where it stands.
    """

    name: str
    number: int
    type: str
    label: str
    oneof: str
    wire_kind: str
    local_type: str
    spot: Spot

    @property
    def numeric(self) -> bool:
        """Whether another label changes how it is written."""
        return self.wire_kind not in ("text or bytes", "message") and not self.wire_kind.startswith("map")


@dataclass(frozen=True, slots=True)
class Message:
    """A message: fields by number, what is reserved by name and number, and where it stands."""

    fields: dict[int, Field]
    reserved: frozenset[int | str]
    spot: Spot


@dataclass(frozen=True, slots=True)
class Index:
    """A file.

    Attributes:
        package: its package.
        package_spot: where that is named.
        proto2: it is written in proto2.
        messages: messages by name without the package.
        enums: names of values by number, by name of the enum.
        calls: signatures by `Service.Call`.
    """

    package: str
    package_spot: Spot
    proto2: bool
    messages: dict[str, Message] = field(default_factory=dict)
    enums: dict[str, dict[int, str]] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)


def index_of(document: ProtobufDocument) -> Index:
    """Index a file."""
    file, spots = document.file, document.spots
    index = Index(file.package, spots.get((_PACKAGE,), Spot()), file.syntax in ("", "proto2"))
    index.enums.update(_enums("", list(file.enum_type)))
    for name, message, path in walk(file):
        fields = {
            one.number: _field(message, one, file.package, spots.get((*path, _FIELD, number), Spot()))
            for number, one in enumerate(message.field)
        }
        reserved: set[int | str] = set(message.reserved_name)
        for span in message.reserved_range:
            reserved.update(range(span.start, min(span.end, span.start + 10_000)))
        index.messages[name] = Message(fields, frozenset(reserved), spots.get(path, Spot()))
        index.enums.update(_enums(f"{name}.", list(message.enum_type)))
    for service in file.service:
        for call in service.method:
            streams = f"{call.client_streaming} {call.server_streaming}"
            index.calls[f"{service.name}.{call.name}"] = f"{call.input_type} {call.output_type} {streams}"
    return index


def _enums(prefix: str, some: "list[EnumDescriptorProto]") -> dict[str, dict[int, str]]:
    return {f"{prefix}{one.name}": {value.number: value.name for value in one.value} for one in some}


def _field(message: "DescriptorProto", one: "FieldDescriptorProto", package: str, spot: Spot) -> Field:
    oneof = ""
    if one.HasField("oneof_index") and not one.proto3_optional:
        oneof = message.oneof_decl[one.oneof_index].name
    said = type_of(message, one)
    local = one.type_name.removeprefix(f".{package}." if package else ".") if one.type == MESSAGE else ""
    return Field(one.name, one.number, said, label_of(message, one), oneof, _wire(message, one), local, spot)


def _wire(message: "DescriptorProto", one: "FieldDescriptorProto") -> str:
    entry = map_entry(message, one)
    if entry is not None:
        return "map of " + " to ".join(_wire(entry, part) for part in entry.field)
    if one.type == MESSAGE:
        return "message"
    if one.type == ENUM:
        return "number"
    said = type_of(message, one)
    return _WIRE.get(said, said)
