"""A server on loopback that talks to each client as a test tells it to, and keeps what it heard."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

Talk = Callable[[socket.socket], None]
"""Serves one connection; it is closed when this returns."""


class Loopback:
    """The server.

    Attributes:
        address: `host:port` of it.
        connections: how often it was connected to.
    """

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.connections = 0
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

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
        with connection, suppress(OSError):
            self._talk(connection)

    def close(self) -> None:
        """Stop, and wait for the threads."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)


def drips(text: bytes, pause: float = 0.2) -> Talk:
    """Send a text byte by byte, whatever is asked, and then go on with the last byte."""

    def talk(connection: socket.socket) -> None:
        for number in range(10_000):
            connection.sendall(text[number : number + 1] or text[-1:])
            time.sleep(pause)

    return talk


def floods(start: bytes, more: bytes = b"x" * 2**20) -> Talk:
    """Send a beginning and then more and more, whatever is asked."""

    def talk(connection: socket.socket) -> None:
        connection.recv(2**16)
        connection.sendall(start)
        while True:
            connection.sendall(more)

    return talk
