"""A server on loopback that misbehaves as it is told to."""

import json
import socket
import threading
import time
from collections.abc import Callable

from tests.loopback import Loopback

Reply = Callable[[socket.socket, str], bool]
"""Answers one request, which is given by its first line; False ends the connection."""


def says(status: int, body: object = None, *headers: str) -> Reply:
    text = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    kind = () if headers else ("content-type: application/json", "server: Cowboy")
    lines = [f"HTTP/1.1 {status} Any", f"content-length: {len(text)}", *kind, *headers, "", ""]

    def reply(connection: socket.socket, _line: str) -> bool:
        connection.sendall("\r\n".join(lines).encode() + text)
        return True

    reply.__name__ = f"says_{status}_{'json' if not headers else headers[0].partition(':')[0]}"  # names the test
    return reply


def hangs_up(_connection: socket.socket, _line: str) -> bool:
    return False


def stays_silent(_connection: socket.socket, _line: str) -> bool:
    time.sleep(1.5)
    return False


def stops_half_way(connection: socket.socket, _line: str) -> bool:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\ncontent-type: application/json\r\n\r\n[1, 2")
    return False


def drips(connection: socket.socket, _line: str) -> bool:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    for _ in range(30):
        connection.sendall(b" ")
        time.sleep(0.05)
    return False


class Stub(Loopback):
    """A server on loopback that gives the replies it is told to, one per request, and the last one for ever.

    Attributes:
        replies: those that it still has to give.
        lines: the first line of every request, in order.
        heads: the headers of every request, in order.
    """

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.lines: list[str] = []
        self.heads: list[str] = []
        self._one_at_a_time = threading.Lock()
        super().__init__(self._talk_http)

    def _talk_http(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            while line := stream.readline().decode().strip():
                head = ""
                while part := stream.readline().decode().strip():
                    head += part + "\n"
                size = [int(one.split(":")[1]) for one in head.lower().splitlines() if one.startswith("content-l")]
                stream.read(size[0] if size else 0)
                with self._one_at_a_time:
                    self.lines.append(line)
                    self.heads.append(head)
                    reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
                if not reply(connection, line):
                    return
