"""Vhosts, users, permissions and parameters for the conformance suite."""

from pydantic import JsonValue

from mqinfra.providers.base.sample import Need, Refusal, Sample, Step

VHOST = "mqinfra-conformance"
USER = "mqinfra-conformance"
"""The vhost and the user that permissions and parameters lie in."""

_NO_IMPOSSIBLE = "everything that can be declared can be changed in place"
_NO_REFUSED = "which values are refused depends on the version; the tests of the kind say which"
_WHOLE = "it is written whole"
_BAD_PATTERN = "an expression that is none"
_IN_VHOST = Need("vhosts", (VHOST,))

_FULL_VHOST: dict[str, JsonValue] = {"description": "orders", "tags": ["b", "a"], "limits": {"max-queues": 10}}
_FULL_USER: dict[str, JsonValue] = {"tags": ["monitoring", "shop"], "limits": {"max-connections": 10}}
_FULL_GRANT: dict[str, JsonValue] = {"configure": "^shop\\.", "write": "^shop\\.|^amq\\.default$", "read": ".*"}
_FULL_UPSTREAM: dict[str, JsonValue] = {
    "value": {"uri": "amqp://localhost", "expires": 3_600_000, "trust-user-id": False}
}
_FULL_GLOBAL: dict[str, JsonValue] = {"value": {"one": 1, "float": 1.0, "list": [1, "1", None], "deep": {"a": True}}}

VHOSTS = Sample(
    kind="vhosts",
    prefix="mqinfra-conformance/@%é ",
    minimal={},
    full=_FULL_VHOST,
    same=(
        {},
        {"description": "orders"},
        {"tags": ["a", "b"]},
        {"tags": ["b", "a", "b"]},
        {**_FULL_VHOST, "deletionProtection": False},
    ),
    updates=(
        Step("another description", {"description": "one", "tags": ["a"]}, {"description": "two"}),
        Step("no description", {"description": "one"}, {"description": ""}),
        Step("other tags", {"tags": ["a", "b"]}, {"tags": ["b", "c"]}),
        Step("no tags", {"tags": ["a", "b"]}, {"tags": []}),
        Step("a limit", {}, {"limits": {"max-connections": 5}}),
        Step("no limit", {"limits": {"max-queues": 5}}, {"limits": {"max-queues": -1}}),
        Step("everything at once", {}, {**_FULL_VHOST, "limits": {"max-queues": 1, "max-connections": 0}}),
    ),
    reset=(
        Step("a limit taken away", {"limits": {"max-queues": 5}}, {"limits": {"max-queues": None}}),
        ("limits", "max-queues"),
    ),
    foreign=({**_FULL_VHOST, "limits": {"max-queues": 10, "max-connections": 5}}, ("limits", "max-connections")),
    without={"impossible": _NO_IMPOSSIBLE, "refused": _NO_REFUSED},
)

USERS = Sample(
    kind="users",
    prefix="mqinfra-conformance/@%é ",
    minimal={},
    full=_FULL_USER,
    same=({"tags": ["shop", "monitoring"]}, {**_FULL_USER, "tags": ["shop", "shop", "monitoring"]}),
    updates=(
        Step("other tags", {"tags": ["management"]}, {"tags": ["policymaker", "management"]}),
        Step("no tags", {"tags": ["management"]}, {}),
        Step("a limit", {}, {"limits": {"max-channels": 100}}),
        Step("everything at once", {}, {"tags": ["a"], "limits": {"max-channels": 1, "max-connections": -1}}),
    ),
    reset=(
        Step("a limit taken away", {"limits": {"max-channels": 5}}, {"limits": {"max-channels": None}}),
        ("limits", "max-channels"),
    ),
    foreign=({**_FULL_USER, "limits": {"max-connections": 10, "max-channels": 5}}, ("limits", "max-channels")),
    without={"impossible": _NO_IMPOSSIBLE, "refused": _NO_REFUSED},
)

PERMISSIONS = Sample(
    kind="permissions",
    prefix="mqinfra-conformance/@%é ",
    under=(VHOST,),
    needs=(_IN_VHOST, Need("users", each=True)),
    minimal={},
    full=_FULL_GRANT,
    same=(dict(sorted(_FULL_GRANT.items())),),
    updates=(
        Step("more", {}, {"read": ".*"}),
        Step("less", _FULL_GRANT, {"configure": "^shop\\."}),
        Step("other", {"write": "a"}, {"write": "b"}),
    ),
    refused=(
        Refusal(_BAD_PATTERN, {"configure": "(shop"}, ("configure",)),
        Refusal(_BAD_PATTERN, {"write": ".*", "read": "*"}, ("read",)),
    ),
    without={"reset": _WHOLE, "foreign": _WHOLE, "impossible": _NO_IMPOSSIBLE},
)

TOPIC_PERMISSIONS = Sample(
    kind="topicPermissions",
    prefix="mqinfra-conformance/@%é ",
    under=(VHOST, USER),
    # From 4.3 on it is refused without its exchange.
    needs=(_IN_VHOST, Need("users", (USER,)), Need("exchanges", (VHOST,), {"type": "topic"}, each=True)),
    minimal={},
    full={"write": "^{username}\\.", "read": "^shop\\.(eu|us)\\."},
    same=({"read": "^shop\\.(eu|us)\\.", "write": "^{username}\\."},),
    updates=(
        Step("more", {}, {"read": ".*"}),
        Step("less", {"write": ".*", "read": ".*"}, {"write": ".*"}),
    ),
    refused=(Refusal(_BAD_PATTERN, {"write": "[a"}, ("write",)),),
    without={"reset": _WHOLE, "foreign": _WHOLE, "impossible": _NO_IMPOSSIBLE},
)

PARAMETERS = Sample(
    kind="parameters",
    prefix="mqinfra-conformance/@%é ",
    under=(VHOST, "federation-upstream"),
    needs=(_IN_VHOST,),
    minimal={"value": {"uri": "amqp://localhost"}},
    full=_FULL_UPSTREAM,
    same=(_FULL_UPSTREAM,),
    updates=(
        Step(
            "another value",
            {"value": {"uri": "amqp://localhost", "expires": 1_000}},
            {"value": {"uri": "amqp://localhost", "expires": 2_000}},
        ),
        Step("a key less", _FULL_UPSTREAM, {"value": {"uri": "amqp://localhost"}}),
        Step("a list", {"value": {"uri": "amqp://a"}}, {"value": {"uri": ["amqp://a", "amqp://b"]}}),
    ),
    refused=(Refusal("no URI", {"value": {"expires": 1_000}}, ("value",)),),
    without={"reset": _WHOLE, "foreign": _WHOLE, "impossible": _NO_IMPOSSIBLE},
)

GLOBAL_PARAMETERS = Sample(
    kind="globalParameters",
    prefix="mqinfra-conformance/@%é ",
    minimal={"value": "x"},
    full=_FULL_GLOBAL,
    same=(_FULL_GLOBAL,),
    updates=(
        Step("another type of number", {"value": {"a": 1}}, {"value": {"a": 1.0}}),
        Step("a key less", _FULL_GLOBAL, {"value": {"one": 1}}),
        Step("a mapping made a list", {"value": {"a": 1}}, {"value": [1]}),
        Step("a list made a mapping", {"value": [1]}, {"value": {"a": 1}}),
        Step("false", {"value": True}, {"value": False}),
    ),
    without={"reset": _WHOLE, "foreign": _WHOLE, "impossible": _NO_IMPOSSIBLE, "refused": "any JSON will do"},
)
