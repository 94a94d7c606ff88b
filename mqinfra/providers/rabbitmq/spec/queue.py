"""What a queue looks like on the broker. What a manifest may say beyond that is in `queue_entry`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

from pydantic import Field, JsonValue, model_validator

from mqinfra.model.spec import Immutable, Spec

KIND = "queues"
_UNLESS_SAID = {"durable": True, "autoDelete": False}
TYPES = ("classic", "quorum", "stream")


class QueueSpec(Spec):
    """A queue. Everything about it is fixed when it is declared; what has to change later belongs in a policy.

    Attributes:
        type: `classic`, `quorum` or `stream`. Left out: the vhost's default queue type, and classic without one.
        durable: whether it outlives a restart of the server. `true` when left out, other than in AMQP.
        auto_delete: whether it goes with its last consumer. `false` when left out.
        arguments: arguments by their own names, such as `x-single-active-consumer`. `10` and `"10"` are two values to
            the server. What is left out is not there: the server compares arguments as a whole.
    """

    unsaid: ClassVar[Mapping[str, JsonValue]] = MappingProxyType(
        {"durable": True, "autoDelete": False, "arguments": {}}
    )

    type: Annotated[str | None, Immutable] = None
    durable: Annotated[bool, Immutable] = True
    auto_delete: Annotated[bool, Immutable] = False
    arguments: Annotated[dict[str, JsonValue], Immutable] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _said(cls, data: Any) -> Any:  # noqa: ANN401 - whatever is to be validated
        """A queue is declared whole: what is left out is said here, so that it is compared and shown."""
        if not isinstance(data, dict):
            return data
        given = cls.filled(data, _UNLESS_SAID)
        arguments = given.get("arguments")
        if isinstance(arguments, dict):
            # The server answers `arguments: {x: null}` with a failure of its own; null is the default, which is none.
            given["arguments"] = {name: value for name, value in arguments.items() if value is not None}
        return given
