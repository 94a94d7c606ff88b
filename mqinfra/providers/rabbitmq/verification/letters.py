"""A copy of a queue whose dead letters go through the real dead-letter exchange, into queues of the run's own.

Its letters have routing keys that only canaries have. The run's queues are bound as those in use are, by such keys: so
they tell whether the exchange and its bindings take what the queue gives up.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from pydantic import JsonValue

from mqinfra.model.judgement import Mode
from mqinfra.providers.base.verification.message import Delivery
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.io.listing import Row
from mqinfra.providers.rabbitmq.spec.binding import BindingSpec
from mqinfra.providers.rabbitmq.verification.blueprint import BindingCopy, Blueprint, ExchangeCopy
from mqinfra.providers.rabbitmq.verification.copying import DEAD, DEAD_KEY, Copying
from mqinfra.providers.rabbitmq.verification.ground import QueueGround, made
from mqinfra.providers.rabbitmq.verification.line import Line
from mqinfra.providers.rabbitmq.verification.live import LiveVhost
from mqinfra.providers.rabbitmq.verification.own_queues import OwnQueues
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.predict import Probe
from mqinfra.providers.rabbitmq.verification.shadow import (
    binding_of,
    reached,
    refusal,
    refused,
    require_unreached,
)

TAKEN, REST = "a queue bound as the dead-letter exchange's own are", "a queue for the rest"
"""What the two queues of a run are called in histories."""
_LONGEST = 255


class LettersGround(QueueGround):
    """A copy of a queue, with its dead letters in queues of the run's own.

    Args:
        client: the deployment.
        place: the queue, by keys that only canaries have.
        blueprint: what was made.
        copy: the copy's name.
        entry: the exchange by which messages go in.
        letters: the queues of the run's own.
        kept: what those are called in which a letter counts as kept.
    """

    def __init__(
        self,
        client: RabbitClient,
        place: QueuePlace,
        blueprint: Blueprint,
        copy: str,
        entry: str,
        *,
        letters: OwnQueues,
        kept: Sequence[str],
    ) -> None:
        super().__init__(client, place, blueprint, copy, entry)
        self.mode, self._letters, self._kept = Mode.SHADOW_BIND, letters, kept

    def drain_dead(self, timeout: float) -> Iterator[Delivery]:
        """Take everything out of them; a letter that only the rest got would be gone without this run."""
        return (one for one in self._letters.drained(timeout, self.blueprint.real) if one.lane in self._kept)


@contextmanager
def letters_ground(
    client: RabbitClient, place: QueuePlace, blueprint: Blueprint, lowered: Mapping[str, JsonValue]
) -> Iterator[LettersGround]:
    """Make the copy, and bind queues to the real dead-letter exchange. Where there is none, letters go nowhere.

    Args:
        client: the deployment.
        place: the queue.
        blueprint: an empty one for it.
        lowered: settings that the copy has instead, by the names of policy keys.

    Raises:
        UserError: nothing may be bound to the exchange, a letter would get to queues in use, or the server refuses.
    """
    live, mark = LiveVhost(client, place.vhost), blueprint.run.name("take.")
    exchange, key = str(place.settings[DEAD]), place.settings.get(DEAD_KEY)
    real = place.keys if key is None else (str(key),)
    keys = [f"{mark}{one}" for one in real]
    row = live.exchange(exchange)
    if row is not None and (why := _refusal(live, row, keys)):
        raise refused(client, f"nothing is bound to exchange `{exchange}`: {why}")
    if row is not None:
        require_unreached(live, place, exchange, [Probe(one) for one in keys])
    way: dict[str, JsonValue] = {DEAD: exchange} if key is None else {DEAD: exchange, DEAD_KEY: keys[0]}
    copy = Copying(live, blueprint).queue(place.name, lowered, way)
    entry = blueprint.name(place.name, "i")
    blueprint.exchanges[entry] = ExchangeCopy("", "fanout")
    blueprint.bindings.append(BindingCopy(entry, copy, to_queue=True))
    bound = {TAKEN: _as_bound(live, row, mark, real), REST: _rest(row, mark, keys)} if row is not None else {}
    kept = (TAKEN, REST) if row is not None and _has_alternate(live, row, real) else (TAKEN,)
    line = Line(client.broker, place.vhost, f"mqinfra verify {blueprint.run.id} {blueprint.number}")
    letters = OwnQueues(line, bound, blueprint.run, blueprint.number)
    at = replace(place, keys=tuple(f"{mark}{one}" for one in place.keys))
    try:
        letters.bind()
        with made(client, blueprint):
            ground = LettersGround(client, at, blueprint, copy, entry, letters=letters, kept=kept)
            try:
                yield ground
            finally:
                ground.close()
    finally:  # once the copy is gone, as it may send its letters again
        letters.let_go()


def _refusal(live: LiveVhost, row: Row, keys: Sequence[str]) -> str:
    if row["type"] == "headers":
        return "it routes by headers, and those of dead-lettered messages are unknown"
    if any(len(one.encode()) > _LONGEST for one in keys):
        return "a routing key is too long to be marked as a canary's"
    return refusal(live, {**row, "internal": False})  # letters get to an internal one all the same


def _as_bound(live: LiveVhost, row: Row, mark: str, real: Sequence[str]) -> list[BindingSpec]:
    """The bindings that are there and lead to a queue, by keys that only canaries have."""
    name = str(row["name"])
    some = [one for one in live.bindings_from(name) if _leads_on(live, one, real)]
    return [
        BindingSpec(exchange=name, queue=TAKEN, routing_key=f"{mark}{spec.routing_key}")
        for spec in map(binding_of, some)
        if len(f"{mark}{spec.routing_key}".encode()) <= _LONGEST
    ]


def _leads_on(live: LiveVhost, binding: Row, real: Sequence[str]) -> bool:
    if binding["destination_type"] == "queue":
        return True
    return any(reached(live, str(binding["destination"]), Probe(key)) for key in real)


def _rest(row: Row, mark: str, keys: Sequence[str]) -> list[BindingSpec]:
    """Bindings that take every letter, so that none gets to a real alternate exchange."""
    match row["type"]:
        case "topic":
            some: Sequence[str] = [f"{mark}#"]
        case "direct":
            some = keys
        case _:
            some = [""]
    return [BindingSpec(exchange=str(row["name"]), queue=REST, routing_key=key) for key in some]


def _has_alternate(live: LiveVhost, row: Row, real: Sequence[str]) -> bool:
    """Whether an alternate exchange would take what no binding does, to a queue."""
    other = live.alternate(row)
    return bool(other) and all(reached(live, other, Probe(key)) for key in real)
