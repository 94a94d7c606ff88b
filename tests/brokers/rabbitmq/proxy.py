"""An HTTP proxy on loopback between clients and the management API: it records requests and plays faults.

It is the server's address to its clients, not a proxy they are told to use: what they send is forwarded byte for byte.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from tests.brokers.errors import BrokerError
from tests.brokers.ports import HOST
from tests.brokers.rabbitmq.http_message import (
    Incoming,
    MessageError,
    first_line,
    read_body,
    read_head,
    read_response,
)
from tests.brokers.rabbitmq.recorder import Faults, Recorder, Request, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

_CONNECT_TIMEOUT = 10.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class HttpProxy:
    """One recorder and one set of faults over one port.

    `on_request(n, request)` runs before the n-th request goes to the server, `on_reply(n, request)` when the server has
    answered it and the client does not know yet; reading and mutating requests are counted apart. Both run in the
    connection's own thread, so what they kill is dead before that request or answer moves on.

    `decodes_slashes` makes it hand on `%2F` in paths as `/`, as nginx does whose `proxy_pass` has a path.
    """

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.faults = Faults()
        self.on_request: Callable[[int, Request], None] | None = None
        self.on_reply: Callable[[int, Request], None] | None = None
        self.decodes_slashes = False
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self._upstream = 0
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._closed = False
        self._start_thread(self._accept)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def route(self, upstream: int) -> None:
        """Forward to a server's port; connections that are open keep theirs."""
        self._upstream = upstream

    def mutating(self) -> list[Request]:
        """The mutating requests seen since the last `reset`."""
        return self.recorder.mutating()

    def reset(self) -> None:
        """Forget the requests seen, all faults and callbacks; open connections stay open."""
        self.on_request = self.on_reply = None
        self.decodes_slashes = False
        self.faults.clear()
        self.recorder.clear()

    def cut_all(self) -> None:
        """Close every open connection at once."""
        with self._lock:
            sides = list(self._open)
        for side in sides:
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop listening, close every connection and wait for the threads."""
        with self._lock:
            self._closed = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_all()
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            if thread is threading.current_thread():
                continue
            thread.join(10.0)
            if thread.is_alive():
                raise BrokerError(f"the proxy's thread {thread.name} did not end")

    def _start_thread(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=f"http-proxy-{self.port}", daemon=True)
        with self._lock:
            self._threads = [known for known in self._threads if known.is_alive()]
            thread.start()
            self._threads.append(thread)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._start_thread(lambda client=client: self._serve(client))  # type: ignore[misc]

    def _serve(self, client: socket.socket) -> None:
        with contextlib.ExitStack() as held:
            held.enter_context(client)
            try:
                server = held.enter_context(socket.create_connection((HOST, self._upstream), _CONNECT_TIMEOUT))
            except OSError:
                return
            server.settimeout(None)
            sides = {client, server}
            with self._lock:
                if self._closed:
                    return
                self._open |= sides
            try:
                with contextlib.suppress(OSError, MessageError, ValueError):
                    self._relay(client, server)
            finally:
                with self._lock:
                    self._open -= sides

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        """Forward one request after the other, until a side closes."""
        asked, answered = Incoming(client), Incoming(server)
        while _next_speaker(asked, answered) is asked:
            head = read_head(asked)
            if not head:
                return
            method, path, *_ = first_line(head)
            body = read_body(asked, head, until_close=False)
            if not self._pass_on(Request(method, path, body), head, client, server, answered):
                return

    def _pass_on(
        self, request: Request, head: bytes, client: socket.socket, server: socket.socket, answered: Incoming
    ) -> bool:
        """Do with one request as the faults say; whether the connection goes on."""
        self.recorder.add(request)
        judgement = self.faults.judge(request)
        if (callback := self.on_request) is not None:
            callback(judgement.number, request)
        if judgement.held > 0:
            time.sleep(judgement.held)
        match judgement.verdict:
            case Verdict.RESET:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                return False
            case Verdict.ANSWER:
                reason = HTTPStatus(judgement.status).phrase
                client.sendall(f"HTTP/1.1 {judgement.status} {reason}\r\nContent-Length: 0\r\n\r\n".encode())
                return True
            case Verdict.HOLD:
                return True
            case Verdict.FORWARD | Verdict.SWALLOW_REPLY:
                server.sendall((_decoded(head) if self.decodes_slashes else head) + request.body)
                reply = read_response(answered, request.method)
                if (callback := self.on_reply) is not None:
                    callback(judgement.number, request)
                if judgement.verdict is Verdict.SWALLOW_REPLY:
                    return False
                client.sendall(reply)
                return True


def _decoded(head: bytes) -> bytes:
    line, end, rest = head.partition(b"\r\n")
    return line.replace(b"%2F", b"/") + end + rest


def _next_speaker(asked: Incoming, answered: Incoming) -> Incoming:
    """Wait for either side: a server that speaks unasked has closed, and its client has to see that at once."""
    if asked.waiting:
        return asked
    with selectors.DefaultSelector() as selector:
        for side in (asked, answered):
            selector.register(side, selectors.EVENT_READ)
        ready = [key.fileobj for key, _ in selector.select()]
    return answered if answered in ready else asked
