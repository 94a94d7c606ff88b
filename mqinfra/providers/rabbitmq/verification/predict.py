"""Where messages get by what is declared, and messages that tell whether they do, near misses among them."""

from collections.abc import Iterator, Mapping
from dataclasses import field

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.providers.rabbitmq.policy.planned_topology import Vhost
from mqinfra.providers.rabbitmq.policy.routes import alternate, takes
from mqinfra.providers.rabbitmq.spec.binding import BindingSpec
from mqinfra.providers.rabbitmq.verification.place import taken_keys

PREDICTABLE = ("direct", "fanout", "headers", "topic")
"""Types of exchanges of which a binding alone says whether it takes a message."""
UNROUTABLE = "no binding"
_STRANGE = "mqinfra.canary-of-no-binding"
_MOST = 200
_OWN = "x-"


@dataclass(frozen=True, slots=True)
class Probe:
    """A message to send.

    Attributes:
        key: its routing key.
        headers: its headers.
        why: which binding it is for, and whether it should take it.
    """

    key: str
    headers: Mapping[str, JsonValue] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """A message with where it should get.

    Attributes:
        probe: the message.
        queues: names of the queues.
    """

    probe: Probe
    queues: frozenset[str]


def routes_of(vhost: Vhost, exchange: str) -> list[Route]:
    """The messages that tell of an exchange's bindings, and the one that none takes, where they can be predicted."""
    strange = unroutable(vhost, exchange)
    some = [*probes(vhost, exchange), *([strange] if strange is not None else ())]
    found = ((probe, predicted(vhost, exchange, probe)) for probe in some)
    return [Route(probe, queues) for probe, queues in found if queues is not None]


def probes(vhost: Vhost, exchange: str) -> list[Probe]:
    """The messages that tell of an exchange's bindings, without repetition."""
    found: dict[str, Probe] = {}
    kind = vhost.exchanges[exchange].type
    for binding in vhost.bindings_from(exchange):
        for probe in (*_taken(vhost, kind, binding), *_missed(kind, binding)):
            found.setdefault(f"{probe.key} {sorted(probe.headers.items())}", probe)
    return list(found.values())[:_MOST]


def unroutable(vhost: Vhost, exchange: str) -> Probe | None:
    """A message that no binding of an exchange takes; None where there is none such."""
    probe = Probe(_STRANGE, {}, UNROUTABLE)
    kind = vhost.exchanges[exchange].type
    return None if any(takes_probe(kind, one, probe) for one in vhost.bindings_from(exchange)) else probe


def predicted(vhost: Vhost, exchange: str, probe: Probe) -> frozenset[str] | None:
    """The declared queues that a message gets to; None where an exchange on its way can't be predicted.

    As `rabbit_exchange:route/2`: an exchange of which no binding takes a message hands it to its alternate exchange.
    """
    queues: set[str] = set()
    todo, seen = [exchange], {exchange}
    while todo:
        name = todo.pop()
        spec = vhost.exchanges.get(name)
        if spec is None:
            continue
        bindings = vhost.bindings_from(name)
        if bindings and spec.type not in PREDICTABLE:
            return None
        taking = [one for one in bindings if takes_probe(spec.type, one, probe)]
        queues |= {one.queue for one in taking if one.queue is not None}
        further = [one.to_exchange for one in taking] if taking else [alternate(vhost, name)]
        for other in further:
            if other and other not in seen:
                seen.add(other)
                todo.append(other)
    return frozenset(queues)


def takes_probe(kind: str, binding: BindingSpec, probe: Probe) -> bool:
    """Whether a binding of an exchange of a type takes a message."""
    if kind != "headers":
        return takes(kind, binding, probe.key)
    how = str(binding.arguments.get("x-match", "all"))
    pairs = wanted(binding)
    hits = [_matches(probe.headers, name, value) for name, value in pairs.items()]
    return all(hits) if how.startswith("all") else any(hits)


def wanted(binding: BindingSpec) -> dict[str, JsonValue]:
    """What a binding of a headers exchange looks for."""
    with_own = str(binding.arguments.get("x-match", "all")).endswith("-with-x")
    return {
        name: value
        for name, value in binding.arguments.items()
        if name != "x-match" and (with_own or not name.startswith(_OWN))
    }


def _matches(headers: Mapping[str, JsonValue], name: str, value: JsonValue) -> bool:
    if name not in headers:
        return False
    return value is None or (type(headers[name]) is type(value) and headers[name] == value)


def _taken(vhost: Vhost, kind: str, binding: BindingSpec) -> Iterator[Probe]:
    if kind == "headers":
        yield Probe(
            "", {name: "any" if value is None else value for name, value in wanted(binding).items()}, "matching headers"
        )
    else:
        for key in taken_keys(vhost, binding):
            yield Probe(key, {}, f"binding key `{binding.routing_key}`")


def _missed(kind: str, binding: BindingSpec) -> Iterator[Probe]:
    """Messages that are nearly what a binding takes; another may take them all the same, which the prediction knows."""
    why = f"near miss of binding key `{binding.routing_key}`"
    if kind == "headers":
        pairs = wanted(binding)
        for name, value in pairs.items():
            yield Probe("", {other: one for other, one in pairs.items() if other != name}, f"without `{name}`")
            if value is not None:
                yield Probe("", {**pairs, name: f"not {value}"}, f"another `{name}`")
        yield Probe("", {}, "without headers")
    elif kind in ("direct", "topic"):
        words = ["some" if word in ("*", "#") else word for word in binding.routing_key.split(".")]
        plain = ".".join(words)
        yield Probe(plain + "x", {}, why)
        yield Probe(plain.swapcase(), {}, why)
        yield Probe(f"{plain}.more", {}, why)
        yield Probe(f"before.{plain}", {}, why)
        yield Probe(".".join(words[:-1]), {}, why)
