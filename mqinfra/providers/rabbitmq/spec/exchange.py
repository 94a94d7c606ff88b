"""What an exchange looks like."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import Field, JsonValue
from pydantic.config import JsonDict

from mqinfra.model.spec import Immutable, WholeSpec
from mqinfra.providers.rabbitmq.settings.exchange_arguments import KNOWN_TYPES

KIND = "exchanges"
UNSEEN_INTERNAL = "internal-exchanges-unseen"
"""The trait of readings that can't tell which internal exchanges there are."""
_IMPLICIT: Mapping[str, JsonValue] = {"durable": True, "autoDelete": False, "internal": False}


# Plugins bring more types than those that come with the server.
_SUGGESTED: JsonDict = {"anyOf": [{"enum": [*KNOWN_TYPES]}, {"type": "string"}]}


class ExchangeSpec(WholeSpec):
    """An exchange. Everything about it is fixed when it is declared; an alternate exchange can also be a policy's.

    Attributes:
        type: `direct`, `fanout`, `topic`, `headers`, or one that a plugin brings, such as `x-consistent-hash`.
        durable: whether it outlives a restart of the server. `true` when left out, other than in AMQP.
        auto_delete: whether it goes with its last binding. `false` when left out.
        internal: whether only exchanges may publish to it. `false` when left out.
        arguments: arguments by their own names, such as `alternate-exchange`.
    """

    implicit = MappingProxyType(_IMPLICIT)
    unwritten = MappingProxyType({**_IMPLICIT, "arguments": {}})
    without_nulls = ("arguments",)

    type: Annotated[str, Immutable, Field(json_schema_extra=_SUGGESTED)]
    durable: Annotated[bool, Immutable] = True
    auto_delete: Annotated[bool, Immutable] = False
    internal: Annotated[bool, Immutable] = False
    arguments: Annotated[dict[str, JsonValue], Immutable] = Field(default_factory=dict)
