"""The rules about Kafka, in the order of their codes: each file of this folder says which it holds."""

from mqinfra.providers.base.rule import Rule, in_order_of_codes
from mqinfra.providers.kafka.rules import (
    acl_reach,
    caller,
    certificates,
    dead_letters,
    first_acl,
    names,
    principals,
    promises,
    replicas,
    retention,
    throttles,
)

RULES: tuple[Rule, ...] = in_order_of_codes(
    *acl_reach.RULES,
    *caller.RULES,
    *certificates.RULES,
    *dead_letters.RULES,
    *first_acl.RULES,
    *names.RULES,
    *principals.RULES,
    *promises.RULES,
    *replicas.RULES,
    *retention.RULES,
    *throttles.RULES,
)
