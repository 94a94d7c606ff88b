"""What an exchange looks like."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

from pydantic import Field, JsonValue, model_validator

from mqinfra.model.spec import Immutable, Spec

KIND = "exchanges"
UNSEEN_INTERNAL = "internal-exchanges-unseen"
"""The trait of readings that can't tell which internal exchanges there are."""
_UNLESS_SAID = {"durable": True, "autoDelete": False, "internal": False}


class ExchangeSpec(Spec):
    """An exchange. Everything about it is fixed when it is declared; an alternate exchange can also be a policy's.

    Attributes:
        type: `direct`, `fanout`, `topic`, `headers`, or one that a plugin brings, such as `x-consistent-hash`.
        durable: whether it outlives a restart of the server. `true` when left out, other than in AMQP.
        auto_delete: whether it goes with its last binding. `false` when left out.
        internal: whether only exchanges may publish to it. `false` when left out.
        arguments: arguments by their own names, such as `alternate-exchange`.
    """

    unsaid: ClassVar[Mapping[str, JsonValue]] = MappingProxyType(
        {"durable": True, "autoDelete": False, "internal": False, "arguments": {}}
    )

    type: Annotated[str, Immutable]
    durable: Annotated[bool, Immutable] = True
    auto_delete: Annotated[bool, Immutable] = False
    internal: Annotated[bool, Immutable] = False
    arguments: Annotated[dict[str, JsonValue], Immutable] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _said(cls, data: Any) -> Any:  # noqa: ANN401 - whatever is to be validated
        """An exchange is declared whole: what is left out is said here, so that it is compared and shown."""
        if not isinstance(data, dict):
            return data
        given = cls.filled(data, _UNLESS_SAID)
        arguments = given.get("arguments")
        if isinstance(arguments, dict):
            given["arguments"] = {name: value for name, value in arguments.items() if value is not None}
        return given
