"""A user of a cluster, made for one test, and what it may do."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._acl import AclBinding, AclBindingFilter, AclOperation, AclPermissionType
from confluent_kafka.admin._resource import ResourcePatternType, ResourceType
from confluent_kafka.admin._scram import ScramCredentialInfo, ScramMechanism, UserScramCredentialUpsertion

from tests.integration.kafka.e2e.hand import QUIET
from tests.waiting import until

if TYPE_CHECKING:
    from tests.brokers.kafka.cluster import KafkaCluster

_CLUSTER = "kafka-cluster"


class User:
    """A user with a random password that logs in with SCRAM and begins without any right.

    Attributes:
        name: its name.
        password: its password, which nothing may ever show.
    """

    def __init__(self, cluster: KafkaCluster) -> None:
        self.name, self.password = f"deployer-{secrets.token_hex(3)}", secrets.token_urlsafe(18)
        self._cluster = cluster
        self._admin = AdminClient({"bootstrap.servers": cluster.bootstrap, **QUIET})
        scram = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
        made = UserScramCredentialUpsertion(self.name, scram, self.password.encode())
        for future in self._admin.alter_user_scram_credentials([made]).values():
            future.result()
        login = {
            "bootstrap.servers": cluster.sasl_bootstrap,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": self.name,
            "sasl.password": self.password,
        }
        self._own = AdminClient({**login, **QUIET})
        until(self._can_log_in)

    def block(self, variable: str, *, tls: bool = False) -> str:
        """The block of the cluster for `clusters:`, with the password in a variable of the environment."""
        sasl = f"{{mechanism: SCRAM-SHA-512, username: {self.name}, password: {{env: {variable}}}}}"
        security = f"sasl: {sasl}" + (f', tls: {{ca: "{self._cluster.ca_file}"}}' if tls else "")
        bootstrap = self._cluster.tls_bootstrap if tls else self._cluster.sasl_bootstrap
        return f'{{type: kafka, bootstrap: "{bootstrap}", security: {{{security}}}}}'

    def allow(self, topic: str, *operations: str) -> None:
        """Allow operations on one topic, Describe among them, and wait until the broker that answers knows it."""
        self._grant(ResourceType.TOPIC, topic, ("DESCRIBE", *operations))
        until(lambda: self._sees(topic, {"DESCRIBE", *operations}))

    def withdraw(self, topic: str, *operations: str) -> None:
        """Take operations on one topic away again, and wait until the broker that answers knows it."""
        filters = [
            AclBindingFilter(
                ResourceType.TOPIC,
                topic,
                ResourcePatternType.LITERAL,
                f"User:{self.name}",
                "*",
                AclOperation[operation],
                AclPermissionType.ALLOW,
            )
            for operation in operations
        ]
        for future in self._admin.delete_acls(filters).values():
            future.result()
        until(lambda: not self._sees(topic, set(operations)))

    def allow_in_group(self, group: str, *operations: str) -> None:
        """Allow operations on one group, Describe among them, and wait until the broker that answers knows it."""
        if self._cluster.line.startswith("3."):  # where groups have no settings
            operations = tuple(operation for operation in operations if not operation.endswith("_CONFIGS"))
        self._grant(ResourceType.GROUP, group, ("DESCRIBE", *operations))
        until(lambda: {"DESCRIBE", *operations} <= self._in_group(group))

    def _in_group(self, group: str) -> set[str]:
        asked = self._own.describe_consumer_groups([group], include_authorized_operations=True)
        try:
            return {right.name for right in asked[group].result().authorized_operations or ()}
        except KafkaException:
            return set()

    def see_everything(self) -> None:
        """Allow what an export asks for, and nothing by which anything could change."""
        for kind, operations in (
            (ResourceType.TOPIC, ("DESCRIBE", "DESCRIBE_CONFIGS")),
            (ResourceType.GROUP, ("DESCRIBE", "DESCRIBE_CONFIGS")),
            (ResourceType.TRANSACTIONAL_ID, ("DESCRIBE",)),
        ):
            self._grant(kind, "*", operations)
        self.allow_on_cluster("DESCRIBE", "DESCRIBE_CONFIGS")

    def allow_on_cluster(self, *operations: str) -> None:
        """Allow operations on the cluster, and wait until the broker that answers knows it."""
        self._grant(ResourceType.BROKER, _CLUSTER, operations)
        until(lambda: set(operations) <= self._on_cluster())

    def deny_on_cluster(self, *operations: str) -> None:
        """Deny operations on the cluster, whatever else allows them."""
        self._grant(ResourceType.BROKER, _CLUSTER, operations, AclPermissionType.DENY)
        until(lambda: set(operations).isdisjoint(self._on_cluster()))

    def _on_cluster(self) -> set[str]:
        asked = self._own.describe_cluster(include_authorized_operations=True)
        return {right.name for right in asked.result().authorized_operations or ()}

    def _grant(
        self,
        kind: ResourceType,
        name: str,
        operations: tuple[str, ...],
        permission: AclPermissionType = AclPermissionType.ALLOW,
    ) -> None:
        allowed = [
            AclBinding(
                kind,
                name,
                ResourcePatternType.LITERAL,
                f"User:{self.name}",
                "*",
                AclOperation[operation],
                permission,
            )
            for operation in operations
        ]
        for future in self._admin.create_acls(allowed).values():
            future.result()

    def _can_log_in(self) -> bool:
        try:
            self._own.list_topics(timeout=2.0)
        except KafkaException:
            return False
        return True

    def _sees(self, topic: str, rights: set[str]) -> bool:
        asked = self._own.describe_topics(TopicCollection([topic]), include_authorized_operations=True)
        try:
            return rights <= {right.name for right in asked[topic].result().authorized_operations}
        except KafkaException as error:
            # Of a topic that is not there only somebody with rights is told so.
            return bool(error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART)
