"""Messages of compiled Protobuf schemas as classes, with which payloads are written and read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mqinfra.providers.registry.schemas.protobuf import ProtobufDocument

if TYPE_CHECKING:
    from google.protobuf.message import Message


def message_class(document: ProtobufDocument, path: Sequence[int]) -> "type[Message] | None":
    """The class of a message.

    Args:
        document: the schema.
        path: its place among the schema's messages; further numbers lead to messages within messages.

    Returns:
        The class; None where there is no such message.
    """
    from google.protobuf.descriptor_pool import DescriptorPool  # noqa: PLC0415 - only with Protobuf schemas
    from google.protobuf.message_factory import GetMessageClass  # noqa: PLC0415

    names = [document.file.package] if document.file.package else []
    some = document.file.message_type
    for at in path:
        if at >= len(some):
            return None
        names.append(some[at].name)
        some = some[at].nested_type
    pool = DescriptorPool()
    for file in document.everything.file:
        pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName(".".join(names))) if path else None
