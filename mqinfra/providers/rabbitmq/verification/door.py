"""The doors of a RabbitMQ deployment: of each node the address by which AMQP goes in."""

import ssl
import time
from collections.abc import Sequence

from pika import frame

from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.addresses import joined
from mqinfra.providers.base.connecting.bounded import dial, secured
from mqinfra.providers.base.verification.door import PATIENCE, Door
from mqinfra.providers.rabbitmq.api.call import RabbitFault
from mqinfra.providers.rabbitmq.io.client import RabbitClient

_TLS_ALERT = b"\x15\x03"
_PLAIN = ("amqp", "http", "mqtt", "stomp", "stream")
"""Protocols by whose names the server lists listeners for clients; those with TLS have another."""


class NodeDoor(Door):
    """The address of one node."""

    def __init__(self, client: RabbitClient, host: str, port: int) -> None:
        self.name: str = joined(host, port)
        self.context: ssl.SSLContext | None = client.broker.context
        self._client, self._host, self._port = client, host, port

    def answers(self, *, encrypted: bool) -> tuple[Known, str]:
        """Say which AMQP we speak. A server of TLS may answer to that by an alert, which is no answer."""
        end = time.monotonic() + PATIENCE
        try:
            line = dial(self._host, self._port, end)
            if encrypted and self.context is not None:
                line = secured(line, self.context, self._host, end)
            with line:
                line.settimeout(PATIENCE)
                line.sendall(frame.ProtocolHeader().marshal())
                said = line.recv(8)
        except OSError as error:
            return Known.FAILED, str(error)
        if not said or said.startswith(_TLS_ALERT):
            return Known.FAILED, "connection closed by the server"
        return Known.OK, ""

    def plain(self) -> Sequence[str] | None:
        """Its listeners by the management API, of all nodes; None for a caller who may not see them."""
        told = self._client.get("overview")
        listeners = told.get("listeners") if isinstance(told, dict) else None
        if isinstance(told, RabbitFault) or not isinstance(listeners, list):
            return None
        some = [one for one in listeners if isinstance(one, dict) and one.get("protocol") in _PLAIN]
        return sorted({f"port {one.get('port')} ({one.get('protocol')})" for one in some})


def doors(client: RabbitClient) -> list[Door]:
    """The door of each node that is configured."""
    broker = client.broker
    return [NodeDoor(client, host, port) for host, port in ((broker.host, broker.port), *broker.others)]
