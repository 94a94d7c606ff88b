"""Offsets of groups through kafka-python, which alone has the call that deletes some of them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from mqinfra.providers.kafka.api.replicas import Place
from mqinfra.providers.kafka.api.second_acls import CodedError

if TYPE_CHECKING:
    from kafka.admin import KafkaAdminClient


def forget(admin: "KafkaAdminClient", group: str, places: Iterable[Place]) -> Mapping[Place, CodedError | None]:
    """Delete what a group has committed in some partitions (KIP-496); what the cluster says to each.

    Raises:
        CodedError: it refused all of them.
    """
    from kafka import TopicPartition  # noqa: PLC0415 - see SecondClient
    from kafka.errors import BrokerResponseError  # noqa: PLC0415 - see SecondClient

    try:
        said = admin.delete_group_offsets(group, [TopicPartition(topic, number) for topic, number in places])
    except BrokerResponseError as error:
        raise CodedError(error.errno, None) from None
    return {
        (place.topic, place.partition): CodedError(error.errno, None) if error.errno else None
        for place, error in said.items()
    }
