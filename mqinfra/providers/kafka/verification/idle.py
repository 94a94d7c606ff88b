"""Connections that brokers have taken, and that nothing is done with."""

import ssl

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.door import PATIENCE
from mqinfra.providers.base.verification.ground import Client
from mqinfra.providers.kafka.api.hello import greet


class IdleConnection(Client):
    """One connection. It has said its first word, and needs no login for that.

    Args:
        address: the broker.
        context: the TLS; None for none.

    Raises:
        UserError: the broker does not take it.
    """

    def __init__(self, address: str, context: ssl.SSLContext | None) -> None:
        try:
            self._line = greet(address, context, PATIENCE)
        except OSError as error:
            raise UserError([NOT_READ.at(f"`{address}` does not take it: {error}")]) from None

    def close(self) -> None:
        """Hang up."""
        self._line.close()
