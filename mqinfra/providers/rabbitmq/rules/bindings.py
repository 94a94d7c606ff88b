"""What is wrong with bindings among others: those in the way of retries, and those that a server confuses."""

import json
from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.providers.base.opinion import Opinion, Seen
from mqinfra.providers.rabbitmq.policy.planned_topology import Outlook, outlook, tombstone
from mqinfra.providers.rabbitmq.rules import routing as routing_opinions
from mqinfra.providers.rabbitmq.spec.binding import KIND, BindingSpec
from mqinfra.providers.rabbitmq.spec.exchange import KIND as EXCHANGES
from mqinfra.providers.rabbitmq.spec.queue import KIND as QUEUES

_RETRIES = "retries"
_SUFFIXES = (".dlx", ".retry", ".retry.first", ".return")
_FLAG = "khepri_db"
_BUILT_IN = {"amq.direct": "direct", "amq.fanout": "fanout"}


def opinions(seen: Seen) -> Iterator[Opinion]:
    """Say which bindings deliver twice, can't be told apart, or take other messages than they seem to."""
    found = seen.once(outlook)
    yield from _strangers(found)
    yield from routing_opinions.opinions(found)
    if seen.facts is not None and _FLAG in seen.facts.traits.get("feature-flags", "").split(","):
        yield from _alike(found)


def _strangers(found: Outlook) -> Iterator[Opinion]:
    """Bindings that nobody declares on exchanges that `retry` made, mostly left over from other delays."""
    exchanges = {
        Address(address.cluster, EXCHANGES, (address.path[0], address.path[1] + suffix)): address
        for address, declaration in found.of(QUEUES).items()
        if any(reference.role == _RETRIES for reference in declaration.references)
        for suffix in _SUFFIXES
    }
    if not exchanges:
        return
    for address in sorted(item for item in found.seen.live if item.kind == KIND):
        if address in found.seen.declared or address in found.seen.removed:
            continue
        pairs = dict(address.pairs)
        exchange = Address(address.cluster, EXCHANGES, (address.path[0], pairs.get("exchange", "")))
        queue = exchanges.get(exchange)
        if queue is None or exchange not in found.seen.declared:
            continue
        leads_to = pairs.get("queue") or pairs.get("toExchange", "")
        yield Opinion(
            "retry_delivers_twice",
            exchange,
            f"a binding that nobody declares leads from `{exchange.name}` to `{leads_to}`, so that a message which "
            f"`{queue.name}` rejects is delivered twice or to others",
            (f"remove it: `{tombstone(address)}`",),
        )


def _alike(found: Outlook) -> Iterator[Opinion]:
    """Bindings of which a Khepri server deletes the routes of both with either one (rabbitmq-server#14533)."""
    first: dict[tuple[str, ...], str] = {}
    for address, declaration in found.of(KIND).items():
        spec = declaration.spec
        if not isinstance(spec, BindingSpec):
            continue
        known = found.vhost(address).exchanges.get(spec.exchange)
        kind = known.type if known is not None else _BUILT_IN.get(spec.exchange, "")
        if kind not in ("direct", "fanout"):
            continue
        said = json.dumps(spec.arguments, sort_keys=True)
        key = (*address.path, spec.exchange, spec.queue or "", spec.to_exchange or "", spec.routing_key)
        theirs = first.setdefault(key, said)
        if theirs != said:
            yield _alike_opinion(address, spec, theirs)


def _alike_opinion(address: Address, spec: BindingSpec, theirs: str) -> Opinion:
    leads_to = spec.queue or spec.to_exchange
    return Opinion(
        "bindings_differ_in_arguments",
        address,
        f"two bindings from `{spec.exchange}` to `{leads_to}` differ only in their arguments, for which this exchange "
        f"has no use: `{theirs}` in the other one",
        ("keep one of them: when either is removed, RabbitMQ with Khepri may stop routing for both",),
    )
