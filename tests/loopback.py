"""A server on loopback that talks to each client as it is told to: what fakes, stubs and proxies listen with."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

Talk = Callable[[socket.socket], None]
"""Serves one connection; it is closed when this returns."""
_MOST_CONNECTIONS = 256


class Loopback:
    """The server.

    Attributes:
        port: where it listens.
        address: `host:port` of it.
        connections: how often it was connected to.
    """

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.connections = 0
        self._closed = False
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=f"loopback-{self.port}", daemon=True)
        with self._lock:
            self._threads = [known for known in self._threads if known.is_alive()]
            thread.start()
            self._threads.append(thread)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with self._lock:
                refused = self._closed or len(self._open) >= _MOST_CONNECTIONS
                if not refused:
                    self._open.add(connection)
            if refused:
                connection.close()
            else:
                self._start(lambda connection=connection: self._serve(connection))  # type: ignore[misc]

    def _serve(self, connection: socket.socket) -> None:
        try:
            with suppress(OSError):
                self._talk(connection)
        finally:
            with self._lock:
                self._open.discard(connection)
                connection.close()

    def cut(self) -> None:
        """Close every open connection at once."""
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def close(self, patience: float = 5) -> list[str]:
        """Stop, cut what is open, and wait for the threads; the names of those that go on all the same."""
        with self._lock:
            self._closed = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        with self._lock:
            threads = [thread for thread in self._threads if thread is not threading.current_thread()]
        for thread in threads:
            thread.join(patience)
        return [thread.name for thread in threads if thread.is_alive()]


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
