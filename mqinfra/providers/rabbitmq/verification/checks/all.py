"""The checks of RabbitMQ, by number."""

from mqinfra.providers.base.verification.check import Check
from mqinfra.providers.rabbitmq.verification.checks.dead_letter import DeadLetterOfRejected
from mqinfra.providers.rabbitmq.verification.checks.delivery_limit import DeadLetterAfterFailures

CHECKS: tuple[Check, ...] = (
    DeadLetterOfRejected(),
    DeadLetterAfterFailures(),
)
