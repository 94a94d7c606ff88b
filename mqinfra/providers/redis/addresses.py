"""Addresses of what Redis holds: the names of kinds, and how long the path of each is.

A path of another length would name another resource than it seems to.
"""

from mqinfra.model.address import Address
from mqinfra.model.setting import Problem

STREAMS = "streams"
GROUPS = "groups"
USERS = "users"


def path_problem(address: Address, length: int) -> Problem | None:
    """Why an address names nothing of its kind; None when it may."""
    if len(address.path) == length and not address.pairs:
        return None
    expected = "/".join([address.cluster, address.kind, *(["STREAM", "GROUP"] if length == 2 else ["NAME"])])
    return Problem(
        f"`{address}` is not an address of this kind", f"write `{expected}`; in a name `/` is %2F and `=` is %3D"
    )
