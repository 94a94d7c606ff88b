"""The rules about RabbitMQ, in the order of their codes: each file of this folder says which it holds."""

from mqinfra.providers.base.rule import Rule, in_order_of_codes
from mqinfra.providers.rabbitmq.rules import (
    bindings,
    caller_locked_out,
    dead_letter_limits,
    dead_letter_routes,
    exchanges,
    many_policies,
    patterns,
    permissions,
    policies_in_force,
    promises,
    queues,
    retries,
    routing,
    users,
    vhost_limits,
)

RULES: tuple[Rule, ...] = in_order_of_codes(
    *bindings.RULES,
    *caller_locked_out.RULES,
    *dead_letter_limits.RULES,
    *dead_letter_routes.RULES,
    *exchanges.RULES,
    *many_policies.RULES,
    *patterns.RULES,
    *permissions.RULES,
    *policies_in_force.RULES,
    *promises.RULES,
    *queues.RULES,
    *retries.RULES,
    *routing.RULES,
    *users.RULES,
    *vhost_limits.RULES,
)
