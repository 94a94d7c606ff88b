"""ACLs for the conformance suite."""

from pydantic import JsonValue

from mqinfra.providers.base.sample import Sample

_READ: dict[str, JsonValue] = {"principal": "User:mqinfra-conformance", "resource": "topic", "operation": "Read"}
_WHOLE = "an ACL is its own name: another one is another ACL"

ACLS = Sample(
    kind="acls",
    prefix="mqinfra.conformance/@%é~ ",
    named_by="name",
    minimal=_READ,
    full=_READ,
    same=({**_READ, "pattern": "literal", "permission": "allow", "host": "*"}, {**_READ, "pattern": None}),
    without={
        "update": _WHOLE,
        "reset": _WHOLE,
        "foreign": _WHOLE,
        "stale": _WHOLE,
        "done-already": _WHOLE,
        "impossible": _WHOLE,
        "refused": "what is wrong with an ACL is wrong with its name",
    },
)
