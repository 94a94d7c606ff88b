"""Rights of the user who has none."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._acl import AclBinding, AclOperation, AclPermissionType
from confluent_kafka.admin._resource import ResourcePatternType, ResourceType

from tests.brokers.kafka.node import LIMITED

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

_LEARNED_WITHIN = 0.3


def allow(cluster: KafkaCluster, name: str, operation: int, resource: ResourceType = ResourceType.TOPIC) -> None:
    """Let the limited user do something to a topic (`*` for all), and give the brokers a moment to learn it."""
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap, "enable.metrics.push": False})
    binding = AclBinding(
        resource,
        name,
        ResourcePatternType.LITERAL,
        f"User:{LIMITED.name}",
        "*",
        AclOperation(operation),
        AclPermissionType.ALLOW,
    )
    for future in admin.create_acls([binding]).values():
        future.result()
    time.sleep(_LEARNED_WITHIN)
