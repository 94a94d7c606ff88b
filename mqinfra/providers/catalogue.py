"""The catalogue of what ships with mqinfra. The one place that names the providers."""

from mqinfra.providers.base.catalogue import Catalogue


def builtin() -> Catalogue:
    """Make the catalogue; imports the kinds but no broker's client."""
    from mqinfra.providers.kafka.provider import KafkaProvider  # noqa: PLC0415 - keeps --help off the providers
    from mqinfra.providers.rabbitmq.provider import RabbitProvider  # noqa: PLC0415 - as above
    from mqinfra.providers.redis.provider import RedisProvider  # noqa: PLC0415 - as above

    return Catalogue([KafkaProvider(), RabbitProvider(), RedisProvider()])
