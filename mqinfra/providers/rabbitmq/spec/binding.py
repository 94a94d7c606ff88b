"""What a binding looks like. It has no name: what it says is what it is called."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, JsonValue, model_validator

from mqinfra.model.address import Address, Pairs
from mqinfra.model.spec import Immutable, Spec
from mqinfra.providers.base.placement import pair_text

KIND = "bindings"
NAMED_BY = ("exchange", "queue", "toExchange", "routingKey", "arguments")
_SORTED = tuple(sorted(NAMED_BY))


class BindingSpec(Spec):
    """A binding: what an exchange passes on to a queue or to another exchange. It never changes, it is another one.

    Attributes:
        exchange: the exchange that passes messages on.
        queue: the queue that gets them; either this or `toExchange`.
        to_exchange: the exchange that gets them.
        routing_key: what they are chosen by; empty when left out.
        arguments: what a headers exchange chooses by; `1`, `1.0` and `"1"` are three values to the server.
    """

    exchange: Annotated[str, Immutable]
    queue: Annotated[str | None, Immutable] = None
    to_exchange: Annotated[str | None, Immutable] = None
    routing_key: Annotated[str, Immutable] = ""
    arguments: Annotated[dict[str, JsonValue], Immutable] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _without_the_empty(cls, data: Any) -> Any:  # noqa: ANN401 - whatever is to be validated
        """Empty and left out are the same, and have the same name."""
        if not isinstance(data, dict):
            return data
        values = data.values()
        if None not in values and "" not in values and {} not in values:
            return data
        known = {*NAMED_BY, *cls.model_fields}
        empty = {name for name, value in data.items() if value in ("", {}) and name in known}
        return {
            name: value
            for name, value in data.items()
            if name not in empty and (value is not None or name not in NAMED_BY)
        }

    @model_validator(mode="after")
    def _one_destination(self) -> Self:
        if (self.queue is None) == (self.to_exchange is None):
            raise ValueError("set either `queue` or `toExchange`")
        return self


def address_of(cluster: str, vhost: str, data: Mapping[str, JsonValue]) -> Address:
    """The address of a binding, by its entry."""
    return Address(cluster, KIND, (vhost,), pairs_of(data))


def pairs_of(data: Mapping[str, JsonValue]) -> Pairs:
    """What names a binding, by its entry."""
    return tuple([(name, pair_text(value)) for name in _SORTED if (value := data.get(name))])
