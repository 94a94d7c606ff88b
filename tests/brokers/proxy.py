"""A TCP proxy on loopback between clients and a server of any broker: it records requests and plays faults.

It is the server's address to its clients. What they send is forwarded byte for byte, one request after the other: each
broker answers the requests of a connection in their order.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic

from tests.brokers.errors import BrokerError
from tests.brokers.faults import Faults, Verdict
from tests.brokers.incoming import Incoming, MessageError
from tests.brokers.ports import HOST
from tests.brokers.recorder import R, Recorder
from tests.loopback import Loopback

if TYPE_CHECKING:
    from collections.abc import Callable

_CONNECT_TIMEOUT = 10.0
_PATIENCE = 10.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Protocol(ABC, Generic[R]):
    """How requests and replies of a broker are told apart in a stream of bytes."""

    @abstractmethod
    def read_request(self, incoming: Incoming) -> R | None:
        """The next request, or None when the client has closed."""

    @abstractmethod
    def read_reply(self, incoming: Incoming, request: R) -> bytes:
        """Every byte of the whole reply to a request."""


class Proxy(Generic[R]):
    """One recorder and one set of faults over the ports of all nodes of a server.

    `on_request(n, request)` runs before the n-th request goes to the server, `on_reply(n, request)` when the server has
    answered it and the client does not know yet; `Request.counted_as` says what `n` counts. Both run in the
    connection's own thread, so what they kill is dead before that request or reply moves on.

    `rewrite` changes a request's bytes on their way, as a proxy of somebody's does that is not careful.
    """

    def __init__(self, protocol: Protocol[R]) -> None:
        self.recorder: Recorder[R] = Recorder()
        self.faults = Faults()
        self.on_request: Callable[[int, R], None] | None = None
        self.on_reply: Callable[[int, R], None] | None = None
        self.rewrite: Callable[[bytes], bytes] | None = None
        self._protocol = protocol
        self._ports: dict[int, Loopback] = {}
        self._upstreams: dict[int, int] = {}
        self._servers: set[socket.socket] = set()
        self._lock = threading.Lock()

    def open_port(self) -> int:
        """Listen on one more port, which `route` then connects to a server's."""
        opened = Loopback(lambda client: self._serve(client, opened.port))
        self._ports[opened.port] = opened
        return opened.port

    def route(self, port: int, upstream: int) -> None:
        """Forward what comes in on a port to a server's port; connections that are open keep theirs."""
        self._upstreams[port] = upstream

    def mutating(self) -> list[R]:
        """The mutating requests seen since the last `reset`."""
        return self.recorder.mutating()

    def reset(self) -> None:
        """Forget the requests seen, all faults and callbacks; open connections stay open."""
        self.on_request = self.on_reply = self.rewrite = None
        self.faults.clear()
        self.recorder.clear()

    def cut_all(self) -> None:
        """Close every open connection at once, on both sides."""
        for opened in self._ports.values():
            opened.cut()
        with self._lock:
            for server in self._servers:
                with contextlib.suppress(OSError):
                    server.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop listening, close every connection and wait for the threads."""
        self.cut_all()
        if alive := [name for opened in self._ports.values() for name in opened.close(_PATIENCE)]:
            raise BrokerError(f"threads of the proxy did not end: {', '.join(alive)}")

    def _serve(self, client: socket.socket, port: int) -> None:
        with socket.create_connection((HOST, self._upstreams.get(port, 0)), _CONNECT_TIMEOUT) as server:
            server.settimeout(None)
            with self._lock:
                self._servers.add(server)
            try:
                with contextlib.suppress(OSError, MessageError, ValueError, struct.error):
                    self._relay(client, server)
            finally:
                with self._lock:
                    self._servers.discard(server)

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        """Forward one request after the other, until a side closes."""
        asked, answered = Incoming(client), Incoming(server)
        while _next_speaker(asked, answered) is asked:
            request = self._protocol.read_request(asked)
            if request is None or not self._pass_on(request, client, server, answered):
                return

    def _pass_on(self, request: R, client: socket.socket, server: socket.socket, answered: Incoming) -> bool:
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
                client.sendall(judgement.answer)
                return True
            case Verdict.DROP_REQUEST:
                return True
            case _:
                return self._forward(request, judgement.number, judgement.verdict, client, server, answered)

    def _forward(
        self,
        request: R,
        number: int,
        verdict: Verdict,
        client: socket.socket,
        server: socket.socket,
        answered: Incoming,
    ) -> bool:
        rewrite = self.rewrite
        server.sendall(request.raw if rewrite is None else rewrite(request.raw))
        if not answered.waiting and not _answers(client, server):
            return False
        reply = self._protocol.read_reply(answered, request)
        if (callback := self.on_reply) is not None:
            callback(number, request)
        if verdict is Verdict.CUT:
            return False
        if verdict is Verdict.FORWARD and not self.faults.is_black_hole:
            self._send_reply(client, reply)
        return True

    def _send_reply(self, client: socket.socket, reply: bytes) -> None:
        """Send it at once, or byte by byte for as long as that is asked for."""
        for number in range(len(reply)):
            if not (pause := self.faults.pause):
                client.sendall(reply[number:])
                return
            client.sendall(reply[number : number + 1])
            time.sleep(pause)


def _next_speaker(asked: Incoming, answered: Incoming) -> Incoming:
    """Wait for either side: a server that speaks unasked has closed, and its client has to see that at once."""
    if asked.waiting:
        return asked
    with selectors.DefaultSelector() as selector:
        for side in (asked, answered):
            selector.register(side, selectors.EVENT_READ)
        ready = [key.fileobj for key, _ in selector.select()]
    return answered if answered in ready else asked


def _answers(client: socket.socket, server: socket.socket) -> bool:
    """Wait for the server; False when the client goes before it says anything."""
    with selectors.DefaultSelector() as selector:
        for side in (client, server):
            selector.register(side, selectors.EVENT_READ)
        while True:
            ready = [key.fileobj for key, _ in selector.select()]
            if server in ready:
                return True
            if not client.recv(1, socket.MSG_PEEK):
                return False
            # It has asked for more already; whether it is still there shows when the answer is sent.
            selector.unregister(client)
