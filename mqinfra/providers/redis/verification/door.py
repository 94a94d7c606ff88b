"""The doors of a Redis deployment."""

import ssl
from collections.abc import Sequence

from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.verification.door import PATIENCE, Door
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.api.replies import pairs
from mqinfra.providers.redis.verification.connection import own


class NodeDoor(Door):
    """The address of one server."""

    def __init__(self, node: Node) -> None:
        self.name: str = node.name
        self.context: ssl.SSLContext | None = node.context
        self._node = node

    def answers(self, *, encrypted: bool) -> tuple[Known, str]:
        """Send a PING, without a login where it goes in plain text."""
        if encrypted:
            with own(self._node) as by_tls:
                return _answered(by_tls.send([("PING",)])[0])
        plain = self._node.in_plain(PATIENCE)
        try:
            return _answered(plain.send([("PING",)])[0])
        finally:
            plain.close()

    def plain(self) -> Sequence[str] | None:
        """Its setting `port`, which is 0 where there is none."""
        with own(self._node) as node:
            reply = node.send([("CONFIG", "GET", "port")])[0]
        port = None if isinstance(reply, Fault) else pairs(reply).get("port")
        if port is None:
            return None
        return [] if str(port) == "0" else [f"port {port}"]


def _answered(reply: object) -> tuple[Known, str]:
    if not isinstance(reply, Fault):
        return Known.OK, ""
    return (Known.FAILED if reply.lost else Known.OK), reply.message
