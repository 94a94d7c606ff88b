"""What bindings say that RabbitMQ reads otherwise than people do: wildcards, headers, and exchanges in a circle.

RabbitMQ refuses none of it but an unknown `x-match` (`rabbit_exchange_type_headers:validate_binding/2`).
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.model.setting import did_you_mean
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.rule import ClusterRule, Finding, Rule
from mqinfra.providers.rabbitmq.policy.planned_topology import Vhost, planned_topology
from mqinfra.providers.rabbitmq.rules import kind_names
from mqinfra.providers.rabbitmq.spec.binding import KIND, BindingSpec

_TYPES = {"amq.topic": "topic", "amq.direct": "direct", "amq.headers": "headers", "amq.match": "headers"}
_X_MATCH = ("all", "any", "all-with-x", "any-with-x")
_KEY = ("routingKey",)

Ways = Mapping[str, frozenset[str]]
"""Exchange → the exchanges that it passes messages on to."""

WILDCARD_IS_LITERAL = Code(
    "MQ515",
    "a wildcard is taken literally",
    "On a topic exchange, `*` stands for one word of the routing key and `#` for any number of them; words are "
    "separated by dots. Within a word both are plain characters, and so they are on direct exchanges. The binding "
    "then matches no message that it was meant for.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: topic}}\n      queues:\n"
    "        mails: {bindings: [{exchange: orders, routingKey: order.eu*}]}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: topic}}\n      queues:\n"
    "        mails: {bindings: [{exchange: orders, routingKey: order.*.eu}]}",
)
"""`rabbit_exchange_type_topic` splits keys at dots, and knows `*` and `#` as whole words only."""

HEADERS_MATCH_UNCLEAR = Code(
    "MQ516",
    "`x-match` is missing or unknown",
    "A binding of a headers exchange matches messages by their headers: with `x-match: all` those that have all of "
    "its arguments, with `any` those that have one of them. Left out it is `all`, which matches every message if "
    "there are no other arguments. `all-with-x` and `any-with-x` also count headers that begin with `x-`. RabbitMQ "
    "refuses any other word.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: headers}}\n      queues:\n"
    "        mails: {bindings: [{exchange: orders, arguments: {format: pdf, size: a4}}]}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: headers}}\n      queues:\n"
    "        mails: {bindings: [{exchange: orders, arguments: {x-match: any, format: pdf, size: a4}}]}",
)
"""`rabbit_exchange_type_headers`: `all` where `x-match` is left out, and other words are refused."""

EXCHANGES_IN_A_CIRCLE = Code(
    "MQ517",
    "exchange bindings form a cycle",
    "Bindings between exchanges form a cycle. RabbitMQ accepts them, and passes a message to each exchange once, so "
    "it neither loops forever nor arrives twice. Usually one of the bindings is the wrong way round, and queues get "
    "messages that were not meant for them.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: fanout}, audit: {type: fanout}}\n"
    "      bindings:\n        - {exchange: orders, toExchange: audit}\n        - {exchange: audit, toExchange: "
    "orders}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges: {orders: {type: fanout}, audit: {type: fanout}}\n"
    "      bindings:\n        - {exchange: orders, toExchange: audit}",
)
"""`rabbit_exchange:route/3` remembers the exchanges that a message was at, so that nothing goes round forever."""


class Routing(ClusterRule):
    """Bindings that take other messages than they seem to."""

    codes = (WILDCARD_IS_LITERAL, HEADERS_MATCH_UNCLEAR, EXCHANGES_IN_A_CIRCLE)
    kinds = frozenset({kind_names.BINDINGS})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Read each binding as the exchange of its type does."""
        planned = view.once(planned_topology)
        circles: dict[str, Ways] = {}
        told: set[tuple[str, str]] = set()
        for address, declaration in planned.of(KIND).items():
            spec = declaration.spec
            if not isinstance(spec, BindingSpec):
                continue
            vhost = planned.vhost(address)
            known = vhost.exchanges.get(spec.exchange)
            kind = known.type if known is not None else _TYPES.get(spec.exchange, "")
            if kind in ("topic", "direct") and ("*" in spec.routing_key or "#" in spec.routing_key):
                yield from _wildcards(address, spec, kind)
            elif kind == "headers":
                yield from _headers(address, spec)
            if spec.to_exchange is not None:
                if vhost.name not in circles:
                    circles[vhost.name] = _in_circles(vhost)
                yield from _circle(address, spec, circles[vhost.name], told)


