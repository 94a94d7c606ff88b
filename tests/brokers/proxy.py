"""A TCP proxy on loopback between Kafka clients and brokers: it records requests and plays faults."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from typing import TYPE_CHECKING

from tests.brokers.errors import BrokerError
from tests.brokers.faults import Faults, Verdict
from tests.brokers.ports import HOST
from tests.brokers.recorder import Recorder, Request, read_request

if TYPE_CHECKING:
    from collections.abc import Callable

_LARGEST_FRAME = 200 * 1024 * 1024
_MOST_CONNECTIONS = 256
_CONNECT_TIMEOUT = 10.0


class Proxy:
    """One recorder and one set of faults over the ports of all nodes of a cluster.

    `on_request(n, api)` runs before the n-th request of an api goes to the broker, `on_reply(n, api)`
    when the broker has answered it and the client does not know yet. Both run in the connection's own
    thread, so what they kill is dead before that request or answer moves on.
    """

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.faults = Faults()
        self.on_request: Callable[[int, str], None] | None = None
        self.on_reply: Callable[[int, str], None] | None = None
        self._upstreams: dict[int, int] = {}
        self._listeners: list[socket.socket] = []
        self._connections: set[_Connection] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._closed = False

    def open_port(self) -> int:
        """Listen on one more port, which `route` then connects to a broker."""
        listener = socket.create_server((HOST, 0))
        port = int(listener.getsockname()[1])
        with self._lock:
            self._listeners.append(listener)
        self._start_thread(lambda: self._accept(listener, port), f"proxy-{port}")
        return port

    def route(self, port: int, upstream: int) -> None:
        """Forward what comes in on a port to a broker's port."""
        self._upstreams[port] = upstream

    def mutating(self) -> list[Request]:
        """The mutating requests seen since the last `reset`."""
        return self.recorder.mutating()

    def reset(self) -> None:
        """Forget the requests seen, all faults and callbacks; open connections stay open."""
        self.on_request = self.on_reply = None
        self.faults.clear()
        self.recorder.clear()

    def cut_all(self) -> None:
        """Close every open connection at once."""
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.close()

    def close(self) -> None:
        """Stop listening, close every connection and wait for the threads."""
        with self._lock:
            self._closed = True
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.cut_all()
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            if thread is threading.current_thread():
                continue
            thread.join(10.0)
            if thread.is_alive():
                raise BrokerError(f"the proxy's thread {thread.name} did not end")

    def _start_thread(self, work: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        with self._lock:
            self._threads = [known for known in self._threads if known.is_alive()]
            thread.start()
            self._threads.append(thread)

    def _accept(self, listener: socket.socket, port: int) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                refused = self._closed or len(self._connections) >= _MOST_CONNECTIONS
            if refused:
                client.close()
                continue
            self._start_thread(lambda client=client: self._serve(client, port), f"proxy-{port}-client")  # type: ignore[misc]

    def _serve(self, client: socket.socket, port: int) -> None:
        try:
            broker = socket.create_connection((HOST, self._upstreams.get(port, 0)), _CONNECT_TIMEOUT)
        except OSError:
            client.close()
            return
        broker.settimeout(None)
        connection = _Connection(self, client, broker)
        with self._lock:
            self._connections.add(connection)
            closed = self._closed
        try:
            if not closed:
                self._start_thread(connection.pump_replies, f"proxy-{port}-replies")
                connection.replies_due = True
                connection.pump_requests()
        finally:
            connection.close()
            connection.release()
            with self._lock:
                self._connections.discard(connection)


class _Connection:
    def __init__(self, proxy: Proxy, client: socket.socket, broker: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._broker = broker
        self._waiting: dict[int, tuple[int, str, bool]] = {}
        self._lock = threading.Lock()
        self._replies_done = threading.Event()
        self.replies_due = False

    def pump_requests(self) -> None:
        with contextlib.suppress(OSError, struct.error):
            while (frame := _read_frame(self._client)) is not None:
                if not self._forward(read_request(frame)):
                    return

    def _forward(self, request: Request) -> bool:
        proxy = self._proxy
        proxy.recorder.add(request)
        number, held, verdict = proxy.faults.judge(request.api_name)
        if (callback := proxy.on_request) is not None:
            callback(number, request.api_name)
        if held > 0:
            time.sleep(held)
        if verdict is Verdict.DROP_REQUEST:
            return True
        with self._lock:
            swallowed = verdict in (Verdict.SWALLOW_REPLY, Verdict.CUT)
            self._waiting[request.correlation_id] = (number, request.api_name, swallowed)
        self._broker.sendall(struct.pack(">i", len(request.frame)) + request.frame)
        if verdict is Verdict.CUT:
            # The broker has the request in its socket; give it the time to read it before the close.
            self._await_reply(request.correlation_id)
            return False
        return True

    def _await_reply(self, correlation_id: int, patience: float = 5.0) -> None:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            with self._lock:
                if correlation_id not in self._waiting:
                    return
            time.sleep(0.005)

    def pump_replies(self) -> None:
        try:
            with contextlib.suppress(OSError, struct.error):
                while (frame := _read_frame(self._broker)) is not None:
                    self._answer(frame)
        finally:
            self.close()
            self._replies_done.set()

    def _answer(self, frame: bytes) -> None:
        (correlation_id,) = struct.unpack_from(">i", frame)
        with self._lock:
            known = self._waiting.pop(correlation_id, None)
        number, api, swallowed = known or (0, "", False)
        if known is not None and (callback := self._proxy.on_reply) is not None:
            callback(number, api)
        if not swallowed and not self._proxy.faults.is_black_hole:
            self._client.sendall(struct.pack(">i", len(frame)) + frame)

    def close(self) -> None:
        """Wake both pumps; the sockets themselves are freed by `release`."""
        for side in (self._client, self._broker):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        if self.replies_due:
            self._replies_done.wait(10.0)
        self._client.close()
        self._broker.close()


def _read_frame(source: socket.socket) -> bytes | None:
    head = _read(source, 4)
    if head is None:
        return None
    (size,) = struct.unpack(">i", head)
    if not 0 < size <= _LARGEST_FRAME:
        return None
    return _read(source, size)


def _read(source: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = source.recv(min(size - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)
