"""A producer of kafka-python, which can go through a proxy; librdkafka's can't."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mqinfra.model.errors import UserError
from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.ground import Producer
from mqinfra.providers.base.verification.message import Message, Sent
from mqinfra.providers.kafka.api.second_client import SecondClient, Unavailable
from mqinfra.providers.kafka.verification.entry import headers_of

if TYPE_CHECKING:
    from kafka import KafkaProducer


class SecondProducer(Producer):
    """A producer to one topic, that sends again by itself what had no answer.

    Args:
        second: opens it.
        topic: where messages go.
        proxy: the proxy that it goes through.
        idempotent: whether the brokers are told which message is which, so that they take none twice.

    Raises:
        UserError: kafka-python can't log in here.
    """

    def __init__(self, second: SecondClient, topic: str, proxy: str, *, idempotent: bool) -> None:
        made = second.producer(
            {
                "proxy_url": proxy,
                "enable_idempotence": idempotent,
                "acks": "all",
                "retries": 1_000,
                "retry_backoff_ms": 50,
                "reconnect_backoff_ms": 20,
                "linger_ms": 20,
            }
        )
        if isinstance(made, Unavailable):
            raise UserError([NOT_READ.at(f"sending through a proxy {made.reason}")])
        self._producer: KafkaProducer = made
        self._topic = topic

    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:
        """Send all in one go, and wait for every answer."""
        from kafka.errors import KafkaError  # noqa: PLC0415 - few runs need it

        end = time.monotonic() + timeout
        asked = [
            self._producer.send(
                self._topic,
                value=message.body,
                key=message.key.encode(),
                headers=[(name, _bytes(value)) for name, value in headers_of(message)],
            )
            for message in messages
        ]
        sent = []
        for one in asked:
            try:
                told: Any = one.get(timeout=max(0.01, end - time.monotonic()))
            except KafkaError as error:
                sent.append(Sent(Known.UNKNOWN, error=type(error).__name__, ended=time.monotonic_ns()))
            else:
                position = told.offset if told.offset >= 0 else None
                sent.append(Sent(Known.OK, str(told.partition), position, ended=time.monotonic_ns()))
        return sent

    def close(self) -> None:
        """Forget what is still to be sent."""
        self._producer.close(timeout=1)


def _bytes(value: str | bytes | None) -> bytes:
    return value if isinstance(value, bytes) else (value or "").encode()
