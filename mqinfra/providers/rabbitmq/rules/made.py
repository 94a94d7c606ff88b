"""How the rules about RabbitMQ read what is declared. Separate so that each rule's file holds the rule alone."""

from mqinfra.providers.base.rule import Context, Subject

QUEUES = "rabbitmq/queues"
EXCHANGES = "rabbitmq/exchanges"
BINDINGS = "rabbitmq/bindings"
POLICIES = "rabbitmq/policies"
OPERATOR_POLICIES = "rabbitmq/operatorPolicies"
PERMISSIONS = "rabbitmq/permissions"
TOPIC_PERMISSIONS = "rabbitmq/topicPermissions"
USERS = "rabbitmq/users"
DEAD_LETTERS = "dead letters"


def version(context: Context, cluster: str) -> tuple[int, ...]:
    """The server's version as numbers; empty when nobody could ask."""
    reading = context.readings.get(cluster)
    return reading.facts.version_tuple if reading is not None else ()


def is_made(subject: Subject) -> bool:
    """Tell whether sugar made a resource, rather than an entry of its own."""
    return subject.declaration.origins[0].because is not None
