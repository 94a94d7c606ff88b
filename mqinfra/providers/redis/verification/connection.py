"""Connections of a verification's own: clients work side by side, and the session's may have died with a server."""

from collections.abc import Iterator
from contextlib import contextmanager

from mqinfra.providers.base.verification.ground import Client
from mqinfra.providers.redis.api.node import Node

PATIENCE = 5.0
"""Seconds in which a server has to answer."""


class Held(Client):
    """A connection that is only there."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def close(self) -> None:
        """Hang up."""
        self._node.close()


@contextmanager
def own(node: Node) -> Iterator[Node]:
    """A connection of its own to a server."""
    other = node.another(PATIENCE)
    try:
        yield other
    finally:
        other.close()
