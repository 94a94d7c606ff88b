"""Names of what Protobuf descriptors say: messages by path, types and labels of fields as people write them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto

_MESSAGES, _NESTED = 4, 3
"""Numbers of the fields in descriptors, which make the paths of SourceCodeInfo."""
_SCALARS = {
    1: "double",
    2: "float",
    3: "int64",
    4: "uint64",
    5: "int32",
    6: "fixed64",
    7: "fixed32",
    8: "bool",
    9: "string",
    10: "group",
    12: "bytes",
    13: "uint32",
    15: "sfixed32",
    16: "sfixed64",
    17: "sint32",
    18: "sint64",
}
_REQUIRED, _REPEATED = 2, 3
ENUM, MESSAGE = 14, 11


def walk(file: "FileDescriptorProto") -> "Iterator[tuple[str, DescriptorProto, tuple[int, ...]]]":
    """All messages of a file with name, less the package, and place in SourceCodeInfo; those of maps left out."""
    for index, message in enumerate(file.message_type):
        yield from _inside(message.name, message, (_MESSAGES, index))


def _inside(
    name: str, message: "DescriptorProto", path: tuple[int, ...]
) -> "Iterator[tuple[str, DescriptorProto, tuple[int, ...]]]":
    yield name, message, path
    for index, inner in enumerate(message.nested_type):
        if not inner.options.map_entry:
            yield from _inside(f"{name}.{inner.name}", inner, (*path, _NESTED, index))


def map_entry(message: "DescriptorProto", field: "FieldDescriptorProto") -> "DescriptorProto | None":
    """The key and value of a map; None of any other field."""
    if field.type != MESSAGE:
        return None
    name = field.type_name.rpartition(".")[2]
    return next((one for one in message.nested_type if one.name == name and one.options.map_entry), None)


def type_of(message: "DescriptorProto", field: "FieldDescriptorProto") -> str:
    """The type of a field as people write it: `int64`, `.shop.Order`, `map<string, int32>`."""
    entry = map_entry(message, field)
    if entry is not None:
        key, value = (type_of(entry, one) for one in entry.field)
        return f"map<{key}, {value}>"
    return _SCALARS.get(field.type, field.type_name)


def label_of(message: "DescriptorProto", field: "FieldDescriptorProto") -> str:
    """`repeated`, `required` or `optional`; empty where none is written."""
    if map_entry(message, field) is not None:
        return ""
    if field.label == _REPEATED:
        return "repeated"
    if field.label == _REQUIRED:
        return "required"
    return "optional" if field.proto3_optional else ""
