"""A SOCKS5 proxy on loopback that cuts a connection when the server has answered and the client does not know yet.

It reads nothing of what goes through, so TLS goes through it as it does elsewhere: an answer is whatever the server
says after the client has sent much.
"""

import contextlib
import ipaddress
import selectors
import socket
import struct
import threading
import time
from typing import Self

from mqinfra.providers.base.connecting.bounded import dial

_HOST = "127.0.0.1"
_PATIENCE = 5.0
_VERSION, _CONNECT, _OK = 5, 1, 0
_IPV4, _NAME, _IPV6 = 1, 3, 4
_AT_ONCE = 65_536
_WAKE = 0.2


class CuttingProxy:
    """Clients reach any server through it.

    Attributes:
        cuts: how many connections it has cut.

    Args:
        many: bytes from a client after which an answer of the server is one to that.
    """

    def __init__(self, many: int) -> None:
        self.cuts = 0
        self._many = many
        self._armed = threading.Event()
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listening = socket.create_server((_HOST, 0))
        self._listening.settimeout(_WAKE)
        self._accepting = threading.Thread(target=self._accept, name="cutting-proxy")
        self._accepting.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in (self._accepting, *self._threads):
            thread.join()
        self._listening.close()

    @property
    def url(self) -> str:
        """Its address for clients."""
        return f"socks5://{_HOST}:{self._listening.getsockname()[1]}"

    def arm(self) -> None:
        """Cut the next connection that much is sent through, once the server has answered."""
        self._armed.set()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                client, _ = self._listening.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=self._serve, args=(client,), name="cutting-proxy-line")
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        # Whichever side goes first, the other one is hung up on, and its client or server finds out by itself.
        with contextlib.suppress(OSError, struct.error), client:
            client.settimeout(_PATIENCE)
            with _dialled(client) as server:
                self._relay(client, server)

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        sent = 0
        with selectors.DefaultSelector() as selector:
            for side in (client, server):
                selector.register(side, selectors.EVENT_READ)
            while not self._over.is_set():
                for key, _ in selector.select(_WAKE):
                    data = (client if key.fileobj is client else server).recv(_AT_ONCE)
                    if not data:
                        return
                    if key.fileobj is client:
                        sent += len(data)
                        server.sendall(data)
                    elif sent >= self._many and self._armed.is_set():
                        self._armed.clear()
                        self.cuts += 1
                        return
                    else:
                        sent = 0
                        client.sendall(data)


def _dialled(client: socket.socket) -> socket.socket:
    """Do as a client asks (RFC 1928).

    Raises:
        OSError: it asks for something else, or nothing answers there.
    """
    _, methods = _read(client, 2)
    _read(client, methods)
    client.sendall(bytes((_VERSION, _OK)))
    _, command, _, kind = _read(client, 4)
    if kind == _NAME:
        host = _read(client, _read(client, 1)[0]).decode()
    elif kind in {_IPV4, _IPV6}:
        host = str(ipaddress.ip_address(_read(client, 4 if kind == _IPV4 else 16)))
    else:
        raise OSError("no address that is known")
    (port,) = struct.unpack(">H", _read(client, 2))
    if command != _CONNECT:
        raise OSError("no connection is asked for")
    server = dial(host, port, time.monotonic() + _PATIENCE)
    server.settimeout(_PATIENCE)
    client.sendall(bytes((_VERSION, _OK, 0, _IPV4)) + bytes(6))
    return server


def _read(source: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = source.recv(size - len(data))
        if not part:
            raise ConnectionResetError("the client has gone")
        data += part
    return data
