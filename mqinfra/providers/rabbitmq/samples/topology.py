"""Exchanges, queues, bindings and policies for the conformance suite."""

from dataclasses import replace

from pydantic import JsonValue

from mqinfra.providers.base.sample import Need, Refusal, Sample, Step

VHOST = "mqinfra-conformance"
QUEUE = "mqinfra-conformance"
"""The vhost that all of them lie in, and the queue that the bindings lead to."""

_IN_VHOST = Need("vhosts", (VHOST,))
_PREFIX = "mqinfra-conformance/@%é "
_ALL_FIXED = "everything about it is fixed when it is declared"
_WHOLE = "it is declared whole: what is left out is not there"
_NO_IMPOSSIBLE = "everything that can be declared can be changed in place"
_FIXED = {
    "update": _ALL_FIXED,
    "reset": _ALL_FIXED,
    "foreign": _WHOLE,
    "stale": _ALL_FIXED,
    "done-already": _ALL_FIXED,
}
_REPLACE = "MQ203"
_FULL_QUEUE: dict[str, JsonValue] = {
    "type": "classic",
    "durable": True,
    "autoDelete": True,
    "arguments": {"x-max-priority": 5, "x-expires": 3_600_000, "x-overflow": "drop-head"},
}
_FULL_EXCHANGE: dict[str, JsonValue] = {
    "type": "headers",
    "durable": True,
    "autoDelete": False,
    "internal": True,
    "arguments": {"alternate-exchange": "amq.fanout"},
}
_POLICY: dict[str, JsonValue] = {"pattern": "^mqinfra-conformance", "definition": {"max-length": 10}}
_FULL_POLICY: dict[str, JsonValue] = {
    **_POLICY,
    "applyTo": "queues",
    "priority": 7,
    "definition": {"max-length": 10, "message-ttl": 3_600_000},
}

EXCHANGES = Sample(
    kind="exchanges",
    prefix=_PREFIX,
    under=(VHOST,),
    needs=(_IN_VHOST,),
    minimal={"type": "topic"},
    full=_FULL_EXCHANGE,
    same=({key: value for key, value in _FULL_EXCHANGE.items() if key not in ("durable", "autoDelete")},),
    impossible=(
        (Step("another type", {"type": "topic"}, {"type": "direct"}), _REPLACE),
        (
            Step(
                "an alternate exchange",
                {"type": "topic"},
                {"type": "topic", "arguments": {"alternate-exchange": "amq.fanout"}},
            ),
            _REPLACE,
        ),
        (Step("no argument", _FULL_EXCHANGE, {"type": "headers", "internal": True}), _REPLACE),
    ),
    refused=(Refusal("an unknown type", {"type": "topics"}, ("type",)),),
    without=_FIXED,
)

QUEUES = Sample(
    kind="queues",
    prefix=_PREFIX,
    under=(VHOST,),
    needs=(_IN_VHOST,),
    minimal={},
    full=_FULL_QUEUE,
    same=({key: value for key, value in _FULL_QUEUE.items() if key not in ("type", "durable")},),
    impossible=(
        (Step("another type", {"type": "classic"}, {"type": "quorum"}), _REPLACE),
        (Step("an argument", {}, {"arguments": {"x-max-length": 10}}), _REPLACE),
        (
            Step("another value", {"arguments": {"x-max-length": 10}}, {"arguments": {"x-max-length": 11}}),
            _REPLACE,
        ),
        (Step("no argument", {"arguments": {"x-max-length": 10}}, {}), _REPLACE),
    ),
    refused=(
        Refusal(
            "an argument of another type",
            {"type": "quorum", "arguments": {"x-max-priority": 5}},
            ("arguments", "x-max-priority"),
        ),
        Refusal(
            "a key for dead letters that go nowhere",
            {"arguments": {"x-dead-letter-routing-key": "k"}},
            ("arguments", "x-dead-letter-routing-key"),
        ),
        Refusal("a transient quorum queue", {"type": "quorum", "durable": False}, ("durable",)),
        Refusal("an unknown type", {"type": "quorums"}, ("type",)),
    ),
    without=_FIXED,
)

BINDINGS = Sample(
    kind="bindings",
    prefix="mqinfra-conformance/@%é~ ",
    under=(VHOST,),
    named_by="routingKey",
    needs=(_IN_VHOST, Need("queues", (VHOST, QUEUE))),
    minimal={"exchange": "amq.topic", "queue": QUEUE},
    full={"exchange": "amq.topic", "queue": QUEUE},
    same=({"exchange": "amq.topic", "queue": QUEUE, "toExchange": None, "arguments": {}},),
    without={
        **_FIXED,
        "impossible": "a binding is its own name: another one is another binding",
        "refused": "what is wrong with a binding is wrong with its name",
    },
)
POLICIES = Sample(
    kind="policies",
    prefix=_PREFIX,
    under=(VHOST,),
    needs=(_IN_VHOST,),
    minimal=_POLICY,
    full=_FULL_POLICY,
    same=({**_FULL_POLICY, "definition": {"message-ttl": 3_600_000, "max-length": 10}},),
    updates=(
        Step("another pattern", {**_POLICY, "priority": 1}, {**_POLICY, "pattern": "^mqinfra", "priority": 1}),
        Step("other things", {**_POLICY, "applyTo": "all"}, {**_POLICY, "applyTo": "queues"}),
        Step("another priority", _POLICY, {**_POLICY, "priority": 5}),
        Step("another value", _POLICY, {**_POLICY, "definition": {"max-length": 11}}),
        Step("a key more", _POLICY, _FULL_POLICY),
        Step("a key less", _FULL_POLICY, _POLICY),
        Step("everything at once", _FULL_POLICY, {"pattern": "x$", "definition": {"expires": 5}}),
    ),
    reset=(
        Step("a key taken away", _FULL_POLICY, {**_FULL_POLICY, "definition": {"max-length": 10, "message-ttl": None}}),
        ("definition", "message-ttl"),
    ),
    refused=(
        Refusal("no definition", {"pattern": "x"}, ("definition",)),
        Refusal("a pattern that is none", {**_POLICY, "pattern": "("}, ("pattern",)),
        Refusal("an unknown class of things", {**_POLICY, "applyTo": "everything"}, ("applyTo",)),
        Refusal("an unknown key", {**_POLICY, "definition": {"max-lenght": 5}}, ("definition", "max-lenght")),
    ),
    without={"foreign": _WHOLE, "impossible": _NO_IMPOSSIBLE},
)
OPERATOR_POLICIES = replace(POLICIES, kind="operatorPolicies")
