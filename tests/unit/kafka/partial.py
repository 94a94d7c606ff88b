"""A client of which a test gives the parts that it needs."""

from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

from mqinfra.providers.kafka.api.client import KafkaClient
from mqinfra.providers.kafka.api.wire import Peer


def partial_client(rights: Collection[str], **parts: object) -> KafkaClient:
    """A client that goes nowhere.

    Args:
        rights: what the caller may do on the cluster.
        parts: what it asks with; the rest is None.
    """
    wire = SimpleNamespace(peer=Peer("kafka", "h:1", "User:me"))
    given: dict[str, Any] = {**dict.fromkeys(KafkaClient.__dataclass_fields__), **parts}
    return KafkaClient(**{**given, "wire": wire, "rights": frozenset(rights)})
