"""Sending changes of vhosts: one after the other, and never a PUT that wipes what it does not name."""

from dataclasses import replace
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.errors import UserError
from mqinfra.providers.base.request import Accepted, Refused, Request, Result
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.api.faults import to_result
from mqinfra.providers.rabbitmq.io.vhost_requests import (
    DELETE,
    DELETE_LIMIT,
    PROTECT,
    PUT,
    PUT_LIMIT,
    UNPROTECT,
    Body,
    type_key,
)
from mqinfra.providers.rabbitmq.settings.tags import joined

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient

_PATIENCE = 120.0
"""Seconds to make a vhost, which takes seconds on clusters (docs/vhosts.md)."""
_LONG = 900.0
"""Seconds to delete one: 10,000 queues took 15 s (measured on 3.10)."""
_CREATED = 201


def run(client: "RabbitClient", request: Request) -> dict[Address, Result]:
    """Send one request, one vhost after the other."""
    return {address: _one(client, request.api, address.path[0], body) for address, body in request.body.items()}


def _one(client: "RabbitClient", api: str, vhost: str, body: Body) -> Result:
    if api == PUT:
        return _put(client, vhost, body)
    [answer] = client.serially([_call(api, vhost, body)])
    if api == DELETE and isinstance(answer, RabbitFault) and answer.status == 412:
        hint = "declare it with `deletionProtection: false` and apply that first"
        return Refused(f"vhost `{vhost}` is protected from deletion ({answer.message})", (hint,))
    return to_result(answer)


def _call(api: str, vhost: str, body: Body) -> Call:
    if api == DELETE:
        return Call("DELETE", ("vhosts", vhost), timeout=_LONG)
    if api in (PROTECT, UNPROTECT):
        method = "POST" if api == PROTECT else "DELETE"
        return Call(method, ("vhosts", vhost, "deletion", "protection"), timeout=_PATIENCE)
    removes = api.startswith(DELETE_LIMIT)
    limit = api.removeprefix(DELETE_LIMIT if removes else PUT_LIMIT)
    return Call("DELETE" if removes else "PUT", ("vhost-limits", vhost, limit), body=None if removes else dict(body))


def _put(client: "RabbitClient", vhost: str, body: Body) -> Result:
    try:
        present = client.get("vhosts", vhost)
    except UserError as error:
        return Refused(error.diagnostics[0].message, error.diagnostics[0].help, retry=True)
    whole = dict(body)
    if isinstance(present, dict):
        # What a PUT leaves out the server empties (rabbit_mgmt_wm_vhost.erl).
        kept = {"description": str(present.get("description") or ""), "tags": joined(present.get("tags"))}
        if present.get("default_queue_type") not in (None, "", "undefined"):
            kept[type_key(client.version_tuple)] = str(present["default_queue_type"])
        whole = {**kept, **whole}
    elif isinstance(present, RabbitFault) and not present.absent:
        return to_result(replace(present, method="PUT"))
    [answer] = client.serially([Call("PUT", ("vhosts", vhost), body=whole, timeout=_PATIENCE)])
    if isinstance(answer, Answer) and answer.status == _CREATED:
        return Accepted(f"the server gave `{client.user}` all rights on the new vhost `{vhost}`")
    return to_result(answer)
