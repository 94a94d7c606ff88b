"""What a queue looks like on the broker. What a manifest may say beyond that is in `queue_entry`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import Field, JsonValue

from mqinfra.model.spec import Immutable, WholeSpec

KIND = "queues"
_IMPLICIT: Mapping[str, JsonValue] = {"durable": True, "autoDelete": False}
TYPES = ("classic", "quorum", "stream")


class QueueSpec(WholeSpec):
    """A queue. Everything about it is fixed when it is declared; what has to change later belongs in a policy.

    Attributes:
        type: `classic`, `quorum` or `stream`. Left out: the vhost's default queue type, and classic without one.
        durable: whether it outlives a restart of the server. `true` when left out, other than in AMQP.
        auto_delete: whether it goes with its last consumer. `false` when left out.
        arguments: arguments by their own names, such as `x-single-active-consumer`. `10` and `"10"` are two values to
            the server. What is left out is not there: the server compares arguments as a whole.
    """

    implicit = MappingProxyType(_IMPLICIT)
    unwritten = MappingProxyType({**_IMPLICIT, "arguments": {}})
    # The server answers `arguments: {x: null}` with a failure of its own; null is the default, which is none.
    without_nulls = ("arguments",)

    type: Annotated[str | None, Immutable, Field(json_schema_extra={"enum": [*TYPES, None]})] = None
    durable: Annotated[bool, Immutable] = True
    auto_delete: Annotated[bool, Immutable] = False
    arguments: Annotated[dict[str, JsonValue], Immutable] = Field(default_factory=dict)
