"""What is left of retries that nobody declares any more, and is needed until all messages came back from it. Pure."""

from collections.abc import Collection, Mapping

from mqinfra.model.address import Address
from mqinfra.model.reading import Facts
from mqinfra.model.spec import Spec
from mqinfra.model.unit import format_ms
from mqinfra.providers.rabbitmq.policy.effective import effective_definition
from mqinfra.providers.rabbitmq.policy.effects import Rules, arguments_of, type_of
from mqinfra.providers.rabbitmq.policy.moves import delay_of
from mqinfra.providers.rabbitmq.policy.reach import Routes
from mqinfra.providers.rabbitmq.spec import queue as queue_spec

_DEAD = "dead-letter-exchange"


def draining(
    live: Mapping[Address, Spec], going: Collection[Address], holding: Mapping[Address, int | None], facts: Facts
) -> dict[Address, str]:
    """Say what is still needed, and until when.

    A chain stays as a whole while a queue that stays leads to it; a delay while it holds messages for such a queue.
    """
    found: dict[Address, str] = {}
    delays = {address: delay for address in holding if (delay := delay_of(live.get(address))) is not None}
    for vhost in sorted({address.path[0] for address in delays}):
        here = {address: spec for address, spec in live.items() if address.path[:1] == (vhost,)}
        routes = Routes(next(iter(delays)).cluster, vhost, here)
        data = {address: spec.to_json() for address, spec in here.items()}
        rules = Rules(data, facts.version_tuple)
        for queue in sorted(address for address in here if address.kind == queue_spec.KIND and address not in going):
            state = rules.outcomes(queue, data[queue])[0]
            settings = state.definition or effective_definition(
                None, None, arguments_of(data[queue]), type_of(queue, data[queue]), facts.version_tuple
            )
            entrance = settings.get(_DEAD)
            behind = routes.behind(entrance, None) if isinstance(entrance, str) and entrance else frozenset()
            if not behind.isdisjoint(delays):
                text = f"`{queue.name}` leads rejected messages through it until this plan is applied; then it can go"
                ways_back = (address for wait in behind & delays.keys() for address in routes.behind_queue(wait))
                found.update((address, text) for address in (*behind, *ways_back) if _part(address, going, delays))
        for wait, delay in delays.items():
            back = routes.behind_queue(wait)
            comes_back = any(address.kind == queue_spec.KIND and address not in going for address in back)
            if wait.path[0] == vhost and comes_back and holding[wait] != 0:
                number = holding[wait]
                some = "messages" if number is None else f"{number:,} {'message' if number == 1 else 'messages'}"
                text = f"{some} in `{wait.name}` come back within {format_ms(delay)}; it can go once none is left"
                found.update(dict.fromkeys((wait, *(a for a in back if _part(a, going, delays))), text))
    return found


def _part(address: Address, going: Collection[Address], delays: Collection[Address]) -> bool:
    """Whether something is a part of retries: an exchange or a binding, or a delay, and not the dead letters."""
    return address in going and (address.kind != queue_spec.KIND or address in delays)
