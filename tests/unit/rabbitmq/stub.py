"""A server on loopback that misbehaves as it is told to."""

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

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


@dataclass
class Stub:
    """A server on loopback that gives the replies it is told to, one per request, and the last one for ever."""

    replies: list[Reply] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            try:
                while line := stream.readline().decode().strip():
                    head = ""
                    while part := stream.readline().decode().strip():
                        head += part + "\n"
                    size = [int(one.split(":")[1]) for one in head.lower().splitlines() if one.startswith("content-l")]
                    stream.read(size[0] if size else 0)
                    with self._lock:
                        self.lines.append(line)
                        self.heads.append(head)
                        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
                    if not reply(connection, line):
                        return
            except OSError:
                return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # ended already
        for thread in self._threads:
            thread.join(5)
