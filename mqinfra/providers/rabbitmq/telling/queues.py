"""Queues in words: what leads to one, what becomes of messages that fail, and what policies make of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.story import Detail, Told
from mqinfra.model.unit import format_ms
from mqinfra.providers.base.telling import Scene
from mqinfra.providers.base.words import named
from mqinfra.providers.rabbitmq.spec import binding as binding_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec
from mqinfra.providers.rabbitmq.spec.binding_label import arrow_of
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec
from mqinfra.providers.rabbitmq.spec.queue_entry import DeferredPolicy, Failing
from mqinfra.providers.rabbitmq.telling.entries import traits
from mqinfra.providers.rabbitmq.telling.in_force import in_force

_DEAD = frozenset(("dead-letter-exchange", "dead-letter-routing-key", "dead-letter-strategy"))
_DELAYED = frozenset(("delayed-retry-type", "delayed-retry-min", "delayed-retry-max"))
_MOST_ROUTES = 12
_NONE = frozenset[str]()


def queues(changes: Iterable[Change], scene: Scene) -> Iterator[tuple[Address, Told]]:
    """A new queue by its type, with where its messages come from and go to; of what sugar made, its type alone."""
    held = list(changes)
    said: dict[tuple[int, ...], str] = {}  # by the identity of what they share, as long as they are held
    for change in held:
        created, summary = change.action is Action.CREATE, ""
        if created:
            alike = tuple(map(id, change.differences))
            if alike not in said:
                said[alike] = ", ".join(traits(change.differences))
            summary = said[alike]
        made = created or change.action is Action.REPLACE
        details = tuple(_details(change, scene)) if made and (change.origin is None or change.effects) else ()
        if summary or details:
            yield change.address, Told(summary, details)


def _details(change: Change, scene: Scene) -> Iterator[Detail]:
    failing, own = None, _NONE
    if change.origin is None:
        declaration = scene.declared.get(change.address)
        wish = declaration.deferred if declaration is not None else None
        if isinstance(wish, DeferredPolicy):
            failing, own = wish.failing, frozenset(wish.exchanges)
        leading = scene.once(_leading).get((change.address.path[0], change.address.name), ())
        routes = [arrow_of(one) for one in leading if not own or dict(one.pairs).get("exchange") not in own]
        if routes:
            more = f", and {len(routes) - _MOST_ROUTES:,} more" if len(routes) > _MOST_ROUTES else ""
            yield Detail("from", ", ".join(routes[:_MOST_ROUTES]) + more)
    if failing is not None:
        yield from _failing(change.address, failing, scene)
    text = in_force(change, _said(failing), scene.declared) if change.effects else ""
    if text:
        yield Detail("in force", text)


def _said(failing: Failing | None) -> frozenset[str]:
    if failing is None:
        return _NONE
    return _DEAD | _DELAYED if failing.returned or failing.by_broker else _DEAD


def _leading(scene: Scene) -> Mapping[tuple[str, str], list[Address]]:
    """New bindings, by the queues that they lead to; use it by `scene.once`."""
    found: dict[tuple[str, str], list[Address]] = defaultdict(list)
    for address, change in scene.changes.items():
        if address.kind == binding_spec.KIND and change.action is Action.CREATE:
            for part, name in address.pairs:
                if part == "queue":
                    found[address.path[0], name].append(address)
    return found


def _failing(queue: Address, failing: Failing, scene: Scene) -> Iterator[Detail]:
    waits = ", ".join(map(format_ms, failing.delays))
    if failing.by_broker:
        yield Detail("retry", f"failed or requeued -> back after {waits}, delayed by the queue itself")
    elif failing.delays:
        number = _ordinal(len(failing.delays) + 1)
        yield Detail("retry", f"rejected -> back after {waits}; {number} rejection -> dead letters")
    if failing.returned is not None and not failing.by_broker:
        yield Detail("returned", f"requeued -> back after {format_ms(failing.returned)}, delayed by the queue itself")
    also = "; also: over delivery-limit, expired, pushed out" if failing.delays and not failing.by_broker else ""
    yield Detail("dead", f"-> {_letters(queue, failing, scene)}{also}")


def _letters(queue: Address, failing: Failing, scene: Scene) -> str:
    """Where dead letters end up."""
    if failing.exchange is not None:
        key = f", key {named(failing.key)}" if failing.key is not None else ""
        return f"exchange {named(failing.exchange)}{key}" if failing.exchange else f"the default exchange{key}"
    address = Address(queue.cluster, queue_spec.KIND, (queue.path[0], failing.letters))
    declaration = scene.declared.get(address)
    spec = declaration.spec if declaration is not None else scene.live.get(address)
    kind = spec.type if isinstance(spec, QueueSpec) else None
    return named(failing.letters) + (f" ({kind})" if kind else "")


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number if number < 20 else number % 10, "th")
    return f"{number}{ending}"
