"""Spools, queues and limits for the conformance suite."""

from mqinfra.providers.base.sample import Need, Refusal, Sample, Step

_NO_IMPOSSIBLE = "everything that can be declared can be changed in place"
_NO_RESET = "null means that nothing is said: no field has keys of its own"
_NO_FOREIGN = "what a manifest leaves out is a field, and no key of others"
_NO_REFUSED = "every field takes every value of its type"

SPOOLS = Sample(
    kind="spools",
    prefix="conformance-",
    minimal={},
    full={"description": "orders of the shop"},
    same=({}, {"description": "orders of the shop"}),
    updates=(
        Step("a description", {}, {"description": "one"}),
        Step("another one", {"description": "one"}, {"description": "two"}),
    ),
    without={
        "reset": _NO_RESET,
        "foreign": _NO_FOREIGN,
        "impossible": _NO_IMPOSSIBLE,
        "refused": _NO_REFUSED,
    },
)
QUEUES = Sample(
    kind="queues",
    prefix="queue-",
    under=("conformance",),
    needs=(Need("spools", ("conformance",)),),
    minimal={},
    full={"maxMessages": 100, "order": "lifo", "config": {"retention.ms": "2d"}},
    same=({}, {"maxMessages": 100}, {"config": {"retention.ms": "48h"}}),
    updates=(
        Step("more room", {"maxMessages": 100}, {"maxMessages": 200}),
        Step("dead letters", {"maxMessages": 100}, {"deadLetter": "late"}),
        Step("kept longer", {"config": {"retention.ms": "1d"}}, {"config": {"retention.ms": "2d"}}),
    ),
    reset=(
        Step("kept as usual", {"config": {"retention.ms": "1d"}}, {"config": {"retention.ms": None}}),
        ("config", "retention.ms"),
    ),
    foreign=(
        {"config": {"retention.ms": "2d", "fsync": True}, "maxMessages": 100, "order": "lifo"},
        ("config", "fsync"),
    ),
    impossible=((Step("the other order", {"order": "fifo"}, {"order": "lifo"}), "MQ203"),),
    refused=(
        Refusal("too much room", {"maxMessages": 2_000_000}, ("maxMessages",)),
        Refusal("its own dead letters", {"deadLetter": "queue-2"}, ("deadLetter",)),
    ),
)
LIMITS = Sample(
    kind="limits",
    prefix="conformance-",
    named_by="owner",
    minimal={"host": "web"},
    full={"host": "web", "messagesPerSecond": 5},
    same=({"host": "web"}, {"host": "web", "messagesPerSecond": 5}),
    updates=(
        Step("faster", {"host": "web", "messagesPerSecond": 5}, {"host": "web", "messagesPerSecond": 6}),
        Step("a limit", {"host": "web"}, {"host": "web", "messagesPerSecond": 7}),
    ),
    without={
        "reset": _NO_RESET,
        "foreign": _NO_FOREIGN,
        "impossible": _NO_IMPOSSIBLE,
        "refused": _NO_REFUSED,
    },
)
SAMPLES = (SPOOLS, QUEUES, LIMITS)
