"""Which queues could say in short what is there: their bindings, dead letters and retries. The way back of `queue`.

Proposals only: what expands to anything else than what is there is refused by whoever asked.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.spec import Spec
from mqinfra.model.unit import format_ms
from mqinfra.providers.base.recognition import Proposal, Seen, sugar_addresses
from mqinfra.providers.rabbitmq.pattern.regex import names_in
from mqinfra.providers.rabbitmq.spec import binding as binding_spec
from mqinfra.providers.rabbitmq.spec import policy as policy_spec
from mqinfra.providers.rabbitmq.spec import queue as queue_spec
from mqinfra.providers.rabbitmq.spec.binding import BindingSpec
from mqinfra.providers.rabbitmq.spec.policy import PolicySpec
from mqinfra.providers.rabbitmq.spec.queue import QueueSpec
from mqinfra.providers.rabbitmq.sugar.queue import DEAD_LETTER_SUFFIX
from mqinfra.providers.rabbitmq.sugar.retry import Chain

_MERGED = re.compile(r"\.policy(\.\d+)?")
_GUARDING = re.compile(r"\.dead-letters(-\d+)?(\.\d+)?")
_WAITING = re.compile(r"(.+)\.retry\.(\d+)\.[^.]+", re.DOTALL)
_TTL = "x-message-ttl"
_EXCHANGE, _KEY, _STRATEGY = "dead-letter-exchange", "dead-letter-routing-key", "dead-letter-strategy"
_DELAYED, _LEAST, _MOST, _LIMIT = "delayed-retry-type", "delayed-retry-min", "delayed-retry-max", "delivery-limit"


def recognise(seen: Seen) -> None:
    """Propose what queues could say."""
    vhosts: dict[tuple[str, str], _Vhost] = {}
    for address, spec in sorted(seen.live.items()):
        if address.kind in (queue_spec.KIND, policy_spec.KIND, binding_spec.KIND):
            vhosts.setdefault((address.cluster, address.path[0]), _Vhost(seen.live)).add(address, spec)
    for vhost in vhosts.values():
        for queue in vhost.queues:
            if not seen.covered(queue):
                for proposal in vhost.failing(queue):
                    if seen.take(proposal):
                        break
        for queue in vhost.queues:
            if not seen.covered(queue):
                vhost.bind(queue, seen)


@dataclass
class _Vhost:
    """What one vhost has.

    Attributes:
        live: everything that is there.
        queues: its queues.
        policies: its policies that match a list of names and nothing else, by each of these names.
        bindings: its bindings, by the queue that they lead to.
        delays: by the queue whose messages they seem to delay, how long queues keep messages, by their number.
        ends: by exchange, a queue that it passes messages on to.
    """

    live: Mapping[Address, Spec]
    queues: dict[Address, QueueSpec] = field(default_factory=dict)
    policies: dict[str, list[tuple[Address, PolicySpec]]] = field(default_factory=lambda: defaultdict(list))
    bindings: dict[str, list[tuple[Address, BindingSpec]]] = field(default_factory=lambda: defaultdict(list))
    delays: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    ends: dict[str, str] = field(default_factory=dict)

    def add(self, address: Address, spec: Spec) -> None:
        """Take a queue, policy or binding."""
        if isinstance(spec, QueueSpec):
            self.queues[address] = spec
            waiting, delay = _WAITING.fullmatch(address.name), spec.arguments.get(_TTL)
            if waiting is not None and isinstance(delay, int):
                self.delays[waiting[1]][int(waiting[2])] = delay
        elif isinstance(spec, PolicySpec):
            for name in names_in(spec.pattern) or ():
                self.policies[name].append((address, spec))
        elif isinstance(spec, BindingSpec) and spec.queue is not None:
            self.bindings[spec.queue].append((address, spec))
            self.ends[spec.exchange] = spec.queue

    def failing(self, queue: Address) -> Iterator[Proposal]:
        """What a queue could say of messages that fail, the more likely first."""
        merged = next(self._made_for(queue.name, _MERGED), None)
        if merged is not None:
            yield from self._by_policy(queue, *merged)
        spec = self.queues[queue]
        letters = queue.name + DEAD_LETTER_SUFFIX
        arguments = spec.arguments
        if arguments.get(f"x-{_EXCHANGE}") == "" and arguments.get(f"x-{_KEY}") == letters:
            rest = {key: value for key, value in arguments.items() if key not in (f"x-{_EXCHANGE}", f"x-{_KEY}")}
            details = {"via": "argument", **self._own(queue, letters)}
            yield Proposal(queue, {"deadLetter": details, "arguments": rest or None}, self._there([letters], queue))

    def bind(self, queue: Address, seen: Seen) -> None:
        """Have a queue say its bindings itself."""
        some = [(address, spec) for address, spec in self.bindings[queue.name] if not seen.covered(address)]
        if some:
            inline = [
                {name: value for name, value in spec.to_json().items() if name != "queue" and value not in ("", {})}
                for _, spec in some
            ]
            seen.take(Proposal(queue, {"bindings": [*inline]}, frozenset(address for address, _ in some)))

    def _by_policy(self, queue: Address, made: Address, policy: PolicySpec) -> Iterator[Proposal]:
        definition = policy.definition
        exchange, key = definition.get(_EXCHANGE), definition.get(_KEY)
        retry = _delayed(definition)
        letters: str | None = None
        covers: list[Address] = [made]
        guarded: list[str] = []
        details: dict[str, JsonValue] = {}
        if isinstance(exchange, str) and exchange.startswith(f"{queue.name}.dlx."):
            chain = self._chain(queue, exchange)
            if chain is None:
                return
            letters = chain.letters
            spec = self.queues[queue]
            covers += [
                Address(queue.cluster, item.kind, item.path, item.pairs)
                for item in chain.made(queue.path[0], spec.type)
            ]
            guarded += chain.waits
            retry = {"delays": [format_ms(delay) for delay in chain.delays], **retry}
        elif exchange == "" and isinstance(key, str):
            letters = key
        elif isinstance(exchange, str):
            details = {"exchange": exchange, **({"routingKey": key} if key is not None else {})}
        if _STRATEGY in definition:
            details["strategy"] = definition[_STRATEGY]
        if letters is not None and letters == queue.name + DEAD_LETTER_SUFFIX:
            guarded.append(letters)
            details |= self._own(queue, letters)
        elif letters is not None:
            details["queue"] = letters
        fields: dict[str, JsonValue] = {"retry": retry} if retry else {}
        if letters is not None or details:
            fields["deadLetter"] = details or True
        if fields:
            yield Proposal(
                queue, fields, frozenset((*sugar_addresses(covers, self.live), *self._there(guarded, queue)))
            )

    def _own(self, queue: Address, letters: str) -> dict[str, JsonValue]:
        """How the queue of the dead letters differs from what is made by itself."""
        spec = self.queues.get(Address(queue.cluster, queue_spec.KIND, (queue.path[0], letters)))
        if spec is None:
            return {}
        kind: dict[str, JsonValue] = {"type": spec.type} if spec.type != self.queues[queue].type else {}
        return kind | ({"arguments": dict(spec.arguments)} if spec.arguments else {})

    def _chain(self, queue: Address, entrance: str) -> Chain | None:
        """The retries that begin at an exchange, by what waits and where what is over goes."""
        delays = self.delays.get(queue.name)
        end = self.ends.get(f"{queue.name}.retry.{entrance.rpartition('.')[2]}.over")
        if not delays or end is None:
            return None
        chain = Chain(queue.name, tuple(delays[number] for number in sorted(delays)), end)
        return chain if chain.entrance == entrance else None

    def _there(self, names: Iterable[str], queue: Address) -> frozenset[Address]:
        """Queues that sugar makes, and the policies that keep others from them."""
        some = [*names]
        guards = [address for name in some for address, _ in self._made_for(name, _GUARDING)]
        made = [Address(queue.cluster, queue_spec.KIND, (queue.path[0], name)) for name in some]
        return sugar_addresses((*made, *guards), self.live)

    def _made_for(self, name: str, ending: re.Pattern[str]) -> Iterator[tuple[Address, PolicySpec]]:
        for address, spec in self.policies.get(name, ()):
            found = [*ending.finditer(address.name)]
            if found and found[-1].end() == len(address.name):
                yield address, spec


def _delayed(definition: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What a queue delays itself."""
    least, most, times = definition.get(_LEAST), definition.get(_MOST), definition.get(_LIMIT)
    if definition.get(_DELAYED) == "returned" and isinstance(least, int):
        return {"returned": format_ms(least)}
    if (
        definition.get(_DELAYED) == "all"
        and isinstance(least, int)
        and isinstance(most, int)
        and isinstance(times, int)
    ):
        delays = [min(least * number, most) for number in range(1, min(times, 16) + 1)]
        return {"delays": [format_ms(delay) for delay in delays], "via": "broker"}
    return {}
