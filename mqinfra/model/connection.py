"""Connections of clients, which may keep rights that a change takes."""

from mqinfra.model.frozen import dataclass


@dataclass(frozen=True, slots=True)
class ClientConnection:
    """One open connection of a client.

    Attributes:
        id: what closes it; the provider's own.
        text: what people call it, with user and host: `worker (email@10.0.0.7:51234)`.
    """

    id: str
    text: str
