"""The management API of one node: a call out, an Answer or a fault back, nothing raised on the way."""

import base64
import json
import ssl

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.providers.base.connecting.bounded import too_deep
from mqinfra.providers.base.connecting.fault import Meaning
from mqinfra.providers.base.connecting.http_connection import NotConnectedError, Page
from mqinfra.providers.base.connecting.http_node import HttpNode
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.api.connection import PORTS
from mqinfra.providers.rabbitmq.api.diagnosis import diagnose
from mqinfra.providers.rabbitmq.api.faults import fault_of
from mqinfra.providers.rabbitmq.api.foreign_response import foreign_response_fault

_JSON = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


class Http(HttpNode[Call, Answer, RabbitFault]):
    """The management API of one node.

    Attributes:
        url: its address without `/api`.
    """

    def __init__(
        self,
        url: str,
        login: tuple[str, str],
        context: ssl.SSLContext | None,
        *,
        width: int,
        where: str,
        timeout: float,
    ) -> None:
        super().__init__(url, context, PORTS, width=width, where=where, timeout=timeout)
        self._user = login[0]
        token = base64.b64encode(":".join(login).encode()).decode()
        head = (
            f"Host: {self._host}\r\nAuthorization: Basic {token}\r\n"
            "Accept-Encoding: identity\r\nContent-Type: application/json\r\nUser-Agent: mqinfra\r\n"
        )
        # Handlers that write and say nothing, such as those of limits, offer no JSON: 406 without the rest.
        self._head = f"{head}Accept: application/json, */*;q=0.1\r\n"
        self._head_for_json = f"{head}Accept: application/json\r\n"

    @override
    def _unaddressable(self, call: Call) -> RabbitFault:
        words = f"the management API can't accept `{call.method}` about `{'`, `'.join(call.segments)}`"
        return RabbitFault(f"{words}: a part of its path would mean something else", method=call.method)

    @override
    def _message(self, call: Call) -> tuple[str, str, bytes]:
        head = self._head_for_json if call.only_json else self._head
        return self._prefix + call.path, head, b"" if call.body is None else _JSON.encode(call.body).encode()

    @override
    def _trouble(self, call: Call, error: Exception) -> RabbitFault:
        found = diagnose(error, self.address, self.where, tls=self._tls)
        away = isinstance(error, NotConnectedError)
        meaning = Meaning.RETRY if away else Meaning.LOST
        return RabbitFault(found.message, meaning, found.help, found, method=call.method)

    @override
    def _meaning(self, call: Call, page: Page) -> Answer | RabbitFault:
        if page.body == b"" and 200 <= page.status < 300:
            return Answer(page.status, None, page.location)
        try:
            body: JsonValue = json.loads(page.body, parse_constant=_no_number) if page.body else None
        except (ValueError, RecursionError):
            return foreign_response_fault(call, page, self.address, self.where)
        if too_deep(body):
            return foreign_response_fault(call, page, self.address, self.where)
        if 200 <= page.status < 300:
            return Answer(page.status, body, page.location)
        own = isinstance(body, dict) and ("error" in body or body.get("status") == "failed")  # the latter of checks
        # A handler that crashes is answered for without a word, and without the server's name (cowboy_stream_h.erl).
        crashed = page.status == 500 and not page.server
        named = page.server.startswith("Cowboy") and page.status not in (404, *range(300, 400))
        bare = body is None and (named or crashed)
        if own or bare:
            return fault_of(call, page.status, body, self._user)
        return foreign_response_fault(call, page, self.address, self.where)


def _no_number(_: str) -> None:
    """Refuse `NaN` and `Infinity`, which Python takes for numbers and JSON does not have."""
    raise ValueError("something else where a number belongs")
