"""The arguments of an exchange, the exchange types, and which plugin brings a type.

Only `alternate-exchange` is compared when an exchange is declared again (`rabbit_exchange:assert_args_equivalence/2`);
a change of any other is silently ignored by the server.
"""

from collections.abc import Mapping

from mqinfra.model.setting import Problem, did_you_mean
from mqinfra.providers.rabbitmq.settings.typed import TypedTable, Version, number, text, within

BUILT_IN_TYPES = ("direct", "fanout", "headers", "topic")
"""Types of every server; `x-local-random` joins them in 4.0."""
PLUGIN_TYPES: Mapping[str, str] = {
    "x-consistent-hash": "rabbitmq_consistent_hash_exchange",
    "x-delayed-message": "rabbitmq_delayed_message_exchange",
    "x-jms-topic": "rabbitmq_jms_topic_exchange",
    "x-message-deduplication": "rabbitmq_message_deduplication",
    "x-modulus-hash": "rabbitmq_sharding",
    "x-random": "rabbitmq_random_exchange",
    "x-recent-history": "rabbitmq_recent_history_exchange",
    "x-rtopic": "rabbitmq_rtopic_exchange",
}
"""Exchange type to the plugin that has to be enabled for it."""

EXCHANGE_ARGUMENTS = TypedTable(
    (
        text("alternate-exchange", "Exchange that takes messages which this exchange can't route."),
        text("hash-header", "Header whose value is hashed instead of the routing key."),
        text(
            "hash-property",
            "Message property whose value is hashed instead of the routing key.",
            "correlation_id",
            "message_id",
            "timestamp",
        ),
        text("x-delayed-type", "How a delaying exchange routes once the delay is over."),
        number("x-recent-history-length", "Messages that a new binding of a recent history exchange gets.", 1),
    ),
    kept=True,
)
"""The known arguments; others are stored by the server and never compared."""

KNOWN_TYPES = (*BUILT_IN_TYPES, *PLUGIN_TYPES, "x-local-random")
"""Types of any version and of the plugins that come with it."""


def exchange_type_problem(
    exchange_type: str, version: Version = (), offered: frozenset[str] | None = None
) -> Problem | None:
    """Say why a server has no such exchange type; None when it has.

    Args:
        exchange_type: the type.
        version: the server's; empty for the newest.
        offered: `exchange_types` of `GET /api/overview`; None when unknown, then plugins count as enabled.
    """
    if offered is not None and exchange_type in offered:
        return None
    plugin = PLUGIN_TYPES.get(exchange_type)
    if exchange_type == "x-delayed-message" and within(version, (((4, 3), ()),)):
        return Problem(
            "`x-delayed-message` does not work with RabbitMQ 4.3, which has no Mnesia",
            "use delayed retries of quorum queues, or a TTL with a dead-letter exchange",
        )
    if plugin is not None:
        if offered is None:
            return None
        return Problem(
            f"no exchange type `{exchange_type}` on the server", f"enable it: rabbitmq-plugins enable {plugin}"
        )
    known = (*BUILT_IN_TYPES, *(("x-local-random",) if within(version, (((4, 0), ()),)) else ()))
    if exchange_type in known:
        return None
    if exchange_type == "x-local-random":
        return Problem("`x-local-random` only came with RabbitMQ 4.0", "use `x-random`")
    return Problem(f"unknown exchange type `{exchange_type}`", did_you_mean(exchange_type, (*known, *PLUGIN_TYPES)))
