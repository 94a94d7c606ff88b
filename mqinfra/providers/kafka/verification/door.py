"""The doors of a Kafka cluster: of each broker the address by which this project's clients come."""

import ssl
from collections.abc import Sequence

from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.door import PATIENCE, Door
from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.hello import greeted


class BrokerDoor(Door):
    """One broker, on the listener that the project is connected to.

    Args:
        client: the cluster.
        number: the broker.
        address: where its clients come to.
        context: their TLS.
    """

    def __init__(self, client: KafkaClient, number: int, address: str, context: ssl.SSLContext | None) -> None:
        self.name: str = address
        self.context = context
        self._client, self._number = client, number

    def answers(self, *, encrypted: bool) -> tuple[Known, str]:
        """Ask which requests it takes."""
        return greeted(self.name, self.context if encrypted else None, PATIENCE)

    def plain(self) -> Sequence[str] | None:
        """Its advertised listeners without TLS."""
        found = self._client.replicas.listeners(self._number)
        if isinstance(found, KafkaFault) or not found:
            return None
        return [one.text for one in found if not one.encrypted]
