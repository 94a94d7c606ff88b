"""The rules about Kafka, in the order of their codes: each file of this folder says which it holds."""

from mqinfra.providers.base.rule import Rule, in_order_of_codes
from mqinfra.providers.kafka.rules import dead_letters, names, replicas, retention

RULES: tuple[Rule, ...] = in_order_of_codes(
    *dead_letters.RULES,
    *names.RULES,
    *replicas.RULES,
    *retention.RULES,
)
