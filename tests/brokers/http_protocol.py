"""Requests of an HTTP API and the answers to them, as a proxy tells them apart."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.brokers.http_message import first_line, read_body, read_head, read_response
from tests.brokers.proxy import Protocol
from tests.brokers.recorder import Request

if TYPE_CHECKING:
    from tests.brokers.incoming import Incoming

_MUTATING = frozenset({"PUT", "POST", "DELETE", "PATCH"})


@dataclass(frozen=True)
class HttpRequest(Request):
    """One request: its method, its target with all percent-encoding as it came, its head, and its body."""

    method: str
    path: str
    head: bytes
    body: bytes

    @property
    def name(self) -> str:
        return self.method

    @property
    def mutating(self) -> bool:
        return self.method in _MUTATING

    @property
    def raw(self) -> bytes:
        return self.head + self.body

    @property
    def counted_as(self) -> str:
        return self.sort

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class HttpProtocol(Protocol[HttpRequest]):
    """HTTP 1.1."""

    def read_request(self, incoming: Incoming) -> HttpRequest | None:
        head = read_head(incoming)
        if not head:
            return None
        method, path, *_ = first_line(head)
        return HttpRequest(method, path, head, read_body(incoming, head, until_close=False))

    def read_reply(self, incoming: Incoming, request: HttpRequest) -> bytes:
        return read_response(incoming, request.method)


def status_only(status: int) -> bytes:
    """What a proxy answers whose server is away, for `Faults.answer`."""
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Length: 0\r\n\r\n".encode()


def decoded_slashes(raw: bytes) -> bytes:
    """A request whose path has `%2F` as `/`, as nginx hands on whose `proxy_pass` has a path; for `Proxy.rewrite`."""
    line, end, rest = raw.partition(b"\r\n")
    return line.replace(b"%2F", b"/") + end + rest
