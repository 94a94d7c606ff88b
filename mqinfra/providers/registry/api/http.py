"""The API of one node of a registry: a call out, an Answer or a fault back, nothing raised on the way."""

import base64
import json
import ssl
from http import client

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting import diagnosis
from mqinfra.providers.base.connecting.cause import Cause
from mqinfra.providers.base.connecting.diagnosis import Failure, Terms
from mqinfra.providers.base.connecting.errors import cause_of
from mqinfra.providers.base.connecting.fault import Meaning
from mqinfra.providers.base.connecting.http_connection import NotConnectedError, Page
from mqinfra.providers.base.connecting.http_node import HttpNode
from mqinfra.providers.registry.api.call import Answer, Call, RegistryFault
from mqinfra.providers.registry.api.codes import NOT_REGISTRY
from mqinfra.providers.registry.api.connection import PORTS
from mqinfra.providers.registry.api.faults import fault_of

_ACCEPT = "application/vnd.schemaregistry.v1+json, application/json;q=0.9, */*;q=0.1"
_TERMS = Terms(
    "a schema registry",
    "url",
    use_tls="write `https`",
    use_plain="write `http`",
    advice={Cause.MUTE: ("a server that hangs or is busy: give `--timeout` more seconds",)},
)


@dataclass(frozen=True, slots=True)
class Login:
    """Who calls: nobody, a user with a password, or the holder of a token."""

    user: str = ""
    password: str = ""
    token: str = ""

    @property
    def header(self) -> str:
        """The line of the request; empty where nobody logs in."""
        if self.token:
            return f"Authorization: Bearer {self.token}\r\n"
        if self.user:
            pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            return f"Authorization: Basic {pair}\r\n"
        return ""


class Http(HttpNode[Call, Answer, RegistryFault]):
    """The API of one node."""

    def __init__(
        self, url: str, login: Login, context: ssl.SSLContext | None, *, width: int, where: str, timeout: float
    ) -> None:
        super().__init__(url, context, PORTS, width=width, where=where, timeout=timeout)
        self._head = (
            f"Host: {self._host}\r\n{login.header}Accept-Encoding: identity\r\nAccept: {_ACCEPT}\r\n"
            "Content-Type: application/vnd.schemaregistry.v1+json\r\nUser-Agent: mqinfra\r\n"
        )

    @override
    def _unaddressable(self, call: Call) -> RegistryFault:
        words = f"a registry can't be asked about `{'`, `'.join(call.segments)}`"
        return RegistryFault(f"{words}: a part of the path would mean something else", method=call.method)

    @override
    def _message(self, call: Call) -> tuple[str, str, bytes]:
        prefix = "" if call.absolute else self._prefix
        body = b"" if call.body is None else json.dumps(call.body, allow_nan=False).encode()
        return prefix + call.path, self._head, body

    @override
    def _trouble(self, call: Call, error: Exception) -> RegistryFault:
        cause, detail = cause_of(error, tls=self._tls)
        if isinstance(error, client.BadStatusLine):
            cause = Cause.HANGS_UP_ON_TLS if self._tls else Cause.HANGS_UP
        elif isinstance(error, client.LineTooLong) or type(error) is client.HTTPException:
            cause = Cause.STRANGER
        found = diagnosis.diagnose([Failure(self.address, cause, detail)], _TERMS, self.where)
        meaning = Meaning.RETRY if isinstance(error, NotConnectedError) else Meaning.LOST
        return RegistryFault(found.message, meaning, found.help, found, method=call.method)

    @override
    def _meaning(self, call: Call, page: Page) -> Answer | RegistryFault:
        if not page.body and 200 <= page.status < 300:
            return Answer(page.status)
        try:
            body: JsonValue = json.loads(page.body) if page.body else None
        except (ValueError, RecursionError):
            return self._foreign(call, page)
        if 200 <= page.status < 300:
            return Answer(page.status, body)
        if 300 <= page.status < 400:
            return self._foreign(call, page)
        if body is not None and not (isinstance(body, dict) and {"error_code", "message"} & body.keys()):
            return self._foreign(call, page)
        return fault_of(call, page.status, body)

    def _foreign(self, call: Call, page: Page) -> RegistryFault:
        if page.status in (401, 403, 429, 503):  # a proxy before the registry says so with a page of its own
            return fault_of(call, page.status, None)
        words = f"`{self.address}` answered `{call}` with status {page.status}, unlike a schema registry"
        hints: tuple[str, ...] = (
            "check that `url` is the base of its API, and that no proxy in between changes answers",
        )
        if 300 <= page.status < 400:
            words = f"`{self.address}` redirects `{call.method}` calls (status {page.status})"
            hints = ("give the address that it points to under `url`: redirects are not followed with credentials",)
        elif "%2F" in call.path:
            hints = (*hints, "a proxy has to forward `%2F` in paths unchanged: it stands for a `/` in a subject's name")
        maybe = call.method != "GET" and (page.status < 300 or page.status in (408, 500, 502, 504))
        meaning = Meaning.LOST if maybe else Meaning.RETRY if page.status in (408, 502, 504) else Meaning.REFUSED
        finding = NOT_REGISTRY.at(words, address=self.where, help=hints)
        return RegistryFault(words, meaning, hints, finding, method=call.method)
