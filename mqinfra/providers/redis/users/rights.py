"""Rights that changes of users need, on every server that keeps users."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mqinfra.providers.base.kind import Objection
from mqinfra.providers.base.request import Request
from mqinfra.providers.redis.api import acl_dry_run
from mqinfra.providers.redis.users.requests import DELETE, SET

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient


def lacking(client: "RedisClient", requests: Iterable[Request]) -> list[Objection]:
    """Ask each server about each call without its rules: what they say needs no right, and they hold passwords.

    Saving users to disk is not asked about: where that is refused, the change is made and its note says so.
    """
    some = [
        (address, acl_dry_run.Asked(node, (*request.api.split(" "), address.name)))
        for request in requests
        if request.api in (SET, DELETE)
        for address in request.body
        for node in client.nodes
    ]
    return acl_dry_run.lacking(client, some)
