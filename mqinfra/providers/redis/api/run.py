"""Sending requests about keys: every command to the server of its key, all in one go."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.request import Accepted, Request, Result
from mqinfra.providers.redis.api.faults import result_of

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient
    from mqinfra.providers.redis.api.node import Reply

CallsOf = Callable[[str, Mapping[str, JsonValue]], tuple[str, list[tuple[str, ...]]]]


def run(client: "RedisClient", request: Request, calls_of: CallsOf) -> dict[Address, Result]:
    """Send a request; commands of one resource happen together or not at all."""
    keyed = []
    for body in request.body.values():
        key, calls = calls_of(request.api, body)
        keyed.append((key, calls if len(calls) == 1 else [("MULTI",), *calls, ("EXEC",)]))
    answers = client.keyed(keyed)
    return {address: _result(request.api, answer) for address, answer in zip(request.body, answers, strict=True)}


def _result(api: str, answer: "list[Reply]") -> Result:
    fault = next((reply for reply in answer if isinstance(reply, Fault)), None)
    return result_of(fault, api) if fault is not None else Accepted()
