"""The checks of Kafka, by number."""

from mqinfra.providers.base.verification.check import Check
from mqinfra.providers.kafka.verification.checks.durability import Durability
from mqinfra.providers.kafka.verification.checks.exactly_once import ExactlyOnce
from mqinfra.providers.kafka.verification.checks.in_sync import InSync
from mqinfra.providers.kafka.verification.checks.retention import Retention

CHECKS: tuple[Check, ...] = (ExactlyOnce(), Retention(), Durability(), InSync())
