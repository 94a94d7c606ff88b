"""Takes the sugar out of a queue's entry: bindings, a dead-letter queue, and the exchanges and queues of retries.

How retries work, and why a headers exchange stands before the others, is in `retry`.
"""

from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.declaration import Reference
from mqinfra.model.span import Path
from mqinfra.providers.base.expansion import Expansion, Generated
from mqinfra.providers.rabbitmq.settings.policy_keys import DELAYED_RETRY
from mqinfra.providers.rabbitmq.spec import binding as binding_spec
from mqinfra.providers.rabbitmq.spec import exchange as exchange_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec
from mqinfra.providers.rabbitmq.spec.queue_entry import (
    DEAD_LETTERS,
    RETRIES,
    DeadLetter,
    DeferredPolicy,
    Failing,
    QueueEntry,
    Retry,
)
from mqinfra.providers.rabbitmq.sugar.retry import Chain

DEAD_LETTER_SUFFIX = ".dlq"
_DEFAULT_EXCHANGE = ""
_PLAIN = DeadLetter.model_construct()
_NO_RETRY = Retry.model_construct(delays=None, via="queues", returned=None)
_DEAD_LETTER: Path = ("deadLetter",)
_RETRY: Path = ("retry",)


def expand(address: Address, entry: QueueEntry) -> Expansion:
    """Make the plain resources that an entry stands for.

    A queue that is itself one for dead letters by its name, and gets `deadLetter: true` from defaults, gets none.
    """
    spec = QueueSpec.narrow(entry)
    made = list(_bindings(address, entry))
    wish = entry.dead_letter
    if entry.retry is None and (not wish or (wish is True and address.name.endswith(DEAD_LETTER_SUFFIX))):
        return Expansion(spec, tuple(made))
    details = wish if isinstance(wish, DeadLetter) else _PLAIN
    because = _DEAD_LETTER if wish else _RETRY
    vhost, letters = address.path[0], details.queue or details.name or address.name + DEAD_LETTER_SUFFIX
    definition = _definition(details, letters)
    guarded: list[str] = []
    if details.queue is None and details.exchange is None:
        made.append(Generated(queue_spec.KIND, (vhost, letters), _dead_letter_queue(spec, details), because))
        guarded.append(letters)
    chain = _chain(address.name, entry, letters)
    if chain is not None:
        definition = _definition(DeadLetter(exchange=chain.entrance, strategy=details.strategy), letters)
        made.extend(chain.made(vhost, spec.type))
        guarded.extend(chain.waits)
    if entry.retry is not None:
        definition |= _delayed_retry(entry.retry)
    if details.via == "argument":
        given = {f"x-{key}": value for key, value in definition.items()}
        said = {**spec.to_json(), "arguments": {**spec.arguments, **given}}
        spec, definition = QueueSpec.model_validate(said), {}
    return Expansion(
        spec,
        tuple(made),
        tuple(_references(address, chain, details, letters, because)),
        DeferredPolicy(
            definition,
            tuple(guarded),
            because[0],
            entry.retry is not None,
            chain.exchanges if chain is not None else (),
            tuple(_route(address, made, details, letters)),
            _failing(entry, details, letters),
        ),
    )


def _failing(entry: QueueEntry, details: DeadLetter, letters: str) -> Failing:
    retry = entry.retry if entry.retry is not None else _NO_RETRY
    return Failing(
        letters, details.exchange, details.routing_key, retry.delays or (), retry.returned, by_broker=retry.by_broker
    )


def _chain(queue: str, entry: QueueEntry, letters: str) -> Chain | None:
    """What retries need of their own; None where the queue itself delays its messages, or nobody does."""
    retry = entry.retry
    if retry is None or retry.delays is None or retry.by_broker:
        return None
    return Chain(queue, retry.delays, letters)


def _route(address: Address, made: Sequence[Generated], details: DeadLetter, letters: str) -> Iterator[Address]:
    """What dead letters pass through, but for what leads back to the queue, which can't be before the queue is."""
    cluster, vhost = address.cluster, address.path[0]
    for item in made:
        pairs = dict(item.pairs)
        if item.kind != binding_spec.KIND or pairs.get("queue") != address.name:
            yield Address(cluster, item.kind, item.path, item.pairs)
    if details.queue is not None:
        yield Address(cluster, queue_spec.KIND, (vhost, letters))
    elif details.exchange:
        yield Address(cluster, exchange_spec.KIND, (vhost, details.exchange))


def _delayed_retry(retry: Retry) -> dict[str, JsonValue]:
    """What the queue itself shall delay: the server waits the minimum times the number of failures, up to the maximum.

    What is returned by `basic.nack` waits the minimum each time, and counts for no limit (measured on 4.3.6).
    """
    kind, least, most = DELAYED_RETRY
    if retry.by_broker and retry.delays is not None:
        return {kind: "all", least: retry.delays[0], most: retry.delays[-1], "delivery-limit": len(retry.delays)}
    return {} if retry.returned is None else {kind: "returned", least: retry.returned}


def _bindings(address: Address, entry: QueueEntry) -> Iterator[Generated]:
    for index, inline in enumerate(entry.bindings):
        data: dict[str, JsonValue] = {"exchange": inline.exchange, "queue": address.name}
        if inline.routing_key:
            data["routingKey"] = inline.routing_key
        if inline.arguments:
            data["arguments"] = inline.arguments
        pairs = binding_spec.pairs_of(data)
        yield Generated(binding_spec.KIND, address.path[:1], data, ("bindings", str(index)), pairs)


def _definition(details: DeadLetter, letters: str) -> dict[str, JsonValue]:
    """What sends a queue's dead letters where they shall go, by the names of policies."""
    if details.exchange is not None:
        definition: dict[str, JsonValue] = {"dead-letter-exchange": details.exchange}
        if details.routing_key is not None:
            definition["dead-letter-routing-key"] = details.routing_key
    else:
        definition = {"dead-letter-exchange": _DEFAULT_EXCHANGE, "dead-letter-routing-key": letters}
    if details.strategy is not None:
        definition["dead-letter-strategy"] = details.strategy
    if details.strategy == "at-least-once":
        # With `drop-head` the server silently goes back to at-most-once (rabbit_quorum_queue.erl, `dlh`).
        definition["overflow"] = "reject-publish"
    return definition


def _dead_letter_queue(source: QueueSpec, details: DeadLetter) -> dict[str, JsonValue]:
    # Said out loud, so that defaults don't give the new queue dead letters in turn.
    data: dict[str, JsonValue] = {"deadLetter": False, "arguments": details.arguments}
    kind = details.type or source.type
    if kind is not None:
        data["type"] = kind
    return data


def _references(
    address: Address, chain: Chain | None, details: DeadLetter, letters: str, because: Path
) -> Iterator[Reference]:
    vhost = address.path[0]
    if details.exchange is not None:
        if details.exchange:
            target = Address(address.cluster, exchange_spec.KIND, (vhost, details.exchange))
            yield Reference(because, target, DEAD_LETTERS, needed=False)
        return
    yield Reference(because, Address(address.cluster, queue_spec.KIND, (vhost, letters)), DEAD_LETTERS, needed=False)
    if chain is not None:
        target = Address(address.cluster, exchange_spec.KIND, (vhost, chain.entrance))
        yield Reference(_RETRY, target, RETRIES, needed=False)
