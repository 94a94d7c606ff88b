"""Redis's commands and the replies to them (RESP), as a proxy tells them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.brokers.proxy import Protocol
from tests.brokers.recorder import Request

if TYPE_CHECKING:
    from tests.brokers.incoming import Incoming

# Commands that are told apart by their second word, and mutate or not by it.
_CONTAINERS = frozenset(
    {"acl", "client", "cluster", "command", "config", "function", "latency", "memory", "module", "object"}
    | {"pubsub", "script", "sentinel", "slowlog", "xgroup", "xinfo"}
)
_END = b"\r\n"
_OF_ONE_LINE = b"+-:_#,("
_OF_ONE_TEXT = b"$=!"
# What one of their members is counted for: a map has a key and a value each.
_OF_MANY = {b"*": 1, b"~": 1, b">": 1, b"%": 2}


@dataclass(frozen=True)
class RedisRequest(Request):
    """One command: its words, and its bytes as they came."""

    words: tuple[str, ...]
    raw_bytes: bytes
    changes: bool

    @property
    def name(self) -> str:
        return command_name(self.words)

    @property
    def mutating(self) -> bool:
        return self.changes

    @property
    def raw(self) -> bytes:
        return self.raw_bytes

    def __str__(self) -> str:
        return " ".join(self.words)


def command_name(words: tuple[str, ...]) -> str:
    """As COMMAND lists it: `xadd`, `xgroup|create`."""
    first = words[0].lower()
    return f"{first}|{words[1].lower()}" if first in _CONTAINERS and len(words) > 1 else first


class RedisProtocol(Protocol[RedisRequest]):
    """RESP, its versions 2 and 3; `changing` are the names of the commands that change something."""

    def __init__(self, changing: frozenset[str]) -> None:
        self._changing = changing

    def read_request(self, incoming: Incoming) -> RedisRequest | None:
        head = incoming.through(_END)
        if not head:
            return None
        if not head.startswith(b"*"):
            words = tuple(head.decode("utf-8", "surrogateescape").split())
            return self._request(words, head)
        raw, texts = bytearray(head), []
        for _ in range(int(head[1:])):
            length = incoming.through(_END)
            text = incoming.exactly(int(length[1:]) + len(_END))
            raw += length + text
            texts.append(text[: -len(_END)].decode("utf-8", "surrogateescape"))
        return self._request(tuple(texts), bytes(raw))

    def _request(self, words: tuple[str, ...], raw: bytes) -> RedisRequest:
        return RedisRequest(words, raw, command_name(words) in self._changing)

    def read_reply(self, incoming: Incoming, request: RedisRequest) -> bytes:  # noqa: ARG002 - Protocol's signature
        parts = [_read_value(incoming)]
        # What RESP 3 pushes comes before the reply, and is none.
        while parts[-1].startswith(b">"):
            parts.append(_read_value(incoming))
        return b"".join(parts)


def _read_value(incoming: Incoming) -> bytes:
    head = incoming.through(_END)
    sign = head[:1]
    if sign in _OF_ONE_LINE and sign:
        return head
    size = int(head[1:])
    if sign in _OF_ONE_TEXT:
        return head if size < 0 else head + incoming.exactly(size + len(_END))
    return head + b"".join(_read_value(incoming) for _ in range(size * _OF_MANY[sign]))
