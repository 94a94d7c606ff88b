"""An ACL in Kafka's own words, and what its parts are called on the wire."""

from collections.abc import Sequence
from typing import NamedTuple

from mqinfra.model.frozen import dataclass

RESOURCES = {2: "topic", 3: "group", 4: "cluster", 5: "transactionalId", 6: "delegationToken", 7: "user"}
PATTERNS = {3: "literal", 4: "prefixed"}
OPERATIONS = {
    2: "All",
    3: "Read",
    4: "Write",
    5: "Create",
    6: "Delete",
    7: "Alter",
    8: "Describe",
    9: "ClusterAction",
    10: "DescribeConfigs",
    11: "AlterConfigs",
    12: "IdempotentWrite",
    13: "CreateTokens",
    14: "DescribeTokens",
    15: "TwoPhaseCommit",
}
PERMISSIONS = {2: "deny", 3: "allow"}
CLUSTER = "kafka-cluster"
"""The only name that Kafka takes for a resource of type `cluster`."""
EVERYONE = "User:*"
ANONYMOUS = "User:ANONYMOUS"
"""Whom brokers take a client for that does not log in."""
EVERYONE_ALLOWED = "allow.everyone.if.no.acl.found"
"""The setting by which everybody may do everything to a resource without ACLs; also its name among what brokers say."""
HIDDEN = "hidden"
"""That a setting is there whose value the brokers don't show."""
ANY = "*"
"""Any host; as a literal name, any resource of a type."""

_LIBRDKAFKA_RESOURCES = frozenset({"topic", "group", "cluster", "transactionalId"})
_LIBRDKAFKA_OPERATIONS = frozenset(OPERATIONS[code] for code in range(2, 13))


class Acl(NamedTuple):
    """One binding, which is its own identity.

    Attributes:
        resource: type of the resource, a value of RESOURCES.
        name: its name, or prefix; `*` as a literal name is any.
        pattern: `literal` or `prefixed`.
        principal: whom it is about, `User:billing`.
        host: address that the client comes from; `*` for any.
        operation: what it may do, a value of OPERATIONS.
        permission: `allow` or `deny`.
    """

    resource: str
    name: str
    pattern: str
    principal: str
    host: str
    operation: str
    permission: str

    @property
    def by_librdkafka(self) -> bool:
        """Whether librdkafka has words for it; it knows fewer resources and operations than Kafka."""
        return self.resource in _LIBRDKAFKA_RESOURCES and self.operation in _LIBRDKAFKA_OPERATIONS

    @property
    def codes(self) -> tuple[int, int, int, int]:
        """Resource, pattern, operation and permission on the wire."""
        return (
            _RESOURCE[self.resource],
            _PATTERN[self.pattern],
            _OPERATION[self.operation],
            _PERMISSION[self.permission],
        )


_RESOURCE = {word: code for code, word in RESOURCES.items()}
_PATTERN = {word: code for code, word in PATTERNS.items()}
_OPERATION = {word: code for code, word in OPERATIONS.items()}
_PERMISSION = {word: code for code, word in PERMISSIONS.items()}


@dataclass(frozen=True, slots=True)
class AclList:
    """ACLs that were read.

    Attributes:
        acls: those that could be read.
        missing: why there may be others; empty when these are all.
    """

    acls: Sequence[Acl]
    missing: str = ""
