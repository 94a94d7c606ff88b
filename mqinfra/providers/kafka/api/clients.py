"""Clients of librdkafka's beside the one that administers: each with connections of its own, and the same login."""

from collections.abc import Mapping
from dataclasses import field
from logging import Logger
from typing import Any

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient

from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.codes import BAD_CLIENT
from mqinfra.providers.kafka.api.wire import fault_of


@dataclass(frozen=True, slots=True)
class Clients:
    """Opens clients.

    Attributes:
        settings: librdkafka's properties of the connection, secrets in them. They can go to another process.
        logger: where librdkafka says what it has to say; None where nobody listens.
    """

    settings: Mapping[str, str | int | bool] = field(repr=False)
    logger: Logger | None = None

    def consumer(self, more: Mapping[str, Any]) -> Consumer:
        """Open a consumer.

        Raises:
            UserError: librdkafka takes no such settings.
        """
        try:
            return Consumer({**self.settings, **more}, logger=self.logger)
        except KafkaException as error:
            raise _unopened(error) from None

    def producer(self, more: Mapping[str, Any]) -> Producer:
        """Open a producer.

        Raises:
            UserError: librdkafka takes no such settings.
        """
        try:
            return Producer({**self.settings, **more}, logger=self.logger)
        except KafkaException as error:
            raise _unopened(error) from None

    def admin(self, more: Mapping[str, Any]) -> AdminClient:
        """Open a client that administers.

        Raises:
            UserError: librdkafka takes no such settings.
        """
        try:
            return AdminClient({**self.settings, **more}, logger=self.logger)
        except KafkaException as error:
            raise _unopened(error) from None


def _unopened(error: KafkaException) -> UserError:
    return UserError([BAD_CLIENT.at(f"no client could be opened: {fault_of(error).message}")])
