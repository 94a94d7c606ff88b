"""Permissions in a sentence, read with their user: "may publish to mail", "may no longer consume orders"."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.frozen import dataclass
from mqinfra.model.story import Told
from mqinfra.providers.base.telling import Scene
from mqinfra.providers.base.words import named
from mqinfra.providers.rabbitmq.pattern.regex import names_in
from mqinfra.providers.rabbitmq.spec import exchange as exchange_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec
from mqinfra.providers.rabbitmq.spec import user as user_spec

_PARTS = ("configure", "write", "read")
_KEYS = (("write", "publish"), ("read", "bind"))
_DEFAULT_EXCHANGE = "amq.default"


@dataclass(frozen=True, slots=True)
class Known:
    """The names of a vhost.

    Attributes:
        exchanges: names of exchanges.
        queues: names of queues.
    """

    exchanges: set[str]
    queues: set[str]


_NOTHING = Known(set(), set())


def permissions(changes: Iterable[Change], scene: Scene) -> Iterator[tuple[Address, Told]]:
    """What a user may do in a vhost from now on, and what no longer."""
    for change in changes:
        user = Address(change.address.cluster, user_spec.KIND, change.address.path[1:2])
        known = scene.once(_known).get(change.address.path[0], _NOTHING)
        yield change.address, Told("; ".join(_said(change, known)), (), user)


def topic_permissions(changes: Iterable[Change]) -> Iterator[tuple[Address, Told]]:
    """To which routing keys a user is held with an exchange."""
    for change in changes:
        user = Address(change.address.cluster, user_spec.KIND, change.address.path[1:2])
        exchange, after = named(change.address.path[-1]), change.after or {}
        summary = ""
        if change.action is Action.CREATE:
            words = [f"{verb} with keys {after.get(part) or 'none'}" for part, verb in _KEYS]
            summary = f"on {exchange} may {' and '.join(words)}"
        elif change.action is Action.DELETE:
            summary = f"on {exchange} no longer held to keys"
        yield change.address, Told(summary, (), user)


def _known(scene: Scene) -> Mapping[str, Known]:
    """The queues and exchanges of each vhost, before and after; use it by `scene.once`."""
    found: dict[str, Known] = defaultdict(lambda: Known(set(), set()))
    for address in (*scene.live, *scene.changes):
        if address.kind == exchange_spec.KIND:
            found[address.path[0]].exchanges.add(address.path[1])
        elif address.kind == queue_spec.KIND:
            found[address.path[0]].queues.add(address.path[1])
    return found


def _said(change: Change, known: Known) -> Iterator[str]:
    gains: dict[str, list[str]] = defaultdict(list)
    losses: dict[str, list[str]] = defaultdict(list)
    for part in _PARTS:
        before, after = (str((fields or {}).get(part) or "") for fields in (change.before, change.after))
        old, new = names_in(before), names_in(after)
        if old is not None and new is not None:
            for some, names in ((gains, new - old), (losses, old - new)):
                for name in sorted(names):
                    some[_verb(part, name, known)].append(_called(name))
        elif before != after:
            for some, pattern in ((gains, after), (losses, before)):
                if pattern:
                    some[part].append(f"what matches {pattern}")
    if gains:
        also = "also " if change.action is Action.UPDATE else ""
        yield f"may {also}{_joined(gains)}"
    if losses:
        yield f"may no longer {_joined(losses)}"
    if not gains and not losses and change.action is Action.CREATE:
        yield "may do nothing but connect"


def _joined(rights: Mapping[str, list[str]]) -> str:
    return ", ".join(f"{verb} {', '.join(names)}" for verb, names in rights.items())


def _verb(part: str, name: str, known: Known) -> str:
    """What a right is good for; a name of both an exchange and a queue leaves it at the broker's own word."""
    exchange, queue = name in known.exchanges or name.startswith("amq."), name in known.queues
    if part == "write" and exchange and not queue:
        return "publish to"
    if part == "read" and queue and not exchange:
        return "consume"
    return part


def _called(name: str) -> str:
    return "the default exchange" if name == _DEFAULT_EXCHANGE else named(name)
