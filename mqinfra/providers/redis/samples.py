"""Streams, groups and users for the conformance suite."""

from pydantic import JsonValue

from mqinfra.model.reading import Facts
from mqinfra.providers.base.sample import Need, Refusal, Sample, Step

PARENT = "{mqinfra.conformance}:parent"
"""The stream that the groups lie in."""

_NO_NULL = "no field has a default of the server's to go back to"
_NO_FOREIGN = "others can't set what a manifest leaves out"
_NO_IMPOSSIBLE = "everything that can be declared can be changed in place"
_NO_IN_PLACE = "Redis before 8.6 stores no setting of a stream"

_SHA_OF_ONE = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
_SHA_OF_TWO = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"
_FULL: dict[str, JsonValue] = {
    "enabled": True,
    "passwords": [{"sha256": _SHA_OF_ONE}],
    "commands": ["+@stream", "+ping", "-xtrim"],
    "keys": ["~orders:*", "%R~parcels:*"],
    "channels": ["&news"],
    "selectors": [{"commands": ["+get"], "keys": ["~prices"]}],
}


def _keeps_settings(facts: Facts) -> bool:
    """Tell whether the server stores settings with a stream (XCFGSET), as Redis 8.6 does and Valkey does not."""
    return not facts.product and facts.version_tuple >= (8, 6)


STREAMS = Sample(
    kind="streams",
    suits=lambda facts: not _keeps_settings(facts),
    prefix="{mqinfra.conformance}:",
    minimal={},
    full={"expectedMaxLength": 1000},
    same=({}, {"expectedMaxLength": 5}, {"trim": {"maxLength": 0}}, {"trim": {"minId": "0"}}),
    refused=(Refusal("settings that came with 8.6", {"idempotence": {"maxSize": 200}}, ("idempotence", "maxSize")),),
    without={
        "update": _NO_IN_PLACE,
        "reset": _NO_NULL,
        "foreign": _NO_FOREIGN,
        "impossible": _NO_IMPOSSIBLE,
        "stale": _NO_IN_PLACE,
        "done-already": _NO_IN_PLACE,
    },
)

STREAMS_WITH_SETTINGS = Sample(
    kind="streams",
    title="settings",
    suits=_keeps_settings,
    prefix="{mqinfra.conformance}:",
    minimal={},
    full={"expectedMaxLength": 1000, "idempotence": {"maxSize": 200}},
    same=({}, {"idempotence": {"maxSize": 200}}, {"expectedMaxLength": 5}),
    updates=(
        Step("more ids", {"idempotence": {"maxSize": 200}}, {"idempotence": {"maxSize": 300}}),
        Step("ids kept longer", {}, {"idempotence": {"duration": 200_000}}),
    ),
    reset=(
        Step("maxSize", {"idempotence": {"maxSize": 200}}, {"idempotence": {"maxSize": None}}),
        ("idempotence", "maxSize"),
    ),
    foreign=({"idempotence": {"maxSize": 200, "duration": 50_000}}, ("idempotence", "duration")),
    without={"impossible": _NO_IMPOSSIBLE, "refused": "the server takes every field's every value"},
)
GROUPS = Sample(
    kind="groups",
    prefix="group-",
    under=(PARENT,),
    needs=(Need("streams", (PARENT,)),),
    minimal={},
    full={"startAt": "0"},
    same=({}, {"startAt": "$"}, {"startAt": "5-1"}),
    updates=(
        Step("a skip", {}, {"resetTo": {"to": "5"}}),
        Step("a skip from where it stands", {"resetTo": {"to": "7-1"}}, {"resetTo": {"from": "7-1", "to": "9"}}),
    ),
    without={
        "reset": _NO_NULL,
        "foreign": _NO_FOREIGN,
        "impossible": _NO_IMPOSSIBLE,
        "refused": "the server takes every field's every value",
        "stale": "a group that has moved on is left where it is, and nothing is stale",
    },
)

USERS = Sample(
    kind="users",
    prefix="mqinfra-conformance-",
    minimal={},
    full=_FULL,
    same=(
        {**_FULL, "commands": ["+ping", "+@stream", "-xtrim"]},
        {**_FULL, "commands": ["+@all", "-@all", "+ping", "+@stream", "-xtrim", "-xtrim"]},
        {**_FULL, "keys": ["%R~parcels:*", "%RW~orders:*", "%W~orders:*"]},
        {**_FULL, "selectors": [{"keys": ["~prices"], "commands": ["-@all", "+@read", "-@read", "+get"]}]},
        {key: value for key, value in _FULL.items() if key != "enabled"},
    ),
    updates=(
        Step("one command more", {"commands": ["+@read"]}, {"commands": ["+@read", "+xadd"]}),
        Step("other keys", {"keys": ["~a"], "commands": ["+get"]}, {"keys": ["~b", "%W~c"], "commands": ["+get"]}),
        Step(
            "a second password",
            {"passwords": [{"sha256": _SHA_OF_ONE}]},
            {"passwords": [{"sha256": _SHA_OF_ONE}, {"sha256": _SHA_OF_TWO}]},
        ),
        Step("disabled", {}, {"enabled": False}),
        Step("a selector", {}, {"selectors": [{"commands": ["+get"], "keys": ["~x"]}]}),
        Step(
            "everything at once", {"commands": ["+ping"]}, {"commands": ["+@write"], "keys": ["~z"], "enabled": False}
        ),
    ),
    refused=(
        Refusal("an unknown command", {"commands": ["+xadddd"]}, ("commands",)),
        Refusal("an unknown category", {"commands": ["+@streams"]}, ("commands",)),
        Refusal("an unknown command in a selector", {"selectors": [{"commands": ["+nope"]}]}, ("selectors",)),
    ),
    without={"reset": _NO_NULL, "foreign": "a user is declared whole", "impossible": _NO_IMPOSSIBLE},
)

SAMPLES = (STREAMS, STREAMS_WITH_SETTINGS, GROUPS, USERS)
