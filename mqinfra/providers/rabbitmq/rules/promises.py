"""Promises of queues and exchanges that what is in force contradicts: arguments, policies, operator policies."""

from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.promises import FIELD, Promises
from mqinfra.model.unit import format_ms
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.codes import PROMISE_CONTRADICTED
from mqinfra.providers.base.rule import ClusterRule, Finding, Rule
from mqinfra.providers.rabbitmq.policy.planned_topology import EffectiveSettings, PlannedTopology, planned_topology
from mqinfra.providers.rabbitmq.rules import kind_names
from mqinfra.providers.rabbitmq.spec import exchange, queue

_DEFAULT_LIMIT = 20
_LIMITED_SINCE = (4, 0)
_Contradiction = tuple[str, str, str]


class PromiseContradicted(ClusterRule):
    """What can be told without sending a message; what nobody could read contradicts nothing."""

    codes = (PROMISE_CONTRADICTED,)
    kinds = frozenset({kind_names.QUEUES, kind_names.EXCHANGES})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Hold each promise against what is in force."""
        planned = view.once(planned_topology)
        for kind, look in ((queue.KIND, _of_queue), (exchange.KIND, _of_exchange)):
            for address, item in planned.of(kind).items():
                for name, why, fix in look(planned, address, item.promises):
                    message = f"`{address.path[1]}` can't keep `{name}` as promised: {why}"
                    yield Finding(PROMISE_CONTRADICTED, address, message, (fix,), (FIELD, name))


def _of_exchange(planned: PlannedTopology, address: Address, promises: Promises) -> Iterator[_Contradiction]:
    if promises.survives and not planned.vhost(address).exchanges[address.path[1]].durable:
        yield "survives", "it is not durable, and gone after a restart", "leave `durable: false` out"


def _of_queue(planned: PlannedTopology, address: Address, promises: Promises) -> Iterator[_Contradiction]:
    vhost, name = planned.vhost(address), address.path[1]
    kind, force = vhost.type_of(name), vhost.in_force(name)
    if promises.survives and not vhost.queues[name].durable:
        yield "survives", "it is not durable, and gone after a restart", "leave `durable: false` out"
    elif "node-loss" in promises.survives and kind == "classic":
        yield "survives", "a classic queue lies on one node alone", "make it `type: quorum`"
    if promises.order in {"key", "total"} and force.arguments.get("x-max-priority") is not None:
        yield "order", "messages of a higher priority come first", "promise `none`, or leave priorities out"
    if promises.dead_letter_after is not None:
        yield from _of_dead_letters(planned, kind, force, promises.dead_letter_after)
    ttl, length = force.definition.get("message-ttl"), force.definition.get("max-length")
    if promises.max_delay is not None and isinstance(ttl, int) and ttl < promises.max_delay:
        why = f"messages expire after {format_ms(ttl)}, by {force.source('message-ttl')}"
        yield "maxDelay", why, "raise the time, or promise less"
    if promises.max_lag is not None and isinstance(length, int) and length < promises.max_lag:
        why = f"at most {length:,} messages wait in it, by {force.source('max-length')}"
        yield "maxLag", why, "raise the length, or promise less"


def _of_dead_letters(
    planned: PlannedTopology, kind: str | None, force: EffectiveSettings, wanted: int
) -> Iterator[_Contradiction]:
    if kind not in {None, "quorum"}:
        why = f"a {kind} queue counts no deliveries, so that a message which fails comes again for ever"
        yield "deadLetterAfter", why, "make it `type: quorum`"
        return
    if force.definition.get("dead-letter-exchange") is None:
        yield "deadLetterAfter", "nothing says where dead letters go", "add `deadLetter: true`"
    said = force.definition.get("delivery-limit")
    if isinstance(said, int):
        limit: int | None = said
    else:
        limit = _DEFAULT_LIMIT if planned.version >= _LIMITED_SINCE else None
    if kind is None or limit is None or limit == wanted - 1:
        return
    by = f", by {force.source('delivery-limit')}" if isinstance(said, int) else ", which is the server's own limit"
    times = f"after {limit + 1:,} deliveries" if limit >= 0 else "never"
    yield "deadLetterAfter", f"a message is given up {times}{by}", f"set `delivery-limit` to {wanted - 1} by a policy"


RULES: tuple[Rule, ...] = (PromiseContradicted(),)
