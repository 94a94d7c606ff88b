"""A producer that is idempotent, waits for all replicas in sync, and sends nothing again under another position."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka import Message as Record

from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.ground import Producer
from mqinfra.providers.base.verification.message import Message, Sent
from mqinfra.providers.kafka.api.clients import Clients
from mqinfra.providers.kafka.verification.entry import headers_of

SAFE: Mapping[str, str | int | bool] = {
    "enable.idempotence": True,
    "acks": "all",
    # Java's: librdkafka's own would put keys into other partitions than the teams' producers do.
    "partitioner": "murmur2_random",
    "linger.ms": 1,
    "message.timeout.ms": 30_000,
}
DEFINITE = frozenset(
    {
        "TOPIC_AUTHORIZATION_FAILED",
        "CLUSTER_AUTHORIZATION_FAILED",
        "GROUP_AUTHORIZATION_FAILED",
        "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
        "SASL_AUTHENTICATION_FAILED",
        "MSG_SIZE_TOO_LARGE",
        "RECORD_LIST_TOO_LARGE",
        "INVALID_RECORD",
        "INVALID_MSG",
        "INVALID_TIMESTAMP",
        "POLICY_VIOLATION",
        "INVALID_PRODUCER_EPOCH",
        "PRODUCER_FENCED",
        "OUT_OF_ORDER_SEQUENCE_NUMBER",
        "_PURGE_QUEUE",
        "_INVALID_ARG",
        "_QUEUE_FULL",
        "_STATE",
        "_FATAL",
        "_FENCED",
    }
)
"""Errors after which a message certainly is not there. All others leave it open: an attempt may have been written."""


class TopicProducer(Producer):
    """A producer to one topic.

    Args:
        clients: opens clients.
        topic: where messages go.
        more: settings that differ from the safe ones.
    """

    def __init__(self, clients: Clients, topic: str, more: Mapping[str, Any] | None = None) -> None:
        self._producer = clients.producer({**SAFE, **(more or {})})
        self._topic = topic

    def send(self, messages: Sequence[Message], timeout: float) -> Sequence[Sent]:
        """Send, and wait for every answer; what has none by then is forgotten, and not known."""
        sent: list[Sent | None] = [None] * len(messages)
        deadline = time.monotonic() + timeout
        for at, message in enumerate(messages):
            sent[at] = self._hand_over(message, sent, at, deadline)
        self._producer.flush(max(0.0, deadline - time.monotonic()))
        if None in sent:
            self._producer.purge()
            self._producer.flush(1.0)
        silent = Sent(Known.UNKNOWN, error=f"no answer within {timeout:.1f} s")
        return [one if one is not None else silent for one in sent]

    def key_of(self, message: Message) -> str | bytes | None:
        """A message's key on the wire; None for none."""
        return message.key or None

    def _hand_over(self, message: Message, sent: list[Sent | None], at: int, deadline: float) -> Sent | None:
        def answered(error: KafkaError | None, record: Record) -> None:
            sent[at] = sent_of(error, record)

        while True:
            try:
                self._producer.produce(
                    self._topic, message.body, self.key_of(message), headers=headers_of(message), on_delivery=answered
                )
            except BufferError:
                if time.monotonic() > deadline:
                    return Sent(Known.FAILED, error="the client's own queue is full")
                self._producer.poll(0.1)
            except KafkaException as error:
                return Sent(Known.FAILED, error=error.args[0].str(), ended=time.monotonic_ns())
            else:
                self._producer.poll(0)
                return sent[at]

    def close(self) -> None:
        """Forget what is still to be sent."""
        self._producer.purge()
        self._producer.flush(1.0)


def sent_of(error: KafkaError | None, record: Record) -> Sent:
    """What an answer says."""
    now = time.monotonic_ns()
    partition, offset = record.partition(), record.offset()
    lane = str(partition) if partition is not None and partition >= 0 else ""
    if error is not None:
        known = Known.FAILED if error.name() in DEFINITE else Known.UNKNOWN
        return Sent(known, lane, error=f"{error.name()}: {error.str()}", ended=now)
    return Sent(Known.OK, lane, offset if offset is not None and offset >= 0 else None, ended=now)