def _wildcards(address: Address, spec: BindingSpec, kind: str) -> Iterator[Finding]:
    words = spec.routing_key.split(".")
    if kind == "direct":
        if any(word in ("*", "#") for word in words):
            yield Finding(
                WILDCARD_IS_LITERAL,
                address,
                f"`{spec.exchange}` is a direct exchange, which takes `{spec.routing_key}` literally: it has no "
                "wildcards",
                ("bind to a topic exchange, or write the routing key in full",),
                _KEY,
            )
        return
    literal = [word for word in words if word not in ("*", "#") and ("*" in word or "#" in word)]
    if literal:
        yield Finding(
            WILDCARD_IS_LITERAL,
            address,
            f"`{literal[0]}` in the routing key `{spec.routing_key}` is not a wildcard: `*` and `#` stand for whole "
            "words between dots, and are literal within a word",
            ("write `*` for one word or `#` for any number of words, or bind each routing key",),
            _KEY,
        )


def _headers(address: Address, spec: BindingSpec) -> Iterator[Finding]:
    match = spec.arguments.get("x-match")
    if match is None:
        headers = [f"`{key}`" for key in sorted(spec.arguments) if not key.startswith("x-")]
        takes = f"only messages that have all of {', '.join(headers)}" if len(headers) > 1 else "every message"
        takes = f"only messages that have {headers[0]}" if len(headers) == 1 else takes
        yield Finding(
            HEADERS_MATCH_UNCLEAR,
            address,
            f"a binding of the headers exchange `{spec.exchange}` without `x-match` takes {takes}",
            ("write `x-match: all` or `x-match: any` under `arguments`",),
            ("arguments",),
        )
    elif match not in _X_MATCH:
        hint = did_you_mean(match, _X_MATCH) if isinstance(match, str) else f"accepted: {', '.join(_X_MATCH)}"
        yield Finding(
            HEADERS_MATCH_UNCLEAR,
            address,
            f"RabbitMQ refuses the binding: invalid `x-match`, got `{match}`",
            (hint,),
            ("arguments", "x-match"),
            severity=Severity.ERROR,
        )


def _in_circles(vhost: Vhost) -> Ways:
    """Which exchanges pass messages on to which, without those that no message can come back to."""
    ways: dict[str, set[str]] = defaultdict(set)
    back: dict[str, set[str]] = defaultdict(set)
    for binding in vhost.bindings.values():
        if binding.to_exchange is not None:
            ways[binding.exchange].add(binding.to_exchange)
            back[binding.to_exchange].add(binding.exchange)
    ends = deque(name for name in back if not ways.get(name))
    while ends:
        end = ends.popleft()
        for name in back.pop(end, ()):
            ways[name].discard(end)
            if not ways[name]:
                ends.append(name)
    return {name: frozenset(some) for name, some in ways.items() if some}


def _circle(address: Address, spec: BindingSpec, ways: Ways, told: set[tuple[str, str]]) -> Iterator[Finding]:
    start, target, vhost = spec.exchange, spec.to_exchange or "", address.path[0]
    if target not in ways.get(start, ()) or {(vhost, start), (vhost, target)} <= told:
        return
    before: dict[str, str] = {target: start}
    todo = deque([target])
    while todo and start not in before:
        name = todo.popleft()
        for other in sorted(ways.get(name, ())):
            if other not in before:
                before[other] = name
                todo.append(other)
    if start not in before and start != target:
        return
    around = [start]
    while before[around[-1]] != start:
        around.append(before[around[-1]])
    names = [start, *reversed(around)]
    told.update((vhost, name) for name in names)
    yield Finding(
        EXCHANGES_IN_A_CIRCLE,
        address,
        f"exchange cycle: {' → '.join(f'`{name}`' for name in names)}",
        ("remove one of these bindings: RabbitMQ sends no message round twice, so it only costs time",),
        ("toExchange",),
    )


RULES: tuple[Rule, ...] = (Routing(),)
