"""Addresses of what Redis holds: the names of kinds, and how long the path of each is.

A path of another length would name another resource than it seems to.
"""

from mqinfra.model.address import Address
from mqinfra.model.setting import Problem
from mqinfra.providers.redis.records.names import is_internal

STREAMS = "streams"
GROUPS = "groups"
USERS = "users"
DEFAULT = "default"
"""The user whom every connection begins as, and whom no server deletes."""


def path_problem(address: Address, length: int) -> Problem | None:
    """Why an address names nothing of its kind; None when it may."""
    if len(address.path) == length and not address.pairs:
        return None
    expected = "/".join([address.cluster, address.kind, *(["STREAM", "GROUP"] if length == 2 else ["NAME"])])
    return Problem(
        f"`{address}` is not an address of this kind", f"write `{expected}`; in a name `/` is %2F and `=` is %3D"
    )


def own_key(address: Address) -> str | None:
    """Why a stream, or a group in it, is nobody's to declare; None when it is."""
    internal = any(map(is_internal, address.path[:1]))
    return "mqinfra keeps its records and locks in keys of this name" if internal else None
