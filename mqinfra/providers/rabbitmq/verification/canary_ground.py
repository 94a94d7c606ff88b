"""Canaries that stand for no queue: exchanges with a queue behind each, to try rights on."""

from collections.abc import Iterator
from contextlib import contextmanager

from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.verification.blueprint import (
    LIFE_MS,
    BindingCopy,
    Blueprint,
    ExchangeCopy,
    QueueCopy,
)
from mqinfra.providers.rabbitmq.verification.ground import QueueGround, made
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.principal import PrincipalPlace


@contextmanager
def canaries(client: RabbitClient, place: PrincipalPlace, blueprint: Blueprint) -> Iterator[QueueGround]:
    """Make a queue and an exchange per name that the user's rights cover; the canaries' names end with it.

    So a pattern in force that lost its anchor takes them too.

    Raises:
        UserError: they can't be made.
    """
    names = [*(place.covered or (place.name,))]
    for name in names:
        queue, exchange = blueprint.name(name), blueprint.name(name, "i")
        blueprint.queues[queue] = QueueCopy("", "classic", {"x-expires": LIFE_MS})
        blueprint.exchanges[exchange] = ExchangeCopy("", "fanout")
        blueprint.bindings.append(BindingCopy(exchange, queue, to_queue=True))
    with made(client, blueprint):
        at = QueuePlace(place.address, names[0], place.declaration, vhost=place.vhost)
        ground = QueueGround(client, at, blueprint, blueprint.name(names[0]), blueprint.name(names[0], "i"))
        try:
            yield ground
        finally:
            ground.close()
