"""What is wrong with where dead letters of declared queues go, and with what happens to them there."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.setting import suggestion
from mqinfra.model.span import Path
from mqinfra.providers.base.opinion import Opinion, Seen
from mqinfra.providers.rabbitmq.policy.planned_topology import InForce, Outlook, Vhost, dead_letter_reference, outlook
from mqinfra.providers.rabbitmq.policy.routes import holders, leads_on
from mqinfra.providers.rabbitmq.spec import exchange as exchange_spec
from mqinfra.providers.rabbitmq.spec.policy import KIND as POLICIES
from mqinfra.providers.rabbitmq.spec.queue import KIND
from mqinfra.providers.rabbitmq.spec.queue_entry import Wishes
from mqinfra.providers.rabbitmq.sugar.queue import RETRIES

_EXCHANGE, _KEY, _STRATEGY = "dead-letter-exchange", "dead-letter-routing-key", "dead-letter-strategy"
_AT_LEAST_ONCE = "at-least-once"
_DEFAULT_LIMIT = 20
_TELLS_LAST_DEATH = (4, 0)
_SAFE_DELAYS = 2
_LIMITED_SINCE = (4, 0)
_DECLARE = "declare it, correct the name, or remove the setting"


@dataclass
class _Lost:
    """Queues whose dead letters one setting leads nowhere.

    Attributes:
        queues: the queues.
        message: what is wrong, after the name of the queue.
        help: what to do now.
    """

    message: str
    help: tuple[str, ...]
    queues: list[Address] = field(default_factory=list)


def opinions(seen: Seen) -> Iterator[Opinion]:
    """Say where dead letters are lost."""
    found = seen.once(outlook)
    lost: dict[tuple[Address, Path, str], _Lost] = {}
    unled: list[tuple[Address, int]] = []
    for address, declaration in found.of(KIND).items():
        vhost, name = found.vhost(address), address.path[1]
        kind = vhost.type_of(name)
        if kind == "stream":
            continue
        force = vhost.in_force(name)
        yield from _fallen_back(address, vhost, kind, force)
        if any(reference.role == RETRIES for reference in declaration.references):
            yield from _rejected_on_return(address, kind, force)
            yield from _kept_in_a_delay(address, declaration, force, seen)
        exchange = force.definition.get(_EXCHANGE)
        if exchange is None:
            limit = _limit(found, kind, force)
            if limit is not None:
                unled.append((address, limit))
            continue
        _look(found, address, declaration, lost)
    yield from _said(lost)
    held = seen.once(holders)
    for address, limit in unled:
        if address not in held and not found.is_made(address):
            yield _dropped(address, limit)


def _rejected_on_return(address: Address, kind: str | None, force: InForce) -> Iterator[Opinion]:
    """A full classic queue drops what comes back from a delay; for a quorum queue it waits (measured on 3.10, 4.0)."""
    overflow = str(force.definition.get("overflow", ""))
    limited = any(key in force.definition for key in ("max-length", "max-length-bytes"))
    if kind != "quorum" and limited and overflow.startswith("reject-publish"):
        yield Opinion(
            "retries_into_a_full_queue",
            address,
            f"when `{address.path[1]}` is full, it drops what comes back for another try: `overflow: {overflow}`",
            ("make it a quorum queue, for which retries wait, or leave `overflow` out for this queue",),
            ("retry",),
        )


def _kept_in_a_delay(address: Address, declaration: Declaration, force: InForce, seen: Seen) -> Iterator[Opinion]:
    """Before 4.0 the server drops or keeps as a cycle what was rejected, over the limit, and rejected again."""
    version = seen.facts.version_tuple if seen.facts is not None else ()
    pending = declaration.pending
    if not version or version >= _TELLS_LAST_DEATH or not isinstance(pending, Wishes):
        return
    delays = [name for name in pending.guarded if name.startswith(f"{address.path[1]}.retry.")]
    causes = [key for key in ("delivery-limit", "message-ttl", "max-length") if key in force.definition]
    if len(delays) > _SAFE_DELAYS and causes:
        yield Opinion(
            "retries_end_in_a_delay",
            address,
            f"RabbitMQ {seen.facts.version if seen.facts else ''} does not say why a message died last: one that is "
            f"rejected, then dies by `{causes[0]}`, then is rejected again never leaves the delays of "
            f"`{address.path[1]}`",
            ("give `retry` two delays at most, or upgrade to RabbitMQ 4.0",),
            ("retry", "delays"),
        )


def _fallen_back(address: Address, vhost: Vhost, kind: str | None, force: InForce) -> Iterator[Opinion]:
    """As `dlh` in rabbit_quorum_queue.erl: without the overflow, or an exchange, the server takes `at-most-once`."""
    name, topic = address.path[1], "dead_letters_fall_back"
    if kind == "classic":
        skipped = [policy.name for policy, _ in vhost.effective(KIND, name).skipped if _is_strict(policy.definition)]
        if skipped:
            yield Opinion(
                topic,
                address,
                f"`{name}` is a classic queue, which has no `at-least-once`: the policy `{skipped[0]}` that says it is "
                "skipped as a whole",
                ("leave the strategy out, or make it a quorum queue",),
                ("deadLetter",) if not vhost.queues[name].arguments.get(f"x-{_STRATEGY}") else (),
            )
        return
    if kind != "quorum" or force.definition.get(_STRATEGY) != _AT_LEAST_ONCE:
        return
    if force.definition.get(_EXCHANGE) is None:
        wrong, way = "it has no `dead-letter-exchange`", "say where its dead letters go"
    elif force.definition.get("overflow") != "reject-publish":
        wrong, way = "its overflow is not `reject-publish`", "set `overflow: reject-publish` where the strategy is set"
    else:
        return
    yield Opinion(
        topic,
        address,
        f"`{name}` would dead-letter at most once in spite of its strategy `at-least-once`: {wrong}",
        (f"{way}, or leave the strategy out",),
        _path(force, _STRATEGY),
    )


def _is_strict(definition: object) -> bool:
    return isinstance(definition, dict) and definition.get(_STRATEGY) == _AT_LEAST_ONCE


def _limit(found: Outlook, kind: str | None, force: InForce) -> int | None:
    """Deliveries after which a quorum queue drops a message; None for no limit, and where nobody could tell."""
    if kind != "quorum":
        return None
    said = force.definition.get("delivery-limit")
    if isinstance(said, int):
        return said if said >= 0 else None
    return _DEFAULT_LIMIT if found.version >= _LIMITED_SINCE else None


def _dropped(address: Address, limit: int) -> Opinion:
    return Opinion(
        "messages_dropped_at_limit",
        address,
        f"a message that comes back from consumers more than {limit} times is dropped: nothing declared or seen gives "
        f"`{address.path[1]}` dead letters",
        ("add `deadLetter: true`, or a policy with `delivery-limit: -1` for no limit",),
    )


def _look(
    found: Outlook, address: Address, declaration: Declaration, lost: dict[tuple[Address, Path, str], _Lost]
) -> None:
    """Find out whether the dead letters of a queue get anywhere; what sugar refers to has a rule of its own."""
    vhost = found.vhost(address)
    force = vhost.in_force(address.path[1])
    exchange, said = str(force.definition[_EXCHANGE]), force.definition.get(_KEY)
    key = None if said is None else str(said)
    wrong = _wrong(vhost, declaration, exchange, key)
    if wrong is None:
        return
    place, path = _place(found, address, force, _KEY if exchange == "" else _EXCHANGE)
    lost.setdefault((place, path, wrong.message), wrong).queues.append(address)


def _wrong(vhost: Vhost, declaration: Declaration, exchange: str, key: str | None) -> _Lost | None:
    if exchange == "":
        if key is None or key in vhost.queues or dead_letter_reference(declaration, KIND, key):
            return None
        return _Lost(f"`{key}`, which is not a queue {vhost.known}", (suggestion(key, vhost.queues), _DECLARE))
    if exchange not in vhost.exchanges:
        if exchange.startswith("amq.") or dead_letter_reference(declaration, exchange_spec.KIND, exchange):
            return None
        hints = (suggestion(exchange, vhost.exchanges), _DECLARE)
        return _Lost(f"`{exchange}`, which is not an exchange {vhost.known}", hints)
    if leads_on(vhost, exchange, key) is not False:
        return None
    with_key = f" with the routing key `{key}`" if key is not None else ""
    bind = f"bind a queue to `{exchange}`{with_key}, or correct the setting"
    return _Lost(f"`{exchange}`, from which nothing leads on{with_key}", (bind,))


def _place(found: Outlook, address: Address, force: InForce, key: str) -> tuple[Address, Path]:
    """Where the setting is said: an argument of the queue, a policy that somebody declared, else the queue."""
    path = _path(force, key)
    if path or force.policy is None:
        return address, path
    policy = Address(address.cluster, POLICIES, (address.path[0], force.policy.name))
    if policy in found.seen.declared and not found.is_made(policy):
        return policy, ("definition", key)
    return address, ()


def _path(force: InForce, key: str) -> Path:
    return ("arguments", f"x-{key}") if f"x-{key}" in force.arguments else ()


def _said(lost: dict[tuple[Address, Path, str], _Lost]) -> Iterator[Opinion]:
    for (place, path, _), some in lost.items():
        first, *more = [address.path[1] for address in some.queues]
        whose = f"`{first}`" + (f" and {len(more):,} more" if more else "")
        yield Opinion(
            "dead_letters_lead_nowhere",
            place,
            f"the dead letters of {whose} go to {some.message}",
            some.help,
            path,
        )
